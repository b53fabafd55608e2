import type { Warehouse } from './client.ts'
import type { Rows } from './pipeline.ts'
import { type Undrained, undrainedCondition } from './recompute.ts'
import { factTable } from './schema.ts'

/** Facts that move the present: the week that tiers are worked out up to. A snapshot may speak of the future. */
export const datedFacts = ['checkin', 'incident', 'attendance', 'tier_assignment', 'tier_exit'] as const

/** Index of the week of a date: whole weeks from Monday, that of 1 January 1970 is 0 (mtss: weekIndex). */
export const weekSql = (date: string): string => `toUInt16(intDiv(toUInt16(${date}) + 3, 7))`

const aheadColumns = ['authority', 'id', 'version', 'off', 'week', 'received'] as const

/** Versions of events that are dated in a later week than the one they were received in; `received` as an index. */
export async function insertDatedAhead(w: Warehouse, rows: Rows): Promise<void> {
  if (rows.length > 0)
    await w.insert({ name: 'dated_ahead', table: 'dated_ahead', columns: aheadColumns, rows })
}

const mine = `authority IN {authorities:Array(UInt16)} AND week > '1970-01-01'`
const aheadSql = 'SELECT authority, id, ver FROM dated_ahead WHERE authority IN {authorities:Array(UInt16)}'

/**
 * The present of each authority, by the log and never by the clock: the greatest week of a check-in, incident, span of
 * attendance (its last day) or decision that stands; one that is dated ahead counts as of the week that it was received in. An authority without any is left
 * out. Facts lie by week, so the newest few weeks are looked at first; only where nothing in them stands, all.
 */
export async function presentWeeks(
  w: Warehouse,
  authorities: readonly number[],
): Promise<Map<number, number>> {
  if (authorities.length === 0) return new Map()
  const present = new Map<number, number>()
  const reach = (authority: number, week: number) => {
    if (week > 0) present.set(authority, Math.max(week, present.get(authority) ?? 0))
  }
  const [ahead] = await w.query<{ weeks: string }>({
    name: 'tiers_ahead',
    sql: `SELECT max(weeks) AS weeks FROM (
      SELECT uniqExact(week) AS weeks FROM dated_ahead WHERE authority IN {authorities:Array(UInt16)} GROUP BY authority)`,
    params: { authorities: [...authorities] },
    timeoutMs: 60_000,
  })
  const weeksAhead = Number(ahead?.weeks ?? 0)
  const look = async (parts: readonly string[], of: readonly number[]) => {
    const sql = `SELECT fact, authority, ${weekSql('max(week)')} AS newest FROM (${parts.join(' UNION ALL ')}) GROUP BY fact, authority`
    const rows = await w.query<{ fact: string; authority: number; newest: number }>({
      ...{ name: 'tiers_present', sql, params: { authorities: [...of] }, timeoutMs: 60_000 },
    })
    for (const { authority, newest } of rows) reach(authority, newest)
    return rows
  }
  const standing = (fact: string) => `SELECT '${fact}' AS fact, authority, week FROM ${factTable(fact)} FINAL
    WHERE ${mine}${weeksAhead > 0 ? ` AND (authority, id, ver) NOT IN (${aheadSql})` : ''}`
  // Whatever is dated ahead may take up some of the newest weeks: so many more of them are looked at.
  const newest = (fact: string) => `${standing(fact)} AND (authority, week) IN (
      SELECT authority, week FROM ${factTable(fact)} WHERE ${mine} GROUP BY authority, week
      ORDER BY week DESC LIMIT ${4 + weeksAhead} BY authority)
    UNION ALL SELECT '${fact}' AS fact, authority, toDate('1970-01-01') AS week FROM ${factTable(fact)} WHERE ${mine} GROUP BY authority`
  const found = await look(datedFacts.map(newest), authorities)
  const without = found.filter((row) => row.newest === 0)
  if (without.length > 0)
    await look([...new Set(without.map(({ fact }) => fact))].map(standing), [
      ...new Set(without.map(({ authority }) => authority)),
    ])
  if (weeksAhead > 0)
    for (const { authority, received } of await receivedAhead(w, authorities)) reach(authority, received)
  return present
}

/** The greatest week in which something was received that is dated ahead and stands. */
async function receivedAhead(
  w: Warehouse,
  authorities: readonly number[],
): Promise<{ authority: number; received: number }[]> {
  const standing = datedFacts.map(
    (fact) => `SELECT authority, id, ver FROM ${factTable(fact)} FINAL
      WHERE (authority, week) IN (SELECT authority, week FROM dated_ahead WHERE ${mine})`,
  )
  return w.query({
    name: 'tiers_received_ahead',
    sql: `SELECT authority, max(received) AS received FROM dated_ahead
      WHERE ${mine} AND (authority, id, ver) IN (${standing.join(' UNION ALL ')}) GROUP BY authority`,
    params: { authorities: [...authorities] },
    timeoutMs: 60_000,
  })
}

/**
 * Authorities in which something beyond the marks may have moved the present, and back: a former owner that saw it
 * between wrote rows of another present, which may land late, so whatever it could have written is written anew. What
 * is dated ahead of its receipt counts as if it were taken away: by a clock that was set back it may take the place of
 * a version that counted more.
 */
export async function presentMoved(
  w: Warehouse,
  marks: readonly Undrained[],
  present: ReadonlyMap<number, number>,
): Promise<number[]> {
  const params = { authorities: [...present.keys()], weeks: [...present.values()] }
  if (params.authorities.length === 0) return []
  const each = datedFacts.map(
    (fact) => `SELECT authority, id, ver, week, deleted FROM ${factTable(fact)}
      WHERE week > '1970-01-01' AND ${undrainedCondition(marks)}`,
  )
  const rows = await w.query<{ authority: number }>({
    name: 'tiers_present_moved',
    sql: `SELECT DISTINCT authority FROM (${each.join(' UNION ALL ')})
      WHERE ${weekSql('week')} + (deleted OR (authority, id, ver) IN (${aheadSql}))
        > transform(authority, {authorities:Array(UInt16)}, {weeks:Array(UInt16)}, toUInt16(65535))`,
    params,
    timeoutMs: 60_000,
  })
  return rows.map((row) => row.authority)
}
