import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { connect, inTransaction, sqlite } from './embedded-file.ts'
import { BatchReader } from './embedded-reader.ts'
import { LogUnavailable, OffsetOutOfRange } from './errors.ts'
import type { LogConsumer, PartitionBatch, PollOptions, PollResult, StoredRecord } from './event-log.ts'

const SHORTEST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 25
/** A poll stops gathering beyond this many characters of values, so that large events do not fill the heap. */
const MAX_POLL_CHARACTERS = 32 * 1024 * 1024

/** What one poll may still take. */
interface Allowance {
  records: number
  characters: number
}

/** A batch that has been read and not wholly handed out. */
interface Opened {
  records: StoredRecord[]
  next: number
}

/** Every consumer of the embedded log has all partitions: who owns them is the control plane's to fence. */
export class EmbeddedConsumer implements LogConsumer {
  readonly #database: DatabaseSync
  readonly #reader: BatchReader
  readonly #group: string
  readonly #positions: number[]
  readonly #opened: (Opened | undefined)[]
  #announced = false
  #turn = 0
  /** The newest batch there was when nothing was left to read; undefined = look again. */
  #exhaustedAt: number | undefined
  #closed = false

  constructor(file: string, partitions: number, group: string) {
    this.#database = connect(file, 'NORMAL')
    this.#reader = new BatchReader(this.#database)
    this.#group = group
    this.#positions = new Array(partitions).fill(0)
    this.#opened = new Array(partitions).fill(undefined)
    for (const [partition, position] of this.#readCommitted()) this.#positions[partition] = position
  }

  async poll({ maxRecords, maxWaitMs, signal }: PollOptions): Promise<PollResult> {
    const deadline = performance.now() + maxWaitMs
    this.#refuseWhenClosed()
    // A full log must not starve the caller's timers and sockets: reading never waits for anything.
    await breathe()
    if (!this.#announced) {
      this.#announced = true
      return { assigned: [...this.#positions.keys()], revoked: [], batches: [] }
    }
    let pause = SHORTEST_PAUSE_MS
    while (!this.#closed) {
      const batches = this.#gather(maxRecords)
      const left = deadline - performance.now()
      if (batches.length > 0 || left <= 0 || signal?.aborted) return { assigned: [], revoked: [], batches }
      await sleep(Math.min(pause, left), undefined, { signal }).catch(() => {})
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
    return { assigned: [], revoked: [], batches: [] }
  }

  seek(partition: number, offset: number): void {
    this.#check(partition, offset)
    this.#positions[partition] = offset
    this.#opened[partition] = undefined
    this.#exhaustedAt = undefined
  }

  async commit(positions: Map<number, number>): Promise<void> {
    this.#refuseWhenClosed()
    for (const [partition, position] of positions) this.#check(partition, position)
    sqlite(() =>
      inTransaction(this.#database, () => {
        const upsert = this.#database.prepare(
          `INSERT INTO consumer_position VALUES (?, ?, ?)
           ON CONFLICT (consumer_group, partition) DO UPDATE SET position = excluded.position`,
        )
        for (const [partition, position] of positions) upsert.run(this.#group, partition, position)
      }),
    )
  }

  async committed(): Promise<Map<number, number>> {
    this.#refuseWhenClosed()
    return this.#readCommitted()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#database.close()
  }

  #readCommitted(): Map<number, number> {
    const rows = sqlite(() =>
      this.#database
        .prepare('SELECT partition, position FROM consumer_position WHERE consumer_group = ?')
        .all(this.#group),
    )
    return new Map(rows.map((row) => [row.partition as number, row.position as number]))
  }

  /** An equal share for each partition that has records, then what is left for those that have more. */
  #gather(maxRecords: number): PartitionBatch[] {
    const newest = this.#reader.newest()
    if (newest === this.#exhaustedAt) return []
    const waiting = this.#inTurn().filter((partition) => this.#open(partition))
    if (waiting.length === 0) {
      this.#exhaustedAt = newest
      return []
    }
    const allowance: Allowance = { records: maxRecords, characters: MAX_POLL_CHARACTERS }
    const share = Math.ceil(maxRecords / waiting.length)
    const gathered = new Map<number, StoredRecord[]>()
    for (const most of [share, maxRecords])
      for (const partition of waiting) {
        const records = gathered.get(partition) ?? []
        this.#take(partition, most, allowance, records)
        if (records.length > 0) gathered.set(partition, records)
      }
    return [...gathered].map(([partition, records]) => ({
      partition,
      records,
      nextOffset: this.#positions[partition]!,
    }))
  }

  /** Every poll begins with another partition: with few records a poll, all get their turn. */
  #inTurn(): number[] {
    const all = [...this.#positions.keys()]
    const first = this.#turn++ % all.length
    return [...all.slice(first), ...all.slice(0, first)]
  }

  #take(partition: number, most: number, allowance: Allowance, into: StoredRecord[]): void {
    let wanted = Math.min(most, allowance.records)
    while (wanted > 0 && allowance.characters > 0) {
      const opened = this.#open(partition)
      const record = opened?.records[opened.next]
      if (!opened || !record) return
      into.push(record)
      opened.next++
      this.#positions[partition] = record.offset + 1
      wanted--
      allowance.records--
      allowance.characters -= record.value.length
    }
  }

  /** The batch at this partition's position, read where need be; undefined at the partition's end. */
  #open(partition: number): Opened | undefined {
    const opened = this.#opened[partition]
    if (opened && opened.next < opened.records.length) return opened
    const position = this.#positions[partition]!
    const records =
      this.#reader.containing(partition, position) ?? this.#reader.following(partition, position)
    if (!records) {
      const end = this.#reader.end(partition)
      // Another process may have appended between the two reads: then the next poll finds it.
      if (position > end) throw new OffsetOutOfRange(partition, position, end)
      this.#opened[partition] = undefined
      return undefined
    }
    const next = Math.max(0, position - records[0]!.offset)
    this.#opened[partition] = { records, next }
    return this.#opened[partition]
  }

  #check(partition: number, offset: number): void {
    if (!(partition in this.#positions))
      throw new RangeError(`partition: must be a whole number from 0 to ${this.#positions.length - 1}`)
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new RangeError('offset: must be a whole number from 0')
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new LogUnavailable('the consumer is closed')
  }
}
