/** What the contract suite's tests are made of: records, reading, processes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'vitest'
import type { EventLog, LogConsumer, LogRecord, PollResult, StoredRecord } from './event-log.ts'

/** A log that this process and others can open: the suite calls `module`'s export `opener` with `options`. */
export interface LogUnderTest {
  /** URL of the adapter's module. */
  module: string
  opener: string
  /** Passed as JSON to the processes that the suite starts. */
  options: unknown
  dispose(): Promise<void>
}

export function record(authority: number, content: unknown): LogRecord {
  return {
    authority,
    headers: { ce_specversion: '1.0', ce_id: 'id', 'content-type': 'application/json' },
    value: JSON.stringify(content),
  }
}

export function asAppended({ authority, headers, value }: StoredRecord): LogRecord {
  return { authority, headers, value }
}

/** fast-check makes objects without a prototype, which toEqual tells from plain ones. */
export function plain(records: LogRecord[]): LogRecord[] {
  return records.map((r) => ({ ...r, headers: { ...r.headers } }))
}

export function partitionsOf(log: EventLog): number[] {
  return [...Array(log.partitions).keys()]
}

export function authorityIn(log: EventLog, partition: number): number {
  for (let authority = 200; ; authority++) if (log.partitionOf(authority) === partition) return authority
}

export function recordsOf(result: PollResult): StoredRecord[] {
  return result.batches.flatMap((batch) => batch.records)
}

/** A consumer that has been told of all partitions and has read nothing. */
export async function assignedConsumer(log: EventLog, group: string = randomUUID()): Promise<LogConsumer> {
  const consumer = await log.consumer({ group })
  const assigned = new Set<number>()
  while (assigned.size < log.partitions) {
    const result = await consumer.poll({ maxRecords: 1, maxWaitMs: 1_000 })
    for (const partition of result.assigned) assigned.add(partition)
  }
  return consumer
}

/** The next `count` records; the test's time limit ends a wait for records that never come. */
export async function take(consumer: LogConsumer, count: number): Promise<StoredRecord[]> {
  const stored: StoredRecord[] = []
  while (stored.length < count)
    stored.push(...recordsOf(await consumer.poll({ maxRecords: 5_000, maxWaitMs: 1_000 })))
  expect(stored).toHaveLength(count)
  return stored
}

export async function readAll(log: EventLog, count: number): Promise<StoredRecord[]> {
  const consumer = await assignedConsumer(log)
  const stored = await take(consumer, count)
  expect(recordsOf(await consumer.poll({ maxRecords: 5_000, maxWaitMs: 0 }))).toEqual([])
  await consumer.close()
  return stored
}

export function expectContiguous(log: EventLog, stored: StoredRecord[]): void {
  for (const partition of partitionsOf(log)) {
    const offsets = stored.filter((r) => log.partitionOf(r.authority) === partition).map((r) => r.offset)
    expect(offsets).toEqual(offsets.map((_, index) => index))
  }
}

export function startAppender(
  log: LogUnderTest,
  writer: string,
  authority: number,
  total: number,
): ChildProcess {
  const { module, opener, options } = log
  return spawn(
    process.execPath,
    ['contract-appender.ts', JSON.stringify({ module, opener, options }), writer, `${authority}`, `${total}`],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  )
}

/** Kills the appender once it has acknowledged `after` records; returns how many it had by its end. */
export async function killOnce(child: ChildProcess, after: number): Promise<number> {
  let printed = ''
  let acknowledged = 0
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    const complete = printed.slice(0, printed.lastIndexOf('\n')).split('\n')
    acknowledged = Number(complete.at(-1))
    if (acknowledged >= after) child.kill('SIGKILL')
  })
  const [code, signal] = await once(child, 'close')
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' })
  return acknowledged
}

export async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit')
  return child.exitCode
}
