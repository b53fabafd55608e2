import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { sendBatch } from './sender.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
})

/** An endpoint that takes these answers in turn, the last one from then on; tells what it was sent. */
async function endpoint(
  ...answers: { status: number; body?: unknown; headers?: Record<string, string> }[]
): Promise<{ url: string; received: string[][] }> {
  const received: string[][] = []
  const handler: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      received.push(gunzipSync(Buffer.concat(chunks)).toString().split('\n'))
      const { status, body, headers } = answers.length > 1 ? answers.shift()! : answers[0]!
      const lines = received.at(-1)!
      const taken = {
        accepted: lines.length,
        duplicates: 0,
        refused: 0,
        items: lines.map((_, index) => ({ index, id: null, status: 'accepted' })),
      }
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body ?? taken))
    })
  }
  server = createServer(handler)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

describe('sending a batch', () => {
  test('what cannot be taken now is sent again, whole, after the time that the endpoint asks for', async () => {
    const { url, received } = await endpoint(
      {
        status: 503,
        body: { title: 'The event log cannot take events now' },
        headers: { 'retry-after': '0.01' },
      },
      { status: 429, body: {}, headers: { 'retry-after': '0.01' } },
      { status: 202 },
    )
    const waits: number[] = []
    const answer = await sendBatch(['{"a":1}', '{"b":2}'], {
      url,
      key: 'k',
      onWait: (_, ms) => waits.push(ms),
    })
    expect(answer.accepted).toBe(2)
    expect(received).toEqual(Array(3).fill(['{"a":1}', '{"b":2}']))
    expect(waits).toEqual([10, 10])
  })

  test('a batch that is too large is sent in halves, and items keep their places', async () => {
    const { url, received } = await endpoint(
      { status: 413, body: { title: 'Too many events' } },
      { status: 202 },
    )
    const answer = await sendBatch(['1', '2', '3'], { url, key: 'k' })
    expect(received.slice(1)).toEqual([['1', '2'], ['3']])
    expect(answer).toMatchObject({ accepted: 3 })
    expect(answer.items.map((item) => item.index)).toEqual([0, 1, 2])
  })

  test('a batch of which everything is refused is an answer and no failure', async () => {
    const items = [
      { index: 0, id: 'a', status: 'refused', errors: [{ field: '/type', rule: 'knownType', message: '' }] },
    ]
    const { url } = await endpoint({ status: 422, body: { accepted: 0, duplicates: 0, refused: 1, items } })
    expect(await sendBatch(['1'], { url, key: 'k' })).toEqual({
      accepted: 0,
      duplicates: 0,
      refused: 1,
      items,
    })
  })

  test('a key that is refused is said at once, and never shown', async () => {
    const { url, received } = await endpoint({ status: 401, body: { title: 'No valid key' } })
    const failure = await sendBatch(['1'], { url, key: 'a-secret-key' }).catch((error) => error)
    expect(failure.message).toContain('No valid key')
    expect(failure.message).not.toContain('a-secret-key')
    expect(received).toHaveLength(1)
  })

  test('an endpoint that cannot be reached is given up on when patience ends, with the way out', async () => {
    const failure = await sendBatch(['1'], { url: 'http://127.0.0.1:1', key: 'k', patienceMs: 0 }).catch(
      (error) => error,
    )
    expect(failure.wayOut).toContain('events count once')
  })
})
