import { demand } from './errors.ts'

export interface Feature {
  id: string
  kind: 'number' | 'category'
  weight: number
}

export type FeatureValues = Readonly<Record<string, number | string | null>>

export interface Contribution {
  feature: string
  /** Share of the squared distance, 0 to 1; 0 throughout where the distance is 0. */
  share: number
  /** In standard deviations; a category differs by √2 or not at all. */
  difference: number
}

export interface Neighbour<Id> {
  id: Id
  distance: number
  /** Largest first. */
  contributions: Contribution[]
  /** Features unknown on either side: the distance is over the others. */
  missing: string[]
}

/** A mismatch counts as two random schools differ in a number on average: E(a - b)² is 2 of its variance. */
const MISMATCH = Math.SQRT2

/**
 * Distance of each candidate from a school, nearest first: √(Σ w δ² / Σ w), δ the difference over the feature's
 * standard deviation among all given (school included), or for a category √2 where they differ. A feature
 * unknown on one side is left out of both sums; a candidate with none in common is left out.
 * Source: weighted standardised Euclidean distance, mixed kinds after Gower (1971).
 * @throws StatisticsError on no features, a weight ≤ 0 or a value that is not of its feature's kind
 */
export function nearest<Id>(
  school: FeatureValues,
  candidates: readonly { id: Id; values: FeatureValues }[],
  features: readonly Feature[],
): Neighbour<Id>[] {
  demand(features.length > 0, 'features', 'must hold at least one')
  const everyone = [school, ...candidates.map(({ values }) => values)]
  const scales = features.map((feature) => {
    demand(Number.isFinite(feature.weight) && feature.weight > 0, 'weight', 'must be above 0')
    return scaleOf(feature, everyone)
  })
  const neighbours = candidates.flatMap(({ id, values }) => {
    const missing: string[] = []
    const parts: { feature: string; difference: number; part: number }[] = []
    let weights = 0
    for (const [index, { id: feature, kind, weight }] of features.entries()) {
      const [one, other] = [school[feature] ?? null, values[feature] ?? null]
      if (one === null || other === null) {
        missing.push(feature)
        continue
      }
      const raw = kind === 'number' ? Number(other) - Number(one) : one === other ? 0 : MISMATCH
      const difference = raw === 0 ? 0 : raw / scales[index]!
      weights += weight
      parts.push({ feature, difference, part: weight * difference ** 2 })
    }
    if (parts.length === 0) return []
    const total = parts.reduce((sum, { part }) => sum + part, 0)
    const contributions = parts
      .toSorted((a, b) => b.part - a.part)
      .map(({ feature, difference, part }) => ({ feature, difference, share: total > 0 ? part / total : 0 }))
    return [{ id, distance: Math.sqrt(total / weights), contributions, missing }]
  })
  return neighbours.toSorted((a, b) => a.distance - b.distance)
}

/** Standard deviation of a number among all; 1 for a category. */
function scaleOf({ id, kind }: Feature, everyone: readonly FeatureValues[]): number {
  const known = everyone.map((values) => values[id] ?? null).filter((value) => value !== null)
  if (kind === 'category') {
    for (const value of known) demand(typeof value === 'string', id, 'must be a category')
    return 1
  }
  for (const value of known) demand(Number.isFinite(value), id, 'must be a number')
  const numbers = known.map(Number)
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (numbers.length - 1))
}
