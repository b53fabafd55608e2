import { demand } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { criticalZ } from './normal.ts'
import { type NotApplicable, notApplicable } from './not-applicable.ts'

export interface Correlation extends Estimate {
  kind: 'estimate'
  n: number
}

/** Pearson's r, tanh(atanh r ∓ z / √(n - 3)). Source: Fisher (1921). Not applicable below 4 pairs. */
export function pearson(
  xs: readonly number[],
  ys: readonly number[],
  confidence = DEFAULT_CONFIDENCE,
): Correlation | NotApplicable {
  return correlate(xs, ys, confidence, () => 1)
}

/**
 * Spearman's rank correlation, ties at their average rank, tanh(atanh r ∓ z √((1 + r²/2) / (n - 3))).
 * Source: Bonett and Wright (2000). Not applicable below 4 pairs.
 */
export function spearman(
  xs: readonly number[],
  ys: readonly number[],
  confidence = DEFAULT_CONFIDENCE,
): Correlation | NotApplicable {
  demandNumbers(xs, 'xs')
  demandNumbers(ys, 'ys')
  return correlate(averageRanks(xs), averageRanks(ys), confidence, (r) => 1 + r ** 2 / 2)
}

function correlate(
  xs: readonly number[],
  ys: readonly number[],
  confidence: number,
  spread: (r: number) => number,
): Correlation | NotApplicable {
  demandNumbers(xs, 'xs')
  demandNumbers(ys, 'ys')
  demand(xs.length === ys.length, 'ys', 'must be as many as xs')
  const z = criticalZ(confidence)
  const n = xs.length
  if (n < 4) return notApplicable('fewer than 4 pairs')
  if (allAlike(xs) || allAlike(ys)) return notApplicable('one side does not vary')
  const [a, b] = [centred(xs), centred(ys)]
  const product = a.reduce((sum, value, k) => sum + value * b[k]!, 0)
  const r = Math.max(-1, Math.min(1, product))
  const margin = z * Math.sqrt(spread(r) / (n - 3))
  return {
    ...{ kind: 'estimate', n, value: r },
    ...{ lower: Math.tanh(Math.atanh(r) - margin), upper: Math.tanh(Math.atanh(r) + margin) },
  }
}

/** Minus the mean, to length 1. */
function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const moved = values.map((value) => value - mean)
  const length = Math.hypot(...moved)
  return moved.map((value) => value / length)
}

function averageRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  const ends = new Map<number, [first: number, last: number]>()
  for (const [index, value] of sorted.entries()) ends.set(value, [ends.get(value)?.[0] ?? index, index])
  return values.map((value) => (ends.get(value)![0] + ends.get(value)![1]) / 2 + 1)
}

function allAlike(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}

function demandNumbers(values: readonly number[], argument: string): void {
  for (const value of values) demand(Number.isFinite(value), argument, 'must be numbers')
}
