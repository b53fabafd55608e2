import { gzipSync } from 'node:zlib'
import { checkinSubmitted, eventTypes } from '@cairn/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventOf, type Installation, installation, post } from './testing.ts'

let cairn: Installation
beforeAll(async () => {
  cairn = await installation()
})
afterAll(() => cairn.close())

const types = [...eventTypes.values()]
const inLog = async () => [...(await cairn.log.endOffsets()).values()].reduce((sum, end) => sum + end, 0)

/** Events of every kind of right and wrong. */
const anyEvent = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(...types).chain((type) =>
    fc
      .record({
        index: fc.nat(type.examples.valid.length - 1),
        id: fc.stringMatching(/^[a-d]$/),
        version: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ index, id, version }) => eventOf(type, id, { version, data: type.examples.valid[index] })),
  ),
  fc.constantFrom(...types).chain((type) =>
    fc
      .record({
        name: fc.constantFrom('id', 'source', 'type', 'data', 'time', 'subject', 'x'),
        value: fc.jsonValue(),
      })
      .map(({ name, value }) => eventOf(type, 'z', { [name]: value })),
  ),
  fc
    .record({
      name: fc.oneof(fc.constantFrom(...Object.keys(checkinSubmitted.examples.valid[0]!)), fc.string()),
      value: fc.jsonValue(),
    })
    .map(({ name, value }) =>
      eventOf(checkinSubmitted, 'y', { data: { ...checkinSubmitted.examples.valid[0], [name]: value } }),
    ),
)

it('as many events as are answered accepted are in the log, for any batch in any mode', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      async (events, lines, zipped) => {
        const before = await inLog()
        const text = lines ? events.map((event) => JSON.stringify(event)).join('\n') : JSON.stringify(events)
        const { status, body } = await post(cairn.app, zipped ? gzipSync(text) : text, {
          key: cairn.authorityKey.key,
          type: lines ? 'application/x-ndjson' : 'application/cloudevents-batch+json',
          headers: zipped ? { 'content-encoding': 'gzip' } : {},
        })
        expect([202, 422]).toContain(status)
        expect(body.items).toHaveLength(events.length)
        expect(body.accepted + body.duplicates + body.refused).toBe(events.length)
        expect((await inLog()) - before).toBe(body.accepted)
      },
    ),
    { numRuns: 150 },
  )
})

it('no bytes, media type, encoding or header make an error of ours', async () => {
  const media = fc.constantFrom(
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'application/x-ndjson',
    'application/json',
    'text/plain',
    ';',
    'application/vnd.x+json',
  )
  const header = fc.stringMatching(/^[ -~]{0,40}$/)
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      media,
      fc.constantFrom('', 'gzip', 'br', 'identity'),
      header,
      header,
      async (bytes, type, encoding, id, authorization) => {
        const before = await inLog()
        const response = await cairn.app.inject({
          method: 'POST',
          url: '/v1/events',
          headers: {
            'content-type': type,
            authorization: id.length % 5 === 0 ? authorization : `Bearer ${cairn.authorityKey.key}`,
            'ce-specversion': '1.0',
            'ce-id': id,
            'ce-source': authorization,
            ...(encoding ? { 'content-encoding': encoding } : {}),
          },
          payload: Buffer.from(bytes),
        })
        expect(response.statusCode).toBeLessThan(500)
        expect((await inLog()) - before).toBe(response.statusCode === 202 ? response.json().accepted : 0)
      },
    ),
    { numRuns: 300 },
  )
})
