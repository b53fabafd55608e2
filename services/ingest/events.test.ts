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
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventOf, type Installation, installation, post, recordsOf } from './testing.ts'

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
  const followed = Object.fromEntries(
    ['incident', 'plan', 'intervention']
      .filter((name) => data[name])
      .map((name) => [name, { source: 'urn:mis', id: `${name}-77` }]),
  )
  return { ...data, ...(data.source ? { source: 'urn:mis' } : {}), ...followed }
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

describe('the answer 202', () => {
  it('comes only once the log has the events', async () => {
    let release = () => {}
    const durable = new Promise<void>((resolve) => {
      release = resolve
    })
    let appending = () => {}
    const begun = new Promise<void>((resolve) => {
      appending = resolve
    })
    const log = {
      append: async () => {
        appending()
        await durable
      },
      endOffsets: async () => new Map(),
    }
    const waiting = await installation({ log })
    let answered = false
    const answer = post(waiting.app, eventOf(checkinSubmitted, 'w'), { key: waiting.authorityKey.key }).then(
      (result) => {
        answered = true
        return result
      },
    )
    await begun
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    expect(answered).toBe(false)
    release()
    expect((await answer).status).toBe(202)
    await waiting.close()
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
