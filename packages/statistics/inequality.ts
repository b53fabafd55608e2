import { demand, demandPositive, demandProbability } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { criticalZ } from './normal.ts'
import { seededNormal } from './random.ts'

export type InequalityKind = 'proportion' | 'rate' | 'mean'

export interface QuantileValue extends Estimate {
  /** Pupils in the group. */
  population: number
}

export interface InequalityOptions {
  kind: InequalityKind
  seed: number
  draws?: number
  /** Confidence of the result, and of the intervals given. */
  confidence?: number
  /** -1 turns the slope's sign, and the ratio upside down. Any other number scales the slope. */
  multiplier?: number
}

export interface Inequality {
  /** Value at the least deprived end minus value at the most deprived end. */
  slopeIndex: Estimate
  /** Their ratio; null where a mean's fitted end is not above 0. */
  relativeIndex: Estimate | null
  warnings: string[]
}

const SCALES = {
  proportion: { to: (p: number) => Math.log(p / (1 - p)), from: (y: number) => 1 / (1 + Math.exp(-y)) },
  rate: { to: Math.log, from: Math.exp },
  mean: { to: (y: number) => y, from: (y: number) => y },
} as const

/**
 * Slope and relative index of inequality. Groups run from most (first) to least deprived. a is a group's share,
 * b its cumulative midpoint; least squares of y √a on √a and b √a, no intercept (weights a), on the logit of
 * proportions, the log of rates, means as they are; the fitted ends 0 and 1 are turned back,
 * SII = f(1) - f(0), RII = f(1) / f(0). Interval: percentiles of draws of every y with its standard error
 * (U - L) / 2z on that scale. Source: PHEindicatormethods phe_sii.
 * @throws StatisticsError unless there are 5 to 100 groups, with intervals on the scale's domain
 */
export function inequality(groups: readonly QuantileValue[], options: InequalityOptions): Inequality {
  const { kind, seed, draws = 100_000, confidence = DEFAULT_CONFIDENCE, multiplier = 1 } = options
  demandProbability(confidence, 'confidence')
  demand(Number.isSafeInteger(draws) && draws >= 100, 'draws', 'must be a whole number from 100')
  demand(Number.isFinite(multiplier) && multiplier !== 0, 'multiplier', 'must be a number other than 0')
  demand(kind in SCALES, 'kind', "must be 'proportion', 'rate' or 'mean'")
  demand(groups.length >= 5 && groups.length <= 100, 'groups', 'must be 5 to 100 quantiles')
  for (const group of groups) demandOnScale(group, kind)
  const scale = SCALES[kind]
  const z = criticalZ(confidence)
  const values = groups.map(({ value }) => scale.to(value))
  const errors = groups.map(({ lower, upper }) => (scale.to(upper) - scale.to(lower)) / (2 * z))
  const fit = weightedLine(groups.map(({ population }) => population))
  const indices = (y: readonly number[]) => {
    const { start, end } = fit(y)
    const [first, last] = [scale.from(start), scale.from(end)]
    const ratio = first > 0 && last > 0 ? last / first : Number.NaN
    return { slope: (last - first) * multiplier, ratio: multiplier < 0 ? 1 / ratio : ratio }
  }
  const point = indices(values)
  const normal = seededNormal(seed)
  const slopes = new Float64Array(draws)
  const ratios = new Float64Array(draws)
  const drawn = new Array<number>(values.length)
  for (let draw = 0; draw < draws; draw++) {
    for (let k = 0; k < drawn.length; k++) drawn[k] = values[k]! + errors[k]! * normal()
    const { slope, ratio } = indices(drawn)
    slopes[draw] = slope
    ratios[draw] = ratio
  }
  const allRatios = Number.isFinite(point.ratio) && ratios.every(Number.isFinite)
  return {
    slopeIndex: { value: point.slope, ...percentiles(slopes, confidence) },
    relativeIndex: allRatios ? { value: point.ratio, ...percentiles(ratios, confidence) } : null,
    warnings: groups.length > 10 ? ['more than 10 quantiles: small groups make the index unstable'] : [],
  }
}

function demandOnScale({ population, value, lower, upper }: QuantileValue, kind: InequalityKind): void {
  demandPositive(population, 'population')
  const inside = (y: number) =>
    Number.isFinite(y) && (kind === 'mean' || (y > 0 && (kind === 'rate' || y < 1)))
  const rule = {
    proportion: 'must be above 0 and below 1',
    rate: 'must be above 0',
    mean: 'must be a number',
  }
  demand(inside(value), 'value', rule[kind])
  demand(inside(lower) && lower <= value, 'lower', `${rule[kind]} and not above value`)
  demand(inside(upper) && upper >= value, 'upper', `${rule[kind]} and not below value`)
}

/** The fitted values at 0 and 1 for any y over groups of these sizes. */
function weightedLine(
  populations: readonly number[],
): (y: readonly number[]) => { start: number; end: number } {
  const total = populations.reduce((sum, population) => sum + population, 0)
  let below = 0
  const shares = populations.map((population) => population / total)
  const midpoints = shares.map((share) => {
    below += share
    return below - share / 2
  })
  // Σ a b is 1/2 whatever the shares; Σ a is 1
  const spread = shares.reduce((sum, share, k) => sum + share * (midpoints[k]! - 0.5) ** 2, 0)
  const slopeWeights = shares.map((share, k) => (share * (midpoints[k]! - 0.5)) / spread)
  return (y) => {
    let mean = 0
    let slope = 0
    for (let k = 0; k < shares.length; k++) {
      mean += shares[k]! * y[k]!
      slope += slopeWeights[k]! * y[k]!
    }
    return { start: mean - slope / 2, end: mean + slope / 2 }
  }
}

/** Both percentiles by linear interpolation between order statistics (R's type 7). */
function percentiles(values: Float64Array, confidence: number): { lower: number; upper: number } {
  const sorted = values.toSorted()
  const at = (p: number) => {
    const place = p * (sorted.length - 1)
    const index = Math.floor(place)
    const low = sorted[index]!
    return low + (place - index) * ((sorted[index + 1] ?? low) - low)
  }
  return { lower: at((1 - confidence) / 2), upper: at((1 + confidence) / 2) }
}
