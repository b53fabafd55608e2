/** Teaching weeks of a year: six half-terms of 8, 7, 6, 5, 6 and 8. */
export const weeksInYear = 40

/** First days of 2025/26 and the weeks that are taught from each. A later year begins 52 weeks on. */
const halfTerms = [
  { monday: '2025-09-01', weeks: 8 },
  { monday: '2025-11-03', weeks: 7 },
  { monday: '2026-01-05', weeks: 6 },
  { monday: '2026-02-23', weeks: 5 },
  { monday: '2026-04-13', weeks: 6 },
  { monday: '2026-06-01', weeks: 8 },
] as const

const firstYear = 2025
const yearOfDays = 364
const numberOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000

export interface TeachingWeek {
  /** Days since 1970-01-01. */
  readonly monday: number
  /** The year in which it began, e.g. 2025 for 2025/26. */
  readonly academicYear: number
  /** 1 to 6. */
  readonly halfTerm: number
  /** From 0. */
  readonly weekOfHalfTerm: number
  readonly lastOfHalfTerm: boolean
  readonly census: 'autumn' | 'spring' | undefined
}

/** Week `index` of the simulation, from 0. */
export function teachingWeek(index: number): TeachingWeek {
  const year = Math.floor(index / weeksInYear)
  let week = index % weeksInYear
  const census = week === 4 ? 'autumn' : week === 16 ? 'spring' : undefined
  let h = 0
  while (week >= halfTerms[h]!.weeks) week -= halfTerms[h++]!.weeks
  return {
    monday: numberOf(halfTerms[h]!.monday) + yearOfDays * year + 7 * week,
    academicYear: firstYear + year,
    halfTerm: h + 1,
    weekOfHalfTerm: week,
    lastOfHalfTerm: week === halfTerms[h]!.weeks - 1,
    census,
  }
}

/** The half-terms of a year of the simulation, from 0, as a calendar takes them. */
export function halfTermsOf(year: number): { firstDay: string; lastDay: string }[] {
  return halfTerms.map(({ monday, weeks }) => {
    const first = numberOf(monday) + yearOfDays * year
    return { firstDay: dateOf(first), lastDay: dateOf(first + 7 * weeks - 3) }
  })
}

const dates: string[] = []

/** ISO date of a day since 1970-01-01. */
export function dateOf(day: number): string {
  dates[day] ??= new Date(day * 86_400_000).toISOString().slice(0, 10)
  return dates[day]!
}
