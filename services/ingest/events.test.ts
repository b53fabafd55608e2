import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import {
  checkinSubmitted,
  eventRetracted,
  eventTypes,
  exclusionRecorded,
  fromLogRecord,
  incidentReported,
  incidentResolved,
} from '@cairn/contracts'
import { LogUnavailable } from '@cairn/event-log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventOf, type Installation, installation, post, recordsOf } from './installation.ts'

let cairn: Installation
let key: string
beforeAll(async () => {
  cairn = await installation()
  key = cairn.authorityKey.key
})
afterAll(() => cairn.close())

const ndjson = 'application/x-ndjson'
const send = (body: unknown, options: object = {}) => post(cairn.app, body, { key, ...options })
const recordOf = async (id: string) =>
  (await recordsOf(cairn.log)).filter(({ headers }) => headers.ce_id === id)

describe('every mode', () => {
  it('structured: one event is in the log when the answer comes', async () => {
    const { status, body } = await send(eventOf(checkinSubmitted, 'structured'))
    expect(status).toBe(202)
    expect(body).toEqual({
      accepted: 1,
      duplicates: 0,
      refused: 0,
      items: [{ index: 0, id: 'structured', status: 'accepted' }],
    })
    const [record] = await recordOf('structured')
    const read = fromLogRecord(record!)
    expect(read).toMatchObject({ ok: { authority: 855, type: checkinSubmitted, event: { version: 1 } } })
  })

  it('binary: attributes from percent-decoded headers, data from the body', async () => {
    const { status } = await send(checkinSubmitted.examples.valid[0], {
      type: 'application/json; charset=utf-8',
      headers: {
        'ce-specversion': '1.0',
        'ce-id': 'binary%21',
        'ce-source': 'urn:mis/x',
        'ce-type': 'checkin.submitted',
        'ce-version': '1759741200000',
        'ce-time': '2025-10-06T10:00:00Z',
      },
    })
    expect(status).toBe(202)
    const [record] = await recordOf('binary!')
    expect(record!.headers).toMatchObject({
      ce_version: '1759741200000',
      ce_time: '2025-10-06T10:00:00Z',
      'content-type': 'application/json',
    })
  })

  it('batch and NDJSON: an answer for each item, in order, blank lines not counted', async () => {
    const events = ['a', 'b', 'c'].map((id) => eventOf(incidentReported, id))
    const batch = await send(events)
    expect(batch.body.items.map((item: { id: string }) => item.id)).toEqual(['a', 'b', 'c'])
    const lines = `\ufeff${events.map((event) => `${JSON.stringify({ ...event, id: `${event.id}-line` })}\r\n`).join('\n')}`
    const { status, body } = await send(lines, { type: ndjson })
    expect(status).toBe(202)
    expect(body).toMatchObject({
      accepted: 3,
      items: [
        { index: 0, id: 'a-line' },
        { index: 1, id: 'b-line' },
        { index: 2, id: 'c-line' },
      ],
    })
  })

  it('gzip, in every mode', async () => {
    const event = eventOf(checkinSubmitted, 'zipped')
    for (const [body, type] of [
      [event, 'application/cloudevents+json'],
      [[event], 'application/cloudevents-batch+json'],
      [event, ndjson],
    ] as const) {
      const zipped = gzipSync(JSON.stringify(body))
      expect((await send(zipped, { type, headers: { 'content-encoding': 'gzip' } })).status).toBe(202)
    }
  })

  it('takes every example of every event type, and the log gives it back', async () => {
    const events = [...eventTypes.values()].flatMap((type) =>
      type.examples.valid.map((data, index) =>
        eventOf(type, `${type.type}-${index}`, { data: atHome(data) }),
      ),
    )
    const { status, body } = await send(events)
    expect({
      status,
      refused: body.items.filter((item: { status: string }) => item.status === 'refused'),
    }).toEqual({ status: 202, refused: [] })
    for (const record of await recordsOf(cairn.log)) expect(fromLogRecord(record)).toHaveProperty('ok')
  })

  it('an empty batch is no error', async () => {
    expect(await send([])).toMatchObject({ status: 202, body: { accepted: 0, items: [] } })
    expect(await send('\n\n', { type: ndjson })).toMatchObject({
      status: 202,
      body: { accepted: 0, items: [] },
    })
  })
})

/** Examples name sources that the test's key may not use. */
function atHome(data: Record<string, unknown>): unknown {
  const incident = data.incident ? { incident: { source: 'urn:mis', id: 'incident-77' } } : {}
  return { ...data, ...(data.source ? { source: 'urn:mis' } : {}), ...incident }
}

describe('one bad item never costs its batch', () => {
  it('whatever is wrong with it: no JSON, no UTF-8, too deep, too large, unknown, incomplete', async () => {
    const good = (id: string) => JSON.stringify(eventOf(checkinSubmitted, id))
    const deep = JSON.stringify(
      eventOf(checkinSubmitted, 'deep', { data: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) }),
    )
    const large = JSON.stringify(eventOf(checkinSubmitted, 'large', { data: 'x'.repeat(300_000) }))
    const lines = [
      good('g1'),
      '{"specversion": "1.0',
      Buffer.from([0x7b, 0xff, 0x7d]),
      deep,
      large,
      '7',
      JSON.stringify(eventOf(checkinSubmitted, 'odd', { type: 'no.such' })),
      good('g2'),
    ]
    const { status, body } = await send(
      Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])),
      { type: ndjson },
    )
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 2, duplicates: 0, refused: 6 })
    const rules = body.items.map(
      ({ status, errors }: { status: string; errors?: { rule: string }[] }) => errors?.[0]?.rule ?? status,
    )
    expect(rules).toEqual([
      'accepted',
      'syntax',
      'syntax',
      'maxDepth',
      'maxBytes',
      'cloudEvent',
      'knownType',
      'accepted',
    ])
    expect(await recordOf('g2')).toHaveLength(1)
  })

  it('in a JSON batch too, where an element is no JSON or too deep', async () => {
    const good = JSON.stringify(eventOf(checkinSubmitted, 'in-batch'))
    const { status, body } = await send(
      `[${good}, {"specversion" "1.0"}, ${'['.repeat(5000)}${']'.repeat(5000)}, ${good}]`,
      {
        type: 'application/cloudevents-batch+json',
      },
    )
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 1, duplicates: 1, refused: 2 })
  })

  it('each refusal names field and rule in a sentence', async () => {
    const [type, data] = [exclusionRecorded, { ...exclusionRecorded.examples.valid[0], reasons: ['OT'] }]
    const { status, body } = await send([eventOf(type, 'named', { data }), eventOf(type, 'fine')])
    expect(status).toBe(202)
    expect(body.items[0]).toEqual({
      index: 0,
      id: 'named',
      status: 'refused',
      errors: [
        { field: '/data/reasons/0', rule: 'validOn', message: 'The code was not in use on that day.' },
      ],
    })
  })

  it('all refused is 422, with the items', async () => {
    const { status, headers, body } = await send([{ id: 'x' }, 7])
    expect(status).toBe(422)
    expect(headers['content-type']).toContain('application/problem+json')
    expect(body).toMatchObject({ type: 'urn:cairn:problem:allRefused', status: 422, accepted: 0, refused: 2 })
    expect(body.items).toHaveLength(2)
  })
})

describe('duplicates within a request', () => {
  it('are answered and not written again; other content or another version is written', async () => {
    const event = eventOf(incidentReported, 'twice')
    const other = { ...event, data: { ...(event.data as object), severity: 4 } }
    const { body } = await send([
      event,
      event,
      other,
      { ...event, version: 2 },
      event,
      { ...event, time: '2025-10-06T10:00:00Z' },
    ])
    expect(body.items.map((item: { status: string }) => item.status)).toEqual([
      'accepted',
      'duplicate',
      'accepted',
      'accepted',
      'duplicate',
      'duplicate',
    ])
    expect(body).toMatchObject({ accepted: 3, duplicates: 3 })
    expect(await recordOf('twice')).toHaveLength(3)
  })
})

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
    const metrics = (await cairn.app.inject('/metrics')).body
    expect(metrics).toMatch(/cairn_ingest_events_total\{outcome="accepted",service="ingest"\} \d+/)
    expect(metrics).toMatch(/cairn_ingest_refusals_total\{rule="validOn",service="ingest"\} \d+/)
  })
})

describe('an event that speaks of another', () => {
  it('may be sent for sources of the key alone', async () => {
    const retraction = eventOf(eventRetracted, 'r', {
      data: { ...eventRetracted.examples.valid[0]!, source: 'urn:ash' },
    })
    const resolution = eventOf(incidentResolved, 's', {
      data: { ...incidentResolved.examples.valid[0]!, incident: { source: 'urn:ash', id: '1' } },
    })
    const { status, body } = await send([retraction, resolution])
    expect(status).toBe(422)
    expect(body.items.map((item: { errors: object[] }) => item.errors[0])).toMatchObject([
      { field: '/data/source', rule: 'sourceOfKey' },
      { field: '/data/incident/source', rule: 'sourceOfKey' },
    ])
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
