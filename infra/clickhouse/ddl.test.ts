import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWarehouse, type Warehouse, warehouseDdl } from '@cairn/warehouse'
import { type Engine, startEngine } from '@cairn/warehouse/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { files, stale } from './ddl.ts'

const root = mkdtempSync(join(tmpdir(), 'cairn-ddl-'))
let engine: Engine
let warehouse: Warehouse
beforeAll(async () => {
  engine = await startEngine({ dataDir: root })
  warehouse = openWarehouse(engine)
})
afterAll(async () => {
  await warehouse?.close()
  await engine?.stop()
  rmSync(root, { recursive: true, force: true })
})

const statements = (path: string): string[] =>
  files[path]!.split(/;\n/)
    .map((sql) => sql.replace(/^--.*$/gm, '').trim())
    .filter(Boolean)

test('the DDL and access files that are kept are the ones that the schema emits', () => {
  expect(stale()).toEqual([])
})

/** Tables that the schema makes; columns that were added later stand in statements of their own. */
const created = (options?: Parameters<typeof warehouseDdl>[0]) =>
  warehouseDdl(options).filter((sql) => sql.startsWith('CREATE TABLE'))

test('the form for one server is run by the engine, and leaves what the migrations leave', async () => {
  for (const sql of statements('ddl/single.sql')) await warehouse.command({ name: 'ddl', sql })
  const tables = await warehouse.query<{ name: string }>({
    name: 'tables',
    sql: 'SELECT name FROM system.tables WHERE database = currentDatabase()',
  })
  expect(tables).toHaveLength(created().length)
})

/** By ClickHouse's own parser, which says what it has understood. */
const parse = (sql: string) =>
  warehouse.query<{ sql: string }>({
    name: 'parse',
    sql: 'SELECT formatQuery({sql:String}) AS sql',
    params: { sql },
  })

describe('the form for a cluster', () => {
  test.each(['ddl/cluster.sql', 'access/single.sql', 'access/cluster.sql'])(
    'every statement of %s is one that ClickHouse can parse',
    async (path) => {
      for (const sql of statements(path)) {
        const rows = await parse(sql)
        expect(rows.length, sql).toBeGreaterThan(0)
      }
      await expect(parse('CREATE TABLE x ENGINE')).rejects.toThrow()
    },
  )

  test('has, for each table that is sharded, a replicated one and a Distributed one with the same columns', () => {
    const ddl = created({ cluster: 'c' })
    const columns = (table: string) =>
      /ON CLUSTER c \((.*)\) ENGINE/s.exec(ddl.find((sql) => sql.includes(`EXISTS ${table} ON`))!)![1]!
    const sharded = ddl.flatMap((sql) => /EXISTS (\w+)_local ON/.exec(sql)?.[1] ?? [])
    expect(sharded).toHaveLength(created().length - 1)
    for (const table of sharded) {
      expect(columns(table).trim()).toBe(
        columns(`${table}_local`)
          .replace(/,\s*INDEX.*$/s, '')
          .trim(),
      )
      const engine = new RegExp(
        `EXISTS ${table} ON .*Distributed\\(c, currentDatabase\\(\\), ${table}_local, authority\\)$`,
      )
      expect(
        ddl.some((sql) => engine.test(sql)),
        table,
      ).toBe(true)
    }
  })

  test('a row policy covers every table that has an authority, and every one of its shards', () => {
    const policies = readFileSync(new URL('access/cluster.sql', import.meta.url), 'utf8')
    for (const sql of created({ cluster: 'cairn' }).slice(1)) {
      const table = /EXISTS (\w+) ON/.exec(sql)![1]!
      expect(policies).toContain(`cairn_scope ON CLUSTER cairn ON cairn.${table} `)
    }
  })
})
