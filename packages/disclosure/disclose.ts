import type { Profile } from './profile.ts'

/** What a published figure is made of. Give every part that is known: each one can hide the cell. */
export interface Cell {
  kind: 'count' | 'rate' | 'proportion' | 'mean' | 'median'
  /** Of a count: the count itself. Of a mean or median: the number of values. */
  n?: number
  numerator?: number
  denominator?: number
}

/**
 * `c`: held back, and with it every part of the cell (value, numerator, denominator, n, interval).
 * `z`: not applicable, there is nothing to divide by; a numerator that stands beside it may be shown.
 */
export type Disclosed =
  | { status: 'OK'; symbol: ''; profile: string }
  | { status: 'SUPPRESSED'; symbol: 'c'; profile: string }
  | { status: 'NOT_APPLICABLE'; symbol: 'z'; profile: string }

/**
 * Says for each cell, in order, whether it may be shown. A cell is held back where
 * - a count or a numerator is 1 to 4, whatever it is divided by;
 * - the denominator is 1 to 9: the numerator goes with it, however large;
 * - the complement (denominator - numerator) is 1 to 4: all but a few. Events, of which there may be more than
 *   pupils, are held to it too;
 * - a mean or median has fewer than 10 values;
 * - a part is not a number from 0: what cannot be judged is not shown.
 * True zeros are shown. Without a denominator, or with 0, a rate or proportion is not applicable.
 *
 * What this does not do: **no secondary suppression**. Each cell is judged alone, so that a hidden one may be
 * worked out from its total and its neighbours, from overlapping periods or from a metric that is its
 * complement; and 0 % or 100 % of a sensitive answer is shown. So it decides alone over what a school sees of itself and
 * over figures that are published already; elsewhere it is the first step of control over a whole (releases, support, tiers).
 */
export function disclose(cells: readonly Cell[], profile: Profile): Disclosed[] {
  const stamp = `${profile.id}@${profile.version}`
  return cells.map((cell) => {
    if (mustHide(cell, profile)) return { status: 'SUPPRESSED', symbol: 'c', profile: stamp }
    if (isInapplicable(cell)) return { status: 'NOT_APPLICABLE', symbol: 'z', profile: stamp }
    return { status: 'OK', symbol: '', profile: stamp }
  })
}

function mustHide(cell: Cell, profile: Profile): boolean {
  const { kind, n, numerator, denominator } = cell
  const parts = [n, numerator, denominator].filter((part) => part !== undefined)
  if (parts.some((part) => !Number.isFinite(part) || part < 0)) return true

  const isSample = kind === 'mean' || kind === 'median'
  if (isSample && (n === undefined || n < profile.smallestSample)) return true
  const counted = kind === 'count' ? (n ?? numerator) : numerator
  if (!isSample && counted === undefined) return true

  const counts = kind === 'count' ? [n, numerator] : [numerator]
  if (counts.some((count) => isSmall(count, profile.smallestCount))) return true
  if (isSmall(denominator, profile.smallestDenominator)) return true
  return counts.some(
    (count) =>
      count !== undefined && denominator !== undefined && isSmall(denominator - count, profile.smallestCount),
  )
}

function isInapplicable({ kind, denominator }: Cell): boolean {
  return (kind === 'rate' || kind === 'proportion') && !denominator
}

/** Above 0 and below the threshold; a true zero is not small. */
function isSmall(value: number | undefined, threshold: number): boolean {
  return value !== undefined && value > 0 && value < threshold
}
