import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Grain, grains } from '@cairn/metrics'
import { openWarehouse, type Warehouse } from './client.ts'
import { type Engine, startEngine } from './engine/index.ts'
import { migrateWarehouse } from './migrate.ts'

export interface TemporaryWarehouse {
  readonly warehouse: Warehouse
  /** As whom other processes open it. */
  readonly engine: Engine
  /** A folder that goes with it. */
  readonly dir: string
  remove(): Promise<void>
}

/** A migrated warehouse on an engine of its own, for tests alone. */
export async function temporaryWarehouse(): Promise<TemporaryWarehouse> {
  const dir = mkdtempSync(join(tmpdir(), 'cairn-warehouse-'))
  const engine = await startEngine({ dataDir: join(dir, 'engine') })
  const warehouse = openWarehouse(engine)
  await migrateWarehouse(warehouse)
  return {
    warehouse,
    engine,
    dir,
    async remove() {
      await warehouse.close()
      await engine.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A cell as tests write it: key → count, or [n, Σx, Σx²]. */
export interface SeedCell {
  readonly authority: number
  readonly school: number
  readonly metric: string
  readonly grain?: Grain
  /** Week YYYYMMDD, half-term or term YYYYPP, year YYYY. */
  readonly period: number
  readonly counts: Readonly<Record<string, number | readonly [n: number, sx: number, sxx: number]>>
}

let generation = 0

/** Writes cells as a drain would; a later one replaces an earlier one of the same place. */
export async function seed(warehouse: Warehouse, cells: readonly SeedCell[]): Promise<void> {
  generation++
  const sums = (value: number | readonly number[], i: number) =>
    typeof value === 'number' ? (i ? 0 : value) : value[i]!
  await warehouse.insert({
    name: 'seed',
    table: 'cells',
    columns: ['authority', 'metric', 'grain', 'school', 'period', 'gen', 'd', 'n', 'sx', 'sxx'],
    rows: cells.map(({ authority, school, metric, grain = 'week', period, counts }) => {
      const column = (i: number) => Object.values(counts).map((value) => sums(value, i))
      return [
        ...[authority, metric, grains.indexOf(grain) + 1, school, period, generation, Object.keys(counts)],
        ...[column(0), column(1), column(2)],
      ]
    }),
  })
}
