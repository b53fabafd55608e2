import { setTimeout as delay } from 'node:timers/promises'
import { FencedError } from '@cairn/control-plane'
import type { Aggregator } from './aggregator.ts'
import type { Reader, Taken } from './reader.ts'

export interface LoopOptions {
  readonly aggregator: Aggregator
  readonly reader: Reader
  readonly signal: AbortSignal
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

/**
 * Reads the log until the signal aborts. While the warehouse takes one batch, the next is read and made into rows:
 * the only thing that runs beside anything else, because it writes nothing.
 */
export async function runLoop(o: LoopOptions): Promise<void> {
  const { aggregator, reader, signal } = o
  const pace = { drained: 0, settled: 0, settleCost: 0 }
  const assigned = new Set<number>()
  let next: Taken | undefined
  while (!signal.aborted) {
    const taken: Taken = next ?? (await persist(o, () => reader.next(250)))
    next = undefined
    if (taken.assigned.length > 0 || taken.revoked.length > 0) {
      for (const partition of taken.revoked) assigned.delete(partition)
      for (const partition of taken.assigned) assigned.add(partition)
      await persist(o, () => claim(aggregator, reader, [...assigned]))
      continue
    }
    try {
      if (taken.records > 0) {
        const ahead = persist(o, () => gather(reader))
        ahead.catch(() => undefined)
        await write(o, taken)
        next = await ahead
      }
      await persist(o, () => drainWhenDue(o, pace, (next?.records ?? 0) === 0))
    } catch (error) {
      if (!(error instanceof FencedError) || !(await o.stillMine?.())) throw error
      next = undefined
      await persist(o, () => claim(aggregator, reader, [...assigned]))
    }
  }
}

/** A short wait lets a trickle of small appends gather into one insert; the warehouse is writing meanwhile. */
async function gather(reader: Reader): Promise<Taken> {
  await delay(20)
  return reader.next(0)
}

async function write(o: LoopOptions, taken: Taken): Promise<void> {
  const started = performance.now()
  await persist(o, () => o.aggregator.write(taken.spans, taken.rows))
  o.onCycle?.({ taken: taken.records, milliseconds: performance.now() - started })
}

async function claim(aggregator: Aggregator, reader: Reader, partitions: readonly number[]): Promise<void> {
  await reader.start(await aggregator.claim(partitions), aggregator.erased)
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
