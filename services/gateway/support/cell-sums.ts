import type { StoredMetric } from '@cairn/metrics'
import { type CellSum, readCells, readCharacteristicCells } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import { yearOfPeriod } from '../figures/periods.ts'
import { bySchool, totalOf } from './among.ts'
import type { Asked } from './asked.ts'
import type { AskedBy } from './by-pupils.ts'
import type { Sums } from './shown.ts'

/** A metric's sums of each school (`group` is its URN), by values of the breakdown, in the periods of one academic year. */
export const readYearCells = (
  { warehouse, signal }: GatewayContext,
  { scope, query }: Asked,
  metric: StoredMetric,
  breakdown: readonly string[],
  { grain, year }: { readonly grain: Asked['query']['grain']; readonly year: number },
): Promise<CellSum[]> =>
  readCells(warehouse, scope, {
    ...{ metric, breakdown, signal, grain, years: [year] },
    authorities: [query.authority],
    groups: new Map(query.schools.map((urn) => [urn, urn])),
  })

/** The same of the period alone, or of another of its grain. */
export async function readPeriodCells(
  context: GatewayContext,
  asked: Asked,
  metric: StoredMetric,
  breakdown: readonly string[],
  period = asked.query.period,
): Promise<CellSum[]> {
  const { grain } = asked.query
  const of = { grain, year: yearOfPeriod(grain, period) }
  const cells = await readYearCells(context, asked, metric, breakdown, of)
  return cells.filter((cell) => cell.period === period)
}

/** The same of the period, told apart by pupils besides: `values` end with the characteristic's. */
export const readCellsByPupils = (
  { warehouse }: GatewayContext,
  { scope, query, pupilsBy }: AskedBy,
  metric: StoredMetric,
  breakdown: readonly string[],
): Promise<CellSum[]> => readCharacteristicCells(warehouse, scope, { ...query, pupilsBy, metric, breakdown })

/** Over schools, of cells by a kind and a characteristic. */
export const sumsOfValue = (cells: readonly CellSum[], kind: string, value: string): Sums =>
  totalOf(bySchool(cells, ([k, v]) => k === kind && v === value))

/** The one of the same grain before it. */
export function periodBefore({ grain, period }: Asked['query']): number {
  if (grain === 'year') return period - 1
  const last = grain === 'term' ? 3 : 6
  return period % 100 > 1 ? period - 1 : period - 100 - (period % 100) + last
}
