import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { EmbeddedConsumer } from './embedded-consumer.ts'
import { inTransaction, openFile, sqlite } from './embedded-file.ts'
import { BatchReader } from './embedded-reader.ts'
import { LogUnavailable } from './errors.ts'
import type { EventLog, LogConsumer, LogRecord, StoredRecord } from './event-log.ts'
import { partitionOf } from './partition.ts'
import { encodeBatch } from './record-batch.ts'

export const DEFAULT_PARTITIONS = 12

/** A commit takes further calls in until it holds this much, so that no commit blocks its process for long. */
const COMMIT_RECORDS = 20_000
const COMMIT_CHARACTERS = 16 * 1024 * 1024
/** A row holds no more than this: reading one record decodes the whole row. */
const ROW_RECORDS = 1_000
const ROW_CHARACTERS = 4 * 1024 * 1024

export interface EmbeddedLogOptions {
  /** The SQLite file; made, with its folder, where there is none. */
  file: string
  /** Fixed when the file is made. Default 12. */
  partitions?: number
}

/**
 * The log as one SQLite file (WAL, fsync at each commit) that several processes of one machine share.
 * @throws LogMismatch where the file has another number of partitions or another format
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EventLog> {
  const partitions = options.partitions ?? DEFAULT_PARTITIONS
  if (!Number.isSafeInteger(partitions) || partitions < 1)
    throw new RangeError('partitions: must be a whole number from 1')
  return new EmbeddedLog(options.file, partitions, await openFile(options.file, partitions))
}

interface Waiting {
  records: readonly LogRecord[]
  resolve(): void
  reject(error: unknown): void
}

class EmbeddedLog implements EventLog {
  readonly partitions: number
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #reader: BatchReader
  readonly #consumers = new Set<EmbeddedConsumer>()
  #waiting: Waiting[] = []
  #closed = false

  constructor(file: string, partitions: number, database: DatabaseSync) {
    this.#file = file
    this.partitions = partitions
    this.#database = database
    this.#reader = new BatchReader(database)
    this.#insert = database.prepare(
      'INSERT INTO batch (partition, base_offset, count, appended_at, body) VALUES (?, ?, ?, ?, ?)',
    )
  }

  partitionOf(authority: number): number {
    return partitionOf(authority, this.partitions)
  }

  /** Calls that arrive in one turn of the event loop share a commit, and with it an fsync. */
  async append(records: readonly LogRecord[]): Promise<void> {
    this.#refuseWhenClosed()
    // Before it queues: a record that cannot be placed must not fail the calls that share its commit.
    for (const record of records) this.partitionOf(record.authority)
    if (records.length === 0) return
    await new Promise<void>((resolve, reject) => {
      if (this.#waiting.push({ records, resolve, reject }) === 1) setImmediate(() => this.#commitWaiting())
    })
  }

  async endOffsets(): Promise<Map<number, number>> {
    this.#refuseWhenClosed()
    return new Map(Array.from({ length: this.partitions }, (_, p) => [p, this.#reader.end(p)]))
  }

  async consumer({ group }: { group: string }): Promise<LogConsumer> {
    this.#refuseWhenClosed()
    const consumer = new EmbeddedConsumer(this.#file, this.partitions, group)
    this.#consumers.add(consumer)
    return consumer
  }

  async group(): Promise<undefined> {
    return undefined
  }

  async read(partition: number, offset: number): Promise<StoredRecord | undefined> {
    this.#refuseWhenClosed()
    return this.#reader.containing(partition, offset)?.find((record) => record.offset === offset)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    while (this.#waiting.length > 0) this.#commitWaiting()
    for (const consumer of this.#consumers) await consumer.close()
    this.#database.close()
  }

  #commitWaiting(): void {
    const calls = this.#takeCalls()
    if (calls.length === 0) return
    try {
      const rows = this.#rowsOf(calls)
      sqlite(() => inTransaction(this.#database, () => this.#write(rows)))
      for (const call of calls) call.resolve()
    } catch (error) {
      for (const call of calls) call.reject(error)
    }
    if (this.#waiting.length > 0 && !this.#closed) setImmediate(() => this.#commitWaiting())
  }

  /** Whole calls only: a call is in one transaction, all of it or nothing. */
  #takeCalls(): Waiting[] {
    let records = 0
    let characters = 0
    let count = 0
    while (count < this.#waiting.length && records < COMMIT_RECORDS && characters < COMMIT_CHARACTERS) {
      const call = this.#waiting[count++]!
      records += call.records.length
      for (const record of call.records) characters += record.value.length
    }
    return this.#waiting.splice(0, count)
  }

  /** Encoded before the transaction begins, so that the lock is held for the writes alone. */
  #rowsOf(calls: Waiting[]): EncodedRow[] {
    const byPartition = new Map<number, LogRecord[]>()
    for (const call of calls)
      for (const record of call.records) {
        const partition = this.partitionOf(record.authority)
        const records = byPartition.get(partition)
        if (records) records.push(record)
        else byPartition.set(partition, [record])
      }
    return [...byPartition].flatMap(([partition, records]) =>
      splitIntoRows(records).map((row) => ({ partition, count: row.length, body: encodeBatch(row) })),
    )
  }

  #write(rows: EncodedRow[]): void {
    const appendedAt = Date.now()
    const ends = new Map<number, number>()
    for (const { partition, count, body } of rows) {
      const base = ends.get(partition) ?? this.#reader.end(partition)
      this.#insert.run(partition, base, count, appendedAt, body)
      ends.set(partition, base + count)
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new LogUnavailable('the log is closed')
  }
}

interface EncodedRow {
  partition: number
  count: number
  body: Uint8Array
}

function splitIntoRows(records: LogRecord[]): LogRecord[][] {
  const rows: LogRecord[][] = []
  let row: LogRecord[] = []
  let characters = 0
  for (const record of records) {
    if (row.length === ROW_RECORDS || (row.length > 0 && characters + record.value.length > ROW_CHARACTERS)) {
      rows.push(row)
      row = []
      characters = 0
    }
    row.push(record)
    characters += record.value.length
  }
  rows.push(row)
  return rows
}
