import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventLogContract } from './contract.ts'
import type { LogRecord } from './event-log.ts'
import { openEmbeddedLog } from './index.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'cairn-log-'))

eventLogContract('embedded', async () => {
  const folder = await newFolder()
  return {
    module: new URL('./embedded.ts', import.meta.url).href,
    opener: 'openEmbeddedLog',
    options: { file: join(folder, 'log.sqlite') },
    dispose: () => rm(folder, { recursive: true }),
  }
})

describe('the embedded log alone', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await newFolder()
    file = join(folder, 'deep', 'log.sqlite')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const records = (count: number): LogRecord[] =>
    Array.from({ length: count }, (_, n) => ({ authority: 855, headers: { ce_id: `${n}` }, value: `${n}` }))
  const total = (ends: Map<number, number>) => [...ends.values()].reduce((sum, end) => sum + end, 0)

  test('another number of partitions than at creation is refused, with both numbers', async () => {
    await (await openEmbeddedLog({ file, partitions: 4 })).close()
    await expect(openEmbeddedLog({ file, partitions: 5 })).rejects.toThrow(/created with 4 .* opened with 5/)
    await expect(openEmbeddedLog({ file })).rejects.toMatchObject({ code: 'LOG_MISMATCH' })
    const again = await openEmbeddedLog({ file, partitions: 4 })
    expect(again.partitions).toBe(4)
    await again.close()
  })

  test('several handles may make the same file at the same time', async () => {
    const logs = await Promise.all(Array.from({ length: 5 }, () => openEmbeddedLog({ file })))
    await Promise.all(logs.map((log) => log.append(records(10))))
    expect(total(await logs[0]!.endOffsets())).toBe(50)
    for (const log of logs) await log.close()
  })

  test('nothing that was appended can be changed or removed, not even with SQL', async () => {
    const log = await openEmbeddedLog({ file })
    await log.append(records(3))
    const database = new DatabaseSync(file)
    for (const statement of [
      'DELETE FROM batch',
      'UPDATE batch SET count = 2',
      'UPDATE setting SET value = 3',
      'DELETE FROM setting',
    ])
      expect(() => database.exec(statement)).toThrow(/append-only|fixed at its creation/)
    database.close()
    expect(total(await log.endOffsets())).toBe(3)
    await log.close()
  })

  test('a call of which one record has no partition writes none, and costs its neighbours nothing', async () => {
    const log = await openEmbeddedLog({ file })
    const bad = [...records(2), { authority: -1, headers: {}, value: '1' }]
    const outcomes = await Promise.allSettled([
      log.append(records(5)),
      log.append(bad),
      log.append(records(7)),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(total(await log.endOffsets())).toBe(12)
    await log.close()
  })

  test('a commit that fails halfway writes nothing of any call that shared it', async () => {
    const log = await openEmbeddedLog({ file })
    const database = new DatabaseSync(file)
    const [first, second] = [855, 856]
    database.exec(
      `CREATE TRIGGER fails BEFORE INSERT ON batch WHEN NEW.partition = ${log.partitionOf(second)}
       BEGIN SELECT RAISE(ABORT, 'this partition fails'); END`,
    )
    const call = (authority: number) => log.append(records(5).map((record) => ({ ...record, authority })))
    const outcomes = await Promise.allSettled([call(first), call(second), call(first)])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(total(await log.endOffsets())).toBe(0)
    database.exec('DROP TRIGGER fails')
    database.close()
    await Promise.all([call(first), call(second)])
    expect(total(await log.endOffsets())).toBe(10)
    await log.close()
  })

  test('a lock that another process keeps makes the log unavailable, and once it is gone appends go on', async () => {
    const log = await openEmbeddedLog({ file })
    const database = new DatabaseSync(file)
    database.exec('BEGIN IMMEDIATE')
    await expect(log.append(records(3))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retryable: true })
    database.exec('ROLLBACK')
    database.close()
    await log.append(records(3))
    expect(total(await log.endOffsets())).toBe(3)
    await log.close()
  })

  test('closing waits for appends under way', async () => {
    const log = await openEmbeddedLog({ file })
    const appended = log.append(records(100))
    await log.close()
    await appended
    const again = await openEmbeddedLog({ file })
    expect(total(await again.endOffsets())).toBe(100)
    await again.close()
  })

  test('a consumer sees a gap as offsets that jump', async () => {
    const log = await openEmbeddedLog({ file })
    for (let n = 0; n < 3; n++) await log.append(records(10))
    const database = new DatabaseSync(file)
    database.exec('DROP TRIGGER batch_stays; DELETE FROM batch WHERE base_offset = 10')
    database.close()
    const consumer = await log.consumer({ group: 'g' })
    await consumer.poll({ maxRecords: 1, maxWaitMs: 0 })
    const { batches } = await consumer.poll({ maxRecords: 100, maxWaitMs: 0 })
    const offsets = batches.flatMap((batch) => batch.records.map((record) => record.offset))
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
    expect(batches[0]!.nextOffset).toBe(30)
    await log.close()
  })

  test('a stored batch that was damaged is reported, never skipped', async () => {
    const log = await openEmbeddedLog({ file })
    await log.append(records(10))
    const database = new DatabaseSync(file)
    database.exec(
      "DROP TRIGGER batch_keeps; UPDATE batch SET body = substr(body, 1, length(body) - 2) || x'0000'",
    )
    database.close()
    await expect(log.read(log.partitionOf(855), 0)).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
    const consumer = await log.consumer({ group: 'g' })
    await consumer.poll({ maxRecords: 1, maxWaitMs: 0 })
    await expect(consumer.poll({ maxRecords: 1, maxWaitMs: 0 })).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
    })
    await log.close()
  })

  test('a poll of large events stops gathering before they fill the heap', async () => {
    const log = await openEmbeddedLog({ file })
    const megabyte = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 40; n++) await log.append([{ authority: 200 + n, headers: {}, value: megabyte }])
    const consumer = await log.consumer({ group: 'g' })
    await consumer.poll({ maxRecords: 1, maxWaitMs: 0 })
    const counts: number[] = []
    for (let polls = 0; polls < 2; polls++) {
      const { batches } = await consumer.poll({ maxRecords: 1_000, maxWaitMs: 0 })
      counts.push(batches.flatMap((batch) => batch.records).length)
    }
    expect(counts).toEqual([32, 8])
    await log.close()
  })

  test('a file of another format is refused', async () => {
    await (await openEmbeddedLog({ file })).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(openEmbeddedLog({ file })).rejects.toThrow(/format 99/)
  })
})
