import { setTimeout as delay } from 'node:timers/promises'
import { FencedError } from '@cairn/control-plane'
import type { LogConsumer, PartitionBatch } from '@cairn/event-log'
import type { Aggregator } from './aggregator.ts'
import type { BatchRows } from './rows.ts'

export interface LoopOptions {
  readonly aggregator: Aggregator
  readonly consumer: LogConsumer
  readonly signal: AbortSignal
  /** Records that are gathered into one insert. */
  readonly maxRecords?: number
  /** Milliseconds between drains while there is more to read; when idle a drain comes at once. */
  readonly drainEvery?: number
  /** Whether an error may pass if the same step is tried again (the warehouse is restarting). */
  retryable(error: unknown): boolean
  /** After a refused change of the ledger: was it an operator who rewound it, or has another owner taken over? */
  stillMine?(): Promise<boolean>
  onRetry?(error: unknown, waitMs: number): void
  onCycle?(cycle: { taken: number; milliseconds: number }): void
  onDrain?(kind: 'drain' | 'settle', milliseconds: number): void
}

interface Taken {
  readonly assigned: readonly number[]
  readonly revoked: readonly number[]
  readonly batches: readonly PartitionBatch[]
  readonly rows: BatchRows
  readonly records: number
}

/**
 * Reads the log until the signal aborts. While the warehouse takes one batch, the next is read and made into rows:
 * the only thing that runs beside anything else, because it writes nothing.
 */
export async function runLoop(o: LoopOptions): Promise<void> {
  const { aggregator, consumer, signal } = o
  const pace = { drained: 0, settled: 0, settleCost: 0 }
  const assigned = new Set<number>()
  let next: Taken | undefined
  while (!signal.aborted) {
    const taken: Taken = next ?? (await persist(o, () => fetch(o, 250)))
    next = undefined
    if (taken.assigned.length > 0 || taken.revoked.length > 0) {
      for (const partition of taken.revoked) assigned.delete(partition)
      for (const partition of taken.assigned) assigned.add(partition)
      await persist(o, () => claim(aggregator, consumer, [...assigned]))
      continue
    }
    try {
      if (taken.records > 0) {
        const ahead = persist(o, () => fetch(o, 0))
        ahead.catch(() => undefined)
        await write(o, taken)
        next = await ahead
      }
      await persist(o, () => drainWhenDue(o, pace, (next?.records ?? 0) === 0))
    } catch (error) {
      if (!(error instanceof FencedError) || !(await o.stillMine?.())) throw error
      next = undefined
      await persist(o, () => claim(aggregator, consumer, [...assigned]))
    }
  }
}

/** What the log has next, as rows. A short wait before it gathers a trickle of small appends into one insert. */
async function fetch(o: LoopOptions, maxWaitMs: number): Promise<Taken> {
  if (maxWaitMs === 0) await delay(20)
  const polled = await o.consumer.poll({ maxRecords: o.maxRecords ?? 40_000, maxWaitMs, signal: o.signal })
  return { ...polled, rows: o.aggregator.read(polled.batches), records: count(polled.batches) }
}

async function write(o: LoopOptions, taken: Taken): Promise<void> {
  const started = performance.now()
  await persist(o, () => o.aggregator.write(taken.batches, taken.rows))
  o.onCycle?.({ taken: taken.records, milliseconds: performance.now() - started })
}

const count = (batches: readonly PartitionBatch[]): number =>
  batches.reduce((n, b) => n + b.records.length, 0)

async function claim(
  aggregator: Aggregator,
  consumer: LogConsumer,
  partitions: readonly number[],
): Promise<void> {
  for (const [partition, offset] of await aggregator.claim(partitions)) consumer.seek(partition, offset)
}

interface Pace {
  drained: number
  settled: number
  settleCost: number
}

/**
 * Drains coalesce: once a second under load, at once when idle. Periods cost in proportion to a year's facts and not
 * to the change, so under load they may take a fifth of the time at most.
 */
async function drainWhenDue(o: LoopOptions, pace: Pace, idle: boolean): Promise<void> {
  const { aggregator } = o
  const started = performance.now()
  if (aggregator.dirty && (idle || started - pace.drained >= (o.drainEvery ?? 1_000))) {
    await aggregator.drain()
    pace.drained = performance.now()
    o.onDrain?.('drain', pace.drained - started)
  }
  const before = performance.now()
  const due = before - pace.settled >= Math.max(o.drainEvery ?? 1_000, 4 * pace.settleCost)
  if ((aggregator.unsettled && (idle || due)) || (idle && (await aggregator.calendarsChanged()))) {
    await aggregator.settle()
    pace.settled = performance.now()
    pace.settleCost = pace.settled - before
    o.onDrain?.('settle', pace.settleCost)
  }
}

/** Tries a step until it is done: every step is idempotent, so it may be tried as often as it takes. */
async function persist<Result>(o: LoopOptions, step: () => Promise<Result>): Promise<Result> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await step()
    } catch (error) {
      if (!o.retryable(error) || o.signal.aborted) throw error
      o.onRetry?.(error, wait)
      await delay(wait)
    }
  }
}
