import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWarehouse, type Statement, type Warehouse, WarehouseError } from './client.ts'
import { type Engine, startEngine } from './engine/index.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'cairn-client-'))
const endless = 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1'
const hostile = [
  `'; DROP TABLE t; --`,
  'back\\slash \\n \\',
  'line\n\nbreaks\r\n\ttabs',
  'nul\0nul',
  '😀 {p:String} {{}} `tick` "double"',
  '',
  'NULL',
  '\\N',
]
let engine: Engine
let warehouse: Warehouse

beforeAll(async () => {
  engine = await startEngine({ dataDir })
  warehouse = openWarehouse(engine)
  await warehouse.command({
    name: 'create',
    sql: 'CREATE TABLE t (a String, n UInt64, v UInt128, l Array(String)) ENGINE = MergeTree ORDER BY n',
  })
})
afterAll(async () => {
  await warehouse.close()
  await engine.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function failure(answer: Promise<unknown>): Promise<WarehouseError> {
  const error = await answer.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(WarehouseError)
  return error as WarehouseError
}

/** Statements of that name which the engine still runs. */
async function running(name: string): Promise<number> {
  const rows = await warehouse.query<{ n: string }>({
    name: 'processes',
    sql: `SELECT count() AS n FROM system.processes WHERE startsWith(Settings['log_comment'], {name:String})`,
    params: { name: `${name} ` },
  })
  return Number(rows[0]!.n)
}

test('rows come back as they were written, integers beyond 53 bits digit for digit', async () => {
  const row = ['x', '18446744073709551615', '340282366920938463463374607431768211455', ['a', 'b']]
  await warehouse.insert({ name: 'write', table: 't', columns: ['a', 'n', 'v', 'l'], rows: [row] })
  const rows = await warehouse.query({ name: 'read', sql: `SELECT * FROM t WHERE a = 'x'` })
  expect(rows).toEqual([{ a: row[0], n: row[1], v: row[2], l: row[3] }])
  expect(await warehouse.ping()).toBe(true)
})

test('rows that are serialised already are written as they stand, string or bytes', async () => {
  const text = '["pre", 1]\n["pre", 2]'
  await warehouse.insert({ name: 'write', table: 't', columns: ['a', 'n'], rows: text })
  await warehouse.insert({ name: 'write', table: 't', columns: ['a', 'n'], rows: Buffer.from(text) })
  await warehouse.insert({ name: 'write', table: 't', columns: ['a', 'n'], rows: [] })
  const rows = await warehouse.query({ name: 'read', sql: `SELECT n FROM t WHERE a = 'pre' ORDER BY n` })
  expect(rows).toEqual([{ n: '1' }, { n: '1' }, { n: '2' }, { n: '2' }])
})

test('no text is taken for SQL or changed on its way, neither as a parameter nor in a row', async () => {
  const table = 'hostile'
  await warehouse.command({
    name: 'create',
    sql: 'CREATE TABLE hostile (run UInt32, i UInt32, a String) ENGINE = MergeTree ORDER BY (run, i)',
  })
  let run = 0
  const roundTrip = async (texts: string[]) => {
    run++
    const rows = texts.map((text, i) => [run, i, text])
    await warehouse.insert({ name: 'write', table, columns: ['run', 'i', 'a'], rows })
    const sql = `SELECT a, {all:Array(String)}[i + 1] AS p, {first:String} AS f FROM hostile WHERE run = {run:UInt32} ORDER BY i`
    const params = { all: texts, first: texts[0], run }
    expect(await warehouse.query({ name: 'read', sql, params })).toEqual(
      texts.map((text) => ({ a: text, p: text, f: texts[0] })),
    )
  }
  await roundTrip(hostile)
  const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 })
  await fc.assert(fc.asyncProperty(texts, roundTrip), { numRuns: 25 })
})

test('a list of twenty thousand values is a parameter like any other', async () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `id-${i}-'\\`)
  const sql = 'SELECT length(arrayDistinct({ids:Array(String)})) AS n, {ids:Array(String)}[20000] AS last'
  const rows = await warehouse.query({ name: 'read', sql, params: { ids } })
  expect(rows).toEqual([{ n: '20000', last: ids[19_999] }])
})

test('an insert becomes one part', async () => {
  await warehouse.command({
    name: 'create',
    sql: 'CREATE TABLE one (n UInt64) ENGINE = MergeTree ORDER BY n',
  })
  await warehouse.command({ name: 'stop_merges', sql: 'SYSTEM STOP MERGES one' })
  const rows = Array.from({ length: 100_000 }, (_, i) => [i])
  await warehouse.insert({ name: 'write', table: 'one', columns: ['n'], rows })
  const parts = await warehouse.query({
    name: 'parts',
    sql: `SELECT rows FROM system.parts WHERE table = 'one' AND database = currentDatabase()`,
  })
  expect(parts).toEqual([{ rows: '100000' }])
})

test('a stream gives every row once, in batches', async () => {
  let sum = 0
  let batches = 0
  const sql = 'SELECT toUInt32(number) AS n FROM numbers(200000)'
  for await (const rows of warehouse.stream<{ n: number }>({ name: 'stream', sql })) {
    batches++
    for (const row of rows) sum += row.n
  }
  expect(sum).toBe((200_000 * 199_999) / 2)
  expect(batches).toBeGreaterThan(1)
})

test('a stream that fails half way is an error, never a short answer', async () => {
  const sql = 'SELECT throwIf(number = 900000) AS n FROM numbers(1000000) SETTINGS max_block_size = 10000'
  const read = async () => {
    for await (const _ of warehouse.stream({ name: 'broken', sql }));
  }
  expect((await failure(read())).codeName).toBe('FUNCTION_THROW_IF_VALUE_IS_NON_ZERO')
})

test('streams left early are stopped in the warehouse', async () => {
  const sql = 'SELECT number FROM numbers(1000000000000)'
  const leave = async () => {
    for await (const _ of warehouse.stream({ name: 'left_early', sql })) break
  }
  await Promise.all(Array.from({ length: 6 }, leave))
  await expect.poll(() => running('left_early'), { timeout: 10_000 }).toBe(0)
})

test('a statement beyond its time limit is stopped and says so', async () => {
  const error = await failure(warehouse.query({ name: 'endless', sql: endless, timeoutMs: 300 }))
  expect(error).toMatchObject({ codeName: 'TIMEOUT_EXCEEDED', code: 159, retryable: false })
  expect(await running('endless')).toBe(0)
})

test('a statement whose caller aborts is stopped in the warehouse', async () => {
  const caller = new AbortController()
  const answer = failure(warehouse.query({ name: 'abandoned', sql: endless, signal: caller.signal }))
  await expect.poll(() => running('abandoned')).toBe(1)
  caller.abort()
  expect((await answer).codeName).toBe('CANCELLED')
  await expect.poll(() => running('abandoned'), { timeout: 10_000 }).toBe(0)
})

test('an INSERT SELECT whose caller aborts is stopped in the warehouse', async () => {
  const caller = new AbortController()
  const sql = `INSERT INTO t (n) SELECT number FROM numbers(1000000000000) WHERE sipHash64(number) = 1`
  const answer = failure(warehouse.command({ name: 'abandoned_write', sql, signal: caller.signal }))
  await expect.poll(() => running('abandoned_write')).toBe(1)
  caller.abort()
  expect((await answer).codeName).toBe('CANCELLED')
  await expect.poll(() => running('abandoned_write'), { timeout: 10_000 }).toBe(0)
})

test('a statement aborted beforehand is never sent', async () => {
  const sql = `INSERT INTO t (a) VALUES ('never')`
  await failure(warehouse.command({ name: 'never', sql, signal: AbortSignal.abort() }))
  expect(await warehouse.query({ name: 'read', sql: `SELECT 1 FROM t WHERE a = 'never'` })).toEqual([])
})

test('eight slow queries do not hold up a point query', async () => {
  const caller = new AbortController()
  const slow: Statement = { name: 'slow', sql: endless, timeoutMs: 30_000, signal: caller.signal }
  const answers = Array.from({ length: 8 }, () => failure(warehouse.query(slow)))
  await expect.poll(() => running('slow'), { timeout: 10_000 }).toBe(8)
  expect(await warehouse.query({ name: 'point', sql: 'SELECT 1 AS one' })).toEqual([{ one: 1 }])
  expect(await running('slow')).toBe(8)
  caller.abort()
  await Promise.all(answers)
})

test('thirty queries at once all get their own answer', async () => {
  const ask = (i: number) => warehouse.query({ name: 'many', sql: 'SELECT {i:UInt32} AS i', params: { i } })
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(i)))
  expect(answers).toEqual(Array.from({ length: 30 }, (_, i) => [{ i }]))
})

test('an error names the statement and the fault, never a value', async () => {
  const secret = 'A123456789'
  const faults: [() => Promise<unknown>, string][] = [
    [
      () => warehouse.query({ name: 'f', sql: 'SELECT toUInt8({p:String})', params: { p: secret } }),
      'CANNOT_PARSE_TEXT',
    ],
    [
      () => warehouse.query({ name: 'f', sql: 'SELECT {p:UInt8}', params: { p: secret } }),
      'BAD_QUERY_PARAMETER',
    ],
    [
      () => warehouse.query({ name: 'f', sql: 'SELECT nosuch, {p:String}', params: { p: secret } }),
      'UNKNOWN_IDENTIFIER',
    ],
    [() => warehouse.query({ name: 'f', sql: 'SELECT (1' }), 'SYNTAX_ERROR'],
    [() => warehouse.insert({ name: 'f', table: 't', columns: ['n'], rows: [[1], [secret]] }), ''],
    [
      () => warehouse.insert({ name: 'f', table: 'nosuch', columns: ['n'], rows: [[secret]] }),
      'UNKNOWN_TABLE',
    ],
  ]
  for (const [answer, codeName] of faults) {
    const error = await failure(answer())
    if (codeName) expect(error.codeName).toBe(codeName)
    expect(error.retryable).toBe(false)
    expect(error.message).toContain('Warehouse statement f failed')
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(secret)
  }
})

test('an unknown column is named in the error', async () => {
  const error = await failure(warehouse.query({ name: 'f', sql: 'SELECT nosuch FROM t' }))
  expect(error.message).toContain('nosuch')
})

test('a warehouse that is not there is a retryable failure', async () => {
  const nowhere = openWarehouse({ url: 'http://127.0.0.1:1', username: 'cairn', password: 'x' })
  expect(await failure(nowhere.query({ name: 'q', sql: 'SELECT 1' }))).toMatchObject({
    codeName: 'CONNECTION',
    retryable: true,
  })
  expect(await nowhere.ping()).toBe(false)
  await nowhere.close()
})

test('a wrong key is refused, and is no reason to try again', async () => {
  const stranger = openWarehouse({ ...engine, password: 'wrong' })
  expect(await failure(stranger.query({ name: 'q', sql: 'SELECT 1' }))).toMatchObject({
    codeName: 'AUTHENTICATION_FAILED',
    retryable: false,
  })
  expect(await stranger.ping()).toBe(false)
  await stranger.close()
})

test('a time limit holds for its own statement alone', async () => {
  const sql = `SELECT getSetting('max_execution_time') AS s`
  const first = await warehouse.query({ name: 'q', sql, timeoutMs: 7_000 })
  const second = await warehouse.query({ name: 'q', sql })
  expect([first, second]).toEqual([[{ s: 7 }], [{ s: 10 }]])
})
