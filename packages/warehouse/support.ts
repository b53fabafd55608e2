import type { Scope } from '@cairn/access'
import type { Characteristic } from '@cairn/metrics'
import type { Params } from './client.ts'

/** One period of one authority, over some of its schools. */
export interface SupportQuery {
  readonly authority: number
  /** URNs; those outside the reader's scope are left out. */
  readonly schools: readonly number[]
  readonly grain: 'half_term' | 'term' | 'year'
  /** Half-term and term YYYYPP, year YYYY. */
  readonly period: number
  /** Rows of each school, which add up to those of all: a pupil counts in one. */
  readonly bySchool?: boolean
  /** Rows of each value of it, read as at the day of what is counted; they add up, too. */
  readonly pupilsBy?: Characteristic
  readonly signal?: AbortSignal
}

/** Of a row that was read by school; 0 where it is of all together. */
export const schoolOf = ({ bySchool }: SupportQuery, school: string): string =>
  bySchool ? school : 'toUInt32(0)'

/** Parameters that every statement here starts from. Undefined: nothing may be seen. */
export function scopedTo(scope: Scope, query: SupportQuery): Params | undefined {
  const schools = query.schools.filter((urn) => scope.schools === 'all' || scope.schools.includes(urn))
  if (!scope.authorities.includes(query.authority) || schools.length === 0) return undefined
  return { authority: query.authority, schools, period: query.period }
}

/** Tenant first, then the schools that the reader may see: of every table. */
export const here = 'authority = {authority:UInt16} AND school IN {schools:Array(UInt32)}'

const weeksOf = (whose: string, part: string) =>
  `FROM calendar FINAL WHERE authority = {authority:UInt16} AND ${whose} AND year * 100 + ${part} = {period:UInt32}`

/** Whether a fact's week lies in the period: by the school's own calendar where it has one, else by the authority's. */
export function inPeriod(grain: SupportQuery['grain']): string {
  if (grain === 'year') return 'toYear(week) - (toMonth(week) < 8) = {period:UInt32}'
  return `if((school, week) IN (SELECT school, week FROM calendar FINAL WHERE authority = {authority:UInt16} AND school > 0),
    (school, week) IN (SELECT school, week ${weeksOf('school > 0', grain)}), week IN (SELECT week ${weeksOf('school = 0', grain)}))`
}

/**
 * The tier that a person assigned last, by pupil and domain: rows (school, pupil, domain, day, off, tier). Leaving a tier is
 * tier 1.
 */
export const tierChanges = `
  SELECT school, pupils[1] AS pupil, domain, day, off, tier FROM fact_tier_assignment FINAL WHERE ${here}
  UNION ALL
  SELECT school, pupils[1] AS pupil, domain, day, off, 1 AS tier FROM fact_tier_exit FINAL WHERE ${here}`
