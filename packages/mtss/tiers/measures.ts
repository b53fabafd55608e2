import type { Episodes } from './evidence.ts'

/** Tier at the end of a week; 0 before the first evidence. */
export function tierAt({ from, tier }: Episodes, week: number): number {
  let i = from.length - 1
  while (i >= 0 && from[i]! > week) i--
  return i < 0 ? 0 : tier[i]!
}

/** Maximal runs of one tier up to a week: an assignment to the tier that a pupil is in starts none. Weeks are whole. */
export function runsOf(
  episodes: Episodes,
  upToWeek: number,
): { tier: number; from: number; weeks: number }[] {
  const runs: { tier: number; from: number; weeks: number }[] = []
  for (const [i, from] of episodes.from.entries())
    if (from <= upToWeek && runs.at(-1)?.tier !== episodes.tier[i])
      runs.push({ tier: episodes.tier[i]!, from, weeks: 0 })
  return runs.map((run, i) => ({ ...run, weeks: (runs[i + 1]?.from ?? upToWeek + 1) - run.from }))
}

/** Pupils by tier at one week (rows) and at a later one (columns); those without a tier at either are left out. */
export function movement(pupils: Iterable<Episodes>, week: number, later: number): number[][] {
  const counts = [1, 2, 3].map(() => [0, 0, 0])
  for (const episodes of pupils) {
    const before = tierAt(episodes, week)
    const after = tierAt(episodes, later)
    if (before > 0 && after > 0) counts[before - 1]![after - 1]!++
  }
  return counts
}

/** Of a person's assignments, how many were the tier that the machine recommended that week. */
export function agreement({ assigned, recommended }: Episodes): { assigned: number; agreed: number } {
  const at = assigned.flatMap((tier, i) => (tier > 0 ? [tier === recommended[i]] : []))
  return { assigned: at.length, agreed: at.filter(Boolean).length }
}
