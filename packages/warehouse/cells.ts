import type { Scope } from '@cairn/access'
import { type Grain, grains, isAdditive, isByYear, type StoredMetric } from '@cairn/metrics'
import type { Params, Warehouse } from './client.ts'

/** Which schools are summed into which group (a school of its own, a phase, the whole authority: the caller says). */
export type Groups = ReadonlyMap<number, number>

export interface CellsQuery {
  readonly metric: StoredMetric
  readonly authorities: readonly number[]
  /** School → group. Schools that are not in it are left out. */
  readonly groups: Groups
  /** One of the metric's breakdowns. */
  readonly breakdown: readonly string[]
  readonly grain: Grain
  /** Academic years by their starting year. */
  readonly years: readonly number[]
  readonly signal?: AbortSignal
}

/** Sums over the schools of a group; mean = sx / n. */
export interface CellSum {
  readonly authority: number
  readonly group: number
  /** week YYYYMMDD, half-term and term YYYYPP, year YYYY. */
  readonly period: number
  /** Values in the order of the breakdown. */
  readonly values: readonly string[]
  readonly n: number
  readonly sx: number
  readonly sxx: number
  /** Schools that have something here. */
  readonly schools: number
}

interface Row {
  authority: number
  grp: number
  period: number
  key: string
  n: string
  sx: number
  sxx: number
  schools: string
}

const yearOfWeek = 'intDiv(period, 10000) - (intDiv(period, 100) % 100 < 8)'

/** Tenant first; then the schools that the reader may see, each with its group. Undefined: nothing may be seen. */
function scoped(scope: Scope, authorities: readonly number[], groups: Groups): Params | undefined {
  const mine = authorities.filter((a) => scope.authorities.includes(a))
  const { schools } = scope
  const pairs = [...groups].filter(([school]) => schools === 'all' || schools.includes(school))
  if (mine.length === 0 || pairs.length === 0) return undefined
  return {
    authorities: mine,
    schools: pairs.map(([school]) => school),
    groups: pairs.map(([, group]) => group),
  }
}

const where = `authority IN {authorities:Array(UInt16)} AND metric = {metric:String} AND grain = {grain:UInt8}
  AND school IN {schools:Array(UInt32)}`
const group = 'transform(school, {schools:Array(UInt32)}, {groups:Array(UInt32)}, toUInt32(0))'

/** A key such as `exclusion_type=PERM;reason=PP` is of a breakdown when it names just its dimensions, in order. */
const ofBreakdown = `has({breakdowns:Array(Array(String))}, arrayMap(part -> splitByChar('=', part)[1], splitByChar(';', key)))`

/** How a week's period becomes one of a coarser grain. Half-terms and terms ask the school's calendar. */
const coarser: Readonly<Record<Grain, { period: string; calendar: boolean }>> = {
  week: { period: 'week_period', calendar: false },
  year: { period: 'academic_year', calendar: false },
  half_term: {
    period: 'academic_year * 100 + if(own.half_term > 0, own.half_term, dft.half_term)',
    calendar: true,
  },
  term: { period: 'academic_year * 100 + if(own.half_term > 0, own.term, dft.term)', calendar: true },
}

const calendarJoin = `
  LEFT ANY JOIN (SELECT authority, school, toYYYYMMDD(week) AS week_period, half_term, term FROM calendar FINAL
    WHERE authority IN {authorities:Array(UInt16)} AND school > 0) AS own
    ON own.authority = c.authority AND own.school = c.school AND own.week_period = c.week_period
  LEFT ANY JOIN (SELECT authority, toYYYYMMDD(week) AS week_period, half_term, term FROM calendar FINAL
    WHERE authority IN {authorities:Array(UInt16)} AND school = 0) AS dft
    ON dft.authority = c.authority AND dft.week_period = c.week_period`

/** Additive metrics keep weeks: they are summed into the grain asked for. */
function additiveSql(grain: Grain): string {
  const { period, calendar } = coarser[grain]
  return `SELECT c.authority AS authority, c.grp AS grp, toUInt32(${period}) AS period, c.key AS key,
      sum(c.n1) AS n, sum(c.sx1) AS sx, sum(c.sxx1) AS sxx, uniqExact(c.school) AS schools
    FROM (
      SELECT authority, school, ${group} AS grp, period AS week_period, toUInt32(${yearOfWeek}) AS academic_year,
        key, n1, sx1, sxx1
      FROM cells FINAL ARRAY JOIN d AS key, n AS n1, sx AS sx1, sxx AS sxx1
      WHERE ${where} AND toUInt32(${yearOfWeek}) IN {years:Array(UInt32)} AND ${ofBreakdown}
    ) AS c ${calendar ? calendarJoin : ''}
    GROUP BY authority, grp, period, key`
}

/** Counts of pupils keep each grain; over schools they are summed (a pupil of two schools counts in each). */
const keptSql = `
  SELECT authority, grp, period, key, sum(n1) AS n, toFloat64(0) AS sx, toFloat64(0) AS sxx, uniqExact(school) AS schools
  FROM (
    SELECT authority, school, ${group} AS grp, period, key, n1
    FROM cells FINAL ARRAY JOIN d AS key, n AS n1
    WHERE ${where} AND {year_of_period} IN {years:Array(UInt32)} AND ${ofBreakdown}
  )
  GROUP BY authority, grp, period, key`

const yearOfPeriod: Readonly<Record<Grain, string>> = {
  week: `toUInt32(${yearOfWeek})`,
  half_term: 'intDiv(period, 100)',
  term: 'intDiv(period, 100)',
  year: 'period',
}

/** Sums of cells within the reader's scope. */
export async function readCells(
  warehouse: Warehouse,
  scope: Scope,
  { breakdown, ...query }: CellsQuery,
): Promise<CellSum[]> {
  const rows = await readBreakdowns(warehouse, scope, { ...query, breakdowns: [breakdown] })
  return rows.map(({ key: _, ...row }) => row)
}

/** Several breakdowns of a metric in one query: all of them kept by academic year alone, or none. */
export type BreakdownsQuery = Omit<CellsQuery, 'breakdown'> & {
  readonly breakdowns: readonly (readonly string[])[]
}

/** Sums of cells within the reader's scope, each with its key (`sex=F`; empty for the total). */
export async function readBreakdowns(
  warehouse: Warehouse,
  scope: Scope,
  query: BreakdownsQuery,
): Promise<(CellSum & { readonly key: string })[]> {
  const params = scoped(scope, query.authorities, query.groups)
  if (!params || query.years.length === 0 || query.breakdowns.length === 0) return []
  const byYear = query.breakdowns.some((one) => isByYear(query.metric, one))
  if (byYear && (query.grain !== 'year' || !query.breakdowns.every((one) => isByYear(query.metric, one))))
    throw new Error(`metric ${query.metric.id}: ${query.breakdowns.join(' and ')} are kept by year alone`)
  const additive = isAdditive(query.metric) && !byYear
  const sql = additive
    ? additiveSql(query.grain)
    : keptSql.replace('{year_of_period}', yearOfPeriod[query.grain])
  const rows = await warehouse.query<Row>({
    name: 'cells',
    authorities: scope.authorities,
    sql,
    params: {
      ...params,
      metric: query.metric.id,
      grain: additive ? 1 : grains.indexOf(query.grain) + 1,
      years: [...query.years],
      breakdowns: query.breakdowns.map(named),
    },
    ...(query.signal ? { signal: query.signal } : {}),
  })
  return rows.map((row) => ({
    authority: row.authority,
    group: row.grp,
    period: row.period,
    key: row.key,
    values: valuesOf(row.key),
    n: Number(row.n),
    sx: row.sx,
    sxx: row.sxx,
    schools: Number(row.schools),
  }))
}

/** The dimensions of a key; of the total, whose key is empty, one without a name. */
const named = (breakdown: readonly string[]): string[] => (breakdown.length === 0 ? [''] : [...breakdown])

const valuesOf = (key: string): string[] =>
  key === '' ? [] : key.split(';').map((part) => part.slice(part.indexOf('=') + 1))

/** The roll that counts for a school in an academic year. */
export interface Roll {
  readonly authority: number
  readonly school: number
  readonly year: number
  /** Week of the census, YYYYMMDD. */
  readonly census: number
  /** Breakdown values → pupils; for the total, one entry with no values. */
  readonly counts: readonly { key: string; values: readonly string[]; n: number }[]
}

/**
 * Of a year's snapshots the spring census counts, else the latest of the year, else the latest of the year before.
 * One denominator a year: a roll that moved from term to term would let small changes be worked out.
 */
const rollSql = `
  SELECT authority, school, year, period AS census, keys, ns FROM (
    SELECT authority, school, period, arrayJoin({years:Array(UInt32)}) AS year, toUInt32(${yearOfWeek}) AS in_year,
      has(d, 'census=spring') AS spring,
      arrayFilter((key, v) -> ${ofBreakdown}, d, n) AS keys, arrayFilter((v, key) -> ${ofBreakdown}, n, d) AS ns
    FROM cells FINAL
    WHERE ${where} AND notEmpty(d) AND in_year IN (year, year - 1)
    ORDER BY authority, school, year, in_year DESC, spring AND in_year = year DESC, period DESC
    LIMIT 1 BY authority, school, year
  )`

/** Denominators from the roll, by school and academic year, within the reader's scope. */
export const readRoll = (
  warehouse: Warehouse,
  scope: Scope,
  { breakdown, ...query }: Omit<CellsQuery, 'grain'>,
): Promise<Roll[]> => readRolls(warehouse, scope, { ...query, breakdowns: [breakdown] })

/** Several breakdowns of the same census in one query. */
export async function readRolls(
  warehouse: Warehouse,
  scope: Scope,
  query: Omit<BreakdownsQuery, 'grain'>,
): Promise<Roll[]> {
  const params = scoped(scope, query.authorities, query.groups)
  if (!params || query.years.length === 0) return []
  const rows = await warehouse.query<{
    authority: number
    school: number
    year: number
    census: number
    keys: string[]
    ns: string[]
  }>({
    name: 'roll',
    authorities: scope.authorities,
    sql: rollSql,
    params: {
      ...params,
      metric: query.metric.id,
      grain: 1,
      years: [...query.years],
      breakdowns: query.breakdowns.map(named),
    },
    ...(query.signal ? { signal: query.signal } : {}),
  })
  return rows.map(({ authority, school, year, census, keys, ns }) => ({
    authority,
    school,
    year,
    census,
    counts: keys.map((key, i) => ({
      key,
      values: valuesOf(key),
      n: Number(ns[i]),
    })),
  }))
}
