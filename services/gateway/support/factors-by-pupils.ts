import type { StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import type { AskedBy } from './by-pupils.ts'
import { readCellsByPupils, sumsOfValue } from './cell-sums.ts'
import { tablesOf } from './delivery-types.ts'
import type { Sums } from './shown.ts'
import { mayShowTable, shownValues, type TableRow } from './tables.ts'

/** Whose answers to what. */
export interface Answered {
  readonly instrument: string
  readonly informant: string
}

/** A metric of factors told apart by pupils: `values` are the factor's and the characteristic's. */
export async function readFactorsByPupils(
  context: GatewayContext,
  by: AskedBy,
  metric: StoredMetric,
  { instrument, informant }: Answered,
): Promise<CellSum[]> {
  const cells = await readCellsByPupils(context, by, metric, ['instrument', 'factor', 'informant'])
  return cells
    .filter(({ values: [i, , who] }) => i === instrument && who === informant)
    .map((cell) => ({ ...cell, values: [cell.values[1]!, cell.values[3]!] }))
}

export interface FactorTable {
  readonly isHeld: boolean
  /** Values that may be named. */
  readonly shown: ReadonlySet<string>
  /** By factor: how many answered, by school and value. */
  readonly tables: ReadonlyMap<string, readonly TableRow[]>
  readonly sumsOf: (factor: string, value: string) => Sums
}

/**
 * How many answered is one table over all factors: they are of the same check-ins, and differ by few.
 * @param isHeldBeside whether a figure of all pupils is held back, that the values would add up to
 */
export function factorTable(
  by: AskedBy,
  factors: readonly string[],
  cells: readonly CellSum[],
  isHeldBeside = false,
): FactorTable {
  const tables = tablesOf(factors, cells)
  const whole = [...tables].flatMap(([factor, rows]) =>
    rows.map((row) => ({ ...row, value: `${factor} ${row.value}` })),
  )
  const isHeld = isHeldBeside || !mayShowTable(by, whole)
  return {
    ...{ isHeld, tables },
    shown: shownValues(tables, new Set(isHeld ? tables.keys() : [])),
    sumsOf: (factor, value) => sumsOfValue(cells, factor, value),
  }
}
