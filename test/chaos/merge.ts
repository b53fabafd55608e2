import type { Warehouse } from '@cairn/warehouse'

/** Merges every table down to one part of each partition: what merges would do sooner or later. */
export async function mergeAll(warehouse: Warehouse): Promise<void> {
  const tables = await warehouse.query<{ name: string }>({
    name: 'unmerged',
    // One part alone was collapsed when it was inserted.
    sql: `SELECT DISTINCT name FROM (
        SELECT table AS name FROM system.parts WHERE active AND database = currentDatabase()
        GROUP BY table, partition_id HAVING count() > 1
      ) WHERE name LIKE 'fact_%' OR name IN ('receipts', 'cells', 'evidence', 'dated_ahead', 'recommendation')`,
  })
  for (const { name } of tables)
    await warehouse.command({ name: 'merge', sql: `OPTIMIZE TABLE ${name} FINAL` })
}
