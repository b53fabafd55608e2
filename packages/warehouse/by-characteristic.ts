import type { Scope } from '@cairn/access'
import { type Characteristic, characteristics, type StoredMetric } from '@cairn/metrics'
import type { CellSum } from './cells.ts'
import type { Warehouse } from './client.ts'
import { nSql, onceReadSql, onceSql, partsOf, rowsSql } from './recompute.ts'
import { factTable } from './schema.ts'
import { here, inPeriod, type SupportQuery, scopedTo } from './support.ts'

/**
 * What a metric's cells would hold of each school (`group` is its URN) if they were kept by a characteristic of pupils, as
 * at the day of the fact: counted from facts when asked, by the same definition. `values` are those of the breakdown, then
 * the characteristic's.
 * @param metric counts or means of facts, each of one pupil
 */
export async function readCharacteristicCells(
  warehouse: Warehouse,
  scope: Scope,
  query: SupportQuery & {
    readonly metric: StoredMetric
    readonly breakdown: readonly string[]
    readonly pupilsBy: Characteristic
  },
): Promise<CellSum[]> {
  const params = scopedTo(scope, query)
  if (!params) return []
  const names = [...query.breakdown, query.pupilsBy]
  const rows = await warehouse.query<{
    school: number
    group_values: string[]
    n: string
    sx: number
    sxx: number
  }>({
    name: 'characteristic_cells',
    authorities: scope.authorities,
    sql: cellsSql(query, names),
    params: { ...params, authorities: [query.authority] },
    ...(query.signal && { signal: query.signal }),
  })
  return rows.map(({ school, group_values, n, sx, sxx }) => ({
    ...{ authority: query.authority, group: school, period: query.period, values: group_values },
    ...{ n: Number(n), sx, sxx, schools: 1 },
  }))
}

function cellsSql(
  { metric, grain }: SupportQuery & { readonly metric: StoredMetric },
  names: readonly string[],
): string {
  const { makes } = metric.facts
  if (makes.kind !== 'fact') throw new TypeError(`metric ${metric.id}: ${metric.facts.type} makes no fact`)
  const { table } = makes.fact
  const ofPupils: StoredMetric = {
    ...{ ...metric, ofPupil: metric.ofPupil ?? 'pupils[1]' },
    dimensions: { ...metric.dimensions, ...characteristics },
  }
  const slices = `SELECT DISTINCT authority, school, week FROM ${factTable(table)} WHERE ${here} AND ${inPeriod(grain)}`
  const [part] = partsOf(ofPupils, [names])
  const sums = metric.measure.kind === 'mean' ? 'sum(x) AS sx, sum(x * x) AS sxx' : '0. AS sx, 0. AS sxx'
  return `${onceReadSql([ofPupils], table, slices)}
    SELECT school, [${names.map((name) => `toString(${name})`).join(', ')}] AS group_values, ${nSql(metric)} AS n, ${sums}
    FROM (${rowsSql(part!, table, slices, ['school'])})
    GROUP BY school, group_values ORDER BY school, group_values ${onceSql}`
}
