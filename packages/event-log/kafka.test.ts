import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBroker } from '../../infra/kafka/broker.ts'
import { eventLogContract } from './contract.ts'
import {
  assignedConsumer,
  authorityIn,
  partitionsOf,
  readAll,
  record,
  recordsOf,
  take,
} from './contract-steps.ts'
import { type EventLog, type LogConsumer, type LogSettings, migrateEventLog, openEventLog } from './index.ts'
import { testBroker } from './kafka-testing.ts'

const broker = await testBroker(process.env)
afterAll(() => broker?.stop())

type Settings = Extract<LogSettings, { kind: 'kafka' }>

async function newTopic(partitions = 4, more: Partial<Settings> = {}): Promise<Settings> {
  const settings: Settings = {
    kind: 'kafka',
    brokers: broker!.brokers,
    topic: `cairn.test.${randomUUID()}`,
    sessionTimeoutMs: 6_000,
    ...more,
  }
  await migrateEventLog(settings, { partitions })
  return settings
}

describe.skipIf(!broker)('on a real broker', () => {
  eventLogContract('kafka', async () => ({
    module: new URL('index.ts', import.meta.url).href,
    opener: 'openEventLog',
    options: await newTopic(),
    dispose: async () => undefined,
  }))

  describe('the Kafka log', { timeout: 120_000 }, () => {
    const open: (EventLog | LogConsumer)[] = []
    const opened = async (settings: Settings) => {
      const log = await openEventLog(settings)
      open.push(log)
      return log
    }
    beforeEach(() => {
      open.length = 0
    })
    afterEach(async () => {
      for (const one of open) await one.close()
    })

    test('a topic that was not made is named, and not made by opening it', async () => {
      const settings: Settings = { kind: 'kafka', brokers: broker!.brokers, topic: `absent.${randomUUID()}` }
      for (const _ of [1, 2])
        await expect(openEventLog(settings)).rejects.toMatchObject({
          code: 'LOG_MISMATCH',
          message: expect.stringContaining('cairn migrate'),
        })
    })

    test('making the topic twice changes nothing, and what was declared is there', async () => {
      const settings = await newTopic(5)
      expect(await migrateEventLog(settings, { partitions: 9 })).toEqual([])
      expect((await opened(settings)).partitions).toBe(5)
    })

    test('the time of a record is the time of its append, and its key the authority', async () => {
      const log = await opened(await newTopic())
      const before = Date.now()
      await log.append([record(855, 1)])
      const [stored] = await readAll(log, 1)
      expect(stored!.authority).toBe(855)
      expect(stored!.appendedAt).toBeGreaterThanOrEqual(before - 1_000)
      expect(stored!.appendedAt).toBeLessThanOrEqual(Date.now() + 1_000)
    })

    test('two consumers of a group share the partitions, and what one leaves comes to the other', async () => {
      const log = await opened(await newTopic())
      const group = randomUUID()
      const consumers = [await log.consumer({ group }), await log.consumer({ group })]
      const held: Set<number>[] = [new Set(), new Set()]
      const pollAll = async (among: number[]) => {
        for (const i of among) {
          const { assigned, revoked } = await consumers[i]!.poll({ maxRecords: 10, maxWaitMs: 200 })
          for (const partition of revoked) held[i]!.delete(partition)
          for (const partition of assigned) held[i]!.add(partition)
        }
      }
      while (held.some(({ size }) => size !== 2)) await pollAll([0, 1])
      expect(new Set([...held[0]!, ...held[1]!])).toEqual(new Set(partitionsOf(log)))
      expect(await log.group(group)).toEqual({ state: 'Stable', members: 2 })
      await consumers[0]!.close()
      while (held[1]!.size < partitionsOf(log).length) await pollAll([1])
      await log.append(partitionsOf(log).map((p) => record(authorityIn(log, p), p)))
      expect(await take(consumers[1]!, 4)).toHaveLength(4)
    })

    test('a caller that is away for longer than a session keeps its partitions, and its memory bounded', async () => {
      const log = await opened(await newTopic(4, { sessionTimeoutMs: 4_000 }))
      const group = randomUUID()
      const consumer = await assignedConsumer(log, group)
      const megabyte = 'x'.repeat(1_000_000)
      const total = 90
      for (let i = 0; i < total; i++) await log.append([record(300 + (i % 4), `${i}${megabyte}`)])
      await delay(8_000)
      // What the appends left behind in this same process is not the consumer's: it is let go first.
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc') as () => void
      collect()
      await new Promise(setImmediate)
      collect()
      expect(process.memoryUsage().arrayBuffers).toBeLessThan(70 * 1024 * 1024)
      const seen = new Set<string>()
      const changes: number[] = []
      while (seen.size < total) {
        const result = await consumer.poll({ maxRecords: 10, maxWaitMs: 1_000 })
        changes.push(...result.assigned, ...result.revoked)
        for (const { authority, offset } of recordsOf(result)) seen.add(`${authority} ${offset}`)
      }
      expect(changes).toEqual([])
    })

    test('records that expired before they were read are an alarm, never skipped in silence', async () => {
      const settings = await newTopic()
      const log = await opened(settings)
      await log.append([record(855, 1), record(855, 2), record(855, 3)])
      const { kafkaClient } = await import('./kafka-client.ts')
      const admin = kafkaClient(settings).admin()
      await admin.connect()
      const partition = log.partitionOf(855)
      await admin.fetchTopicOffsets(settings.topic)
      await admin.deleteTopicRecords({ topic: settings.topic, partitions: [{ partition, offset: '2' }] })
      await admin.disconnect()
      const consumer = await assignedConsumer(log)
      consumer.seek(partition, 0)
      await expect(
        (async () => {
          for (let polls = 0; polls < 20; polls++) await consumer.poll({ maxRecords: 10, maxWaitMs: 500 })
        })(),
      ).rejects.toMatchObject({ code: 'RECORDS_EXPIRED', start: 2 })
    })
  })

  describe.skipIf(!broker?.own)('a broker that asks who comes', { timeout: 120_000 }, () => {
    const login = { username: 'cairn', password: 'canary-of-the-login' }

    test('events go over TLS and a login, by both mechanisms; a wrong login is said without naming it', async () => {
      const guarded = await startBroker({ login })
      const settings = (mechanism: 'plain' | 'scram-sha-512', password = login.password): Settings => ({
        kind: 'kafka',
        brokers: [guarded.brokers],
        topic: `cairn.test.${mechanism}`,
        ssl: { ca: guarded.ca! },
        sasl: { mechanism, username: login.username, password },
      })
      try {
        for (const mechanism of ['plain', 'scram-sha-512'] as const) {
          await migrateEventLog(settings(mechanism), { partitions: 2 })
          const log = await openEventLog(settings(mechanism))
          await log.append([record(855, mechanism)])
          expect((await readAll(log, 1)).map(({ value }) => value)).toEqual([JSON.stringify(mechanism)])
          await log.close()
          const refused = await openEventLog(settings(mechanism, 'canary-of-a-guess')).catch((e) => e)
          expect(refused).toMatchObject({ code: 'LOG_MISMATCH' })
          expect(`${refused}${refused.stack}`).not.toContain('canary')
        }
        const { ssl: _, ...inTheClear } = settings('plain')
        await expect(openEventLog(inTheClear)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
        const stranger = await openEventLog({ ...settings('plain'), ssl: {} }).catch((e) => e)
        expect(stranger).toMatchObject({ code: 'LOG_UNAVAILABLE' })
      } finally {
        await guarded.stop()
      }
    })
  })

  describe.skipIf(!broker?.own)('a broker that goes away', { timeout: 120_000 }, () => {
    test('a broker that cannot be reached is told in time, never a false success; what it confirmed is there when it is back', async () => {
      const settings = await newTopic(4, { appendTimeoutMs: 4_000 })
      const log = await openEventLog(settings)
      const consumer = await assignedConsumer(log)
      const confirmed: number[] = []
      const refusedAfter: number[] = []
      let stop = false
      const appending = (async () => {
        for (let i = 0; !stop; i++) {
          const started = performance.now()
          try {
            await log.append([record(855, i)])
            confirmed.push(i)
          } catch (error) {
            expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', retryable: true })
            refusedAfter.push(performance.now() - started)
          }
        }
      })()
      await delay(500)
      broker!.own!.freeze()
      await delay(6_000)
      broker!.own!.thaw()
      await delay(1_000)
      await broker!.own!.kill()
      await delay(6_000)
      await broker!.own!.restart()
      const before = confirmed.length
      while (confirmed.length < before + 50) await delay(100)
      stop = true
      await appending
      expect(refusedAfter.length).toBeGreaterThan(1)
      expect(Math.max(...refusedAfter)).toBeLessThan(10_000)
      const seen = new Set<number>()
      while (confirmed.some((one) => !seen.has(one)))
        for (const one of recordsOf(
          await consumer.poll({ maxRecords: 1_000, maxWaitMs: 500 }).catch(() => none),
        ))
          seen.add(JSON.parse(one.value))
      await log.close()
    })
  })
})

const none = { assigned: [], revoked: [], batches: [] }
