import { demand } from './errors.ts'
import { type NotApplicable, notApplicable } from './not-applicable.ts'

/** What the cells of a table add up to along some of its dimensions. */
export interface Margin {
  /** For each cell, the part that it counts in. */
  of: readonly number[]
  /** The sum of each part. */
  sums: readonly number[]
}

export interface Fitted {
  kind: 'fitted'
  cells: readonly number[]
}

/** One sweep is enough where the margins have nothing in common; tables of a roll took fewer than 50. */
const mostSweeps = 1_000
const tolerance = 1e-10

/**
 * Iterative proportional fitting (raking): the table with these margins that is nearest to the seed. It keeps whatever of
 * the seed the margins do not speak of: its odds ratios. With a seed of ones and single margins the dimensions are
 * independent. Not applicable where no table has both the margins and the seed's zeros.
 * Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11(4).
 * @throws StatisticsError on a negative cell or sum, or a margin that does not speak of every cell
 */
export function rake(seed: readonly number[], margins: readonly Margin[]): Fitted | NotApplicable {
  demand(seed.every(isAmount), 'seed', 'must hold numbers from 0')
  for (const { of, sums } of margins) {
    demand(of.length === seed.length, 'margins', 'must speak of every cell')
    demand(
      of.every((part) => part in sums),
      'margins',
      'must have a sum for each part',
    )
    demand(sums.every(isAmount), 'margins', 'must hold numbers from 0')
  }
  const cells = [...seed]
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let moved = 0
    for (const margin of margins) moved = Math.max(moved, fit(cells, margin))
    if (moved <= tolerance) return { kind: 'fitted', cells }
  }
  return notApplicable('no table has these margins and the zeros of the seed')
}

/** @returns by how much the margin was missed before, in parts of its total */
function fit(cells: number[], { of, sums }: Margin): number {
  const now = sums.map(() => 0)
  for (const [cell, part] of of.entries()) now[part]! += cells[cell]!
  for (const [cell, part] of of.entries())
    cells[cell] = now[part]! > 0 ? (cells[cell]! * sums[part]!) / now[part]! : 0
  const total = sums.reduce((so, sum) => so + sum, 0)
  if (total === 0) return 0
  return Math.max(...sums.map((sum, part) => Math.abs(sum - now[part]!))) / total
}

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0
