import type { Warehouse } from './client.ts'
import { factStatements, facts, migrations } from './schema.ts'

/** Brings the warehouse to the present form. Idempotent; returns the numbers of the migrations that it ran. */
export async function migrateWarehouse(warehouse: Warehouse): Promise<number[]> {
  await warehouse.command({
    name: 'migrate',
    sql: `CREATE TABLE IF NOT EXISTS schema_migrations (number UInt32, name String, at DateTime DEFAULT now())
      ENGINE = ReplacingMergeTree ORDER BY number`,
  })
  const done = await warehouse.query<{ number: number }>({
    name: 'migrations',
    sql: 'SELECT DISTINCT number FROM schema_migrations',
  })
  const applied = new Set(done.map((row) => row.number))
  const ran: number[] = []
  for (const migration of migrations.filter((m) => !applied.has(m.number))) {
    for (const sql of migration.statements) await warehouse.command({ name: 'migrate', sql })
    await warehouse.insert({
      name: 'migrations',
      table: 'schema_migrations',
      columns: ['number', 'name'],
      rows: [[migration.number, migration.name]],
    })
    ran.push(migration.number)
  }
  const statements = [...facts.values()].map(factStatements)
  for (const [create] of statements) await warehouse.command({ name: 'migrate', sql: create! })
  for (const sql of await missing(
    warehouse,
    statements.flatMap(([, ...alter]) => alter),
  ))
    await warehouse.command({ name: 'migrate', sql })
  return ran
}

/** ALTERs of columns that are there already are left out, so that a start costs one look and not fifty statements. */
async function missing(warehouse: Warehouse, alters: string[]): Promise<string[]> {
  const rows = await warehouse.query<{ column: string }>({
    name: 'columns',
    sql: `SELECT concat(table, '.', name) AS column FROM system.columns
      WHERE database = currentDatabase() AND table LIKE 'fact_%'`,
  })
  const there = new Set(rows.map((row) => row.column))
  return alters.filter((sql) => {
    const [, table, column] = /^ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+)/.exec(sql)!
    return !there.has(`${table}.${column}`)
  })
}
