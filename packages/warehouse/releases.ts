import type { Scope } from '@cairn/access'
import { type Grain, grains } from '@cairn/metrics'
import type { Warehouse } from './client.ts'

/** A frozen publication of an authority and academic year. */
export interface ReleaseInfo {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** From 1. */
  readonly number: number
  /** SHA-256 of everything published, in hexadecimal. */
  readonly digest: string
  /** Disclosure profile and version. */
  readonly profile: string
  /** ISO 8601, UTC. */
  readonly closedAt: string
  /** Everything that its partition of the log held below this offset was counted. */
  readonly offset: number
  readonly schools: number
  readonly figures: number
  /** Half-terms that it holds, from the first: 1 to 6. */
  readonly through: number
  /** The year has closed: it holds terms and the year besides. */
  readonly isComplete: boolean
  /** SHA-256 of the shape: which schools, periods and categories. */
  readonly shape: string
  /** Metric → id of its definition. */
  readonly definitions: ReadonlyMap<string, string>
}

/** `855/202526/1`: by this name a release can be asked for, always. */
export const releaseName = ({
  authority,
  year,
  number,
}: Pick<ReleaseInfo, 'authority' | 'year' | 'number'>) => `${authority}/${yearText(year)}/${number}`

/** `202526`, as the Department writes an academic year. */
export const yearText = (year: number): string => `${year}${String((year + 1) % 100).padStart(2, '0')}`

/** The starting year of `202526` or `2025/26`; undefined where it is neither. */
export function yearFrom(text: string): number | undefined {
  const [, start, end] = /^(\d{4})\/?(\d\d)$/.exec(text) ?? []
  const year = Number(start)
  return start && year >= 1990 && year <= 2100 && Number(end) === (year + 1) % 100 ? year : undefined
}

/** What a name stands for; without a number, the latest. Undefined where it is none. */
export function releaseFrom(
  name: string,
): { authority: number; year: number; number: number | 'latest' } | undefined {
  const [, authority, academicYear, number] =
    /^(\d{3})\/(\d{6})(?:\/([1-9]\d{0,8}|latest))?$/.exec(name) ?? []
  const year = academicYear === undefined ? undefined : yearFrom(academicYear)
  if (!authority || year === undefined) return undefined
  return {
    authority: Number(authority),
    year,
    number: number === undefined || number === 'latest' ? 'latest' : Number(number),
  }
}

/** One released figure. Nothing tells why it is hidden; a hidden one has no value anywhere that a reader could reach. */
export interface ReleasedFigure {
  /** A metric's id; `headcount` for the roll. */
  readonly metric: string
  /** Of a partition; else empty. */
  readonly outcome: string
  /** URN; 0 for the authority. */
  readonly school: number
  readonly grain: Grain
  /** Week YYYYMMDD, half-term and term YYYYPP, year YYYY. */
  readonly period: number
  /** `sex=F`, `exclusion_type=PERM;reason=PP`; empty for the total. */
  readonly by: string
  readonly status: 'published' | 'hidden' | 'unavailable'
  /** What was counted; of a mean or median, its number of values. */
  readonly value?: number
  /** Of a mean: Σx and Σx². */
  readonly sx?: number
  readonly sxx?: number
  /** Of a median: the middle value. */
  readonly median?: number
}

const releasesSql = `
  SELECT authority, year, number, digest, profile, toUnixTimestamp64Milli(closed_at) AS closed, off, schools, figures, shape,
    through, complete, metrics, definitions
  FROM release WHERE authority IN {authorities:Array(UInt16)} AND year IN {years:Array(UInt16)}
  ORDER BY authority, year, number, closed_at, digest LIMIT 1 BY authority, year, number`

interface ReleaseRow {
  authority: number
  year: number
  number: number
  digest: string
  profile: string
  closed: string
  off: string
  schools: number
  figures: number
  shape: string
  through: number
  complete: boolean
  metrics: string[]
  definitions: string[]
}

/**
 * Releases within the reader's scope, oldest first. Of two that were closed at once under one number the earlier one
 * stands, for ever.
 */
export async function readReleases(
  warehouse: Warehouse,
  { authorities }: Scope,
  years: readonly number[],
  signal?: AbortSignal,
): Promise<ReleaseInfo[]> {
  if (authorities.length === 0 || years.length === 0) return []
  const rows = await warehouse.query<ReleaseRow>({
    name: 'releases',
    authorities,
    sql: releasesSql,
    params: { authorities: [...authorities], years: [...years] },
    ...(signal && { signal }),
  })
  return rows.map(({ closed, off, metrics, definitions, complete, ...row }) => ({
    ...row,
    closedAt: new Date(Number(closed)).toISOString(),
    offset: Number(off),
    isComplete: complete,
    definitions: new Map(metrics.map((metric, i) => [metric, definitions[i]!])),
  }))
}

export interface FiguresOfRelease {
  readonly release: ReleaseInfo
  readonly metrics: readonly string[]
  readonly grains: readonly Grain[]
  readonly signal?: AbortSignal
}

const figuresSql = `
  SELECT metric, outcome, school, grain, period, d, status, value, sx, sxx, median FROM released_figure FINAL
  WHERE authority = {authority:UInt16} AND year = {year:UInt16} AND number = {number:UInt32} AND digest = {digest:String}
    AND metric IN {metrics:Array(String)} AND grain IN {grains:Array(UInt8)}
    AND ({whole:Bool} OR school IN {schools:Array(UInt32)})
  ORDER BY metric, outcome, school, grain DESC, period, d`

/**
 * Figures of one release within the reader's scope. A reader of single schools gets their rows alone: the authority's are
 * drawn from schools that the reader may not see.
 */
export async function readReleasedFigures(
  warehouse: Warehouse,
  { authorities, schools }: Scope,
  { release, metrics, grains: asked, signal }: FiguresOfRelease,
): Promise<ReleasedFigure[]> {
  const { authority, year, number, digest } = release
  if (!authorities.includes(authority)) return []
  const whole = schools === 'all'
  const rows = await warehouse.query<{
    metric: string
    outcome: string
    school: number
    grain: number
    period: number
    d: string
    status: ReleasedFigure['status']
    value: string | null
    sx: number | null
    sxx: number | null
    median: number | null
  }>({
    name: 'released_figures',
    authorities,
    sql: figuresSql,
    params: {
      ...{ authority, year, number, digest, whole },
      metrics: [...metrics],
      grains: asked.map((grain) => grains.indexOf(grain) + 1),
      schools: whole ? [] : [...schools],
    },
    ...(signal && { signal }),
  })
  return rows.map(({ d, value, grain, sx, sxx, median, ...row }) => ({
    ...row,
    grain: grains[grain - 1]!,
    by: d,
    ...(value !== null && { value: Number(value) }),
    ...(sx !== null && { sx }),
    ...(sxx !== null && { sxx }),
    ...(median !== null && { median }),
  }))
}
