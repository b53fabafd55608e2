import type { Scope } from '@cairn/access'
import { type Symbol as Mark, symbolFor } from '@cairn/disclosure'
import { type Grain, grains } from '@cairn/metrics'
import type { Warehouse } from './client.ts'
import { releaseName } from './releases.ts'

export interface ReleasedCellsQuery {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** A metric's id; `headcount` for the roll, which stands by year alone. */
  readonly metric: string
  readonly units: 'schools' | 'authority'
  readonly grain: Grain
  /** The figures by these dimensions at once, named in the order of the metric's breakdown; absent or empty, the totals. */
  readonly breakdown?: readonly string[]
  readonly signal?: AbortSignal
}

/** One figure of the newest release. A hidden one has a symbol and no value. */
export interface ReleasedCell {
  /** URN; 0 for the authority. */
  readonly school: number
  /** Week YYYYMMDD, half-term and term YYYYPP, year YYYY. */
  readonly period: number
  /** Of a partition; else empty. */
  readonly outcome: string
  /** `sex=F`; empty for the total. */
  readonly by: string
  /** Values in the order of the breakdown. */
  readonly values: readonly string[]
  readonly status: 'published' | 'hidden' | 'unavailable'
  readonly symbol: Mark
  /** What was counted; of a mean or median, its number of values. */
  readonly value?: number
  /** Of a mean: Σx and Σx², so that mean, interval and pooled means follow from them and `value`. */
  readonly sx?: number
  readonly sxx?: number
  /** Of a median: the middle value. */
  readonly median?: number
}

export interface ReleasedCells {
  /** `855/202526/1`. */
  readonly release: string
  /** Its number, from 1. */
  readonly version: number
  /** Disclosure profile and version. */
  readonly profile: string
  /** ISO 8601, UTC. */
  readonly closedAt: string
  /** What the metric meant then. */
  readonly definition: string
  readonly cells: readonly ReleasedCell[]
}

/**
 * The newest release of the year; of two closed at once under one number the earlier one stands. One scalar, worked out
 * once; where there is none its number is 0.
 */
const newest = `
  SELECT groupArray((number, digest, profile, closed, definition)) FROM (
    SELECT number, digest, profile, toUnixTimestamp64Milli(closed_at) AS closed,
      definitions[indexOf(metrics, {metric:String})] AS definition
    FROM release WHERE authority = {authority:UInt16} AND year = {year:UInt16}
    ORDER BY number DESC, closed_at, digest LIMIT 1
  )`

/** One row, so that a release without a cell is told from none. */
const sql = `
  WITH (${newest})[1] AS r
  SELECT r.1 AS number, r.3 AS profile, r.4 AS closed, r.5 AS definition,
    arraySort(groupArray((school, period, outcome, d, toString(status), value, sx, sxx, median))) AS cells
  FROM released_figure FINAL
  WHERE authority = {authority:UInt16} AND year = {year:UInt16} AND number = r.1 AND digest = r.2
    AND metric = {metric:String} AND grain = {grain:UInt8}
    AND arrayMap(part -> splitByChar('=', part)[1], splitByChar(';', d)) = {breakdown:Array(String)}
    AND if({of_schools:Bool}, school > 0 AND ({whole:Bool} OR school IN {schools:Array(UInt32)}), school = 0 AND {whole:Bool})`

interface Row {
  number: number
  profile: string
  closed: string
  definition: string
  cells: [
    ...place: [school: number, period: number, outcome: string, by: string, status: ReleasedCell['status']],
    value: string | null,
    ...sums: [sx: number | null, sxx: number | null, median: number | null],
  ][]
}

/**
 * Figures of the newest release of a year, in one query, within the reader's scope: for answers across schools. A reader
 * of single schools gets those schools' cells and never the authority's. Undefined where there is no release, or where it
 * has not this metric.
 */
export async function releasedCells(
  warehouse: Warehouse,
  { authorities, schools }: Scope,
  { authority, year, metric, units, grain, breakdown = [], signal }: ReleasedCellsQuery,
): Promise<ReleasedCells | undefined> {
  if (!authorities.includes(authority)) return undefined
  const whole = schools === 'all'
  const [row] = await warehouse.query<Row>({
    name: 'released_cells',
    authorities,
    sql,
    params: {
      ...{ authority, year, metric, whole },
      breakdown: breakdown.length === 0 ? [''] : [...breakdown],
      grain: grains.indexOf(grain) + 1,
      of_schools: units === 'schools',
      schools: whole ? [] : [...schools],
    },
    ...(signal && { signal }),
  })
  if (!row?.number || !row.definition) return undefined
  return {
    release: releaseName({ authority, year, number: row.number }),
    version: row.number,
    profile: row.profile,
    closedAt: new Date(Number(row.closed)).toISOString(),
    definition: row.definition,
    cells: row.cells.map(([school, period, outcome, by, status, text, sx, sxx, median]) => {
      const value = text === null ? undefined : Number(text)
      const figure = { status, ...(value !== undefined && { value }) }
      return {
        ...{ school, period, outcome, by, ...figure, symbol: symbolFor(figure) },
        values: by === '' ? [] : by.split(';').map((part) => part.slice(part.indexOf('=') + 1)),
        ...(sx !== null && { sx }),
        ...(sxx !== null && { sxx }),
        ...(median !== null && { median }),
      }
    }),
  }
}
