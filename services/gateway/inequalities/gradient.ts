import type { Metric } from '@cairn/metrics'
import {
  criticalT,
  DEFAULT_CONFIDENCE,
  type Estimate,
  type InequalityKind,
  inequality,
  meanInterval,
  quantileGroups,
  rate,
  wilson,
} from '@cairn/statistics'
import type { Row } from '../figures/answer.ts'

/** A school with a shown figure, and the share of its pupils that is eligible for free school meals. */
export interface PlacedSchool {
  readonly row: Row
  readonly fsmShare: number
}

export interface Quintile extends Estimate {
  /** 1 = the schools with most pupils eligible for free school meals. */
  readonly quintile: number
  readonly schools: number
  /** What was divided by, or the scores. */
  readonly population: number
}

export interface Gradient {
  readonly kind: 'gradient'
  readonly quintiles: readonly Quintile[]
  readonly slopeIndex: Estimate
  readonly relativeIndex: Estimate | null
  readonly warnings: readonly string[]
}

export interface NoGradient {
  readonly kind: 'not applicable'
  readonly reason: string
}

export const fewestSchools = 10
/** Alike each time: whoever asks again gets the same interval. */
export const simulation = { seed: 20_260_901, draws: 100_000 } as const

/** Slope and relative index over fifths of schools. Everything comes from rows that are shown. */
export function gradientOf(metric: Metric, schools: readonly PlacedSchool[]): Gradient | NoGradient {
  const kind = kindOf(metric)
  if (!kind) return no('the indices are worked out for rates, shares and means; this metric is none of them')
  if (schools.length < fewestSchools) return no(`fewer than ${fewestSchools} schools with a shown figure`)
  const groups = quantileGroups(
    schools.map(({ fsmShare }) => fsmShare),
    5,
    { invert: true },
  )
  const quintiles: Quintile[] = []
  for (const quintile of [1, 2, 3, 4, 5]) {
    const rows = schools.filter((_, i) => groups[i] === quintile).map(({ row }) => row)
    if (rows.length === 0) return no('schools are too alike in free school meals to part into fifths')
    const pooled = pool(metric, kind, rows)
    if (typeof pooled === 'string') return no(`fifth ${quintile}: ${pooled}`)
    quintiles.push({ quintile, schools: rows.length, ...pooled })
  }
  // Shares stand in per cent; their logit wants them from 0 to 1.
  const per = metric.kind === 'proportion' ? metric.per : 1
  const scaled = quintiles.map(({ population, ...of }) => ({ population, ...times(of, 1 / per) }))
  const { slopeIndex, relativeIndex, warnings } = inequality(scaled, { kind, ...simulation })
  return { kind: 'gradient', quintiles, slopeIndex: times(slopeIndex, per), relativeIndex, warnings }
}

const no = (reason: string): NoGradient => ({ kind: 'not applicable', reason })

const times = ({ value, lower, upper }: Estimate, factor: number): Estimate => ({
  ...{ value: value * factor, lower: lower * factor, upper: upper * factor },
})

function kindOf(metric: Metric): InequalityKind | undefined {
  if (metric.kind === 'rate' || metric.kind === 'proportion') return metric.kind
  return metric.kind === 'stored' && metric.measure.kind === 'mean' ? 'mean' : undefined
}

type Pooled = Pick<Quintile, 'population' | 'value' | 'lower' | 'upper'>

/** The figure of several schools together, or why there is none on the scale of the index. */
function pool(metric: Metric, kind: InequalityKind, rows: readonly Row[]): Pooled | string {
  if (kind === 'mean' || metric.kind === 'stored' || metric.kind === 'median') return poolMeans(rows)
  const x = rows.reduce((sum, row) => sum + row.numerator!, 0)
  const n = rows.reduce((sum, row) => sum + row.denominator!, 0)
  if (n === 0) return 'nobody to divide by'
  if (x === 0) return `a ${kind} of 0 has no ${kind === 'rate' ? 'logarithm' : 'logit'}`
  if (kind === 'rate') return { population: n, ...rate(x, n, { per: metric.per }) }
  if (x >= n) return 'a share of 100 % has no logit'
  return { population: n, ...times(wilson(x, n), metric.per) }
}

/** n, Σx and Σx² of each come back from its mean and its interval, which the reader has as well. */
function poolMeans(rows: readonly Row[]): Pooled | string {
  let [n, sum, squares] = [0, 0, 0]
  for (const { n: own, value, upper } of rows) {
    if (own === null || own < 2 || value === null || upper === null) return 'a mean without an interval'
    const sd = ((upper - value) / criticalT(DEFAULT_CONFIDENCE, own - 1)) * Math.sqrt(own)
    n += own
    sum += own * value
    squares += (own - 1) * sd ** 2 + own * value ** 2
  }
  const { value, lower, upper } = meanInterval(n, sum, squares)
  return { population: n, value, lower, upper }
}
