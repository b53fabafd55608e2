import { demand, demandCount } from './errors.ts'

/** How often a value occurs. */
export interface Bin {
  value: number
  count: number
}

export interface Median {
  /** Number of values. */
  n: number
  /** The value of rank ⌈n/2⌉: at least half of the values are at most this. Always a value that occurs. */
  lower: number
  /** The value of rank ⌊n/2⌋ + 1: at least half are at least this. Equal to `lower` where n is odd. */
  upper: number
  /** The interpolated median, (lower + upper) / 2: the one that is usually meant. */
  value: number
}

/**
 * The median of values that are known exactly and counted by value (days to resolution, scores). Bins may
 * come in any order and repeat a value. Not for ranges of values: within a bin nothing is interpolated.
 * @throws StatisticsError unless values are finite, counts whole from 0, and one value at least is counted
 */
export function medianFromHistogram(bins: readonly Bin[]): Median {
  for (const { value, count } of bins) {
    demand(Number.isFinite(value), 'value', 'must be a finite number')
    demandCount(count, 'count')
  }
  const sorted = bins.toSorted((a, b) => a.value - b.value)
  const n = sorted.reduce((total, bin) => total + bin.count, 0)
  demand(n >= 1, 'bins', 'must count at least one value')
  const lower = ofRank(sorted, Math.ceil(n / 2))
  const upper = ofRank(sorted, Math.floor(n / 2) + 1)
  return { n, lower, upper, value: (lower + upper) / 2 }
}

function ofRank(sorted: readonly Bin[], rank: number): number {
  let passed = 0
  return sorted.find((bin) => {
    passed += bin.count
    return passed >= rank
  })!.value
}
