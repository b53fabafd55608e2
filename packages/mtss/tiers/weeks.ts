const dayMs = 86_400_000

/**
 * Week of an ISO date as tiers count it: whole weeks from Monday to Sunday, numbered from that of 1 January 1970 (0).
 * Unlike the weeks that figures are kept by, none is split at 1 August: a window of eight weeks has eight.
 */
export const weekIndex = (day: string): number =>
  Math.floor((Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs) + 3) / 7)

/** Week of a point in time, in milliseconds since 1970, by UTC. */
export const weekOfTime = (ms: number): number => Math.floor((Math.floor(ms / dayMs) + 3) / 7)

/** The Monday that a week begins with, as an ISO date. */
export const mondayOfWeek = (week: number): string =>
  new Date((week * 7 - 3) * dayMs).toISOString().slice(0, 10)
