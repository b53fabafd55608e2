import { RefusedError } from './refused.ts'

/** ISO dates, both included. */
export interface HalfTerm {
  readonly firstDay: string
  readonly lastDay: string
}

/** What a week counts to. */
export interface CalendarWeek {
  /** The week's key: its Monday, or 1 August for the week that the academic year begins in. */
  readonly week: string
  /** Academic year by its starting year. */
  readonly year: number
  /** 1 to 6. */
  readonly halfTerm: number
  /** 1 autumn, 2 spring, 3 summer: two half-terms each. */
  readonly term: number
}

const dayMs = 86_400_000

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const ms = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const mondayOf = (day: string): string => iso(ms(day) - ((new Date(ms(day)).getUTCDay() + 6) % 7) * dayMs)
const isDay = (day: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(ms(day)) && iso(ms(day)) === day

/** The key of the week that a day of this academic year counts in. */
function weekKey(academicYear: number, day: string): string {
  const monday = mondayOf(day)
  const first = `${academicYear}-08-01`
  return monday < first ? first : monday
}

/** Every week key of an academic year: 1 August, and each Monday after it up to 31 July. */
export function weekKeys(academicYear: number): string[] {
  const keys = [`${academicYear}-08-01`]
  const last = ms(`${academicYear + 1}-07-31`)
  for (let at = ms(mondayOf(keys[0]!)) + 7 * dayMs; at <= last; at += 7 * dayMs) keys.push(iso(at))
  return keys
}

/** Throws where the six half-terms are not ones that figures by half-term can be drawn from. */
export function checkHalfTerms(academicYear: number, halfTerms: readonly HalfTerm[]): void {
  if (!Number.isInteger(academicYear) || academicYear < 1900 || academicYear > 2200) {
    throw new RefusedError('academicYear', 'the year it starts in')
  }
  if (halfTerms.length !== 6) throw new RefusedError('halfTerms', 'six')
  const [from, to] = [`${academicYear}-08-01`, `${academicYear + 1}-07-31`]
  for (const [i, { firstDay, lastDay }] of halfTerms.entries()) {
    const field = `halfTerms[${i}]`
    if (!isDay(firstDay) || !isDay(lastDay)) throw new RefusedError(field, 'ISO dates')
    if (firstDay < from || lastDay > to) throw new RefusedError(field, 'within 1 August to 31 July')
    if (lastDay < firstDay) throw new RefusedError(field, 'firstDay not after lastDay')
    const before = halfTerms[i - 1]
    if (!before) continue
    if (firstDay <= before.lastDay) throw new RefusedError(field, 'after the half-term before')
    if (weekKey(academicYear, firstDay) === weekKey(academicYear, before.lastDay)) {
      throw new RefusedError(field, 'in no week of the half-term before')
    }
  }
}

/**
 * Every week of an academic year with the half-term and term it counts to, without gaps: a half-term counts from the
 * Monday of its first day (the first one from 1 August) to the day before the next one's, so holidays belong to the
 * half-term before and no event falls between two periods.
 */
export function calendarWeeks(academicYear: number, halfTerms: readonly HalfTerm[]): CalendarWeek[] {
  checkHalfTerms(academicYear, halfTerms)
  const starts = halfTerms.slice(1).map((one) => weekKey(academicYear, one.firstDay))
  return weekKeys(academicYear).map((week) => {
    const halfTerm = 1 + starts.filter((start) => start <= week).length
    return { week, year: academicYear, halfTerm, term: Math.ceil(halfTerm / 2) }
  })
}

/** The first Monday on or after a day of the month. */
const mondayFrom = (year: number, month: number, day: number): number => {
  const at = Date.UTC(year, month - 1, day)
  return at + ((8 - new Date(at).getUTCDay()) % 7) * dayMs
}

/**
 * A generic English calendar where none is set: term from the first Monday of September; a week's break in late
 * October, mid-February and at the end of May; Christmas from 16–22 December to 3–9 January; a fortnight in April;
 * the year ends 18–24 July. Real ones differ by a week or two: set them.
 */
export function defaultHalfTerms(academicYear: number): HalfTerm[] {
  const [autumn, spring] = [academicYear, academicYear + 1]
  const october = mondayFrom(autumn, 10, 22)
  const december = mondayFrom(autumn, 12, 12) + 4 * dayMs
  const february = mondayFrom(spring, 2, 12)
  const april = mondayFrom(spring, 4, 1)
  const may = mondayFrom(spring, 5, 25)
  const july = mondayFrom(spring, 7, 14) + 4 * dayMs
  const span = (first: number, last: number): HalfTerm => ({ firstDay: iso(first), lastDay: iso(last) })
  return [
    span(mondayFrom(autumn, 9, 1), october - 3 * dayMs),
    span(october + 7 * dayMs, december),
    span(mondayFrom(spring, 1, 3), february - 3 * dayMs),
    span(february + 7 * dayMs, april - 3 * dayMs),
    span(april + 14 * dayMs, may - 3 * dayMs),
    span(may + 7 * dayMs, july),
  ]
}
