import type { Authority, SchoolInput } from '@cairn/control-plane'
import { localAuthorityNamed } from '../local-authorities.ts'
import {
  type ExclusionType,
  exclusionTypes,
  type PublishedAuthority,
  type PublishedRow,
  type Reason,
  type SchoolType,
  schoolTypes,
} from './published.ts'

/** What the published tables become: aggregate establishments, their rolls, and so many exclusions of each kind. */
export interface AuthorityPlan {
  readonly authority: Authority
  readonly published: PublishedAuthority
  readonly establishments: readonly Establishment[]
  /** Exclusions of a hidden count of two school types at once, whose split between them is not known. */
  readonly apportioned: number
}

export interface Establishment {
  readonly type: SchoolType
  readonly school: SchoolInput
  readonly headcount: number
  readonly exclusions: readonly Exclusions[]
}

export interface Exclusions {
  readonly kind: ExclusionType
  /** Undefined: the total holds them, and the table of reasons hides which reason they had. */
  readonly reason: Reason | undefined
  readonly count: number
}

/** Phase code, and the last digits of the URN, after the ranges of establishment numbers. */
export const typeCodes = {
  Primary: { phase: 'PS', digits: 20, words: 'state-funded primary schools' },
  Secondary: { phase: 'SS', digits: 40, words: 'state-funded secondary schools' },
  Special: { phase: 'SP', digits: 70, words: 'special schools' },
} as const

export interface Plan {
  readonly authorities: readonly AuthorityPlan[]
  /** Authorities of the tables whose code is not known: left out. */
  readonly leftOut: readonly string[]
}

/** @param only LA codes; undefined = all */
export function planOf(published: readonly PublishedAuthority[], only: readonly number[] | undefined): Plan {
  const authorities: AuthorityPlan[] = []
  const leftOut: string[] = []
  for (const one of published) {
    const authority = authorityOf(one)
    if (!authority) leftOut.push(one.name)
    else if (!only || only.includes(authority.code)) authorities.push(planAuthority(authority, one))
  }
  return { authorities, leftOut }
}

function authorityOf({ name, code, gssCode }: PublishedAuthority): Authority | undefined {
  if (code === undefined) return localAuthorityNamed(name)
  return { code, name, gssCode: gssCode && /^E\d{8}$/.test(gssCode) ? gssCode : null }
}

function planAuthority(authority: Authority, published: PublishedAuthority): AuthorityPlan {
  const totals = {
    PERM: totalsOf(published, 'PERM'),
    SUSP: totalsOf(published, 'SUSP'),
  }
  const establishments = schoolTypes.flatMap((type) => {
    const row = published.rows.get(type)
    if (!row) return []
    const exclusions = exclusionTypes.flatMap((kind) =>
      exclusionsOf(row, kind, totals[kind].counts.get(type)!),
    )
    return [{ type, school: establishment(authority, type), headcount: row.headcount, exclusions }]
  })
  return {
    authority,
    published,
    establishments,
    apportioned: totals.PERM.apportioned + totals.SUSP.apportioned,
  }
}

/** One establishment that stands for all schools of a type in an authority; its URN is in a range of its own. */
const establishment = ({ code, name }: Authority, type: SchoolType): SchoolInput => ({
  urn: 900_000 + code * 100 + typeCodes[type].digits,
  authority: code,
  name: `All ${typeCodes[type].words} of ${name} (aggregate of published figures)`,
  phase: typeCodes[type].phase,
  aggregate: true,
})

/**
 * Exclusions of each school type, so that totals are whole: the published number; where that is hidden, what the
 * authority's total leaves for it. Where two are hidden, what is left is spread evenly over them: only their sum is
 * published, and only their sum is compared. Where the authority's total is hidden too, the reasons that are
 * published are all that is known.
 */
function totalsOf(published: PublishedAuthority, kind: ExclusionType) {
  const rows = schoolTypes.flatMap((type) => {
    const row = published.rows.get(type)
    return row ? [{ type, published: row.by[kind] }] : []
  })
  const counts = new Map<SchoolType, number>(
    rows.map(({ type, published: { total, reasons } }) => [
      type,
      Math.max(total ?? 0, knownReasons(reasons)),
    ]),
  )
  const hidden = rows.filter((row) => row.published.total === null).map(({ type }) => type)
  const whole = published.rows.get('Total')?.by[kind].total ?? null
  const left = whole === null ? 0 : whole - [...counts.values()].reduce((sum, n) => sum + n, 0)
  for (let i = 0; i < left && hidden.length > 0; i++) {
    const type = hidden[i % hidden.length]!
    counts.set(type, counts.get(type)! + 1)
  }
  return { counts, apportioned: hidden.length > 1 ? Math.max(0, left) : 0 }
}

const knownReasons = (reasons: ReadonlyMap<Reason, number | null> | undefined): number =>
  [...(reasons?.values() ?? [])].reduce<number>((sum, n) => sum + (n ?? 0), 0)

function exclusionsOf(row: PublishedRow, kind: ExclusionType, total: number): Exclusions[] {
  const { reasons } = row.by[kind]
  const known = [...(reasons ?? [])].map(([reason, count]) => ({ kind, reason, count: count ?? 0 }))
  const unknown = { kind, reason: undefined, count: total - knownReasons(reasons) }
  return [...known, unknown].filter(({ count }) => count > 0)
}

/** Events of a plan: one for each exclusion and one for each roll. */
export const eventCount = ({ establishments }: AuthorityPlan): number =>
  establishments.reduce((sum, one) => sum + 1 + one.exclusions.reduce((n, { count }) => n + count, 0), 0)
