import { insertReceipts, noWeek } from '@cairn/warehouse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation } from '../installation.ts'

const authority = 855
let gateway: Installation
beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Cairnshire' }],
    schools: [{ urn: 855_101, authority, name: 'School', phase: 'PS' }],
  })
})
afterAll(() => gateway?.close())

test('tiers say how far they have come apart from figures, which they follow at a pace of their own', async () => {
  const analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  const lead = await gateway.keyOf('lead', 'school_lead', [authority], [855_101])
  const ask = async (key: string) => {
    const { data } = await gateway.ask(key, '{ freshness { waiting tiersUpTo tiersWaiting inFiguresUpTo } }')
    return data.freshness[0]
  }
  expect(await ask(analyst)).toEqual({ waiting: 0, tiersUpTo: null, tiersWaiting: 0, inFiguresUpTo: null })

  const record = { authority, headers: {}, value: '{}' }
  await gateway.log.append([record, record, record])
  const partition = gateway.log.partitionOf(authority)
  const receipt = (off: number) =>
    JSON.stringify([
      ...[authority, `00000000-0000-4000-8855-00000000000${off}`, 1, 'upsert', 7, 'checkin', 855_101],
      ...[noWeek, null, [], off],
    ])
  await insertReceipts(gateway.warehouse, [0, 1, 2].map(receipt).join('\n'))
  const { ledger } = gateway.controlPlane
  const { epoch } = (await ledger.claim([partition], 'test')).get(partition)!
  const drainedAt = Date.parse('2026-01-05T08:00:00Z')
  await ledger.advance(new Map([[partition, { epoch, offset: 3, drained: 3, tiered: 2, drainedAt }]]))

  const tiersUpTo = new Date((await gateway.log.read(partition, 1))!.appendedAt).toISOString()
  const inFiguresUpTo = '2026-01-05T08:00:00.000Z'
  expect(await ask(analyst)).toEqual({ waiting: 0, tiersUpTo, tiersWaiting: 1, inFiguresUpTo })
  expect(await ask(lead)).toEqual({ waiting: null, tiersUpTo, tiersWaiting: null, inFiguresUpTo })

  await ledger.advance(new Map([[partition, { epoch, tiered: 3 }]]))
  expect((await ask(analyst)).tiersWaiting).toBe(0)
})
