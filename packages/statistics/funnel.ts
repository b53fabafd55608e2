import { demand, demandCount, demandPositive } from './errors.ts'
import { criticalZ } from './normal.ts'
import { BYAR_FROM, poissonInterval } from './poisson.ts'

/** "2σ" and "3σ" as Fingertips has them: 95 % and 99.8 %, z = 1.96 and 3.09. */
export const FUNNEL_CONFIDENCE = { twoSigma: 0.95, threeSigma: 0.998 } as const

export interface FunnelLimits {
  lower2s: number
  upper2s: number
  lower3s: number
  upper3s: number
}

export type Significance = 'Low (0.001)' | 'Low (0.025)' | 'Not significant' | 'High (0.025)' | 'High (0.001)'

export interface FunnelPoint extends FunnelLimits {
  x: number
  n: number
  value: number
  significance: Significance | 'not applicable'
}

export interface Funnel {
  baseline: number
  points: FunnelPoint[]
}

/**
 * Limits of a proportion around a baseline a: a ∓ z √(a (1 - a) / n), kept within 0 and 1.
 * Source: PHEindicatormethods Funnels.R, whose longer formula is algebraically this.
 */
export function funnelProportionLimits(baseline: number, n: number): FunnelLimits {
  demand(baseline >= 0 && baseline <= 1, 'baseline', 'must be from 0 to 1')
  demandPositive(n, 'n')
  const deviation = Math.sqrt((baseline * (1 - baseline)) / n)
  const two = criticalZ(FUNNEL_CONFIDENCE.twoSigma) * deviation
  const three = criticalZ(FUNNEL_CONFIDENCE.threeSigma) * deviation
  return {
    lower2s: Math.max(0, baseline - two),
    upper2s: Math.min(1, baseline + two),
    lower3s: Math.max(0, baseline - three),
    upper3s: Math.min(1, baseline + three),
  }
}

/** The label by strict comparison: a point on a limit is within it. */
export function funnelSignificance(value: number, limits: FunnelLimits): Significance {
  if (value < limits.lower3s) return 'Low (0.001)'
  if (value > limits.upper3s) return 'High (0.001)'
  if (value < limits.lower2s) return 'Low (0.025)'
  return value > limits.upper2s ? 'High (0.025)' : 'Not significant'
}

/** Proportions around Σ x / Σ n. @throws StatisticsError on no points, n ≤ 0 or x above n */
export function funnelOfProportions(points: readonly { x: number; n: number }[]): Funnel {
  for (const { x, n } of points) demand(x <= n, 'x', 'must not exceed n')
  const baseline = weightedAverage(points)
  return {
    baseline,
    points: points.map(({ x, n }) => {
      const limits = funnelProportionLimits(baseline, n)
      return { x, n, value: x / n, ...limits, significance: funnelSignificance(x / n, limits) }
    }),
  }
}

/** Label of O events where E are expected: the interval of O over E against 1. Source: as above. */
export function ratioSignificance(observed: number, expected: number): Significance {
  demandCount(observed, 'observed')
  demandPositive(expected, 'expected')
  const two = poissonInterval(observed, FUNNEL_CONFIDENCE.twoSigma)
  const three = poissonInterval(observed, FUNNEL_CONFIDENCE.threeSigma)
  if (three.lower > expected) return 'High (0.001)'
  if (three.upper < expected) return 'Low (0.001)'
  if (two.lower > expected) return 'High (0.025)'
  return two.upper < expected ? 'Low (0.025)' : 'Not significant'
}

/**
 * Limits of O / E at E expected events: the least and the most events whose interval still holds E, over E.
 * So a point lies strictly outside exactly where `ratioSignificance` says so. Counts are whole, so that the
 * limits step; drawn over many E they make the funnel.
 */
export function funnelRatioLimits(expected: number): FunnelLimits {
  demandPositive(expected, 'expected')
  demand(expected < 1e8, 'expected', 'must be below 1e8')
  const at = (confidence: number) => {
    const bound = Math.ceil(4 * expected + 60)
    // lower(O) and upper(O) rise with O
    const first = (holds: (count: number) => boolean) => {
      let [low, high] = [0, bound]
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if (holds(middle)) high = middle
        else low = middle + 1
      }
      return low
    }
    const least = first((count) => poissonInterval(count, confidence).upper >= expected)
    const most = first((count) => poissonInterval(count, confidence).lower > expected) - 1
    return { lower: least / expected, upper: most / expected }
  }
  const two = at(FUNNEL_CONFIDENCE.twoSigma)
  const three = at(FUNNEL_CONFIDENCE.threeSigma)
  return { lower2s: two.lower, upper2s: two.upper, lower3s: three.lower, upper3s: three.upper }
}

export interface RateFunnelOptions {
  per: number
  /** Directly standardised: n is the derived denominator x / rate, and below 10 events there is no label. */
  standardised?: boolean
}

/** Rates around Σ events / Σ denominators. @throws StatisticsError on no points, n ≤ 0, or no events at all */
export function funnelOfRates(
  points: readonly { x: number; n: number }[],
  { per, standardised = false }: RateFunnelOptions,
): Funnel {
  demandPositive(per, 'per')
  const average = weightedAverage(points)
  demand(average > 0, 'points', 'must hold at least one event')
  const baseline = average * per
  return {
    baseline,
    points: points.map(({ x, n }) => {
      const expected = average * n
      const { lower2s, upper2s, lower3s, upper3s } = funnelRatioLimits(expected)
      const significance = standardised && x < BYAR_FROM ? 'not applicable' : ratioSignificance(x, expected)
      return {
        ...{ x, n, value: (x / n) * per, significance },
        ...{ lower2s: lower2s * baseline, upper2s: upper2s * baseline },
        ...{ lower3s: lower3s * baseline, upper3s: upper3s * baseline },
      }
    }),
  }
}

function weightedAverage(points: readonly { x: number; n: number }[]): number {
  demand(points.length > 0, 'points', 'must hold at least one point')
  let events = 0
  let population = 0
  for (const { x, n } of points) {
    demandCount(x, 'x')
    demandPositive(n, 'n')
    events += x
    population += n
  }
  return events / population
}
