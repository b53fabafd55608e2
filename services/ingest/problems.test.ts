import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { checkinSubmitted } from '@cairn/contracts'
import { LogUnavailable } from '@cairn/event-log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventOf, type Installation, installation, post } from './testing.ts'

let cairn: Installation
let key: string
beforeAll(async () => {
  cairn = await installation()
  key = cairn.authorityKey.key
})
afterAll(() => cairn.close())

const ndjson = 'application/x-ndjson'
const send = (body: unknown, options: object = {}) => post(cairn.app, body, { key, ...options })

describe('a problem document', () => {
  const problem = (status: number, code: string) => ({
    status,
    body: { status, type: `urn:cairn:problem:${code}` },
  })
  const event = eventOf(checkinSubmitted, 'never')

  it('401: no key, a malformed key, an invented key', async () => {
    const invented = `cairn_${'a'.repeat(16)}_${'b'.repeat(43)}`
    for (const wrong of [undefined, 'x', invented])
      expect(await post(cairn.app, event, { key: wrong })).toMatchObject(problem(401, 'unauthorised'))
  })

  it('403: a key for reading', async () => {
    const reader = { id: 'ann', name: 'Ann', role: 'analyst', authorities: [855], schools: null } as const
    await cairn.controlPlane.readers.add(reader)
    const reading = await cairn.controlPlane.keys.create({ kind: 'reader', reader: reader.id, label: 'test' })
    expect(await send(event, { key: reading.key })).toMatchObject(problem(403, 'forbidden'))
  })

  it('413: a body, a decompressed body or a number of items over the limit', async () => {
    const small = await installation({ limits: { bodyBytes: 5_000, decompressedBytes: 20_000, items: 3 } })
    const options = { key: small.authorityKey.key }
    const gzip = { 'content-encoding': 'gzip' }
    expect(await post(small.app, ' '.repeat(5_001), options)).toMatchObject(problem(413, 'bodyTooLarge'))
    const bomb = gzipSync(Buffer.alloc(2_000_000, ' '))
    expect(bomb.length).toBeLessThan(5_000)
    expect(await post(small.app, bomb, { ...options, headers: gzip })).toMatchObject(
      problem(413, 'decompressedTooLarge'),
    )
    expect(
      await post(small.app, '[1,2,3,4]', { ...options, type: 'application/cloudevents-batch+json' }),
    ).toMatchObject(problem(413, 'tooManyItems'))
    expect(await post(small.app, '1\n2\n3\n4', { ...options, type: ndjson })).toMatchObject(
      problem(413, 'tooManyItems'),
    )
    expect(await post(small.app, '1\n2\n3', { ...options, type: ndjson })).toMatchObject(
      problem(422, 'allRefused'),
    )
    await small.close()
  })

  it('413: a stream without a length is cut off at the limit', async () => {
    const small = await installation({ limits: { bodyBytes: 5_000 } })
    await small.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = small.app.server.address() as { port: number }
    const answer = await chunked(port, small.authorityKey.key, 50)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(answer).toContain('urn:cairn:problem:bodyTooLarge')
    await small.close()
  })

  it('415: media types, charsets and encodings that Cairn does not read', async () => {
    for (const type of [
      'text/plain',
      'application/json',
      'application/xml',
      'application/cloudevents+json; charset=latin1',
      'application/cloudevents+avro',
    ])
      expect(await send('{}', { type })).toMatchObject(problem(415, 'mediaType'))
    for (const encoding of ['br', 'gzip, gzip', 'deflate'])
      expect(await send('{}', { headers: { 'content-encoding': encoding } })).toMatchObject(
        problem(415, 'encoding'),
      )
  })

  it('422: a batch that is no array, a stream that is no gzip', async () => {
    const type = 'application/cloudevents-batch+json'
    for (const body of ['{}', '[', '[1,', '[1] 2', '', '"x"', '[{]}', Buffer.from([0x5b, 0xff, 0x5d])])
      expect(await send(body, { type })).toMatchObject(problem(422, 'brokenBatch'))
    expect(await send('[', { headers: { 'content-encoding': 'gzip' } })).toMatchObject(
      problem(422, 'brokenEncoding'),
    )
  })

  it('429 with Retry-After: more requests than a key may send, and other keys are not held up', async () => {
    const slow = await installation({ limits: { requestsPerMinute: 2 } })
    const options = { key: slow.authorityKey.key }
    expect((await post(slow.app, event, options)).status).toBe(202)
    expect((await post(slow.app, event, options)).status).toBe(202)
    const third = await post(slow.app, event, options)
    expect(third).toMatchObject(problem(429, 'tooManyRequests'))
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0)
    expect((await post(slow.app, { ...event, source: 'urn:ash' }, { key: slow.schoolKey.key })).status).toBe(
      202,
    )
    await slow.close()
  })

  it('503 with Retry-After: the log cannot take events; then it can', async () => {
    let full = true
    const failing = await installation()
    const log = {
      append: async (records: Parameters<typeof failing.log.append>[0]) => {
        if (full) throw new LogUnavailable('the disk is full')
        await failing.log.append(records)
      },
      endOffsets: () => failing.log.endOffsets(),
    }
    const broken = await installation({ log })
    const answer = await post(broken.app, event, { key: broken.authorityKey.key })
    expect(answer).toMatchObject(problem(503, 'logUnavailable'))
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect((await broken.app.inject('/ready')).statusCode).toBe(503)
    full = false
    expect((await post(broken.app, event, { key: broken.authorityKey.key })).status).toBe(202)
    expect((await broken.app.inject('/ready')).statusCode).toBe(200)
    await broken.close()
    await failing.close()
  })

  it('503 with Retry-After: more bytes at once than the process will hold; they are given back', async () => {
    const tight = await installation({ limits: { inFlightBytes: 1_000 } })
    const options = { key: tight.authorityKey.key }
    const large = `${JSON.stringify(event)}${' '.repeat(1_000)}`
    for (let i = 0; i < 3; i++) {
      const answer = await post(tight.app, large, options)
      expect(answer).toMatchObject(problem(503, 'overloaded'))
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect((await post(tight.app, event, options)).status).toBe(202)
    }
    await tight.close()
  })

  it('404, and health, readiness and metrics that name outcomes alone', async () => {
    expect(await cairn.app.inject('/nothing?x=Z855400125001')).toMatchObject({ statusCode: 404 })
    expect((await cairn.app.inject('/health')).statusCode).toBe(200)
    expect((await cairn.app.inject('/ready')).statusCode).toBe(200)
    await send([event, { ...event, type: 'no.such' }])
    const metrics = (await cairn.app.inject('/metrics')).body
    expect(metrics).toMatch(/cairn_ingest_events_total\{outcome="accepted",service="ingest"\} \d+/)
    expect(metrics).toMatch(/cairn_ingest_refusals_total\{rule="knownType",service="ingest"\} \d+/)
  })
})

describe('a sender who goes away', () => {
  it('leaves nothing behind: what was held of the body is given back', async () => {
    const left = await installation()
    await left.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = left.app.server.address() as { port: number }
    const held = async () =>
      Number(/cairn_ingest_in_flight_bytes\S* (\d+)/.exec((await left.app.inject('/metrics')).body)?.[1])
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${left.authorityKey.key}\r\nContent-Type: ${ndjson}\r\nContent-Length: 9000\r\n\r\n${' '.repeat(4000)}`,
    )
    await expect.poll(held, { timeout: 10_000 }).toBe(4000)
    socket.destroy()
    await expect.poll(held, { timeout: 10_000 }).toBe(0)
    await left.close()
  })
})

/** Sends chunks of 1,000 bytes over a bare socket and gives back what came. */
function chunked(port: number, key: string, chunks: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: ${ndjson}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      )
      for (let i = 0; i < chunks; i++) socket.write(`3e8\r\n${' '.repeat(1000)}\r\n`)
    })
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('error', () => resolve(answer))
    socket.on('close', () => resolve(answer))
  })
}
