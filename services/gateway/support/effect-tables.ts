import type { Cell } from '@cairn/disclosure'
import type { EffectQuery, EffectSums } from '@cairn/warehouse'
import { heldSchools } from './among.ts'
import type { Asked } from './asked.ts'
import { type AskedBy, type PupilGroup, valuesOf } from './by-pupils.ts'
import { heldTables, shownValues, type TableRow } from './tables.ts'

/** What of a row would give another school's away: all its numbers, or the three counts alone. */
export interface Held {
  readonly row: boolean
  readonly mix: boolean
}

/** @param sums by school, of all that the reader may ask for; or of all together, beside which nothing else is shown */
function heldOf({ scope, school }: Asked, { kind, subscale }: EffectSums, sums: readonly EffectSums[]): Held {
  if (school === undefined) return { row: false, mix: false }
  const alike = sums.filter((each) => each.kind === kind && each.subscale === subscale)
  const counts = new Map(alike.map((each) => [each.school!, [each.n, each.rose, each.fell]] as const))
  const sizes = new Map(alike.map(({ school, n }) => [school!, n]))
  const rows = heldSchools(scope, counts, ([n = 0]) => [{ kind: 'mean', n }], sizes)
  const parts = ([n = 0, rose = 0, fell = 0]: readonly number[]): Cell[] =>
    [rose, fell, n - rose - fell].map((numerator) => ({ kind: 'proportion', numerator, denominator: n }))
  return { row: rows.has(school), mix: heldSchools(scope, counts, parts, sizes, rows).has(school) }
}

/** One row of the answer, before it is shown. */
export interface FoundEffect {
  readonly sums: EffectSums
  readonly held: Held
  /** Null: all pupils. */
  readonly pupils: PupilGroup | null
}

/** All pupils, of the school that is asked for or of all together. */
export const effectsOf = (asked: Asked, sums: readonly EffectSums[]): FoundEffect[] =>
  sums
    .filter(({ school }) => school === asked.school)
    .map((row) => ({ sums: row, held: heldOf(asked, row, sums), pupils: null }))

/**
 * Told apart by pupils. A kind's numbers of pupils are one table over all subscales, which differ by few; the counts of
 * reliable change are a table for each subscale.
 * @param read the question, with what is given in place of its own
 */
export async function effectsByPupils(
  by: AskedBy,
  read: (of: Partial<EffectQuery>) => Promise<EffectSums[]>,
): Promise<FoundEffect[]> {
  const own = { schools: by.query.schools, pupilsBy: by.pupilsBy }
  const [all, bySchool] = await Promise.all([
    read({ ...own, bySchool: false }),
    read({ ...own, bySchool: true }),
  ])
  const kinds = [...new Set(all.map(({ kind }) => kind))]
  const tablesOf = (rows: readonly EffectSums[], rowOf: (sums: EffectSums) => Omit<TableRow, 'school'>) =>
    new Map(
      kinds.map((kind) => [
        kind,
        rows.filter((row) => row.kind === kind).map((row) => ({ school: row.school!, ...rowOf(row) })),
      ]),
    )
  const tables = tablesOf(bySchool, ({ subscale, value, n }) => ({
    value: `${subscale} ${value}`,
    parts: [n],
  }))
  const held = heldTables(by, tables)
  const mixOf = ({ value, n, rose, fell }: EffectSums) => ({
    value: value!,
    parts: [rose, n - rose - fell, fell],
  })
  const heldMix = new Map(
    [...new Set(all.map(({ subscale }) => subscale))].map((subscale) => {
      const rows = bySchool.filter((row) => row.subscale === subscale)
      return [subscale, heldTables(by, tablesOf(rows, mixOf), held)]
    }),
  )
  const shown = [...shownValues(tables, held)].map((place) => place.slice(place.indexOf(' ') + 1))
  const values = valuesOf(by.pupilsBy, new Set(shown))
  const rowsThere = new Map(all.map((row) => [`${row.kind} ${row.subscale}`, row]))
  return [...rowsThere.values()].flatMap(({ kind, subscale }) =>
    values.map((pupils) => ({
      sums:
        all.find((row) => row.kind === kind && row.subscale === subscale && row.value === pupils.value) ??
        nobody(kind, subscale),
      held: { row: held.has(kind), mix: heldMix.get(subscale)!.has(kind) },
      pupils,
    })),
  )
}

const nobody = (kind: string, subscale: string): EffectSums => {
  const none = { mean: Number.NaN, sd: Number.NaN }
  return {
    ...{ kind, subscale, n: 0, before: none, after: none, correlation: Number.NaN },
    ...{ rose: 0, fell: 0, selected: 0, fidelity: Number.NaN, lowFidelity: 0 },
  }
}
