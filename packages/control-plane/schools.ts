import { AuthorityEntity, KeyEntity, SchoolEntity, type SchoolRow } from './entities.ts'
import { change, type Em, em, revision, type Store } from './store.ts'

/** Education phases, by the codes of Explore Education Statistics. */
export const phases = ['NS', 'PS', 'MP', 'MS', 'SS', 'AT', 'SP', 'PR'] as const
export type Phase = (typeof phases)[number]

/** An establishment, or an aggregate that stands for several. Dates are ISO days. */
export interface School {
  /** Six digits: one for each incarnation of an establishment. */
  readonly urn: number
  readonly authority: number
  /** LA code and establishment number, seven digits; unique among schools without a close date. */
  readonly laestab: number | null
  readonly name: string
  readonly phase: Phase
  readonly predecessor: number | null
  /** Stands for all schools of its kind in the authority, where only sums are published. */
  readonly aggregate: boolean
  /** Invented, for demonstration and tests. */
  readonly synthetic: boolean
  readonly openDate: string | null
  readonly closeDate: string | null
}

/** What a register states; what is absent is null or false. */
export type SchoolInput = Pick<School, 'urn' | 'authority' | 'name' | 'phase'> & Partial<School>

export interface RefusedRow {
  /** Its place in the import, from 0. */
  readonly row: number
  readonly field: string
  readonly rule: string
}

export interface ImportOutcome {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: readonly RefusedRow[]
}

export class Schools {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Adds and updates schools by URN, in one transaction; a row that breaks a rule is refused alone. */
  async import(rows: readonly SchoolInput[]): Promise<ImportOutcome> {
    return change(this.#store, async (tx) => {
      const outcome = sort(rows, await registered(tx.em))
      for (const part of chunks([...outcome.updated, ...outcome.added], 500)) {
        await tx.em.upsertMany(SchoolEntity, part, { disableIdentityMap: true })
      }
      const counts = {
        added: outcome.added.length,
        updated: outcome.updated.length,
        unchanged: outcome.unchanged,
        refused: outcome.refused,
      }
      if (counts.added + counts.updated > 0) {
        await tx.touch('schools')
        const detail = { ...counts, refused: counts.refused.length }
        await tx.note({ action: 'school.import', subject: 'schools', detail })
      }
      return counts
    })
  }

  async get(urn: number): Promise<School | undefined> {
    const row = await em(this.#store).findOne(SchoolEntity, urn)
    return row ? fromRow(row) : undefined
  }

  /** Schools of these authorities, by URN. No authorities, no schools. */
  async list(authorities: readonly number[]): Promise<School[]> {
    return rowsOf(em(this.#store), { authority: { $in: [...authorities] } })
  }

  /** Rises with each import that changes something. */
  revision(): Promise<number> {
    return revision(this.#store, 'schools')
  }
}

interface Registered {
  readonly authorities: ReadonlySet<number>
  readonly schools: ReadonlyMap<number, School>
  /** URN of the open school that holds a LAESTAB. */
  readonly laestabs: ReadonlyMap<number, number>
  /** Schools that keys in force are bound to. */
  readonly keyed: ReadonlySet<number>
}

async function registered(tx: Em): Promise<Registered> {
  const schools = await rowsOf(tx, {})
  const keys = await tx.find(
    KeyEntity,
    { school: { $ne: null }, revokedAt: null },
    { disableIdentityMap: true },
  )
  return {
    authorities: new Set((await tx.find(AuthorityEntity, {})).map((one) => one.code)),
    schools: new Map(schools.map((one) => [one.urn, one])),
    laestabs: new Map(
      schools.filter((s) => s.laestab && s.closeDate === null).map((s) => [s.laestab!, s.urn]),
    ),
    keyed: new Set(keys.map((key) => key.school!)),
  }
}

function sort(rows: readonly SchoolInput[], before: Registered) {
  const added: School[] = []
  const updated: School[] = []
  const refused: RefusedRow[] = []
  const laestabs = new Map(before.laestabs)
  const seen = new Set<number>()
  let unchanged = 0
  for (const [row, school] of closedFirst(rows)) {
    const fault = faultOf(school, before, laestabs, seen)
    if (fault) {
      refused.push({ row, ...fault })
      continue
    }
    seen.add(school.urn)
    const known = before.schools.get(school.urn)
    if (known?.laestab && laestabs.get(known.laestab) === school.urn) laestabs.delete(known.laestab)
    if (school.laestab !== null && school.closeDate === null) laestabs.set(school.laestab, school.urn)
    if (!known) added.push(school)
    else if (JSON.stringify(normalise(known)) === JSON.stringify(school)) unchanged++
    else updated.push(school)
  }
  refused.sort((a, b) => a.row - b.row)
  return { added, updated, unchanged, refused }
}

/** A predecessor's closing frees its LAESTAB for the successor, wherever the two stand in the file. */
function closedFirst(rows: readonly SchoolInput[]): [row: number, school: School][] {
  const all = rows.map((input, row): [number, School] => [row, normalise(input)])
  return all.sort(([, a], [, b]) => Number(a.closeDate === null) - Number(b.closeDate === null))
}

type Fault = { field: string; rule: string }

function faultOf(
  school: School,
  before: Registered,
  laestabs: ReadonlyMap<number, number>,
  seen: ReadonlySet<number>,
): Fault | undefined {
  const known = before.schools.get(school.urn)
  const holder =
    school.laestab === null || school.closeDate !== null ? undefined : laestabs.get(school.laestab)
  const rules: [field: keyof School, holds: boolean, rule: string][] = [
    ['urn', isInteger(school.urn, 100_000, 999_999), 'six digits'],
    ['urn', !seen.has(school.urn), 'once in an import'],
    ['authority', before.authorities.has(school.authority), 'one that has been added'],
    [
      'authority',
      !known || known.authority === school.authority || !before.keyed.has(school.urn),
      'the one that its keys were made for: revoke them before it moves',
    ],
    ['laestab', school.laestab === null || isInteger(school.laestab, 1_000_000, 9_999_999), 'seven digits'],
    ['laestab', holder === undefined || holder === school.urn, 'not held by another open school'],
    ['name', school.name !== '' && school.name.length <= 200, '1 to 200 characters'],
    ['phase', phases.includes(school.phase), `one of ${phases.join(', ')}`],
    [
      'predecessor',
      school.predecessor === null || isInteger(school.predecessor, 100_000, 999_999),
      'six digits',
    ],
    ['predecessor', school.predecessor !== school.urn, 'another school'],
    ['openDate', isDay(school.openDate), 'an ISO date'],
    ['closeDate', isDay(school.closeDate), 'an ISO date'],
  ]
  const broken = rules.find(([, holds]) => !holds)
  return broken && { field: broken[0], rule: broken[2] }
}

const isInteger = (value: number, from: number, to: number) =>
  Number.isInteger(value) && value >= from && value <= to

const isDay = (day: string | null) =>
  day === null ||
  (/^\d{4}-\d\d-\d\d$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day)

const normalise = (input: SchoolInput): School => ({
  urn: input.urn,
  authority: input.authority,
  laestab: input.laestab ?? null,
  name: input.name.trim(),
  phase: input.phase,
  predecessor: input.predecessor ?? null,
  aggregate: input.aggregate ?? false,
  synthetic: input.synthetic ?? false,
  openDate: input.openDate ?? null,
  closeDate: input.closeDate ?? null,
})

/** Through the query builder: whole registers are read, and entities cost four times as much. */
async function rowsOf(tx: Em, where: { authority?: { $in: number[] } }): Promise<School[]> {
  const rows: SchoolRow[] = await tx
    .createQueryBuilder(SchoolEntity)
    .where(where)
    .orderBy({ urn: 'asc' })
    .execute('all')
  return rows.map(fromRow)
}

const fromRow = (row: SchoolRow): School => normalise(row as SchoolInput)

function* chunks<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size)
}
