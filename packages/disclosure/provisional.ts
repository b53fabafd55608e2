import { type CubeProfile, provisional } from './profile.ts'

/** What one school adds to a figure of its authority. */
export interface SchoolPart {
  /** Events or pupils. */
  readonly count: number
  /** Pupils on roll, or the events that `count` is some of. */
  readonly among?: number
}

export interface Provisional {
  /** Rounded, as the profile says. */
  readonly count: number
  /** Rounded likewise; absent where no part has one. */
  readonly among?: number
}

/**
 * A whole authority's figure in a period that no release holds, or undefined where it is not safe by itself. Nothing else
 * of such a period is shown, so that there is no line to protect: neither schools, nor parts, nor what they would be summed
 * from. A reader may be a school's lead and take the own school away, so that every number stands without its largest school.
 *
 * Safe is a figure of at least 5 schools whose
 * 1. count is 0, or comes from at least 3 schools, none of which has more than 85 % of it, and is at least 5 without the
 *    largest of them;
 * 2. denominator, where there is one, is 0 or at least 10, and safe as a count is (1);
 * 3. complement, of a count that is a part (`isPart`), is 0 or at least 5 without the largest school's: all but a few of the
 *    others is as telling as a few.
 *
 * What is shown is **rounded to 10**, since the same figure is asked for again: exact, two answers of one day and the next
 * differ by what happened between, mostly one child. Rounded to 5 two equal answers say "at most 4 since", which is
 * just what no answer may say; rounded to 10 they say "at most 9", and an interval 9 wide reaches beyond every threshold here.
 * A rounded 0 is a true one: whatever passes (1) is at least 6. Source: domain reference, section 6 (rounding, dominance).
 */
export function provisionally(
  schools: readonly SchoolPart[],
  isPart: boolean,
  profile: CubeProfile = provisional,
): Provisional | undefined {
  if (schools.length < profile.smallestSchools) return undefined
  const counts = schools.map(({ count }) => count)
  if (!isSafe(counts, profile)) return undefined
  const count = rounded(sum(counts), profile)
  if (schools.every(({ among }) => among === undefined)) return { count }
  const among = schools.map((school) => school.among ?? 0)
  if (sum(among) > 0 && sum(among) < profile.smallestDenominator) return undefined
  if (!isSafe(among, profile)) return undefined
  // A school may have more pupils than its census had: then none is left, and not fewer than none.
  const rest = schools.map(({ count: own }, i) => Math.max(0, among[i]! - own))
  if (isPart && sum(rest) > 0 && withoutLargest(rest) < profile.smallestCount) return undefined
  return { count, among: rounded(sum(among), profile) }
}

function isSafe(counts: readonly number[], profile: CubeProfile): boolean {
  if (counts.some((count) => !Number.isFinite(count) || count < 0)) return false
  const whole = sum(counts)
  if (whole === 0) return true
  if (counts.filter((count) => count > 0).length < profile.smallestContributors) return false
  if (Math.max(...counts) > profile.largestShare * whole) return false
  return withoutLargest(counts) >= profile.smallestCount
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)
const withoutLargest = (counts: readonly number[]): number => sum(counts) - Math.max(...counts)
const rounded = (count: number, { roundTo }: CubeProfile): number => Math.round(count / roundTo) * roundTo
