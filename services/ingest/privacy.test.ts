import { readFileSync } from 'node:fs'
import { checkinSubmitted, exclusionRecorded, incidentReported, incidentResolved } from '@cairn/contracts'
import { expect, it } from 'vitest'
import { eventOf, type Installation, installation, post, recordsOf } from './testing.ts'

const upn = 'Z855400125001'
const shaped = /[A-HJ-NP-RT-Z]\d{11}[A-Z0-9]/i

/** Nothing of these texts may be found in the log's files, in its records, in what was logged or in the answers. */
async function expectNowhere(cairn: Installation, answers: string[], ...texts: string[]): Promise<void> {
  const records = JSON.stringify(await recordsOf(cairn.log))
  const metrics = (await cairn.app.inject('/metrics')).body
  const places = [
    records,
    cairn.logged(),
    metrics,
    ...answers,
    ...['', '-wal'].map((end) => readFileSync(cairn.logFile + end, 'latin1')),
  ]
  for (const place of places)
    for (const text of texts) expect(place.toLowerCase().includes(text.toLowerCase())).toBe(false)
}

it('a UPN in the fields for pupils is written as a pseudonym alone', async () => {
  const cairn = await installation()
  const key = cairn.authorityKey.key
  const incident = {
    ...incidentReported.examples.valid[0]!,
    participants: [
      { role: 'target', pupil: upn },
      { role: 'witness', pupil: `${upn.toLowerCase()} ` },
    ],
  }
  const answers = await Promise.all([
    post(
      cairn.app,
      eventOf(checkinSubmitted, '1', { data: { ...checkinSubmitted.examples.valid[0]!, pupil: upn } }),
      { key },
    ),
    post(cairn.app, eventOf(incidentReported, '2', { data: incident }), { key }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([202, 202])
  await expectNowhere(
    cairn,
    answers.map(({ text }) => text),
    upn,
    upn.slice(1),
  )
  expect(shaped.test(JSON.stringify(await recordsOf(cairn.log)))).toBe(false)
  await cairn.close()
})

it('a UPN anywhere else is refused by field, and stands nowhere: not in the log, not in what is logged, not in an answer', async () => {
  const cairn = await installation()
  const key = cairn.authorityKey.key
  const data = checkinSubmitted.examples.valid[0]!
  const resolved = incidentResolved.examples.valid[0]!
  const events: [object, string][] = [
    [eventOf(checkinSubmitted, `c-${upn}`), '/id'],
    [eventOf(checkinSubmitted, 'c', { source: `urn:mis/${upn}` }), '/source'],
    [eventOf(checkinSubmitted, 'c', { subject: upn }), '/subject'],
    [eventOf(checkinSubmitted, 'c', { traceid: `x ${upn}` }), ''],
    [eventOf(checkinSubmitted, 'c', { [upn.toLowerCase()]: 'x' }), ''],
    [eventOf(checkinSubmitted, 'c', { data: { ...data, [upn]: 'x' } }), '/data'],
    [
      eventOf(checkinSubmitted, 'c', { data: { ...data, answers: { [upn.toLowerCase()]: 3 } } }),
      '/data/answers',
    ],
    [eventOf(checkinSubmitted, 'c', { data: { ...data, school: upn } }), '/data/school'],
    [eventOf(checkinSubmitted, 'c', { type: upn }), '/type'],
    [eventOf(checkinSubmitted, 'c', { version: upn }), '/version'],
    [eventOf(checkinSubmitted, 'c', { dataschema: upn }), '/dataschema'],
    [
      eventOf(incidentResolved, 'c', { data: { ...resolved, incident: { source: 'urn:mis', id: upn } } }),
      '/data/incident/id',
    ],
    [
      eventOf(exclusionRecorded, 'c', { data: { ...exclusionRecorded.examples.valid[0]!, reasons: [upn] } }),
      '/data/reasons/0',
    ],
  ]
  const { status, body, text } = await post(
    cairn.app,
    events.map(([event]) => event),
    { key },
  )
  expect(status).toBe(422)
  expect(body.items.map((item: { errors: { field: string }[] }) => item.errors[0]!.field)).toEqual(
    events.map(([, field]) => field),
  )
  const { text: broken } = await post(cairn.app, `{"id": "${upn}", ${upn}`, { key })
  const notFound = await cairn.app.inject(`/${upn}?pupil=${upn}`)
  await expectNowhere(cairn, [text, broken, notFound.body], upn)
  await cairn.close()
})

it('nothing of a payload or a key is ever logged, not even when something breaks', async () => {
  const canary = 'canary-7c1'
  const secrets: string[] = [canary]
  const cairn = await installation({
    log: {
      append: async (records) => Promise.reject(new Error(JSON.stringify(records))),
      endOffsets: async () => new Map(),
    },
  })
  secrets.push(cairn.authorityKey.key, cairn.authorityKey.key.slice(-43))
  const event = eventOf(checkinSubmitted, canary, {
    source: `urn:mis/${canary}`,
    data: { ...checkinSubmitted.examples.valid[0]!, pupil: canary },
  })
  const key = cairn.authorityKey.key
  expect((await post(cairn.app, event, { key })).status).toBe(503)
  await post(cairn.app, `{"${canary}": ${canary}`, { key, headers: { 'x-request-id': canary } })
  await post(cairn.app, event, { key: `${key.slice(0, -1)}!` })
  expect(cairn.logged()).toContain('logUnavailable')
  for (const secret of secrets) expect(cairn.logged().includes(secret)).toBe(false)
  await cairn.close()
})

it('an unknown field is named only where its name is a plain identifier', async () => {
  const cairn = await installation()
  const data = checkinSubmitted.examples.valid[0]!
  const send = async (name: string) =>
    (
      await post(cairn.app, eventOf(checkinSubmitted, 'f', { data: { ...data, [name]: 1 } }), {
        key: cairn.authorityKey.key,
      })
    ).body.items[0].errors[0].field
  expect(await send('comment')).toBe('/data/comment')
  expect(await send('Ann Other is sad')).toBe('/data')
  await cairn.close()
})
