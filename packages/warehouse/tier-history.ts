import type { Scope } from '@cairn/access'
import type { Characteristic } from '@cairn/metrics'
import { withValue } from './characteristics.ts'
import type { Warehouse } from './client.ts'
import { type AskedTiers, asAt, characteristicAt, schoolAt, type TierQuestion, tierRows } from './tiers.ts'

/** What is told of pupils' tiers over time; with `pupilsBy`, of each value as at the week or day of what is counted. */
interface HistoryQuestion extends TierQuestion {
  readonly pupilsBy?: Characteristic
}

interface AsAtWeek extends HistoryQuestion {
  readonly week: number
}

/** Two terms, in weeks: who is back in tier 2 or 3 within them has re-entered. */
export const reEntryWeeks = 26

const week = '{week:UInt16}'
const valueAt = (pupilsBy: Characteristic | undefined, at: string): string =>
  pupilsBy ? characteristicAt(pupilsBy, at) : "''"

/**
 * Stays: maximal runs of one tier that began up to a week. An assignment to the tier that a pupil is in begins none, and
 * those that go on end with the week. A fall is one in tier 1 that did not come first, two terms old. The school is that of
 * the week asked for, the value that of the week in which the stay began.
 */
const staysSql = (a: AskedTiers, pupilsBy?: Characteristic): string => `
  SELECT authority, ${schoolAt(week)} AS school, ep_tier[starts[k]] AS tier, ep_from[starts[k]] AS began,
    k < length(starts) AS ended, toUInt32(if(ended, ep_from[starts[k + 1]], ${week} + 1) - began) AS weeks,
    k > 1 AND tier = 1 AND began + ${reEntryWeeks} <= ${week} AS fell, fell AND ended AND weeks <= ${reEntryWeeks} AS returned,
    ${valueAt(pupilsBy, 'began')} AS value
  FROM (
    SELECT *, arrayFilter((i, f) -> f <= ${week} AND (i = 1 OR ep_tier[i] != ep_tier[i - 1]), arrayEnumerate(ep_from), ep_from) AS starts
    FROM (${a.rows})
  ) ARRAY JOIN arrayEnumerate(starts) AS k
  WHERE ${a.seen('school')}`

export interface TimeInTierRow {
  readonly authority: number
  readonly school: number
  readonly tier: number
  /** Absent where pupils are not told apart. */
  readonly value?: string
  /** Stays, and their lengths in whole weeks. */
  readonly runs: number
  readonly median: number
  readonly lowerQuartile: number
  readonly upperQuartile: number
  readonly ended: number
}

/**
 * How long stays in a tier last, by the school of the week asked for: all that began up to it, ended or not. `whole`: of
 * all schools together, as school 0.
 */
export async function readTimeInTier(
  w: Warehouse,
  scope: Scope,
  q: AsAtWeek & { readonly whole?: boolean },
): Promise<TimeInTierRow[]> {
  const of = q.whole ? 'toUInt32(0)' : 'school'
  const sql = (a: AskedTiers) => `SELECT authority, ${of} AS unit, tier, value, count() AS runs,
      quantilesExactInclusive(0.25, 0.5, 0.75)(weeks) AS quartiles, countIf(ended) AS all_ended
    FROM (${staysSql(a, q.pupilsBy)}) GROUP BY authority, unit, tier, value ORDER BY authority, unit, tier, value`
  const rows = await tierRows<{
    authority: number
    unit: number
    tier: number
    value: string
    runs: string
    quartiles: [number, number, number]
    all_ended: string
  }>(w, scope, q, 'time_in_tier', sql, { week: q.week })
  return rows.map(({ authority, unit, tier, value, runs, quartiles, all_ended }) => ({
    ...{ authority, school: unit, tier, ...(q.pupilsBy && { value }) },
    ...{ runs: Number(runs), ended: Number(all_ended) },
    ...{ lowerQuartile: quartiles[0], median: quartiles[1], upperQuartile: quartiles[2] },
  }))
}

/** Stays that are alike in all that answers about them tell. */
export interface Stays {
  readonly school: number
  readonly tier: number
  readonly value: string
  readonly ended: boolean
  /** A fall to tier 1 that is two terms old; and whether it was followed by a return. */
  readonly fell: boolean
  readonly returned: boolean
  readonly stays: number
}

/** What readTimeInTier and readReEntry count, by all that both of them tell. */
export async function readStays(
  w: Warehouse,
  scope: Scope,
  q: AsAtWeek & Required<Pick<HistoryQuestion, 'pupilsBy'>>,
): Promise<Stays[]> {
  const sql = (a: AskedTiers) => `SELECT school, tier, value, ended, fell, returned, count() AS stays
    FROM (${staysSql(a, q.pupilsBy)}) GROUP BY school, tier, value, ended, fell, returned
    ORDER BY school, tier, value, ended, fell, returned`
  const rows = await tierRows<{
    school: number
    tier: number
    value: string
    ended: number
    fell: number
    returned: number
    stays: string
  }>(w, scope, q, 'tier_stays', sql, { week: q.week })
  return rows.map(({ ended, fell, returned, stays, ...row }) => ({
    ...{ ...row, ended: ended > 0, fell: fell > 0, returned: returned > 0, stays: Number(stays) },
  }))
}

export interface ReEntryRow {
  readonly authority: number
  readonly school: number
  /** Falls to tier 1 with at least `reEntryWeeks` known after them; and how many of them were followed by a return. */
  readonly exits: number
  readonly returned: number
}

/** Falls to tier 1 and returns within two terms, by the school of the week asked for. Later falls are not known yet. */
export async function readReEntry(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion & { readonly week: number },
): Promise<ReEntryRow[]> {
  const sql = (
    a: AskedTiers,
  ) => `SELECT authority, school, countIf(fell) AS exits, countIf(returned) AS all_returned
    FROM (${staysSql(a)}) GROUP BY authority, school HAVING exits > 0 ORDER BY authority, school`
  const rows = await tierRows<{ authority: number; school: number; exits: string; all_returned: string }>(
    ...([w, scope, q, 'tier_re_entry', sql, { week: q.week }] as const),
  )
  return rows.map(({ authority, school, exits, all_returned }) => ({
    ...{ authority, school, exits: Number(exits), returned: Number(all_returned) },
  }))
}

export interface AgreementRow {
  readonly authority: number
  readonly school: number
  /** As at the week of the decision; absent where pupils are not told apart. */
  readonly value?: string
  /** Nine counts: the tier that the rules recommended that week by the tier that the person assigned, row by row. */
  readonly counts: readonly number[]
}

/** A person's assignments between two weeks (both included), against what the rules recommended in the same week. */
export async function readTierAgreement(
  w: Warehouse,
  scope: Scope,
  q: AsAtWeek & { readonly later: number },
): Promise<AgreementRow[]> {
  const counts = [1, 2, 3].flatMap((x) => [1, 2, 3].map((y) => `countIf(told = ${x} AND given = ${y})`))
  const sql = (a: AskedTiers) => `SELECT authority, school, value, [${counts}] AS counts
    FROM (SELECT authority, ${asAt('cx_from', 'cx_school', 'at')} AS school, ${valueAt(q.pupilsBy, 'at')} AS value, at, given, told
      FROM (${a.rows}) ARRAY JOIN ep_from AS at, ep_assigned AS given, ep_recommended AS told
      WHERE given > 0 AND at BETWEEN ${week} AND {later:UInt16})
    WHERE ${a.seen('school')} GROUP BY authority, school, value ORDER BY authority, school, value`
  const rows = await tierRows<{ authority: number; school: number; value: string; counts: string[] }>(
    ...([w, scope, q, 'tier_agreement', sql, { week: q.week, later: q.later }] as const),
  )
  return rows.map(({ value, ...row }) => ({
    ...{ ...row, ...(q.pupilsBy && { value }), counts: row.counts.map(Number) },
  }))
}

export interface ExitRow {
  readonly authority: number
  readonly school: number
  /** As at the day of the decision; absent where pupils are not told apart. */
  readonly value?: string
  readonly reason: string
  readonly exits: number
}

/** Decisions to leave tier 2 or 3 on the days given (ISO, both included), by reason, at the school that sent them. */
export async function readTierExits(
  w: Warehouse,
  scope: Scope,
  q: HistoryQuestion & { readonly from: string; readonly to: string },
): Promise<ExitRow[]> {
  const ours = 'authority IN {authorities:Array(UInt16)}'
  const exits = (
    a: AskedTiers,
  ) => `SELECT authority, school, reason, day, pupils[1] AS who FROM fact_tier_exit FINAL
    WHERE ${ours} AND domain = {domain:String} AND ${a.seen('school')} AND day BETWEEN {from:Date} AND {to:Date}`
  const sql = (a: AskedTiers) => `SELECT authority, school, value, reason, count() AS exits
    FROM (${withValue(exits(a), q.pupilsBy, ours)})
    GROUP BY authority, school, value, reason ORDER BY authority, school, value, reason`
  const rows = await tierRows<{
    authority: number
    school: number
    value: string
    reason: string
    exits: string
  }>(w, scope, q, 'tier_exits', sql, { from: q.from, to: q.to })
  return rows.map(({ value, ...row }) => ({
    ...{ ...row, ...(q.pupilsBy && { value }), exits: Number(row.exits) },
  }))
}
