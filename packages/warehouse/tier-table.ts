import type { Scope } from '@cairn/access'
import type { Characteristic } from '@cairn/metrics'
import type { Warehouse } from './client.ts'
import {
  type AskedTiers,
  characteristicAt,
  schoolAt,
  type TierQuestion,
  tierAt,
  tierCharacteristics,
  tierRows,
} from './tiers.ts'

/** Pupils of a school by tier, one value of one characteristic; `by` and `value` are '' for all of them. */
export interface TierTableRow {
  readonly authority: number
  readonly school: number
  readonly by: Characteristic | ''
  readonly value: string
  readonly tiers: readonly [one: number, two: number, three: number]
}

/**
 * The whole table that tiers may be read from as at a week: totals of each school and its pupils by each
 * characteristic. All of it, whatever is asked for: what is held back is decided over the whole.
 */
export async function readTierTable(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion & { readonly week: number },
): Promise<TierTableRow[]> {
  const week = '{week:UInt16}'
  const values = tierCharacteristics.map((by) => `('${by}', ${characteristicAt(by, week)})`)
  const sql = (
    a: AskedTiers,
  ) => `SELECT authority, school, pair.1 AS by, pair.2 AS value, [countIf(tier = 1), countIf(tier = 2), countIf(tier = 3)] AS tiers
    FROM (SELECT authority, ${schoolAt(week)} AS school, ${tierAt(week)} AS tier,
      arrayJoin([('', ''), ${values}]) AS pair FROM (${a.rows}))
    WHERE tier > 0 AND ${a.seen('school')} GROUP BY authority, school, by, value ORDER BY authority, school, by, value`
  const rows = await tierRows<{
    authority: number
    school: number
    by: Characteristic | ''
    value: string
    tiers: string[]
  }>(w, scope, q, 'tier_table', sql, { week: q.week })
  return rows.map((row) => ({ ...row, tiers: row.tiers.map(Number) as [number, number, number] }))
}
