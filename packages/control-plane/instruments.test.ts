import { instruments as shipped, swemwbs } from '@cairn/mtss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atOnce } from './at-once.ts'
import { DefinitionRefused } from './index.ts'
import { type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let own: TemporaryControlPlane
beforeAll(async () => {
  own = await temporaryControlPlane(() => new Date('2026-11-25T09:00:00Z'))
})
afterAll(() => own?.remove())

const checkIn = { ...swemwbs, id: 'morning-check-in', licence: { holder: 'A school', terms: 'Its own.' } }

test('those that come with Cairn are there before anything is imported', async () => {
  const list = await own.plane.instruments.list()
  expect(list).toHaveLength(shipped.length)
  expect(list.every((one) => one.shipped && one.importedAt === null)).toBe(true)
  expect(await own.plane.instruments.revision()).toBe(0)
})

test('an import is kept whole and audited, and the same once more changes nothing', async () => {
  const { instruments, audit } = own.plane
  expect(await instruments.import(checkIn)).toEqual({ name: 'morning-check-in@1', added: true })
  expect(await instruments.get('morning-check-in@1')).toEqual({
    definition: checkIn,
    shipped: false,
    importedAt: '2026-11-25T09:00:00.000Z',
  })
  const sorted = Object.fromEntries(Object.entries(checkIn).sort().reverse())
  expect(await instruments.import(sorted)).toEqual({ name: 'morning-check-in@1', added: false })
  expect(await instruments.revision()).toBe(1)
  const [entry] = await audit.list(1)
  expect(entry).toMatchObject({ action: 'instrument.import', subject: 'instrument morning-check-in@1' })
  expect(await instruments.import(swemwbs)).toEqual({ name: 'swemwbs@1', added: false })
})

test('a definition never changes: other content under the same name is refused, shipped or imported', async () => {
  for (const one of [checkIn, swemwbs])
    await expect(own.plane.instruments.import({ ...one, bands: [] })).rejects.toThrow(
      '/version: a definition never changes',
    )
})

test('a definition that breaks rules is refused with each field and rule, and nothing of it is kept', async () => {
  const broken = { ...checkIn, version: 9, comment: 'F33.9', items: [] }
  const refused = await own.plane.instruments.import(broken).catch((error) => error)
  expect(refused).toBeInstanceOf(DefinitionRefused)
  expect(refused.flaws).toEqual(
    expect.arrayContaining([
      { field: '/comment', rule: 'additionalProperties' },
      { field: '/items', rule: 'minItems' },
    ]),
  )
  expect(String(refused)).not.toContain('F33')
  expect(await own.plane.instruments.get('morning-check-in@9')).toBeUndefined()
})

test('corrections form a chain with one end', async () => {
  const { instruments } = own.plane
  const second = { ...checkIn, version: 2, corrects: 'morning-check-in@1', bands: [] }
  await expect(instruments.import({ ...second, version: 3, corrects: 'morning-check-in@2' })).rejects.toThrow(
    '/corrects: a definition that Cairn has',
  )
  expect(await instruments.import(second)).toMatchObject({ added: true })
  await expect(instruments.import({ ...second, version: 3 })).rejects.toThrow(
    '/corrects: morning-check-in@2 corrects it already',
  )
  const narrower = { ...second, version: 3, corrects: 'morning-check-in@2', informants: ['staff'] }
  await expect(instruments.import(narrower)).rejects.toThrow('/informants: takesWhatItCorrects')
})

test('of several who import different content under one name at once, one wins and the others are told', async () => {
  const args = {
    url: own.url,
    key: own.masterKey.toString('base64'),
    definition: { ...checkIn, version: 50 },
  }
  const outcomes = await atOnce<string>(
    3,
    `const plane = await openControlPlane({ url: args.url, masterKey: Buffer.from(args.key, 'base64') })
     const mine = { ...args.definition, recallDays: process.pid % 3000 }
     const outcome = await plane.instruments.import(mine).then((one) => String(one.added), (e) => e.field)
     await plane.close()
     return outcome`,
    args,
  )
  expect(outcomes.sort()).toEqual(['/version', '/version', 'true'])
})
