const day = 86_400_000
const known = new Map<string, string>()

/** Academic year of an ISO date by its starting year: 1 August to 31 July. */
export const academicYearOf = (date: string): number =>
  Number(date.slice(0, 4)) - (date.slice(5, 7) < '08' ? 1 : 0)

/**
 * The week that a day counts in: its Monday, but never before 1 August of the day's academic year, so that no week
 * belongs to two years. ISO dates in and out; remembered, because days are few and events are many.
 */
export function weekOf(date: string): string {
  let week = known.get(date)
  if (week === undefined) {
    const at = Date.parse(`${date}T00:00:00Z`)
    const monday = new Date(at - ((new Date(at).getUTCDay() + 6) % 7) * day).toISOString().slice(0, 10)
    const first = `${academicYearOf(date)}-08-01`
    week = monday < first ? first : monday
    known.set(date, week)
  }
  return week
}
