import type { FactContext } from '@cairn/contracts'
import { aggregators, type EventLog, type LogConsumer } from '@cairn/event-log'
import { type InstrumentDefinition, scorer } from '@cairn/mtss'
import type { Span } from './aggregator.ts'
import type { Protections } from './protections.ts'
import { type BatchRows, RowsOf } from './rows.ts'

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
  /** From now on check-ins are scored by these, from these offsets on. What was read ahead is to be thrown away. */
  define(instruments: readonly InstrumentDefinition[], positions: ReadonlyMap<number, number>): Promise<void>
  close(): Promise<void>
}

export interface ReaderOptions {
  readonly maxRecords: number
  readonly protections?: Protections
}

/** Records taken from the log at a time: as rows they live on, as records they die young and cost no collection. */
const pollSize = 4_000

/** A reader in this thread. */
export async function openReader(
  log: EventLog,
  context: FactContext,
  options: ReaderOptions,
): Promise<Reader> {
  const consumer: LogConsumer = await log.consumer({ group: aggregators })
  let erased = new Set<string>()
  let scoring = context
  return {
    async next(maxWaitMs) {
      const gathered = new RowsOf(scoring, erased, options.protections)
      const spans = new Map<number, Span>()
      let records = 0
      for (;;) {
        const most = Math.min(pollSize, options.maxRecords - records)
        const polled = await consumer.poll({ maxRecords: most, maxWaitMs: records > 0 ? 0 : maxWaitMs })
        gathered.add(polled.batches)
        for (const { partition, nextOffset, records: some } of polled.batches) {
          records += some.length
          spans.set(partition, { partition, nextOffset, appendedAt: some.at(-1)!.appendedAt })
        }
        const { assigned, revoked, batches } = polled
        if (assigned.length + revoked.length > 0 || batches.length === 0 || records >= options.maxRecords)
          return { assigned, revoked, spans: [...spans.values()], rows: gathered.rows(), records }
      }
    },
    async start(positions, known) {
      erased = new Set(known)
      for (const [partition, offset] of positions) consumer.seek(partition, offset)
    },
    async define(instruments, positions) {
      scoring = { ...context, score: scorer(instruments) }
      for (const [partition, offset] of positions) consumer.seek(partition, offset)
    },
    close: () => consumer.close(),
  }
}
