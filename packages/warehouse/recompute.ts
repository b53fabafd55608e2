import { type FollowUp, isAdditive, type StoredMetric, storedMetrics } from '@cairn/metrics'
import { contextFact, contextsSql, withCharacteristics } from './characteristics.ts'
import { factTable } from './schema.ts'

/** Facts of these authorities from this offset on have not been drained yet. */
export interface Undrained {
  readonly authorities: readonly number[]
  readonly from: number
}

/**
 * The condition "not drained yet", by the mark of each row’s own authority. Offsets of different partitions cannot be compared,
 * so each partition's authorities stand with their own mark; the smallest mark alone lets the index on `off` help.
 */
export function undrainedCondition(marks: readonly Undrained[]): string {
  if (marks.length === 0) return '0'
  const each = marks.map(
    (m) => `(authority IN (${m.authorities.map(Number).join(',')}) AND off >= ${Number(m.from)})`,
  )
  return `off >= ${Math.min(...marks.map((m) => Number(m.from)))} AND (${each.join(' OR ')})`
}

/** Facts that are broken down by pupils' characteristics: a context dirties their slices. */
export const contextualFacts: ReadonlySet<string> = new Set(
  storedMetrics.filter((m) => m.ofPupil !== undefined).map(tableOf),
)

/**
 * Slices of a fact that have something that is not drained yet, or a pupil whose context is not. They are found once and
 * kept under a token for the statement that recomputes them: written out in each part of it they were found a dozen
 * times, and the statement grew past the engine's limit.
 */
export function dirtySql(fact: string, marks: readonly Undrained[], contextsReach: boolean): string {
  const own = `SELECT authority, school, week FROM ${factTable(fact)} WHERE week > '1970-01-01' AND ${undrainedCondition(marks)}`
  const reached = contextsReach && contextualFacts.has(fact) ? `UNION ALL ${reachedSlices(fact, marks)}` : ''
  return `INSERT INTO dirty (authority, token, school, week)
    SELECT DISTINCT authority, {dirty:UUID}, school, week FROM (${own} ${reached})`
}

const found = 'FROM dirty WHERE authority IN {authorities:Array(UInt16)} AND token = {dirty:UUID}'

/** What `dirtySql` found, of the schools of one share. */
const slices = `SELECT DISTINCT authority, school, week ${found}
  AND cityHash64(authority, school) % {shares:UInt32} = {share:UInt32}`

/** How many facts are read for what `dirtySql` found: those of its weeks, or of its schools. */
export function readRowsSql(fact: string, of: 'weeks' | 'whole schools'): string {
  const key = of === 'weeks' ? 'authority, school, week' : 'authority, school'
  return `SELECT count() AS n FROM ${factTable(fact)} WHERE (${key}) IN (SELECT ${key} ${found})`
}

/**
 * Slices that a context which is not drained yet may reach: those of every pupil that any version of it named, from the
 * week on in which its earliest version begins. By receipts, because a tombstone does not say whose context it takes
 * back, and a merge drops the version that named another pupil. More than must be, never less: a later snapshot may
 * hold already.
 */
function reachedSlices(fact: string, marks: readonly Undrained[]): string {
  const authorities = marks.flatMap((m) => m.authorities).map(Number)
  if (authorities.length === 0) return `SELECT authority, school, week FROM ${factTable(fact)} WHERE 0`
  const changed = `SELECT authority, id FROM ${factTable(contextFact)} WHERE ${undrainedCondition(marks)}`
  const pupils = `SELECT authority, arrayJoin(pupils) AS pupil, min(week) AS since FROM receipts
    WHERE fact = '${contextFact}' AND (authority, id) IN (${changed}) GROUP BY authority, pupil`
  return `SELECT f.authority AS authority, f.school AS school, f.week AS week
    FROM (
      SELECT authority, school, week, arrayJoin(pupils) AS pupil FROM ${factTable(fact)}
      WHERE authority IN (${authorities.join(',')}) AND week > '1970-01-01' AND week >= (SELECT min(since) FROM (${pupils}))
    ) AS f
    INNER JOIN (${pupils}) AS c ON c.authority = f.authority AND c.pupil = f.pupil
    WHERE f.week >= c.since`
}

/** Additive metrics of a fact: they keep weeks. */
export const weeklyMetrics = (fact: string): readonly StoredMetric[] =>
  storedMetrics.filter((m) => tableOf(m) === fact && isAdditive(m))

/** Counts of pupils, which keep each grain of time, and what is kept by year alone. */
export const periodMetrics = (fact: string): readonly StoredMetric[] =>
  storedMetrics.filter((m) => tableOf(m) === fact && (!isAdditive(m) || m.byYear !== undefined))

function tableOf(m: StoredMetric): string {
  return m.facts.makes.kind === 'fact' ? m.facts.makes.fact.table : ''
}

/** Text of a breakdown's value: '' for the total, else `dimension=value` joined by ';'. */
const keySql = (breakdown: readonly string[]): string =>
  breakdown.length === 0
    ? "''"
    : `concat(${breakdown.map((d, i) => `'${i ? ';' : ''}${d}=', ${d}`).join(', ')})`

/** One read of the facts, unrolled in one way, with all that is measured on it. */
interface Part {
  readonly metric: StoredMetric
  /** The dimension that is unrolled, where there is one. */
  readonly each: string | undefined
  /** Whether pupils' characteristics are among the dimensions. */
  readonly ofPupils: boolean
  readonly breakdowns: readonly (readonly string[])[]
}

/** The breakdowns of a metric, by the dimension that has to be unrolled for them, and by whether pupils are looked up. */
export function partsOf(m: StoredMetric, breakdowns = m.breakdowns): Part[] {
  const parts = new Map<string, Part & { breakdowns: (readonly string[])[] }>()
  for (const breakdown of breakdowns) {
    const unrolled = breakdown.filter((d) => m.dimensions[d]!.each)
    if (unrolled.length > 1)
      throw new Error(`metric ${m.id}: a breakdown may unroll one dimension, not ${unrolled.join(' and ')}`)
    const [each] = unrolled
    const ofPupils = breakdown.some((d) => m.dimensions[d]!.ofPupil)
    const key = `${each} ${ofPupils}`
    const part = parts.get(key) ?? { metric: m, each, ofPupils, breakdowns: [] }
    part.breakdowns.push(breakdown)
    parts.set(key, part)
  }
  return [...parts.values()]
}

const followUpsOf = (metrics: readonly StoredMetric[]): FollowUp[] => [
  ...new Set(metrics.flatMap((m) => m.followedBy ?? [])),
]

const followUpName = (followUp: FollowUp): string => `follow_${followUp.columns.join('_')}`

/**
 * What followed, and the pupils' contexts, read once for all metrics that ask for it: a read for each metric made a drain of plans
 * and interventions take 1.4 to 3.1 s under load. A view of the statement alone, kept in memory while it runs.
 */
export function onceReadSql(metrics: readonly StoredMetric[], fact: string, slices: string): string {
  const subjects = `SELECT authority, id FROM ${factTable(fact)} WHERE (authority, school, week) IN (${slices})`
  const views = followUpsOf(metrics).map((f) => `${followUpName(f)} AS MATERIALIZED (${f.sql(subjects)})`)
  if (metrics.some((m) => m.ofPupil !== undefined))
    views.push(`contexts AS MATERIALIZED (${contextsOf(fact, slices)})`)
  return views.length > 0 ? `WITH ${views.join(', ')}` : ''
}

export const onceSql = 'SETTINGS enable_materialized_cte = 1'

/** Rows of a fact that count, after unrolling, as a subquery with the metric's dimensions as columns. */
export function rowsSql(part: Part, fact: string, slices: string, carried: readonly string[]): string {
  const m = part.metric
  const last = m.lastInSlice ? 'ORDER BY day DESC, off DESC LIMIT 1 BY authority, school, week' : ''
  const facts = `SELECT * FROM ${factTable(fact)} FINAL WHERE (authority, school, week) IN (${slices}) ${last}`
  const joined = m.followedBy
    ? `SELECT f.*, ${m.followedBy.columns.map((c) => `s.${c} AS ${c}`).join(', ')} FROM (${facts}) AS f
       LEFT JOIN ${followUpName(m.followedBy)} AS s
       ON s.authority = f.authority AND s.ref = f.id`
    : facts
  const dims = [...new Set(part.breakdowns.flat())].map((name) => ({ name, ...m.dimensions[name]! }))
  const own = dims.filter((d) => !d.ofPupil).map((d) => named(d.each ? d.name : d.value!, d.name))
  const ofPupil = dims.filter((d) => d.ofPupil)
  const unroll = Object.entries(m.unroll ?? {}).map(([name, array]) => `${array} AS ${name}`)
  const each = part.each ? `ARRAY JOIN ${m.dimensions[part.each]!.each} AS ${part.each}` : ''
  const rows = (
    from: string,
    columns: readonly string[],
  ) => `SELECT ${columns.join(', ')}, ${valueSql(m)} AS x
    FROM (${from}) ${unroll.length ? `ARRAY JOIN ${unroll.join(', ')}` : each}
    ${m.where ? `WHERE ${m.where}` : ''}`
  if (!part.ofPupils) return rows(joined, [...carried, ...own])
  const names = ofPupil.map((d) => d.name)
  const known = (from: string) =>
    withCharacteristics(`SELECT *, ${m.ofPupil} AS who FROM (${from})`, names, 'contexts')
  // Before unrolling where that can be: a check-in looks its pupil up once, and not for each of its subscales.
  if (m.measure.kind !== 'pupils') return rows(known(joined), [...carried, ...own, ...names])
  const unrolled = rows(joined, [...new Set([...carried, 'authority', 'day', 'pupil'])])
  return `SELECT ${[...carried, ...names].join(', ')}, x FROM (${known(unrolled)})`
}

const named = (sql: string, name: string): string => (sql === name ? name : `${sql} AS ${name}`)

/** Snapshots of the pupils in these slices. */
const contextsOf = (fact: string, slices: string): string =>
  contextsSql(`authority IN {authorities:Array(UInt16)} AND (authority, pupils[1]) IN (
    SELECT authority, arrayJoin(pupils) FROM ${factTable(fact)} WHERE (authority, school, week) IN (${slices}))`)

const valueSql = (m: StoredMetric): string => {
  // A double whatever the column is: sums of different metrics stand in one union.
  if (m.measure.kind === 'mean') return `toFloat64(${m.measure.value})`
  if (m.measure.kind === 'sum') return m.measure.value
  return m.measure.kind === 'pupils' ? 'pupil' : '0'
}

export const nSql = (m: StoredMetric): string => (m.measure.kind === 'sum' ? 'toUInt64(sum(x))' : 'count()')

/** First the sums over all of the part's dimensions, then over each breakdown: few rows reach the second step. */
function weeklyPartSql(part: Part, fact: string, slices: string): string {
  const m = part.metric
  const dims = [...new Set(part.breakdowns.flat())]
  const mean = m.measure.kind === 'mean'
  const sums = mean ? 'sum(x) AS sx0, sum(x * x) AS sxx0' : 'toFloat64(0) AS sx0, toFloat64(0) AS sxx0'
  const first = `SELECT authority, school, week${dims.map((d) => `, ${d}`).join('')}, ${nSql(m)} AS n0, ${sums}
      FROM (${rowsSql(part, fact, slices, ['authority', 'school', 'week'])})
      GROUP BY authority, school, week${dims.map((d) => `, ${d}`).join('')}`
  if (!part.ofPupils)
    return `SELECT authority, school, week, '${m.id}' AS metric,
      arrayJoin([${part.breakdowns.map(keySql).join(', ')}]) AS key, n0, sx0, sxx0 FROM (${first})`
  // By characteristics many rows are left after the first step: a text for each of them and each breakdown would cost more.
  const bits = (breakdown: readonly string[]) =>
    dims.reduce((mask, d, i) => mask + (breakdown.includes(d) ? 0 : 2 ** (dims.length - 1 - i)), 0)
  return `SELECT authority, school, week, '${m.id}' AS metric,
      multiIf(${part.breakdowns.map((b) => `mask = ${bits(b)}, ${keySql(b)}`).join(', ')}, 'none') AS key, n2 AS n0, sx2 AS sx0, sxx2 AS sxx0
    FROM (
      SELECT authority, school, week, ${dims.join(', ')}, grouping(${dims.join(', ')}) AS mask,
        sum(n0) AS n2, sum(sx0) AS sx2, sum(sxx0) AS sxx2
      FROM (${first})
      GROUP BY GROUPING SETS (${part.breakdowns.map((b) => `(${['authority', 'school', 'week', ...b].join(', ')})`).join(', ')})
    )`
}

const arraysSql = `arraySort(groupArrayIf((key, n1, sx1, sxx1), n1 > 0)) AS a`

/**
 * Recomputes the weekly cells of every slice of a fact that has something that is not drained yet, from facts, whole.
 * A slice that is empty now is written too: a former owner's older cell may still land, and must lose to something.
 */
export function recomputeWeeksSql(fact: string): string | undefined {
  const metrics = weeklyMetrics(fact)
  if (metrics.length === 0) return undefined
  const parts = metrics.flatMap((m) => partsOf(m)).map((part) => weeklyPartSql(part, fact, slices))
  return `INSERT INTO cells (authority, metric, grain, school, period, gen, d, n, sx, sxx)
    ${onceReadSql(metrics, fact, slices)} SELECT authority, metric, 1, school, toYYYYMMDD(week), {gen:UInt64}, a.1, a.2, a.3, a.4
    FROM (
      SELECT authority, school, week, metric, ${arraysSql}
      FROM (
        SELECT authority, school, week, metric, key, sum(n0) AS n1, sum(sx0) AS sx1, sum(sxx0) AS sxx1
        FROM (${parts.join('\nUNION ALL\n')}
          UNION ALL SELECT authority, school, week, arrayJoin([${metrics.map((m) => `'${m.id}'`).join(', ')}]) AS metric, '' AS key,
            toUInt64(0) AS n0, toFloat64(0) AS sx0, toFloat64(0) AS sxx0 FROM (${slices}))
        GROUP BY authority, school, week, metric, key
      )
      GROUP BY authority, school, week, metric
    ) ${onceSql}`
}

/** Year, half-term and term of a slice's week: the school's own calendar, else the authority's. */
const calendarSql = (slices: string): string => `
  SELECT s.authority AS authority, s.school AS school, s.week AS week,
    toUInt32(toYear(s.week) - (toMonth(s.week) < 8)) AS year,
    if(own.half_term > 0, own.half_term, dft.half_term) AS half_term, if(own.half_term > 0, own.term, dft.term) AS term
  FROM (${slices}) AS s
  LEFT ANY JOIN (SELECT authority, school, week, half_term, term FROM calendar FINAL WHERE school > 0) AS own
    ON own.authority = s.authority AND own.school = s.school AND own.week = s.week
  LEFT ANY JOIN (SELECT authority, week, half_term, term FROM calendar FINAL WHERE school = 0) AS dft
    ON dft.authority = s.authority AND dft.week = s.week`

const grainsSql = '[(1, toYYYYMMDD(week)), (2, year * 100 + half_term), (3, year * 100 + term), (4, year)]'

/**
 * Recomputes what cannot be summed over time: different pupils in each period that a changed slice belongs to,
 * over all of that period's facts.
 */
export function recomputePeriodsSql(fact: string): string | undefined {
  const metrics = periodMetrics(fact)
  if (metrics.length === 0) return undefined
  const dirty = `SELECT DISTINCT authority, school, arrayJoin(${grainsSql}) AS g FROM (${calendarSql(slices)})`
  const dirtyYears = `SELECT DISTINCT authority, school, toUInt32(toYear(week) - (toMonth(week) < 8)) FROM (${slices})`
  const ofYears = `SELECT authority, school, week FROM ${factTable(fact)}
    WHERE (authority, school, toUInt32(toYear(week) - (toMonth(week) < 8))) IN (${dirtyYears}) AND week > '1970-01-01'
    GROUP BY authority, school, week`
  const parts = metrics.flatMap((m) => [
    ...(isAdditive(m) ? [] : partsOf(m)).map((part) => periodPartSql(part, fact, ofYears, dirty)),
    ...partsOf(m, m.byYear ?? []).map((part) => yearPartSql(part, fact, ofYears)),
  ])
  const empty = (of: readonly StoredMetric[], where: string) =>
    of.length === 0
      ? ''
      : `UNION ALL SELECT authority, school, g, arrayJoin([${of.map((m) => `'${m.id}'`).join(', ')}]) AS metric, '' AS key,
          toUInt64(0) AS n1, toFloat64(0) AS sx1, toFloat64(0) AS sxx1 FROM (${dirty}) ${where}`
  return `INSERT INTO cells (authority, metric, grain, school, period, gen, d, n, sx, sxx)
    ${onceReadSql(metrics, fact, ofYears)} SELECT authority, metric, g.1, school, g.2, {gen:UInt64}, a.1, a.2, a.3, a.4
    FROM (
      SELECT authority, school, metric, g, ${arraysSql}
      FROM (
        ${parts.join('\nUNION ALL\n')}
        ${empty(
          metrics.filter((m) => !isAdditive(m)),
          '',
        )}
        ${empty(metrics.filter(isAdditive), 'WHERE g.1 = 4')}
      )
      GROUP BY authority, school, metric, g
    ) ${onceSql}`
}

function periodPartSql(part: Part, fact: string, slices: string, dirty: string): string {
  const m = part.metric
  if (part.ofPupils) return periodPupilsSql(part, fact, slices, dirty)
  return `SELECT authority, school, g, '${m.id}' AS metric, key, uniqExact(x) AS n1, toFloat64(0) AS sx1, toFloat64(0) AS sxx1
    FROM (
      SELECT r.authority AS authority, r.school AS school, x, key, arrayJoin(${grainsSql}) AS g
      FROM (
        SELECT authority, school, week, x, arrayJoin([${part.breakdowns.map(keySql).join(', ')}]) AS key
        FROM (${rowsSql(part, fact, slices, ['authority', 'school', 'week'])})
      ) AS r
      INNER JOIN (${calendarSql(slices)}) AS c ON c.authority = r.authority AND c.school = r.school AND c.week = r.week
    )
    WHERE (authority, school, g) IN (${dirty})
    GROUP BY authority, school, g, key`
}

/** A pupil counts in a period by what held on the day of its last fact there, once: parts add up to the total. */
function periodPupilsSql(part: Part, fact: string, slices: string, dirty: string): string {
  const keys = `[${part.breakdowns.map(keySql).join(', ')}]`
  return `SELECT authority, school, g, '${part.metric.id}' AS metric, key, count() AS n1, toFloat64(0) AS sx1, toFloat64(0) AS sxx1
    FROM (
      SELECT r.authority AS authority, r.school AS school, g, x, arrayJoin(argMax(r.keys, r.day)) AS key
      FROM (
        SELECT authority, school, week, x, day, ${keys} AS keys
        FROM (${rowsSql(part, fact, slices, ['authority', 'school', 'week', 'day'])})
      ) AS r
      INNER JOIN (${calendarSql(slices)}) AS c ON c.authority = r.authority AND c.school = r.school AND c.week = r.week
      ARRAY JOIN ${grainsSql} AS g
      GROUP BY authority, school, g, x
    )
    WHERE (authority, school, g) IN (${dirty})
    GROUP BY authority, school, g, key`
}

/** What is kept by year alone. Of different pupils each counts by what held on the day of its last fact in the year. */
function yearPartSql(part: Part, fact: string, slices: string): string {
  const { metric: m, breakdowns } = part
  const keys = `[${breakdowns.map(keySql).join(', ')}]`
  const year = '(toUInt8(4), toUInt32(toYear(week) - (toMonth(week) < 8)))'
  const rows = `SELECT authority, school, ${year} AS g, x, day, ${keys} AS keys
    FROM (${rowsSql(part, fact, slices, ['authority', 'school', 'week', 'day'])})`
  const counted = isAdditive(m)
    ? rows
    : `SELECT authority, school, g, x, argMax(keys, day) AS keys FROM (${rows}) GROUP BY authority, school, g, x`
  return `SELECT authority, school, g, '${m.id}' AS metric, arrayJoin(keys) AS key, count() AS n1, toFloat64(0) AS sx1, toFloat64(0) AS sxx1
    FROM (${counted}) GROUP BY authority, school, g, key`
}
