import type { Reader, Role } from '@cairn/control-plane'

interface ScopeFields {
  readonly authorities: readonly number[]
  readonly schools: readonly number[] | 'all'
  readonly role: Role
  readonly readerId: string
}

let make: (fields: ScopeFields) => Scope

/**
 * What a reader may see. Made here alone, from a verified credential: the constructor is private, a copy or a literal
 * of the same shape is no Scope (neither to the compiler nor to isScope), and it never changes.
 */
export class Scope {
  readonly #genuine = true
  /** LA codes, ascending; none = no rows. */
  readonly authorities: readonly number[]
  /** URNs, ascending; 'all' = every school of the authorities; none = no rows. */
  readonly schools: readonly number[] | 'all'
  readonly role: Role
  readonly readerId: string

  private constructor({ authorities, schools, role, readerId }: ScopeFields) {
    this.authorities = ordered(authorities)
    this.schools = schools === 'all' ? 'all' : ordered(schools)
    this.role = role
    this.readerId = readerId
    Object.freeze(this)
  }

  static {
    make = (fields) => new Scope(fields)
  }

  static isGenuine(value: unknown): value is Scope {
    return typeof value === 'object' && value !== null && #genuine in value && value.#genuine
  }
}

const ordered = (numbers: readonly number[]) => Object.freeze([...new Set(numbers)].sort((a, b) => a - b))

/** Whether a value is a Scope that this package made. */
export const isScope = (value: unknown): value is Scope => Scope.isGenuine(value)

/**
 * Whether the reader holds the records that the figures are made of: a school's lead, of the own schools. Everybody else
 * reads across schools, however few the scope has.
 */
export const holdsRecords = ({ role, schools }: Scope): boolean => role === 'school_lead' && schools !== 'all'

/** Not exported from the package: a scope comes from a verified credential. */
export const scopeOf = ({ authorities, schools, role, id }: Reader): Scope =>
  make({ authorities, schools: schools ?? 'all', role, readerId: id })

/**
 * For the command line, which runs where the data lies and holds its keys: everything of these authorities, and nothing
 * that has to be verified. No service may import it (held by the boundary check).
 */
export const operatorScope = (authorities: readonly number[]): Scope =>
  make({ authorities, schools: 'all', role: 'analyst', readerId: 'operator' })

/** Parts of a scope that a query asks for; what is absent asks for all that the scope has. */
export interface Narrowing {
  readonly authorities?: readonly number[]
  readonly schools?: readonly number[]
}

/** The part of a scope that a query asks for: what lies in both, never more than the scope. */
export function narrow(scope: Scope, { authorities, schools }: Narrowing): Scope {
  return make({
    authorities: authorities === undefined ? scope.authorities : common(scope.authorities, authorities),
    schools:
      schools === undefined
        ? scope.schools
        : scope.schools === 'all'
          ? schools
          : common(scope.schools, schools),
    role: scope.role,
    readerId: scope.readerId,
  })
}

function common(mine: readonly number[], asked: readonly number[]): number[] {
  const wanted = new Set(asked)
  return mine.filter((one) => wanted.has(one))
}

/**
 * A stable name for what a scope may see, for caches and data loaders: two readers with the same grants share it, so
 * nothing about the reader itself may be kept under it.
 */
export function scopeKey(scope: Scope): string {
  const schools = scope.schools === 'all' ? 'all' : scope.schools.join(',')
  return `${scope.role};${scope.authorities.join(',')};${schools}`
}
