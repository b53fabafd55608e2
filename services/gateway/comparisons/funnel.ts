import type { Metric } from '@cairn/metrics'
import {
  type FunnelLimits,
  funnelProportionLimits,
  funnelRatioLimits,
  funnelSignificance,
  isApplicable,
  type Judgement,
  judgeBenchmark,
  type NotApplicable,
  ratioSignificance,
  type Significance,
} from '@cairn/statistics'
import type { Row } from '../figures/answer.ts'
import { isShown } from '../figures/published.ts'

export interface FunnelPoint extends FunnelLimits {
  readonly significance: Significance
}

export interface FunnelCurvePoint extends FunnelLimits {
  readonly denominator: number
}

export interface Funnel {
  readonly kind: 'funnel'
  /** In the metric's unit: the benchmark's own value. */
  readonly centre: number
  readonly method: string
  /** Limits and label of a shown school; undefined where there is no denominator. */
  point(row: Row): FunnelPoint | undefined
  /** Limits over the range of denominators that are shown, for a line to be drawn through. */
  curve(rows: readonly Row[]): FunnelCurvePoint[]
}

const methods = {
  proportion: 'Funnel of proportions: 95 % and 99.8 % limits around the benchmark, normal approximation',
  rate: 'Funnel of rates: the benchmark against each count’s 95 % and 99.8 % interval, exact below 10, Byar from 10',
}
const curvePoints = 60

const each = (of: FunnelLimits, scale: (limit: number) => number): FunnelLimits => ({
  ...{ lower2s: scale(of.lower2s), upper2s: scale(of.upper2s) },
  ...{ lower3s: scale(of.lower3s), upper3s: scale(of.upper3s) },
})

/**
 * A funnel around a benchmark that readers can see themselves; each school's own interval plays no part in it. Source:
 * the formulas of packages/statistics/funnel.ts, the benchmark in the place of Σx / Σn (they are the same where
 * every school is shown).
 */
export function funnelAround(metric: Metric, benchmark: Row | null): Funnel | NotApplicable {
  const none = (reason: string): NotApplicable => ({ kind: 'not applicable', reason })
  if (metric.kind !== 'rate' && metric.kind !== 'proportion')
    return none('a funnel is drawn for rates and shares; this metric is neither')
  if (metric.interval === 'none') return none('the metric has no interval, and limits would rest on the same')
  if (!isShown(benchmark) || !benchmark.denominator)
    return none('the benchmark is held back or not there, so there is no centre line')
  const average = benchmark.numerator! / benchmark.denominator
  const { per } = metric
  if (metric.kind === 'proportion' && average > 1) return none('the benchmark is more than the whole')
  if (metric.kind === 'rate' && average === 0) return none('the benchmark has no event')
  const limitsAt = (n: number): FunnelLimits => {
    if (metric.kind === 'proportion') return each(funnelProportionLimits(average, n), (share) => share * per)
    // Limits of O / E stand for whole counts. Worked out as a value is, so that a point on a limit equals it.
    const expected = average * n
    return each(funnelRatioLimits(expected), (ratio) => (Math.round(ratio * expected) / n) * per)
  }
  return {
    kind: 'funnel',
    centre: benchmark.value,
    method: methods[metric.kind],
    point(row) {
      if (!isShown(row) || !row.denominator) return undefined
      const significance =
        metric.kind === 'rate'
          ? ratioSignificance(row.numerator!, average * row.denominator)
          : funnelSignificance(
              row.numerator! / row.denominator,
              funnelProportionLimits(average, row.denominator),
            )
      return { ...limitsAt(row.denominator), significance }
    },
    curve(rows) {
      const sizes = rows.flatMap((row) => (isShown(row) && row.denominator ? [row.denominator] : []))
      if (sizes.length === 0) return []
      const [least, most] = [Math.min(...sizes) * 0.8, Math.max(...sizes) * 1.1]
      return Array.from({ length: curvePoints }, (_, i) => {
        const denominator = Math.max(1, Math.round(least * (most / least) ** (i / (curvePoints - 1))))
        return { denominator, ...limitsAt(denominator) }
      }).filter(({ denominator }, i, all) => denominator !== all[i - 1]?.denominator)
    },
  }
}

export const isFunnel = (found: Funnel | NotApplicable): found is Funnel => isApplicable(found)

/** A school's interval against a benchmark that is taken as fixed; null where either is not there. */
export function judge(metric: Metric, row: Row, benchmark: Row | null): Judgement | null {
  if (!isShown(row) || !isShown(benchmark) || row.lower === null || row.upper === null) return null
  return judgeBenchmark({ lower: row.lower, upper: row.upper }, benchmark.value, metric.polarity)
}
