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
