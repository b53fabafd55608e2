import { demand } from './errors.ts'

/** Limits lie 2.66 mean moving ranges from the mean; ranges from 3.267 of them on are screened out. */
const LIMIT = 2.66
const SCREEN = 3.267
const RUN = 7
/** Limits from fewer points are trial limits. */
export const FIRM_LIMITS_FROM = 13
/** What rounding may part a point from a line that it lies on, relative to the largest value. */
const ROUNDING = 1e-12

export type SpecialCause = 'outside' | 'trend' | 'two in three' | 'run'

export interface XmrPoint {
  value: number
  phase: number
  /** The first that applies, in the order outside, trend, two in three, run. */
  specialCause: SpecialCause | null
  /** Which way it points: above or rising is high. */
  direction: 'high' | 'low' | null
}

export interface XmrPhase {
  /** Index of its first point, and of the one after its last. */
  from: number
  to: number
  mean: number
  meanMovingRange: number
  screenedRanges: number
  lower: number
  upper: number
  innerLower: number
  innerUpper: number
  trialLimits: boolean
}

export interface Xmr {
  points: XmrPoint[]
  phases: XmrPhase[]
  warnings: string[]
}

/**
 * Individuals and moving range chart: limits mean ∓ 2.66 · mean moving range, moving ranges of at least 3.267
 * times their mean left out and the rest averaged again (once); inner lines at two thirds. Limits are new from
 * every index of `rebaseAt`, and no rule looks across one. Special causes: a point outside; seven points rising
 * or falling; two of three between inner line and limit, all three on one side (the two are marked); seven on
 * one side of the mean. Source: NHS England, Making Data Count, as NHSRplotthedots computes it.
 * @throws StatisticsError unless values are numbers and every phase has at least two
 */
export function xmr(
  values: readonly number[],
  { rebaseAt = [], screen = true }: { rebaseAt?: readonly number[]; screen?: boolean } = {},
): Xmr {
  for (const value of values) demand(Number.isFinite(value), 'values', 'must be numbers')
  const starts = [0, ...rebaseAt]
  const phases = starts.map((from, index) => {
    const to = starts[index + 1] ?? values.length
    demand(Number.isSafeInteger(from), 'rebaseAt', 'must hold whole numbers')
    const argument = rebaseAt.length > 0 ? 'rebaseAt' : 'values'
    demand(to - from >= 2, argument, 'must leave at least two points in each phase')
    return phaseOf(values.slice(from, to), from, screen)
  })
  return {
    points: phases.flatMap((phase, index) => markPhase(values.slice(phase.from, phase.to), phase, index)),
    phases,
    warnings: phases
      .filter(({ trialLimits }) => trialLimits)
      .map(
        ({ from, to }) =>
          `trial limits: ${to - from} points from index ${from}, fewer than ${FIRM_LIMITS_FROM}`,
      ),
  }
}

function phaseOf(values: readonly number[], from: number, screen: boolean): XmrPhase {
  const mean = average(values)
  const ranges = values.slice(1).map((value, index) => Math.abs(value - values[index]!))
  const first = average(ranges)
  // where nothing moves every range would reach 3.267 · 0
  const kept = screen && first > 0 ? ranges.filter((range) => range < SCREEN * first) : ranges
  const meanMovingRange = average(kept)
  const reach = LIMIT * meanMovingRange
  return {
    ...{ from, to: from + values.length, mean, meanMovingRange },
    screenedRanges: ranges.length - kept.length,
    ...{ lower: mean - reach, upper: mean + reach },
    ...{ innerLower: mean - (2 / 3) * reach, innerUpper: mean + (2 / 3) * reach },
    trialLimits: values.length < FIRM_LIMITS_FROM,
  }
}

function markPhase(values: readonly number[], phase: XmrPhase, index: number): XmrPoint[] {
  const slack = ROUNDING * Math.max(...values.map(Math.abs))
  const beyond = (value: number, low: number, high: number) =>
    value > high + slack ? 1 : value < low - slack ? -1 : 0
  const sides = values.map((value) => beyond(value, phase.mean, phase.mean))
  const outside = values.map((value) => beyond(value, phase.lower, phase.upper))
  const near = values.map((value, k) =>
    outside[k] === 0 ? beyond(value, phase.innerLower, phase.innerUpper) : 0,
  )
  const steps = values.slice(1).map((value, k) => beyond(value, values[k]!, values[k]!))
  const trends = values.map(() => 0)
  for (const { from, to, sign } of runs(steps)) if (to - from >= RUN - 1) trends.fill(sign, from, to + 1)
  const sideRuns = values.map(() => 0)
  for (const { from, to, sign } of runs(sides)) if (to - from >= RUN) sideRuns.fill(sign, from, to)
  const pairs = values.map(() => 0)
  for (let k = 0; k + 3 <= values.length; k++) {
    const sign = sides[k]!
    const three = [k, k + 1, k + 2]
    if (sign === 0 || three.some((at) => sides[at] !== sign)) continue
    const close = three.filter((at) => near[at] === sign)
    if (close.length >= 2) for (const at of close) pairs[at] = sign
  }
  const rules = [
    ['outside', outside],
    ['trend', trends],
    ['two in three', pairs],
    ['run', sideRuns],
  ] as const
  return values.map((value, k) => {
    const rule = rules.find(([, signs]) => signs[k] !== 0)
    if (!rule) return { value, phase: index, specialCause: null, direction: null }
    return { value, phase: index, specialCause: rule[0], direction: rule[1][k]! > 0 ? 'high' : 'low' }
  })
}

/** Stretches of one sign other than 0. */
function runs(signs: readonly number[]): { from: number; to: number; sign: number }[] {
  const found: { from: number; to: number; sign: number }[] = []
  for (const [index, sign] of signs.entries()) {
    const last = found.at(-1)
    if (last && last.to === index && last.sign === sign) last.to++
    else if (sign !== 0) found.push({ from: index, to: index + 1, sign })
  }
  return found
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
