import { demand, demandCount, demandPositive, demandProbability } from './errors.ts'
import { gammaQuantile, gammaUpperQuantile, LARGEST_SHAPE } from './gamma.ts'
import { DEFAULT_CONFIDENCE, type Estimate, type Interval } from './interval.ts'
import { criticalZ } from './normal.ts'

/** Counts from here on take Byar's approximation, as Fingertips does: within 0.2 % of exact at 95 %. */
export const BYAR_FROM = 10

/**
 * Exact interval of a Poisson count's mean: L = χ²((1-c)/2; 2x) / 2, 0 at x = 0, and
 * U = χ²(1 - (1-c)/2; 2x + 2) / 2. Source: F. Garwood (1936).
 * @throws StatisticsError unless x is a whole number from 0 and below 1e9
 */
export function exactPoisson(x: number, confidence = DEFAULT_CONFIDENCE): Interval {
  demandCount(x, 'x')
  demand(x < LARGEST_SHAPE, 'x', `must be below ${LARGEST_SHAPE}: use byar`)
  demandProbability(confidence, 'confidence')
  const tail = (1 - confidence) / 2
  return { lower: x === 0 ? 0 : gammaQuantile(tail, x), upper: gammaUpperQuantile(tail, x + 1) }
}

/**
 * Byar's approximation to it: L = x (1 - 1/(9x) - z/(3√x))³, U = (x+1) (1 - 1/(9(x+1)) + z/(3√(x+1)))³.
 * Source: Breslow and Day (1987), volume II, section 2.2.
 * @throws StatisticsError unless x is a whole number from 1, and large enough for its lower limit to exist
 */
export function byar(x: number, confidence = DEFAULT_CONFIDENCE): Interval {
  demandCount(x, 'x')
  demand(x >= 1, 'x', "must be at least 1 for Byar's limits")
  const z = criticalZ(confidence)
  const limit = (count: number, signed: number) => 1 - 1 / (9 * count) + signed / (3 * Math.sqrt(count))
  const root = limit(x, -z)
  demand(root >= 0, 'x', "is too small for Byar's lower limit at this confidence: use exactPoisson")
  return { lower: x * root ** 3, upper: (x + 1) * limit(x + 1, z) ** 3 }
}

/** A count's interval as Fingertips publishes it: exact below 10, Byar from 10. */
export function poissonInterval(x: number, confidence = DEFAULT_CONFIDENCE): Interval {
  return x < BYAR_FROM ? exactPoisson(x, confidence) : byar(x, confidence)
}

export interface RateOptions {
  /** The rate is per so many: 100 pupils, 1,000 pupils. */
  per: number
  confidence?: number
}

/**
 * Events per head, x / n · per, with the count's Poisson interval: exact below 10, Byar from 10.
 * The count may exceed n: one pupil may have several events. It takes events as independent; where one pupil
 * has many, the true interval is wider.
 * @throws StatisticsError unless x is a whole number from 0, n > 0 and per > 0
 */
export function rate(x: number, n: number, { per, confidence = DEFAULT_CONFIDENCE }: RateOptions): Estimate {
  demandCount(x, 'x')
  demandPositive(n, 'n')
  demandPositive(per, 'per')
  const { lower, upper } = poissonInterval(x, confidence)
  return { value: (x / n) * per, lower: (lower / n) * per, upper: (upper / n) * per }
}
