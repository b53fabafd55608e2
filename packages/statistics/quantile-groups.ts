import { demand } from './errors.ts'

/**
 * Group 1 to k of each value: floor(k + 1 - ceil((N + 1 - rank) / (N / k))), ties taking the lowest rank.
 * Group 1 holds the lowest values, or with `invert` the highest. Fewer values than groups: null for all.
 * Source: PHEindicatormethods phe_quantile.
 * @throws StatisticsError unless groups is a whole number from 2 and all values are numbers
 */
export function quantileGroups(
  values: readonly number[],
  groups: number,
  { invert = false }: { invert?: boolean } = {},
): (number | null)[] {
  demand(Number.isSafeInteger(groups) && groups >= 2, 'groups', 'must be a whole number from 2')
  for (const value of values) demand(Number.isFinite(value), 'values', 'must be numbers')
  const total = values.length
  if (total < groups) return values.map(() => null)
  const rank = new Map<number, number>()
  const sorted = values.toSorted((a, b) => (invert ? b - a : a - b))
  for (const [index, value] of sorted.entries()) if (!rank.has(value)) rank.set(value, index + 1)
  // (N + 1 - rank) k is whole: one division, exact where the quotient is whole
  return values.map((value) =>
    Math.max(1, groups + 1 - Math.ceil(((total + 1 - rank.get(value)!) * groups) / total)),
  )
}
