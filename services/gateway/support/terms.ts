import type { StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import { closedTerms } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { yearOfPeriod } from '../figures/periods.ts'
import { type BySchool, bySchool, mayTellMean, type Reader } from './among.ts'
import type { Asked } from './asked.ts'
import { readPeriodCells, readYearCells } from './cell-sums.ts'
import type { Sums } from './shown.ts'

/** Sums of one period by school, and of the terms of its year for readers who may ask for both. */
export interface OfPeriod<T> {
  readonly grain: Asked['query']['grain']
  readonly own: T
  /** In order; none for a school's lead, who is told each period alone. */
  readonly terms: readonly T[]
  /** How many of the terms have closed. */
  readonly closed: number
}

/** Cells as readPeriodCells has them. */
export async function readCellsAndTerms(
  context: GatewayContext,
  asked: Asked,
  metric: StoredMetric,
  breakdown: readonly string[],
  period = asked.query.period,
): Promise<OfPeriod<readonly CellSum[]>> {
  const { grain, authority } = asked.query
  const year = yearOfPeriod(grain, period)
  const own = await readPeriodCells(context, asked, metric, breakdown, period)
  if (asked.isOwnSchool) return { grain, own, terms: [], closed: 0 }
  const [cells, closed] = await Promise.all([
    readYearCells(context, asked, metric, breakdown, { grain: 'term', year }),
    closedTerms(context, authority, year),
  ])
  const terms = [1, 2, 3].map((term) => cells.filter((cell) => cell.period === year * 100 + term))
  return { grain, own, terms, closed }
}

/** The cells of one kind by school. */
export const sumsOfPeriod = (
  { own, terms, ...rest }: OfPeriod<readonly CellSum[]>,
  isOne: (values: readonly string[]) => boolean,
): OfPeriod<BySchool<Sums>> => ({
  ...rest,
  own: bySchool(own, isOne),
  terms: terms.map((cells) => bySchool(cells, isOne)),
})

/**
 * Whether a period is to be held back for the sake of others that add up with it. A year less its other terms is a term:
 * where one that has closed may not be told, none is. Terms before that one may have been told in their time, so that the
 * year is told only where it could be without them.
 */
export function isHeldForTerms(
  reader: Reader,
  { grain, own, terms, closed }: OfPeriod<BySchool<Sums>>,
): boolean {
  if (terms.length === 0) return false
  const safe = terms.slice(0, closed).map((term) => mayTellMean(reader, term))
  if (grain === 'term') return !safe.every(Boolean)
  const told = terms.slice(0, safe.includes(false) ? safe.indexOf(false) : closed)
  const rest = [...own].map(([school, { n, sx, sxx }]): [number, Sums] => {
    const before = told.reduce((so, term) => so + (term.get(school)?.n ?? 0), 0)
    return [school, { n: n - before, sx, sxx }]
  })
  return !mayTellMean(reader, new Map(rest))
}
