import type { Warehouse } from './client.ts'
import { onCluster } from './cluster.ts'
import { factStatements, facts, migrations } from './schema.ts'

export interface MigrateOptions {
  /** The cluster's name in ClickHouse's own configuration; absent, one server. */
  readonly cluster?: string | undefined
}

const ownTable = `CREATE TABLE IF NOT EXISTS schema_migrations (number UInt32, name String, at DateTime DEFAULT now())
      ENGINE = ReplacingMergeTree ORDER BY number`

/** The form that a statement takes: its own, or those of the cluster. */
const formed = (sql: string, cluster: string | undefined): string[] =>
  cluster === undefined ? [sql] : onCluster(sql, cluster)

/** Brings the warehouse to the present form. Idempotent; returns the numbers of the migrations that it ran. */
export async function migrateWarehouse(
  warehouse: Warehouse,
  { cluster }: MigrateOptions = {},
): Promise<number[]> {
  const run = async (sql: string) => {
    for (const one of formed(sql, cluster)) await warehouse.command({ name: 'migrate', sql: one })
  }
  await run(ownTable)
  const done = await warehouse.query<{ number: number }>({
    name: 'migrations',
    sql: 'SELECT DISTINCT number FROM schema_migrations',
  })
  const applied = new Set(done.map((row) => row.number))
  const ran: number[] = []
  for (const migration of migrations.filter((m) => !applied.has(m.number))) {
    for (const sql of migration.statements) await run(sql)
    await warehouse.insert({
      name: 'migrations',
      table: 'schema_migrations',
      columns: ['number', 'name'],
      rows: [[migration.number, migration.name]],
    })
    ran.push(migration.number)
  }
  const statements = [...facts.values()].map(factStatements)
  for (const [create] of statements) await run(create!)
  const alters = statements.flatMap(([, ...alter]) => alter).flatMap((sql) => formed(sql, cluster))
  for (const sql of await missing(warehouse, alters)) await warehouse.command({ name: 'migrate', sql })
  return ran
}

/** Every statement that a new warehouse is made by, in order. */
export function warehouseDdl({ cluster }: MigrateOptions = {}): string[] {
  const all = [
    ownTable,
    ...migrations.flatMap((m) => m.statements),
    ...[...facts.values()].flatMap((fact) => factStatements(fact)[0]!),
  ]
  return all.flatMap((sql) => formed(sql, cluster)).map((sql) => sql.replace(/\s*\n\s*/g, ' '))
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
    const [, table, column] = /^ALTER TABLE (\w+) (?:ON CLUSTER \w+ )?ADD COLUMN IF NOT EXISTS (\w+)/.exec(
      sql,
    )!
    return !there.has(`${table}.${column}`)
  })
}
