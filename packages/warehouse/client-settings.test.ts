import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWarehouse, type WarehouseAddress } from './client.ts'

// What is sent, and what a silent server does: neither can be seen at a real engine.
const sent: URLSearchParams[] = []
let silent = false
const server = createServer((request, response) => {
  sent.push(new URL(request.url!, 'http://x').searchParams)
  request.resume()
  if (!silent) request.on('end', () => response.end(''))
})
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  sent.length = 0
  silent = false
})

const ask = async (more: Partial<WarehouseAddress>, authorities?: readonly number[]) => {
  const warehouse = openWarehouse({ url, username: 'u', password: 'p', ...more })
  await warehouse.query({ name: 'asked', sql: 'SELECT 1', ...(authorities ? { authorities } : {}) })
  await warehouse.close()
  return sent[0]!
}

test('under row policies each statement sends the authorities of its own scope, and without a scope nobody’s', async () => {
  expect((await ask({ rowPolicies: true }, [855, 856])).get('SQL_cairn_authorities')).toBe('855,856')
  sent.length = 0
  expect((await ask({ rowPolicies: true })).get('SQL_cairn_authorities')).toBe('')
})

test('an engine without row policies is never sent the setting, nor one server those of a cluster', async () => {
  const one = await ask({}, [855])
  expect(one.has('SQL_cairn_authorities')).toBe(false)
  expect(one.has('insert_quorum')).toBe(false)
})

test('on a cluster an insert waits for its shard and its quorum, and a read for the rows of those before it', async () => {
  const settings = await ask({ cluster: 'cairn' })
  expect(Object.fromEntries(settings)).toMatchObject({
    distributed_foreground_insert: '1',
    distributed_product_mode: 'local',
    insert_quorum: 'auto',
    insert_quorum_parallel: '0',
    select_sequential_consistency: '1',
    skip_unavailable_shards: '0',
  })
})

test('a server that takes the connection and never answers is a retryable failure within its time limit', async () => {
  silent = true
  const warehouse = openWarehouse({ url, username: 'u', password: 'p' })
  const from = performance.now()
  await expect(warehouse.query({ name: 'asked', sql: 'SELECT 1', timeoutMs: 500 })).rejects.toMatchObject({
    retryable: true,
  })
  expect(performance.now() - from).toBeLessThan(4_000)
  await warehouse.close()
})
