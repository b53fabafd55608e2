import { demand, demandCount } from './errors.ts'
import { type NotApplicable, notApplicable } from './not-applicable.ts'

export interface Cluster {
  n: number
  sum: number
  sumOfSquares: number
}

export interface Clustering {
  kind: 'estimate'
  /** May fall below 0 where schools differ less than chance would have them. */
  intraclassCorrelation: number
  /** Factor on the variance of a mean; at least 1. */
  designEffect: number
  /** Pupils that as many independent ones would be worth. */
  effectiveN: number
}

/**
 * Intraclass correlation by one-way analysis of variance: (MSB - MSW) / (MSB + (n₀ - 1) MSW),
 * n₀ = (N - Σ n²/N) / (k - 1). Source: Donner (1986). Design effect 1 + (Σ n²/N - 1) ICC, a negative ICC as 0
 * (Kish 1965, unequal sizes).
 * @throws StatisticsError unless there are two clusters with n ≥ 1 and Σx² ≥ (Σx)²/n
 */
export function clustering(clusters: readonly Cluster[]): Clustering | NotApplicable {
  demand(clusters.length >= 2, 'clusters', 'must be at least two')
  let [total, sum, sizes, within] = [0, 0, 0, 0]
  for (const cluster of clusters) {
    demandCount(cluster.n, 'n')
    demand(cluster.n >= 1, 'n', 'must be at least 1')
    demand(Number.isFinite(cluster.sum), 'sum', 'must be a number')
    const squares = cluster.sumOfSquares - cluster.sum ** 2 / cluster.n
    demand(squares >= -1e-9 * Math.abs(cluster.sumOfSquares), 'sumOfSquares', 'must be at least sum² / n')
    total += cluster.n
    sum += cluster.sum
    sizes += cluster.n ** 2
    within += Math.max(0, squares)
  }
  const k = clusters.length
  if (total === k) return notApplicable('one pupil in each cluster')
  const mean = sum / total
  const between = clusters.reduce((all, { n, sum: part }) => all + n * (part / n - mean) ** 2, 0)
  const msb = between / (k - 1)
  const msw = within / (total - k)
  const n0 = (total - sizes / total) / (k - 1)
  const denominator = msb + (n0 - 1) * msw
  if (!(denominator > 0)) return notApplicable('all values are alike')
  const intraclassCorrelation = (msb - msw) / denominator
  const designEffect = 1 + (sizes / total - 1) * Math.max(0, intraclassCorrelation)
  return { kind: 'estimate', intraclassCorrelation, designEffect, effectiveN: total / designEffect }
}
