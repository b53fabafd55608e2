import type { StoredMetric } from '@cairn/metrics'
import { type CellSum, readCells, readCharacteristicCells } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import { yearOfPeriod } from '../figures/periods.ts'
import type { Asked } from './asked.ts'
import type { AskedBy } from './by-pupils.ts'

/**
 * A metric's sums of each school that the reader may ask for (`group` is its URN), by values of the breakdown, in this
 * period or another of the same grain.
 */
export async function readPeriodCells(
  { warehouse, signal }: GatewayContext,
  { all, query }: Asked,
  metric: StoredMetric,
  breakdown: readonly string[],
  period = query.period,
): Promise<CellSum[]> {
  const cells = await readCells(warehouse, all.scope, {
    ...{ metric, breakdown, signal, grain: query.grain },
    authorities: [query.authority],
    groups: new Map(all.schools.map((urn) => [urn, urn])),
    years: [yearOfPeriod(query.grain, period)],
  })
  return cells.filter((cell) => cell.period === period)
}

/** The same of the period, told apart by pupils besides: `values` end with the characteristic's. */
export const readCellsByPupils = (
  { warehouse }: GatewayContext,
  { scope, query, pupilsBy }: AskedBy,
  metric: StoredMetric,
  breakdown: readonly string[],
): Promise<CellSum[]> => readCharacteristicCells(warehouse, scope, { ...query, pupilsBy, metric, breakdown })

/** The one of the same grain before it. */
export function periodBefore({ grain, period }: Asked['query']): number {
  if (grain === 'year') return period - 1
  const last = grain === 'term' ? 3 : 6
  return period % 100 > 1 ? period - 1 : period - 100 - (period % 100) + last
}
