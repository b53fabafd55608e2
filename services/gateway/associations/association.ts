import { type Correlation, isApplicable, pearson, spearman } from '@cairn/statistics'
import type { Row } from '../figures/answer.ts'
import { isShown } from '../figures/published.ts'

export interface Pair {
  readonly urn: number
  readonly name: string
  readonly x: number
  readonly y: number
}

export interface Association {
  readonly pairs: readonly Pair[]
  /** URNs of schools of which a figure is held back: they are in no correlation. */
  readonly suppressed: readonly number[]
  readonly pearson: Correlation | null
  readonly spearman: Correlation | null
  /** Why there is no correlation. */
  readonly reason: string | null
}

export const fewestSchools = 10

/** Two metrics over the schools whose figures are both shown, by name. */
export function associate(xs: readonly Row[], ys: readonly Row[]): Association {
  const other = new Map(ys.map((row) => [row.schoolUrn, row]))
  const pairs: Pair[] = []
  const suppressed: number[] = []
  for (const x of xs) {
    const y = other.get(x.schoolUrn)
    if (isShown(x) && isShown(y))
      pairs.push({ urn: x.schoolUrn!, name: x.schoolName!, x: x.value, y: y.value })
    else if (x.status === 'SUPPRESSED' || y?.status === 'SUPPRESSED') suppressed.push(x.schoolUrn!)
  }
  pairs.sort((a, b) => a.name.localeCompare(b.name, 'en-GB') || a.urn - b.urn)
  const without = (reason: string): Association => ({
    ...{ pairs, suppressed, pearson: null, spearman: null, reason },
  })
  if (pairs.length < fewestSchools)
    return without(`fewer than ${fewestSchools} schools whose figures are both shown`)
  const [across, up] = [pairs.map(({ x }) => x), pairs.map(({ y }) => y)]
  const [r, rank] = [pearson(across, up), spearman(across, up)]
  if (!isApplicable(r)) return without(r.reason)
  if (!isApplicable(rank)) return without(rank.reason)
  return { pairs, suppressed, pearson: r, spearman: rank, reason: null }
}
