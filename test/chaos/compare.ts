import { operatorScope } from '@cairn/access/operator'
import { reconcile, type Warehouse } from '@cairn/warehouse'
import type { Expected, Measured } from './model.ts'

export interface Comparison {
  /** Values that the model or the warehouse has. */
  readonly cells: number
  /** In the model, not (or less) in the warehouse. */
  readonly lost: number
  /** More in the warehouse than in the model. */
  readonly doubled: number
  /** Any difference, sums included. */
  readonly wrong: number
  readonly termsWrong: number
  /** The first few, for a person to look at. */
  readonly examples: readonly string[]
}

/** All cells of these authorities, by the model's key. */
export async function storedCells(
  warehouse: Warehouse,
  authorities: readonly number[],
): Promise<Map<string, Measured>> {
  const rows = await warehouse.query<{ key: string; n: string; sx: number; sxx: number }>({
    name: 'all_cells',
    sql: `SELECT concat(toString(authority), '|', metric, '|', toString(grain), '|', toString(school), '|', toString(period), '|', k) AS key,
        n1 AS n, sx1 AS sx, sxx1 AS sxx
      FROM cells FINAL ARRAY JOIN d AS k, n AS n1, sx AS sx1, sxx AS sxx1
      WHERE authority IN {authorities:Array(UInt16)}`,
    params: { authorities: [...authorities] },
    timeoutMs: 120_000,
  })
  return new Map(rows.map((r) => [r.key, { n: Number(r.n), sx: r.sx, sxx: r.sxx }]))
}

/** Sums of doubles depend on the order of adding in their last digits. */
const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))

export async function compare(warehouse: Warehouse, model: Expected): Promise<Comparison> {
  const stored = await storedCells(warehouse, [...model.terms.keys()])
  const examples: string[] = []
  const note = (text: string) => {
    if (examples.length < 12) examples.push(text)
  }
  let lost = 0
  let doubled = 0
  let wrong = 0
  const keys = new Set([...stored.keys(), ...model.cells.keys()])
  for (const key of keys) {
    const have = stored.get(key) ?? { n: 0, sx: 0, sxx: 0 }
    const want = model.cells.get(key) ?? { n: 0, sx: 0, sxx: 0 }
    const measured = key.includes('|wellbeing_score|')
    if (have.n === want.n && (!measured || (near(have.sx, want.sx) && near(have.sxx, want.sxx)))) continue
    wrong++
    if (have.n < want.n) lost++
    if (have.n > want.n) doubled++
    note(`${key}: has ${have.n}, should be ${want.n}`)
  }
  let termsWrong = 0
  const terms = await reconcile(warehouse, operatorScope([...model.terms.keys()]))
  for (const [authority, want] of model.terms) {
    const have = terms.find((t) => t.authority === authority)
    const { difference, ...counted } = have ?? { difference: Number.NaN }
    const right =
      have && difference === 0 && Object.entries(want).every(([name, n]) => counted[name as never] === n)
    if (right) continue
    termsWrong++
    note(`authority ${authority}: has ${JSON.stringify(have)}, should be ${JSON.stringify(want)}`)
  }
  return { cells: keys.size, lost, doubled, wrong, termsWrong, examples }
}
