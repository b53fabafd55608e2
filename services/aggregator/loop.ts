import { setTimeout as delay } from 'node:timers/promises'
import { FencedError } from '@cairn/control-plane'
import type { LogConsumer, PartitionBatch } from '@cairn/event-log'
import type { Aggregator } from './aggregator.ts'

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

/** Reads the log until the signal aborts. Leaves nothing half done that the next owner could not do again. */
export async function runLoop(o: LoopOptions): Promise<void> {
  const { aggregator, consumer, signal } = o
  const pace = { drained: 0, settled: 0, settleCost: 0 }
  const assigned = new Set<number>()
  let busy = false
  while (!signal.aborted) {
    // A short wait gathers a trickle of small appends into one insert.
    if (busy) await delay(25)
    const polled = await consumer.poll({ maxRecords: o.maxRecords ?? 20_000, maxWaitMs: 250, signal })
    if (polled.assigned.length > 0 || polled.revoked.length > 0) {
      for (const partition of polled.revoked) assigned.delete(partition)
      for (const partition of polled.assigned) assigned.add(partition)
      await persist(o, () => claim(aggregator, consumer, [...assigned]))
      continue
    }
    if (signal.aborted) break
    const records = count(polled.batches)
    busy = records > 0 && records < (o.maxRecords ?? 20_000) / 4
    try {
      await cycle(o, polled.batches, records)
      await persist(o, () => drainWhenDue(o, pace, records === 0))
    } catch (error) {
      if (!(error instanceof FencedError) || !(await o.stillMine?.())) throw error
      await persist(o, () => claim(aggregator, consumer, [...assigned]))
    }
  }
}

async function cycle(o: LoopOptions, batches: readonly PartitionBatch[], records: number): Promise<void> {
  if (records === 0) return
  const started = performance.now()
  await persist(o, () => o.aggregator.take(batches))
  o.onCycle?.({ taken: records, milliseconds: performance.now() - started })
}

const count = (batches: readonly PartitionBatch[]): number => batches.reduce((n, b) => n + b.records.length, 0)

async function claim(aggregator: Aggregator, consumer: LogConsumer, partitions: readonly number[]): Promise<void> {
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
async function persist(o: LoopOptions, step: () => Promise<void>): Promise<void> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      await step()
      return
    } catch (error) {
      if (!o.retryable(error) || o.signal.aborted) throw error
      o.onRetry?.(error, wait)
      await delay(wait)
    }
  }
}
