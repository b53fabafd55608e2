import type { Scope } from '@cairn/access'
import type { Characteristic } from '@cairn/metrics'
import type { Params, Warehouse } from './client.ts'

/** Which recommendations. Weeks are whole, numbered from that of 1 January 1970 (mtss: weekIndex). */
export interface TierQuestion {
  readonly authorities: readonly number[]
  readonly domain: string
  /** Schools that are asked for; undefined: all that the reader may see. A pupil counts for the school of the week. */
  readonly schools?: readonly number[]
  readonly signal?: AbortSignal
}

export interface AskedTiers {
  readonly params: Params
  /** Whose rows: tenant first. */
  readonly rows: string
  /** Over a school's number: the schools that may be seen and are asked for. */
  readonly seen: (school: string) => string
}

/** Undefined: nothing may be seen. */
export function askedTiers(scope: Scope, q: TierQuestion): AskedTiers | undefined {
  const authorities = q.authorities.filter((a) => scope.authorities.includes(a))
  const mine = scope.schools === 'all' ? undefined : scope.schools
  const schools = q.schools && mine ? q.schools.filter((s) => mine.includes(s)) : (q.schools ?? mine)
  if (authorities.length === 0 || schools?.length === 0) return undefined
  return {
    params: { authorities, domain: q.domain, ...(schools ? { schools: [...schools] } : {}) },
    rows: `SELECT * FROM recommendation FINAL
      WHERE authority IN {authorities:Array(UInt16)} AND domain = {domain:String} AND notEmpty(ep_from)`,
    seen: (school) => (schools ? `${school} IN {schools:Array(UInt32)}` : '1'),
  }
}

/** The entry of an array that holds at the end of a week; the first entry begins with the evidence. */
export const asAt = (from: string, values: string, week: string): string =>
  `${values}[arrayCount(f -> f <= ${week}, ${from})]`
export const tierAt = (week: string): string => asAt('ep_from', 'ep_tier', week)
export const schoolAt = (week: string): string => asAt('cx_from', 'cx_school', week)

/** Columns of a recommendation by what pupils are told apart by. */
const contextColumns: Readonly<Record<Characteristic, string>> = {
  nc_year: 'cx_nc_year',
  sex: 'cx_sex',
  sen_provision: 'cx_sen',
  fsm: 'cx_fsm',
  ethnicity: 'cx_ethnicity',
}
export const tierCharacteristics = Object.keys(contextColumns) as readonly Characteristic[]

/** What a pupil is as at a week, under the values of the metrics' characteristics: of meals the columns hold the category. */
export function characteristicAt(name: Characteristic, week: string): string {
  const value = `toString(${asAt('cx_from', contextColumns[name], week)})`
  if (name === 'fsm')
    return `transform(${value}, ['none', 'unknown', ''], ['no', 'unknown', 'unknown'], 'yes')`
  return `if(${value} = '', 'unknown', ${value})`
}

/** Rows of a statement over what may be seen; none where nothing may be. */
export async function tierRows<Row>(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion,
  name: string,
  sqlOf: (a: AskedTiers) => string,
  params: Params = {},
): Promise<Row[]> {
  const a = askedTiers(scope, q)
  if (!a) return []
  const { authorities } = a.params as { authorities: number[] }
  const signal = q.signal && { signal: q.signal }
  return w.query<Row>({ name, sql: sqlOf(a), params: { ...a.params, ...params }, authorities, ...signal })
}

/** The last week that every tier of the authorities is worked out to, as an index; undefined where there is none. */
export async function readTiersUpTo(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion,
): Promise<number | undefined> {
  const sql = (a: AskedTiers) => `SELECT min(up_to) AS week FROM (${a.rows}) HAVING count() > 0`
  const [found] = await tierRows<{ week: number }>(w, scope, q, 'tiers_up_to', sql)
  return found?.week
}

export interface TierMovementRow {
  readonly authority: number
  /** Of the later week; of the first where the pupil is in none at the later. */
  readonly school: number
  /**
   * 16 counts: none or the tier at the first week by none or the tier at the later one, row by row. None: no evidence
   * yet, or not at a school that is seen. Rows and columns add up to the mixes of both weeks; who is in neither is left out.
   */
  readonly counts: readonly number[]
}

/** Pupils by tier at one week and at a later one, over the schools that may be seen, by school. */
export async function readTierMovement(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion & { readonly week: number; readonly later: number },
): Promise<TierMovementRow[]> {
  const states = [0, 1, 2, 3]
  const counts = states.flatMap((x) => states.map((y) => `countIf(before = ${x} AND after = ${y})`))
  const at = (a: AskedTiers, week: string) => `if(${a.seen(schoolAt(week))}, ${tierAt(week)}, 0)`
  const sql = (
    a: AskedTiers,
  ) => `SELECT authority, if(after > 0, ${schoolAt('{later:UInt16}')}, ${schoolAt('{week:UInt16}')}) AS school, [${counts}] AS counts
    FROM (SELECT *, ${at(a, '{week:UInt16}')} AS before, ${at(a, '{later:UInt16}')} AS after FROM (${a.rows}))
    WHERE before > 0 OR after > 0 GROUP BY authority, school ORDER BY authority, school`
  const rows = await tierRows<{ authority: number; school: number; counts: string[] }>(
    w,
    scope,
    q,
    'tier_movement',
    sql,
    { week: q.week, later: q.later },
  )
  return rows.map((row) => ({ ...row, counts: row.counts.map(Number) }))
}

/** Where the maximal runs of one tier begin up to a week: an assignment to the tier that a pupil is in starts none. */
const runStarts = (week: string): string =>
  `arrayFilter((i, f) -> f <= ${week} AND (i = 1 OR ep_tier[i] != ep_tier[i - 1]), arrayEnumerate(ep_from), ep_from)`

export interface TimeInTierRow {
  readonly authority: number
  readonly school: number
  readonly tier: number
  /** Runs, and their lengths in whole weeks in ascending order; those that go on end with the week asked for. */
  readonly runs: number
  readonly median: number
  readonly lowerQuartile: number
  readonly upperQuartile: number
  readonly ended: number
}

/**
 * How long runs of a tier last, by the school of the week asked for: all that began up to it, ended or not. `whole`: of
 * all schools together, as school 0.
 */
export async function readTimeInTier(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion & { readonly week: number; readonly whole?: boolean },
): Promise<TimeInTierRow[]> {
  const of = q.whole ? 'toUInt32(0)' : 'school'
  const sql = (a: AskedTiers) => `SELECT authority, ${of} AS unit, run.1 AS tier, count() AS runs,
      quantilesExactInclusive(0.25, 0.5, 0.75)(run.2) AS quartiles,
      countIf(run.3) AS ended
    FROM (
      SELECT authority, ${schoolAt('{week:UInt16}')} AS school, ${runStarts('{week:UInt16}')} AS starts,
        arrayJoin(arrayMap((i, k) -> (ep_tier[i], toUInt32(if(k < length(starts), ep_from[starts[k + 1]], {week:UInt16} + 1) - ep_from[i]),
          k < length(starts)), starts, arrayEnumerate(starts))) AS run
      FROM (${a.rows})
    )
    WHERE ${a.seen('school')} GROUP BY authority, unit, tier ORDER BY authority, unit, tier`
  const rows = await tierRows<{
    authority: number
    unit: number
    tier: number
    runs: string
    quartiles: [number, number, number]
    ended: string
  }>(w, scope, q, 'time_in_tier', sql, { week: q.week })
  return rows.map(({ authority, unit, tier, runs, quartiles, ended }) => ({
    ...{ authority, school: unit, tier, runs: Number(runs), ended: Number(ended) },
    ...{ lowerQuartile: quartiles[0], median: quartiles[1], upperQuartile: quartiles[2] },
  }))
}

/** Two terms, in weeks: who is back in tier 2 or 3 within them has re-entered. */
export const reEntryWeeks = 26

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
  const sql = (a: AskedTiers) => `SELECT authority, school, sum(length(falls)) AS exits,
      sum(arrayCount(k -> k < length(starts) AND ep_from[starts[k + 1]] - ep_from[starts[k]] <= ${reEntryWeeks}, falls)) AS returned
    FROM (
      SELECT authority, ep_from, ${schoolAt('{week:UInt16}')} AS school, ${runStarts('{week:UInt16}')} AS starts,
        arrayFilter((k, i) -> k > 1 AND ep_tier[i] = 1 AND ep_from[i] + ${reEntryWeeks} <= {week:UInt16}, arrayEnumerate(starts), starts) AS falls
      FROM (${a.rows})
    )
    WHERE ${a.seen('school')} GROUP BY authority, school HAVING exits > 0 ORDER BY authority, school`
  const rows = await tierRows<{ authority: number; school: number; exits: string; returned: string }>(
    w,
    scope,
    q,
    'tier_re_entry',
    sql,
    { week: q.week },
  )
  return rows.map((row) => ({ ...row, exits: Number(row.exits), returned: Number(row.returned) }))
}

export interface AgreementRow {
  readonly authority: number
  readonly school: number
  /** Nine counts: the tier that the rules recommended that week by the tier that the person assigned, row by row. */
  readonly counts: readonly number[]
}

/** A person's assignments between two weeks (both included), against what the rules recommended in the same week. */
export async function readTierAgreement(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion & { readonly week: number; readonly later: number },
): Promise<AgreementRow[]> {
  const counts = [1, 2, 3].flatMap((x) => [1, 2, 3].map((y) => `countIf(told = ${x} AND given = ${y})`))
  const sql = (a: AskedTiers) => `SELECT authority, school, [${counts}] AS counts
    FROM (SELECT authority, ${asAt('cx_from', 'cx_school', 'at')} AS school, at, given, told
      FROM (${a.rows}) ARRAY JOIN ep_from AS at, ep_assigned AS given, ep_recommended AS told
      WHERE given > 0 AND at BETWEEN {week:UInt16} AND {later:UInt16})
    WHERE ${a.seen('school')} GROUP BY authority, school ORDER BY authority, school`
  const rows = await tierRows<{ authority: number; school: number; counts: string[] }>(
    w,
    scope,
    q,
    'tier_agreement',
    sql,
    { week: q.week, later: q.later },
  )
  return rows.map((row) => ({ ...row, counts: row.counts.map(Number) }))
}

export interface ExitRow {
  readonly authority: number
  readonly school: number
  readonly reason: string
  readonly exits: number
}

/** Decisions to leave tier 2 or 3 on the days given (ISO, both included), by reason, at the school that sent them. */
export async function readTierExits(
  w: Warehouse,
  scope: Scope,
  q: TierQuestion & { readonly from: string; readonly to: string },
): Promise<ExitRow[]> {
  const sql = (a: AskedTiers) => `SELECT authority, school, reason, count() AS exits FROM fact_tier_exit FINAL
    WHERE authority IN {authorities:Array(UInt16)} AND domain = {domain:String} AND ${a.seen('school')}
      AND day BETWEEN {from:Date} AND {to:Date}
    GROUP BY authority, school, reason ORDER BY authority, school, reason`
  const rows = await tierRows<{ authority: number; school: number; reason: string; exits: string }>(
    w,
    scope,
    q,
    'tier_exits',
    sql,
    { from: q.from, to: q.to },
  )
  return rows.map((row) => ({ ...row, exits: Number(row.exits) }))
}
