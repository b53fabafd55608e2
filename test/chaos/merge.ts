import type { Warehouse } from '@cairn/warehouse'

/** Merges every table down to one part: what merges would do sooner or later. */
export async function mergeAll(warehouse: Warehouse): Promise<void> {
  const tables = await warehouse.query<{ name: string }>({
    name: 'tables',
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase()
      AND (name LIKE 'fact_%' OR name IN ('receipts', 'cells', 'evidence', 'dated_ahead', 'recommendation'))`,
  })
  for (const { name } of tables)
    await warehouse.command({ name: 'merge', sql: `OPTIMIZE TABLE ${name} FINAL` })
}
