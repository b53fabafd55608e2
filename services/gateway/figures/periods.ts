import type { Grain } from '@cairn/metrics'
import { refused } from '../errors.ts'

/** Which periods a question asks for. */
export interface PeriodChoice {
  readonly grain: Grain
  /** Academic years by their starting year, rising. */
  readonly years: readonly number[]
  /** Half-terms 1 to 6 or terms 1 to 3; absent = all. */
  readonly indexes?: readonly number[]
  /** ISO dates, both included; weeks alone. */
  readonly from?: string
  readonly to?: string
}

export interface PeriodArgs {
  grain: Grain
  academicYears?: readonly string[] | null
  index?: readonly number[] | null
  from?: string | null
  to?: string | null
}

const mostYears = 20
const indexesOf: Partial<Record<Grain, number>> = { half_term: 6, term: 3 }

/** @throws GraphQLError naming the field of `period` that breaks its rule */
export function readPeriod(args: PeriodArgs): PeriodChoice {
  const { grain } = args
  const from = readDay('period.from', args.from)
  const to = readDay('period.to', args.to)
  if (grain !== 'week' && (from ?? to) !== undefined)
    throw refused(from === undefined ? 'period.to' : 'period.from', 'for weeks alone: use index')
  const years = args.academicYears?.length
    ? [...new Set(args.academicYears.map(readAcademicYear))].sort((a, b) => a - b)
    : yearsBetween(from, to)
  if (years.length > mostYears) throw refused('period.academicYears', `at most ${mostYears}`)
  const indexes = readIndexes(grain, args.index)
  return { grain, years, ...(indexes && { indexes }), ...(from && { from }), ...(to && { to }) }
}

/** `201617`, as the Department writes it, or `2016/17`. */
function readAcademicYear(text: string): number {
  const [, start, end] = /^(\d{4})\/?(\d\d)$/.exec(text) ?? []
  const year = Number(start)
  if (!start || year < 1990 || year > 2100 || Number(end) !== (year + 1) % 100)
    throw refused('period.academicYears', 'six digits of two years in a row, such as 201617, or 2016/17')
  return year
}

function readDay(field: string, day: string | null | undefined): string | undefined {
  if (day == null) return undefined
  const at = Date.parse(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day)
    throw refused(field, 'an ISO date, such as 2016-10-03')
  return day
}

function yearsBetween(from: string | undefined, to: string | undefined): number[] {
  if (!from || !to) throw refused('period.academicYears', 'at least one (or, for weeks, from and to)')
  if (to < from) throw refused('period.to', 'not before from')
  const [first, last] = [academicYear(from), academicYear(to)]
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

const academicYear = (day: string): number => Number(day.slice(0, 4)) - (day.slice(5, 7) < '08' ? 1 : 0)

function readIndexes(grain: Grain, index: readonly number[] | null | undefined): number[] | undefined {
  if (!index?.length) return undefined
  const most = indexesOf[grain]
  if (most === undefined) throw refused('period.index', 'for half-terms and terms alone')
  if (index.some((i) => !Number.isInteger(i) || i < 1 || i > most))
    throw refused('period.index', `1 to ${most}`)
  return [...new Set(index)].sort((a, b) => a - b)
}

/** Academic year that a period of the warehouse lies in. */
export function yearOfPeriod(grain: Grain, period: number): number {
  if (grain === 'year') return period
  if (grain !== 'week') return Math.floor(period / 100)
  return Math.floor(period / 10_000) - (Math.floor(period / 100) % 100 < 8 ? 1 : 0)
}

/** Whether the question asks for a period that the warehouse has. Index 0 = the calendar does not know the week. */
export function isAsked(choice: PeriodChoice, period: number): boolean {
  const { grain, years, indexes, from, to } = choice
  if (!years.includes(yearOfPeriod(grain, period))) return false
  if (grain === 'week') {
    const day = weekText(period)
    return (from === undefined || day >= from) && (to === undefined || day <= to)
  }
  if (grain === 'year') return true
  return period % 100 > 0 && (indexes === undefined || indexes.includes(period % 100))
}

/** A week of a term calendar. */
export interface CalendarWeek {
  readonly week: string
  readonly year: number
  readonly halfTerm: number
  readonly term: number
}

/**
 * Periods that the question asks for and that have begun: one that lies ahead has no figure, where one that has begun
 * and has no event has the figure 0.
 */
export function begunPeriods(
  choice: PeriodChoice,
  calendars: readonly (readonly CalendarWeek[])[],
  today: string,
): number[] {
  const periodOf: Record<Grain, (w: CalendarWeek) => number> = {
    week: (w) => Number(w.week.replaceAll('-', '')),
    half_term: (w) => w.year * 100 + w.halfTerm,
    term: (w) => w.year * 100 + w.term,
    year: (w) => w.year,
  }
  const begun = calendars.flatMap((weeks) => weeks.filter((w) => w.week <= today).map(periodOf[choice.grain]))
  return [...new Set(begun)].filter((p) => isAsked(choice, p)).sort((a, b) => a - b)
}

/** `2016/17`, in sentences. */
export const academicYearText = (year: number): string =>
  `${year}/${String((year + 1) % 100).padStart(2, '0')}`

/** `201617`. */
export const timePeriod = (year: number): string => `${year}${String((year + 1) % 100).padStart(2, '0')}`

const terms = ['Autumn term', 'Spring term', 'Summer term']

/** In the words of Explore Education Statistics, where it has some. */
export function timeIdentifier(grain: Grain, period: number): string {
  if (grain === 'year') return 'Academic year'
  if (grain === 'term') return terms[(period % 100) - 1]!
  return grain === 'half_term' ? `Half-term ${period % 100}` : `Week of ${weekText(period)}`
}

/** 20161003 → 2016-10-03. */
export function weekText(period: number): string {
  const text = String(period)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}
