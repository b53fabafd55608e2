import type { Metric, RatioMetric } from '@cairn/metrics'
import {
  BYAR_FROM,
  byar,
  DEFAULT_CONFIDENCE,
  exactPoisson,
  meanInterval,
  medianFromHistogram,
  wilson,
} from '@cairn/statistics'
import type { Draft } from './draft.ts'

/** A figure's value and, where its metric has a method, a 95 % interval in the same unit. */
export interface Estimate {
  readonly value: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly confidence: number | null
  readonly method: string | null
}

/** What a figure is worked out from. */
type Counted = Pick<Draft, 'n' | 'ratio' | 'squares' | 'bins'> & { readonly median?: number }

/** Methods in words, as rows and the registry name them. */
export const methods = {
  wilson: 'Wilson score interval',
  exact: 'Exact Poisson interval (Garwood)',
  byar: 'Byar’s approximation to the Poisson interval',
  mean: 'Student’s t interval of a mean',
} as const

const plain = (value: number | null): Estimate => ({
  value,
  lower: null,
  upper: null,
  confidence: null,
  method: null,
})

/** Works a figure out; value null where there is nothing to divide by. */
export function estimate(metric: Metric, draft: Counted): Estimate {
  if (metric.kind === 'median')
    return plain(draft.median ?? (draft.bins?.length ? medianFromHistogram(draft.bins).value : null))
  if (metric.kind !== 'stored') return ratio(metric, draft.ratio!)
  return metric.measure.kind === 'mean' ? mean(draft) : plain(draft.n)
}

function ratio(metric: RatioMetric, { numerator, denominator }: NonNullable<Draft['ratio']>): Estimate {
  if (denominator === 0) return plain(null)
  const value = (numerator / denominator) * metric.per
  if (metric.interval === 'rate') {
    const { lower, upper, method } = countInterval(numerator)
    const scaled = (limit: number) => (limit / denominator) * metric.per
    return { value, lower: scaled(lower), upper: scaled(upper), confidence: DEFAULT_CONFIDENCE, method }
  }
  // More than the whole: pupils came after the census. The share stands as counted; no interval is defined for it.
  if (metric.interval !== 'wilson' || numerator > denominator) return plain(value)
  const { lower, upper } = wilson(numerator, denominator)
  return {
    value,
    lower: lower * metric.per,
    upper: upper * metric.per,
    confidence: DEFAULT_CONFIDENCE,
    method: methods.wilson,
  }
}

const remembered = new Map<number, { lower: number; upper: number; method: string }>()

/** Limits of a count, exact below 10; remembered, because counts are small numbers and rows are many. */
function countInterval(count: number): { lower: number; upper: number; method: string } {
  let known = remembered.get(count)
  if (!known) {
    known =
      count < BYAR_FROM
        ? { ...exactPoisson(count), method: methods.exact }
        : { ...byar(count), method: methods.byar }
    if (remembered.size < 10_000) remembered.set(count, known)
  }
  return known
}

function mean({ n, squares }: Counted): Estimate {
  if (n === 0) return plain(null)
  if (n === 1) return plain(squares!.sx)
  const { value, lower, upper } = meanInterval(n, squares!.sx, squares!.sxx)
  return { value, lower, upper, confidence: DEFAULT_CONFIDENCE, method: methods.mean }
}
