import { setTimeout as delay } from 'node:timers/promises'
import { checkinSubmitted, exclusionRecorded, incidentReported, pupilErased } from '@cairn/contracts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventOf, type Installation, installation, post, recordsOf } from './testing.ts'

let cairn: Installation
beforeAll(async () => {
  cairn = await installation()
})
afterAll(() => cairn.close())

const at = (school: string, source: string, id = 'e') =>
  eventOf(exclusionRecorded, id, { source, data: { ...exclusionRecorded.examples.valid[0]!, school } })
const refusalOf = async (event: object, key: string) => {
  const { status, body } = await post(cairn.app, event, { key })
  return status === 202
    ? 'accepted'
    : body.items[0].errors.map(({ field, rule }: Record<string, string>) => `${field} ${rule}`).join()
}

it('a key of a school sends for that school alone', async () => {
  const { key } = cairn.schoolKey
  expect(await refusalOf(at('812345', 'urn:ash'), key)).toBe('accepted')
  expect(await refusalOf(at('812346', 'urn:ash'), key)).toBe('/data/school schoolOfKey')
})

it('a key uses its own sources alone, so that no school can overwrite the event of another', async () => {
  const { key } = cairn.schoolKey
  expect(await refusalOf(at('812345', 'urn:ash/mis'), key)).toBe('accepted')
  expect(await refusalOf(at('812345', 'urn:ashes'), key)).toBe('/source sourceOfKey')
  expect(await refusalOf(at('812345', 'urn:mis'), key)).toBe('/source sourceOfKey')
})

it('a key of a school cannot erase a pupil, because that would reach the events of other schools', async () => {
  const erasure = (source: string) => eventOf(pupilErased, 'gone', { source })
  expect(await refusalOf(erasure('urn:ash'), cairn.schoolKey.key)).toBe('/type authorityKey')
  expect(await refusalOf(erasure('urn:mis'), cairn.authorityKey.key)).toBe('accepted')
})

it('a key of an authority sends for its schools, and for no school of another or of nobody', async () => {
  const { key } = cairn.authorityKey
  expect(await refusalOf(at('812346', 'urn:mis'), key)).toBe('accepted')
  expect(await refusalOf(at('812999', 'urn:mis'), key)).toBe('/data/school schoolOfAuthority')
  expect(await refusalOf(at('800000', 'urn:mis'), key)).toBe('/data/school schoolOfAuthority')
})

it('a school that has just been added is known to the next request', async () => {
  const { key } = cairn.authorityKey
  expect(await refusalOf(at('812400', 'urn:mis'), key)).toBe('/data/school schoolOfAuthority')
  await cairn.controlPlane.schools.import([
    { urn: 812400, authority: 855, name: 'Elm', phase: 'PS', synthetic: true },
  ])
  await delay(300)
  expect(await refusalOf(at('812400', 'urn:mis'), key)).toBe('accepted')
})

it('one pupil has one pseudonym in an authority, however written, and another one in the next', async () => {
  const other = await cairn.controlPlane.keys.create({
    kind: 'ingest',
    authority: 856,
    school: null,
    sources: ['urn:city'],
    label: 'test',
  })
  const about = (pupil: string, school: string, source: string, id: string) =>
    eventOf(checkinSubmitted, id, { source, data: { ...checkinSubmitted.examples.valid[0]!, school, pupil } })
  await post(
    cairn.app,
    [about('z855400125001', '812345', 'urn:mis', 'p1'), about(' Z855400125001 ', '812346', 'urn:mis', 'p2')],
    { key: cairn.authorityKey.key },
  )
  await post(cairn.app, about('Z855400125001', '812999', 'urn:city', 'p3'), { key: other.key })
  const pupils = new Map(
    (await recordsOf(cairn.log)).map(({ headers, value }) => [headers.ce_id, JSON.parse(value).pupil]),
  )
  expect(pupils.get('p1')).toMatch(/^k1:[0-9a-f]{32}$/)
  expect(pupils.get('p2')).toBe(pupils.get('p1'))
  expect(pupils.get('p3')).not.toBe(pupils.get('p1'))
})

it('a revoked key is refused within five seconds', async () => {
  const created = await cairn.controlPlane.keys.create({
    kind: 'ingest',
    authority: 855,
    school: null,
    sources: ['urn:short'],
    label: 'test',
  })
  const event = eventOf(incidentReported, 'short', { source: 'urn:short' })
  expect((await post(cairn.app, event, { key: created.key })).status).toBe(202)
  await cairn.controlPlane.keys.revoke(created.id)
  const deadline = Date.now() + 5_000
  let status = 202
  while (status === 202 && Date.now() < deadline) {
    await delay(100)
    status = (await post(cairn.app, event, { key: created.key })).status
  }
  expect(status).toBe(401)
})
