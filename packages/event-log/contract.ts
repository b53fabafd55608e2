import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  asAppended,
  assignedConsumer,
  authorityIn,
  exitCode,
  expectContiguous,
  killOnce,
  type LogUnderTest,
  partitionsOf,
  plain,
  readAll,
  record,
  recordsOf,
  startAppender,
  take,
} from './contract-steps.ts'
import type { EventLog, LogRecord, StoredRecord } from './event-log.ts'

export type { LogUnderTest } from './contract-steps.ts'

const TIMEOUT_MS = 60_000

/**
 * What every adapter of the event log owes its callers. `factory` makes a new, empty log with 4 or more
 * partitions.
 */
export function eventLogContract(name: string, factory: () => Promise<LogUnderTest>): void {
  describe(`event log: ${name}`, { timeout: TIMEOUT_MS }, () => {
    let subject: LogUnderTest
    let log: EventLog
    const handles: EventLog[] = []
    const processes: ChildProcess[] = []

    const open = async (): Promise<EventLog> => {
      const handle: EventLog = await (await import(subject.module))[subject.opener](subject.options)
      handles.push(handle)
      return handle
    }
    const appendInAnotherProcess = (writer: string, authority: number, total: number): ChildProcess => {
      const child = startAppender(subject, writer, authority, total)
      processes.push(child)
      return child
    }
    beforeEach(async () => {
      subject = await factory()
      log = await open()
    })
    afterEach(async () => {
      for (const child of processes.splice(0)) child.kill('SIGKILL')
      for (const handle of handles.splice(0)) await handle.close()
      await subject.dispose()
    })

    describe('append', () => appendContract({ log: () => log, open }))
    describe('consumer', () => consumerContract({ log: () => log, open }))
    describe('processes', () => processContract({ log: () => log, open, appendInAnotherProcess }))
  })
}

interface Fixture {
  log(): EventLog
  open(): Promise<EventLog>
}

function appendContract({ log, open }: Fixture): void {
  test('what was appended is read back as it was, by consumers and by offset', async () => {
    const records = [
      record(855, 'plain'),
      record(855, 'Zoë 🪨 \u2028\u0000 "quoted" \\ back'),
      { authority: 855, headers: { ce_id: 'line\nbreak', ce_subject: 'Größe' }, value: '{\n"a":\r\n1}\n' },
      { authority: 855, headers: {}, value: '' },
      { authority: 855, headers: { empty: '' }, value: 'null' },
    ]
    await log().append(records)
    const stored = await readAll(log(), records.length)
    expect(stored.map(asAppended)).toEqual(records)
    const partition = log().partitionOf(855)
    for (const one of stored) expect(await log().read(partition, one.offset)).toEqual(one)
    expect(await log().read(partition, stored.at(-1)!.offset + 1)).toBeUndefined()
  })

  test('any headers and values that are well-formed text come back', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,12}$/)
    const call = fc.array(
      fc.record({
        authority: fc.integer({ min: 200, max: 999 }),
        headers: fc.dictionary(name, text),
        value: text,
      }),
      { minLength: 1, maxLength: 20 },
    )
    const consumer = await assignedConsumer(log())
    await fc.assert(
      fc.asyncProperty(call, async (records) => {
        await log().append(records)
        const stored = await take(consumer, records.length)
        const byPartition = (list: LogRecord[]) =>
          partitionsOf(log()).map((p) => list.filter((r) => log().partitionOf(r.authority) === p))
        expect(byPartition(stored.map(asAppended))).toEqual(byPartition(plain(records)))
      }),
      { numRuns: 30 },
    )
  })

  test('an event of a megabyte is kept whole beside small ones', async () => {
    const large = record(855, 'ß'.repeat(500_000))
    await log().append([record(855, 'before'), large, record(855, 'after')])
    expect((await readAll(log(), 3)).map(asAppended)).toEqual([
      record(855, 'before'),
      large,
      record(855, 'after'),
    ])
  })

  test('offsets of a partition begin at 0 and have no gap', async () => {
    await log().append([record(300, 'a'), record(301, 'b'), record(300, 'c')])
    await log().append([record(300, 'd')])
    const stored = await readAll(log(), 4)
    expectContiguous(log(), stored)
    const ends = await log().endOffsets()
    expect([...ends.keys()].sort((a, b) => a - b)).toEqual(partitionsOf(log()))
    for (const [partition, end] of ends)
      expect(end).toBe(stored.filter((r) => log().partitionOf(r.authority) === partition).length)
  })

  test('records of one authority keep their order over many concurrent calls', async () => {
    const perAuthority = new Map<number, number>()
    const calls = Array.from({ length: 60 }, (_, call) =>
      Array.from({ length: 7 }, (_, index) => {
        const authority = 300 + ((call + index) % 5)
        const sequence = perAuthority.get(authority) ?? 0
        perAuthority.set(authority, sequence + 1)
        return record(authority, sequence)
      }),
    )
    await Promise.all(calls.map((records) => log().append(records)))
    const stored = await readAll(log(), 420)
    for (const [authority, count] of perAuthority)
      expect(stored.filter((r) => r.authority === authority).map((r) => JSON.parse(r.value))).toEqual(
        Array.from({ length: count }, (_, sequence) => sequence),
      )
  })

  test('an authority has the same partition in every handle', async () => {
    const other = await open()
    for (let authority = 200; authority < 1000; authority++) {
      const partition = log().partitionOf(authority)
      expect(other.partitionOf(authority)).toBe(partition)
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(log().partitions)
    }
  })

  test('an empty append succeeds and writes nothing', async () => {
    await log().append([])
    expect(new Set((await log().endOffsets()).values())).toEqual(new Set([0]))
  })

  test('a closed log refuses records as unavailable, so that the caller may retry elsewhere', async () => {
    const other = await open()
    await other.close()
    await expect(other.append([record(855, 1)])).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      retryable: true,
    })
  })
}

function consumerContract({ log, open }: Fixture): void {
  test('a partition is announced before any of its records, so that the ledger can seek first', async () => {
    await log().append(partitionsOf(log()).map((p) => record(authorityIn(log(), p), p)))
    const consumer = await log().consumer({ group: randomUUID() })
    const announced = new Set<number>()
    for (let seen = 0; seen < log().partitions; ) {
      const result = await consumer.poll({ maxRecords: 100, maxWaitMs: 1_000 })
      for (const batch of result.batches) {
        expect(announced).toContain(batch.partition)
        seen += batch.records.length
      }
      for (const partition of result.assigned) announced.add(partition)
    }
    expect([...announced].sort((a, b) => a - b)).toEqual(partitionsOf(log()))
  })

  test('rewinding gives the same records at the same offsets', async () => {
    await log().append(Array.from({ length: 50 }, (_, n) => record(855, n)))
    const consumer = await assignedConsumer(log())
    const first = await take(consumer, 50)
    const partition = log().partitionOf(855)
    consumer.seek(partition, 0)
    expect(await take(consumer, 50)).toEqual(first)
    consumer.seek(partition, 17)
    expect(await take(consumer, 33)).toEqual(first.slice(17))
  })

  test('seeking to the end waits for what is appended next', async () => {
    await log().append([record(855, 'old')])
    const consumer = await assignedConsumer(log())
    consumer.seek(log().partitionOf(855), 1)
    expect((await consumer.poll({ maxRecords: 10, maxWaitMs: 50 })).batches).toEqual([])
    await log().append([record(855, 'new')])
    expect((await take(consumer, 1)).map(asAppended)).toEqual([record(855, 'new')])
  })

  test('a position beyond the end is an alarm, never a silent reset', async () => {
    await log().append([record(855, 1)])
    const consumer = await assignedConsumer(log())
    consumer.seek(log().partitionOf(855), 5)
    await expect(
      (async () => {
        for (let polls = 0; polls < 20; polls++) await consumer.poll({ maxRecords: 10, maxWaitMs: 500 })
      })(),
    ).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
  })

  test('committed offsets survive their handle and belong to their group', async () => {
    const group = randomUUID()
    await log().append([record(855, 0), record(855, 1), record(855, 2)])
    const partition = log().partitionOf(855)
    const first = await assignedConsumer(log(), group)
    expect(await first.committed()).toEqual(new Map())
    await take(first, 3)
    await first.commit(new Map([[partition, 2]]))
    await first.close()

    const later = await open()
    const second = await assignedConsumer(later, group)
    expect(await second.committed()).toEqual(new Map([[partition, 2]]))
    expect((await take(second, 1)).map(asAppended)).toEqual([record(855, 2)])
    await second.commit(new Map([[partition, 1]]))
    expect(await second.committed()).toEqual(new Map([[partition, 1]]))

    const stranger = await assignedConsumer(later)
    expect(await stranger.committed()).toEqual(new Map())
    expect(await take(stranger, 3)).toHaveLength(3)
  })

  test('a poll never gives more than its maximum, and polls together give everything once', async () => {
    const records = Array.from({ length: 500 }, (_, n) => record(300 + (n % 9), n))
    for (let n = 0; n < 500; n += 100) await log().append(records.slice(n, n + 100))
    const consumer = await assignedConsumer(log())
    const stored: StoredRecord[] = []
    while (stored.length < 500) {
      const { batches } = await consumer.poll({ maxRecords: 64, maxWaitMs: 1_000 })
      const got = batches.flatMap((batch) => batch.records)
      expect(got.length).toBeLessThanOrEqual(64)
      expect(new Set(batches.map((batch) => batch.partition)).size).toBe(batches.length)
      for (const batch of batches) expect(batch.nextOffset).toBe(batch.records.at(-1)!.offset + 1)
      stored.push(...got)
    }
    expectContiguous(log(), stored)
    expect(stored.map((r) => r.value).sort()).toEqual(records.map((r) => r.value).sort())
  })

  test('a partition with much to read does not starve one with little', async () => {
    const busy = authorityIn(log(), 0)
    const quiet = authorityIn(log(), 1)
    await log().append(Array.from({ length: 2_000 }, (_, n) => record(busy, n)))
    await log().append([record(quiet, 'waiting')])
    const consumer = await assignedConsumer(log())
    const early: StoredRecord[] = []
    while (early.length < 1_000)
      early.push(...recordsOf(await consumer.poll({ maxRecords: 100, maxWaitMs: 1_000 })))
    expect(early.filter((r) => r.authority === quiet)).toHaveLength(1)
  })

  test('an abort ends the wait and loses nothing', async () => {
    const consumer = await assignedConsumer(log())
    const abort = new AbortController()
    const waiting = consumer.poll({ maxRecords: 10, maxWaitMs: TIMEOUT_MS * 10, signal: abort.signal })
    abort.abort()
    expect(recordsOf(await waiting)).toEqual([])
    await log().append([record(855, 'later')])
    expect(await take(consumer, 1)).toHaveLength(1)
  })

  test('closing a consumer ends its wait', async () => {
    const consumer = await assignedConsumer(log())
    const waiting = consumer.poll({ maxRecords: 10, maxWaitMs: TIMEOUT_MS * 10 })
    await consumer.close()
    expect(recordsOf(await waiting)).toEqual([])
    await expect(consumer.poll({ maxRecords: 10, maxWaitMs: 0 })).rejects.toMatchObject({ retryable: true })
  })

  test('a waiting poll returns when records come, not when its time is over', async () => {
    const consumer = await assignedConsumer(log())
    const waiting = consumer.poll({ maxRecords: 10, maxWaitMs: TIMEOUT_MS * 10 })
    await (await open()).append([record(855, 'now')])
    expect(recordsOf(await waiting).map(asAppended)).toEqual([record(855, 'now')])
  })
}

function processContract(
  fixture: Fixture & {
    appendInAnotherProcess(writer: string, authority: number, total: number): ChildProcess
  },
): void {
  const { log, open, appendInAnotherProcess } = fixture

  test('every record acknowledged before a kill -9 is there, in order, none half-written', async () => {
    for (const [round, killAfter] of [25, 300, 900].entries()) {
      const authority = 400 + round
      const child = appendInAnotherProcess('killed', authority, 1_000_000)
      const acknowledged = await killOnce(child, killAfter)
      expect(acknowledged).toBeGreaterThanOrEqual(killAfter)

      const after = await open()
      const partition = after.partitionOf(authority)
      const end = (await after.endOffsets()).get(partition)!
      const consumer = await assignedConsumer(after)
      for (const other of partitionsOf(after))
        if (other !== partition) consumer.seek(other, (await after.endOffsets()).get(other)!)
      const stored = await take(consumer, end)
      expectContiguous(after, stored)
      const mine = stored.filter((r) => r.authority === authority)
      expect(mine.length).toBeGreaterThanOrEqual(acknowledged)
      for (const [sequence, one] of mine.entries()) {
        expect(one.headers.ce_id).toBe(String(sequence))
        expect(JSON.parse(one.value).sequence).toBe(sequence)
      }
      await after.append([record(authority, 'the log goes on')])
      expect((await after.endOffsets()).get(partition)).toBe(end + 1)
    }
  })

  test('two processes appending to one partition never collide, and a third reads along', async () => {
    const total = 1_500
    const writers = ['one', 'two']
    const children = writers.map((writer) => appendInAnotherProcess(writer, 855, total))
    const consumer = await assignedConsumer(log())
    const stored = await take(consumer, total * writers.length)
    for (const child of children) expect(await exitCode(child)).toBe(0)
    expectContiguous(log(), stored)
    for (const writer of writers)
      expect(stored.filter((r) => r.headers.ce_source === writer).map((r) => r.headers.ce_id)).toEqual(
        Array.from({ length: total }, (_, sequence) => String(sequence)),
      )
  })
}
