import type { FactContext } from '@cairn/contracts'
import type { EventLog, LogConsumer } from '@cairn/event-log'
import type { Span } from './aggregator.ts'
import type { Protections } from './protections.ts'
import { type BatchRows, readBatches } from './rows.ts'

/** What the log has next: a change of assignment, or records as rows. */
export interface Taken {
  readonly assigned: readonly number[]
  readonly revoked: readonly number[]
  readonly spans: readonly Span[]
  readonly rows: BatchRows
  readonly records: number
}

/** Reads the log and makes rows of it. Writes nothing, so it may run ahead, and in a thread of its own. */
export interface Reader {
  /** Waits for records up to so long; a short wait first lets a trickle of small appends gather. */
  next(maxWaitMs: number): Promise<Taken>
  /** After a claim: where to read on, and who is erased. */
  start(positions: ReadonlyMap<number, number>, erased: ReadonlySet<string>): Promise<void>
  close(): Promise<void>
}

export interface ReaderOptions {
  readonly maxRecords: number
  readonly protections?: Protections
}

/** A reader in this thread. */
export async function openReader(
  log: EventLog,
  context: FactContext,
  options: ReaderOptions,
): Promise<Reader> {
  const consumer: LogConsumer = await log.consumer({ group: 'aggregator' })
  let erased = new Set<string>()
  return {
    async next(maxWaitMs) {
      const { assigned, revoked, batches } = await consumer.poll({
        maxRecords: options.maxRecords,
        maxWaitMs,
      })
      return {
        assigned,
        revoked,
        spans: batches.map(({ partition, nextOffset, records }) => ({
          ...{ partition, nextOffset },
          appendedAt: records.at(-1)!.appendedAt,
        })),
        rows: readBatches(batches, context, erased, options.protections),
        records: batches.reduce((n, b) => n + b.records.length, 0),
      }
    },
    async start(positions, known) {
      erased = new Set(known)
      for (const [partition, offset] of positions) consumer.seek(partition, offset)
    },
    close: () => consumer.close(),
  }
}
