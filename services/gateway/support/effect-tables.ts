import type { EffectQuery, EffectSums } from '@cairn/warehouse'
import type { Asked } from './asked.ts'
import { type AskedBy, type PupilGroup, valuesOf } from './by-pupils.ts'
import { type AskedTable, heldTables, shownValues, type TableRow } from './tables.ts'

/** What of a row would give another school's away: all its numbers, or the three counts alone. */
export interface Held {
  readonly row: boolean
  readonly mix: boolean
}

/** One row of the answer, before it is shown. */
export interface FoundEffect {
  readonly sums: EffectSums
  readonly held: Held
  /** Null: all pupils. */
  readonly pupils: PupilGroup | null
}

/** Nothing is held back of a school's lead but what each number is by itself; across schools see heldTables. */
export async function effectsOf(
  asked: Asked,
  read: (of: Partial<EffectQuery>) => Promise<EffectSums[]>,
): Promise<FoundEffect[]> {
  if (asked.isOwnSchool) {
    const held = { row: false, mix: false }
    return (await read({ bySchool: false })).map((sums) => ({ sums, held, pupils: null }))
  }
  const [all, bySchool] = await Promise.all([read({ bySchool: false }), read({ bySchool: true })])
  const { held, heldMix } = heldIn(asked, bySchool)
  return all.map((sums) => ({
    ...{ sums, pupils: null },
    held: { row: held.has(sums.kind), mix: heldMix.get(sums.subscale)!.has(sums.kind) },
  }))
}

/**
 * Kinds that are held back whole, and by subscale those whose three counts are. A kind's numbers of pupils are one table
 * over all subscales, which differ by few; the counts of reliable change are a table for each subscale.
 */
function heldIn(asked: AskedTable, bySchool: readonly EffectSums[]) {
  const kinds = [...new Set(bySchool.map(({ kind }) => kind))]
  const tablesOf = (rows: readonly EffectSums[], rowOf: (sums: EffectSums) => Omit<TableRow, 'school'>) =>
    new Map(
      kinds.map((kind) => [
        kind,
        rows.filter((row) => row.kind === kind).map((row) => ({ school: row.school!, ...rowOf(row) })),
      ]),
    )
  const tables = tablesOf(bySchool, ({ subscale, value = '', n }) => ({
    value: `${subscale} ${value}`,
    parts: [n],
  }))
  const held = heldTables(asked, tables, undefined, (value) => value.slice(0, value.indexOf(' ')))
  const mixOf = ({ value = '', n, rose, fell }: EffectSums) => ({
    value,
    parts: [rose, n - rose - fell, fell],
  })
  const heldMix = new Map(
    [...new Set(bySchool.map(({ subscale }) => subscale))].map((subscale) => {
      const rows = bySchool.filter((row) => row.subscale === subscale)
      return [subscale, heldTables(asked, tablesOf(rows, mixOf), held)]
    }),
  )
  return { tables, held, heldMix }
}

/**
 * Told apart by pupils.
 * @param read the question, with what is given in place of its own
 */
export async function effectsByPupils(
  by: AskedBy,
  read: (of: Partial<EffectQuery>) => Promise<EffectSums[]>,
): Promise<FoundEffect[]> {
  const { pupilsBy } = by
  const [all, bySchool] = await Promise.all([
    read({ pupilsBy, bySchool: false }),
    read({ pupilsBy, bySchool: true }),
  ])
  const { tables, held, heldMix } = heldIn(by, bySchool)
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
