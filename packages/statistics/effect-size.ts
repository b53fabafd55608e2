import { demand, demandCount, demandPositive } from './errors.ts'
import { logGammaHalfStep } from './gamma.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { criticalZ } from './normal.ts'

export interface GroupSummary {
  n: number
  mean: number
  sd: number
}

export interface EffectSize extends Estimate {
  standardError: number
}

export interface PairedSummary {
  n: number
  before: { mean: number; sd: number }
  after: { mean: number; sd: number }
  /** Of the scores before and after; 0.5 is assumed, and said, where it is not given. */
  correlation?: number
}

export interface PairedEffectSize extends EffectSize {
  correlation: number
  correlationAssumed: boolean
}

/** Assumed between scores before and after where none is known. */
export const ASSUMED_CORRELATION = 0.5

/**
 * The exact small-sample correction J = Γ(df/2) / (√(df/2) Γ((df - 1)/2)). Source: Hedges (1981).
 * @throws StatisticsError unless df > 1
 */
export function hedgesJ(df: number): number {
  demand(Number.isFinite(df) && df > 1, 'df', 'must be above 1')
  return Math.exp(logGammaHalfStep((df - 1) / 2) - 0.5 * Math.log(df / 2))
}

/**
 * Hedges' g of two independent groups: J (m₁ - m₂) / s_p, df = n₁ + n₂ - 2, g ∓ z · SE with
 * SE = J √((n₁ + n₂)/(n₁ n₂) + d² / (2 (n₁ + n₂))). Source: Borenstein et al. (2009), 4.18 to 4.24; J exact.
 * @throws StatisticsError unless both n ≥ 2 and a spread is above 0
 */
export function hedgesG(one: GroupSummary, two: GroupSummary, confidence = DEFAULT_CONFIDENCE): EffectSize {
  for (const group of [one, two]) {
    demandSample(group.n)
    demandSummary(group)
  }
  const df = one.n + two.n - 2
  const pooled = Math.sqrt(((one.n - 1) * one.sd ** 2 + (two.n - 1) * two.sd ** 2) / df)
  demandPositive(pooled, 'sd')
  const d = (one.mean - two.mean) / pooled
  const total = one.n + two.n
  return effect(d, total / one.n / two.n + d ** 2 / (2 * total), df, confidence)
}

/**
 * Hedges' g of one group before and after: d = (after - before) / s, s = s_diff / √(2 (1 - r)),
 * s_diff² = s₁² + s₂² - 2 r s₁ s₂, df = n - 1, SE = J √((1/n + d²/(2n)) 2 (1 - r)).
 * Source: Borenstein et al. (2009), 4.26 to 4.29. It has no comparison group: regression to the mean is in it.
 * @throws StatisticsError unless n ≥ 3, -1 < r < 1 and a spread is above 0
 */
export function pairedHedgesG(summary: PairedSummary, confidence = DEFAULT_CONFIDENCE): PairedEffectSize {
  const { n, before, after, correlation = ASSUMED_CORRELATION } = summary
  demandSample(n)
  demand(n >= 3, 'n', 'must be at least 3')
  demandSummary(before)
  demandSummary(after)
  demand(correlation > -1 && correlation < 1, 'correlation', 'must be above -1 and below 1')
  const difference = before.sd ** 2 + after.sd ** 2 - 2 * correlation * before.sd * after.sd
  demandPositive(difference, 'sd')
  const twice = 2 * (1 - correlation)
  const d = (after.mean - before.mean) / Math.sqrt(difference / twice)
  const variance = (1 / n + d ** 2 / (2 * n)) * twice
  const correlationAssumed = summary.correlation === undefined
  return { ...effect(d, variance, n - 1, confidence), correlation, correlationAssumed }
}

function effect(d: number, variance: number, df: number, confidence: number): EffectSize {
  const j = hedgesJ(df)
  const value = j * d
  const standardError = j * Math.sqrt(variance)
  const margin = criticalZ(confidence) * standardError
  return { value, standardError, lower: value - margin, upper: value + margin }
}

function demandSample(n: number): void {
  demandCount(n, 'n')
  demand(n >= 2, 'n', 'must be at least 2')
}

function demandSummary({ mean, sd }: { mean: number; sd: number }): void {
  demand(Number.isFinite(mean), 'mean', 'must be a number')
  demand(Number.isFinite(sd) && sd >= 0, 'sd', 'must be a number from 0')
}
