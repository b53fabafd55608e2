import { expect, test } from 'vitest'
import type { Warehouse } from './client.ts'
import { onCluster } from './cluster.ts'
import { migrateWarehouse, warehouseDdl } from './migrate.ts'
import { factStatements, facts } from './schema.ts'

test('a new column reaches the shards before the table that asks them', () => {
  const [, alter] = factStatements([...facts.values()][0]!)
  const both = onCluster(alter!, 'c')
  expect(both).toHaveLength(2)
  expect(both[0]).toMatch(/^ALTER TABLE fact_\w+_local ON CLUSTER c ADD COLUMN IF NOT EXISTS /)
  expect(both[1]).toBe(both[0]!.replace('_local', ''))
})

test('a cluster’s name that would be more than a name, and a statement of another form, are refused', () => {
  for (const name of ['', 'a b', "c'; DROP TABLE cells", '{cluster}'])
    expect(() => onCluster(warehouseDdl()[0]!, name)).toThrow('the cluster: a name')
  for (const sql of ['DROP TABLE cells', 'CREATE TABLE x (a UInt8) ENGINE = MergeTree ORDER BY a'])
    expect(() => onCluster(sql, 'c')).toThrow('no form for a cluster')
})

test('migrating a cluster runs every statement on all of it, and adds to both tables whatever one of them lacks', async () => {
  const first = [...facts.values()].find((fact) => Object.keys(fact.columns).length > 0)!
  const column = Object.keys(first.columns)[0]!
  const has = (table: string) => Object.keys(facts.get(table)!.columns).map((name) => `fact_${table}.${name}`)
  const lacking = `fact_${first.table}.${column}`
  const columns = [...facts.keys()]
    .flatMap(has)
    .flatMap((name) => [name, name.replace('.', '_local.')])
    .filter((name) => name !== lacking)
  const ran: string[] = []
  // Records alone: what a real cluster makes of it cannot be had here.
  const recorder = {
    command: async ({ sql }: { sql: string }) => void ran.push(sql),
    query: async ({ name }: { name: string }) =>
      name === 'columns' ? columns.map((one) => ({ column: one })) : [],
    insert: async () => undefined,
  } as unknown as Warehouse
  await migrateWarehouse(recorder, { cluster: 'c' })
  expect(ran.filter((sql) => !/^(CREATE|ALTER) TABLE .*ON CLUSTER c /.test(sql.split('\n')[0]!))).toEqual([])
  const altered = ran.filter((sql) => sql.startsWith('ALTER'))
  expect(altered.filter((sql) => sql.startsWith('ALTER TABLE fact_'))).toEqual([
    expect.stringContaining(
      `ALTER TABLE fact_${first.table} ON CLUSTER c ADD COLUMN IF NOT EXISTS ${column} `,
    ),
  ])
  // A numbered migration adds a column to the local table first, then to the one that reads it.
  for (const sql of altered.filter((one) => one.startsWith('ALTER TABLE release ')))
    expect(altered[altered.indexOf(sql) - 1]).toBe(sql.replace('TABLE release ', 'TABLE release_local '))
})
