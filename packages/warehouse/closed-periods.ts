/** Days after a half-term's last one in which what was sent late still enters its first release. */
export const usualSettleDays = 14

/** A week of a term calendar: its Monday, ISO date, and the half-term that it counts to. */
export interface HalfTermWeek {
  readonly week: string
  readonly halfTerm: number
}

export interface ClosedPeriods {
  /** Half-terms that have closed in every calendar of the authority, 0 to 6. */
  readonly halfTerms: number
  /** From this day on, ISO date, the next half-term has closed; after the sixth, the year. */
  readonly next: string | undefined
  readonly isComplete: boolean
}

const dayMs = 86_400_000

/** @returns ISO date: the half-term has closed then, as the next one has begun in the latest calendar and what is late had its days */
export function closesOn(
  year: number,
  halfTerm: number,
  calendars: readonly { readonly weeks: readonly HalfTermWeek[] }[],
  settleDays: number,
): string {
  const starts = calendars.map(({ weeks }) => weeks.find((one) => one.halfTerm > halfTerm)?.week)
  const latest = starts.reduce<string>((so, one) => (one && one > so ? one : so), '')
  const end = Date.parse(`${latest || `${year + 1}-08-01`}T00:00:00Z`) + settleDays * dayMs
  return new Date(end).toISOString().slice(0, 10)
}

/** What of an academic year has closed, and when more does. */
export function closedPeriods(
  year: number,
  calendars: readonly { readonly weeks: readonly HalfTermWeek[] }[],
  settleDays: number,
  now: Date,
): ClosedPeriods {
  const ends = [1, 2, 3, 4, 5, 6].map((halfTerm) => closesOn(year, halfTerm, calendars, settleDays))
  const today = now.toISOString().slice(0, 10)
  const halfTerms = ends.filter((end) => today >= end).length
  return { halfTerms, next: ends[halfTerms], isComplete: halfTerms === 6 }
}
