import { demand, demandCount, demandPositive } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { poissonInterval } from './poisson.ts'

export interface ReferenceStratum {
  /** Pupils of the school. */
  n: number
  /** Events and pupils of the reference population. */
  referenceX: number
  referenceN: number
}

export interface StandardisedRatio extends Estimate {
  observed: number
  expected: number
}

/**
 * Indirectly standardised ratio: E = Σ n · refX / refN, O / E, with O's Poisson interval (exact below 10, else
 * Byar) over E. 1 is as expected; `per` 100 gives the usual ratio. Source: PHEindicatormethods calculate_ISRatio.
 * @throws StatisticsError unless observed is a count and events are expected (E > 0)
 */
export function indirectlyStandardisedRatio(
  observed: number,
  strata: readonly ReferenceStratum[],
  { per = 1, confidence = DEFAULT_CONFIDENCE }: { per?: number; confidence?: number } = {},
): StandardisedRatio {
  let expected = 0
  for (const { n, referenceX, referenceN } of strata) {
    demand(Number.isFinite(n) && n >= 0, 'n', 'must be a number from 0')
    demandCount(referenceX, 'referenceX')
    demandPositive(referenceN, 'referenceN')
    expected += (n * referenceX) / referenceN
  }
  demand(expected > 0, 'strata', 'must expect events: the ratio has no meaning at 0')
  return ratioToExpected(observed, expected, { per, confidence })
}

/**
 * O / E where E has been worked out already, with O's Poisson interval over it: E is taken as known.
 * @throws StatisticsError unless observed is a count and expected is above 0
 */
export function ratioToExpected(
  observed: number,
  expected: number,
  { per = 1, confidence = DEFAULT_CONFIDENCE }: { per?: number; confidence?: number } = {},
): StandardisedRatio {
  demandCount(observed, 'observed')
  demandPositive(expected, 'expected')
  demandPositive(per, 'per')
  const { lower, upper } = poissonInterval(observed, confidence)
  const ratio = (count: number) => (count / expected) * per
  return { observed, expected, value: ratio(observed), lower: ratio(lower), upper: ratio(upper) }
}
