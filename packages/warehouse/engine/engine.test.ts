import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, startEngine } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'cairn-engine-'))
let engine: Engine

beforeAll(async () => {
  engine = await startEngine({ dataDir: join(root, 'shared') })
})
afterAll(async () => {
  await engine.stop()
  rmSync(root, { recursive: true, force: true })
})

type Answer = { status: number; code: number; text: string }

/** A plain HTTP request, as any ClickHouse client would make it. */
async function ask(
  sql: string,
  options: {
    body?: string | Buffer
    settings?: Record<string, string>
    headers?: Record<string, string>
    to?: Engine
    signal?: AbortSignal
  } = {},
): Promise<Answer> {
  const to = options.to ?? engine
  const query = new URLSearchParams({ query: sql, ...options.settings })
  const response = await fetch(`${to.url}/?${query}`, {
    method: 'POST',
    body: typeof options.body === 'string' ? options.body : new Uint8Array(options.body ?? []),
    signal: options.signal,
    headers: { 'X-ClickHouse-User': to.username, 'X-ClickHouse-Key': to.password, ...options.headers },
  })
  const code = Number(response.headers.get('X-ClickHouse-Exception-Code') ?? 0)
  return { status: response.status, code, text: (await response.text()).trim() }
}

test('only who carries the key is answered', async () => {
  const basic = (user: string, key: string) => ({
    Authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
  })
  const sql = 'SELECT 1'
  expect((await ask(sql, { headers: basic(engine.username, engine.password) })).text).toBe('1')
  expect((await ask(sql, { headers: basic(engine.username, 'wrong') })).status).toBe(403)
  expect((await ask(sql, { headers: { 'X-ClickHouse-Key': 'wrong' } })).code).toBe(516)
  expect((await ask(sql, { headers: { 'X-ClickHouse-User': 'default' } })).code).toBe(516)
  expect((await fetch(`${engine.url}/?query=SELECT+1`)).status).toBe(403)
  expect((await fetch(`${engine.url}/ping`)).status).toBe(200)
})

test.each([
  ['JSONEachRow', '{"a":"x","n":1}\n{"a":"y","n":2}'],
  ['JSONStringsEachRow', '{"a":"x","n":"1"}\n{"a":"y","n":"2"}'],
  ['JSONCompactEachRow', '["x",1]\n["y",2]'],
  ['JSONCompactEachRowWithNames', '["a","n"]\n["x",1]\n["y",2]'],
  ['JSONCompactEachRowWithNamesAndTypes', '["a","n"]\n["String","UInt8"]\n["x",1]\n["y",2]'],
  ['JSONCompactStringsEachRow', '["x","1"]\n["y","2"]'],
])('rows arrive in %s, plain and gzipped', async (format, body) => {
  await ask('CREATE OR REPLACE TABLE f (a String, n UInt8) ENGINE = MergeTree ORDER BY n')
  const sql = `INSERT INTO f (a, n) FORMAT ${format}`
  expect(await ask(sql, { body })).toMatchObject({ status: 200 })
  const headers = { 'Content-Encoding': 'gzip' }
  expect(await ask(sql, { body: gzipSync(body), headers })).toMatchObject({ status: 200 })
  expect((await ask('SELECT a, sum(n) FROM f GROUP BY a ORDER BY a')).text).toBe('x\t2\ny\t4')
})

test('an insert format that is not of lines is refused', async () => {
  expect((await ask('INSERT INTO f FORMAT CSV', { body: 'x,1' })).code).toBe(73)
})

test('what follows a blank line in a body is never run as SQL', async () => {
  await ask('CREATE TABLE victim (a String) ENGINE = MergeTree ORDER BY a')
  await ask('CREATE TABLE rows (a String) ENGINE = MergeTree ORDER BY a')
  const attack = `INSERT INTO victim VALUES ('hit')`
  const gaps = ['\n\n', '\n\n\n\n', '\n', '\r\n\r\n', '\n \n', '\n\t\n', ';\n\n', '\n\f\n\n', '\n\n;\n\n']
  for (const gap of gaps) {
    await ask('INSERT INTO rows (a) FORMAT JSONCompactEachRow', { body: `["x"]${gap}${attack}` })
    await ask('INSERT INTO rows (a) FORMAT JSONCompactEachRow', { body: `${gap}${attack}` })
    await ask(`INSERT INTO rows (a) FORMAT JSONCompactEachRow\n["x"]${gap}${attack}`)
    await ask(`INSERT INTO rows (a) FORMAT JSONCompactEachRow${gap}`, { body: attack })
  }
  expect((await ask('SELECT count() FROM victim')).text).toBe('0')
})

test('blank lines between rows, and bodies of nothing else, are no rows', async () => {
  await ask('CREATE TABLE blank (a String) ENGINE = MergeTree ORDER BY a')
  const insert = 'INSERT INTO blank (a) FORMAT JSONCompactEachRow'
  for (const body of ['', '\n', '\n\n\n', '\n\n["x"]\n\n\n["y"]\n\n']) {
    expect(await ask(insert, { body })).toMatchObject({ status: 200 })
  }
  expect((await ask('SELECT count() FROM blank')).text).toBe('2')
})

test.each([
  'SELECT 1; SELECT 2',
  'SELECT 1; garbage',
  `INSERT INTO f VALUES ('x', 1); SELECT 1`,
  'SET max_threads = 1',
  '/* c */ -- d\nSET max_threads = 1',
  'USE system',
  'SET ROLE x',
  'CREATE TEMPORARY TABLE tmp (a UInt8)',
  'BEGIN TRANSACTION',
  '',
  'garbage',
])('a shared connection does not run: %s', async (sql) => {
  const { status, code } = await ask(sql)
  expect([62, 392]).toContain(code)
  expect(status).toBe(400)
})

test('no setting outlives its request, not even one of a request that failed', async () => {
  const sql = `SELECT getSetting('max_threads'), getSetting('session_timezone'), currentDatabase()`
  const before = (await ask(sql)).text
  const settings = { max_threads: '7', session_timezone: 'Asia/Tokyo', database: 'system' }
  // More requests than there are connections, so that each is lent again.
  for (let i = 0; i < 15; i++) {
    expect((await ask(sql, { settings })).text).toBe('7\tAsia/Tokyo\tsystem')
    expect((await ask('SELECT nosuch', { settings })).code).toBe(47)
    expect((await ask('SELECT 1', { settings: { max_threads: 'x' } })).status).not.toBe(200)
    expect((await ask('SELECT 1', { settings: { database: 'nosuch' } })).code).toBe(81)
    expect((await ask(sql)).text).toBe(before)
  }
})

test('a setting outside the list is refused by name', async () => {
  const answer = await ask('SELECT 1', { settings: { allow_ddl: '0' } })
  expect(answer).toMatchObject({ code: 115 })
  expect(answer.text).toContain('allow_ddl')
})

test('a second engine on the same folder is refused in one clear line', async () => {
  await expect(startEngine({ dataDir: join(root, 'shared') })).rejects.toThrow(
    /^The engine cannot start: the data folder is in use by another engine/,
  )
  expect((await ask('SELECT 1')).text).toBe('1')
})

test('an engine with too few threads to stay answerable does not start', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: { CAIRN_ENGINE_DATA_DIR: join(root, 'few'), CAIRN_ENGINE_PASSWORD: 'x', UV_THREADPOOL_SIZE: '4' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  child.stderr.on('data', (text) => {
    words += text
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(1)
  expect(words).toContain('UV_THREADPOOL_SIZE')
})

test('SIGTERM lets what runs finish, takes nothing new and ends with 0; SIGINT does nothing', async () => {
  const own = await startEngine({ dataDir: join(root, 'stopping') })
  own.kill('SIGINT')
  expect((await ask('SELECT 1', { to: own })).text).toBe('1')
  const slow = ask('SELECT sleep(1)', { to: own })
  const processes = `SELECT count() FROM system.processes WHERE query LIKE '%sleep(1)%'`
  await expect.poll(async () => Number((await ask(processes, { to: own })).text)).toBe(2)
  const stopped = own.stop()
  expect((await slow).text).toBe('0')
  await stopped
  expect(await own.exited).toEqual({ code: 0, signal: null })
  await expect(ask('SELECT 1', { to: own })).rejects.toThrow()
})

test('an engine whose parent was killed lets go of its folder', async () => {
  const dataDir = join(root, 'orphan')
  const index = new URL('./index.ts', import.meta.url).href
  const script = `import('${index}').then(async (m) => {
    const e = await m.startEngine({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(e.url)
  })`
  const parent = spawn(process.execPath, ['--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = await once(parent.stdout, 'data')
  const ping = () =>
    fetch(`${String(url).trim()}/ping`).then(
      () => 'there',
      () => 'gone',
    )
  expect(await ping()).toBe('there')
  parent.kill('SIGKILL')
  await expect.poll(ping, { timeout: 10_000 }).toBe('gone')
  const next = await startEngine({ dataDir })
  await next.stop()
})

test('no acknowledged row is lost to kill -9', async () => {
  const dataDir = join(root, 'killed')
  const acknowledged: number[] = []
  let batch = 0
  for (let round = 0; round < 4; round++) {
    const own = await startEngine({ dataDir })
    await ask('CREATE TABLE IF NOT EXISTS k (b UInt32, i UInt32) ENGINE = MergeTree ORDER BY b', { to: own })
    const killed = new Promise<void>((resolve) => {
      setTimeout(() => {
        own.kill('SIGKILL')
        resolve()
      }, 300)
    })
    for (;;) {
      const number = batch++
      const body = Array.from({ length: 500 }, (_, i) => `[${number},${i}]`).join('\n')
      const answer = await ask('INSERT INTO k (b, i) FORMAT JSONCompactEachRow', { body, to: own }).catch(
        () => undefined,
      )
      if (answer?.status !== 200) break
      acknowledged.push(number)
    }
    await killed
    await own.exited
  }
  const own = await startEngine({ dataDir })
  const { text } = await ask('SELECT b, uniqExact(i), count() FROM k GROUP BY b', { to: own })
  const found = new Map(
    text
      .split('\n')
      .map((line) => line.split('\t').map(Number))
      .map(([b, ...n]) => [b!, n]),
  )
  await own.stop()
  expect(acknowledged.length).toBeGreaterThan(10)
  for (const number of acknowledged) expect(found.get(number)).toEqual([500, 500])
  // What was under way is there whole or not at all.
  for (const counts of found.values()) expect(counts).toEqual([500, 500])
})
