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
 * Reads the log until the signal aborts. The reader is always one batch ahead, while the warehouse writes, drains and
 * settles: the only thing that runs beside anything else, because it writes nothing.
 */
export async function runLoop(o: LoopOptions): Promise<void> {
  const { aggregator, reader, signal } = o
  const pace = { drained: 0, drainCost: 0, settled: 0, settleCost: 0 }
  const assigned = new Set<number>()
  let ahead = gather(o, true)
  while (!signal.aborted) {
    const taken = await ahead
    const changed = taken.assigned.length > 0 || taken.revoked.length > 0
    if (changed) {
      for (const partition of taken.revoked) assigned.delete(partition)
      for (const partition of taken.assigned) assigned.add(partition)
      await persist(o, () => claim(aggregator, reader, [...assigned]))
      ahead = gather(o, true)
      continue
    }
    ahead = gather(o, taken.records === 0)
    try {
      if (taken.records > 0) await write(o, taken)
      await persist(o, () => drainWhenDue(o, pace, taken.records === 0))
    } catch (error) {
      if (!(error instanceof FencedError) || !(await o.stillMine?.())) throw error
      // What was read ahead is of the old claim: it is read again from where the ledger stands now.
      await ahead
      await persist(o, () => claim(aggregator, reader, [...assigned]))
      ahead = gather(o, true)
    }
  }
  await ahead.catch(() => undefined)
}

/** Under load a short wait lets a trickle of small appends gather into one insert; when idle, records are waited for. */
function gather(o: LoopOptions, idle: boolean): Promise<Taken> {
  const next = persist(o, async () => {
    if (!idle) await delay(20)
    return o.reader.next(idle ? 250 : 0)
  })
  // Whoever awaits it hears of the failure; until then nobody else should.
  next.catch(() => undefined)
  return next
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
  drainCost: number
  settled: number
  settleCost: number
}

/**
 * Drains coalesce: once a second under load (and a quarter of the time at most), at once when idle. Periods cost in proportion to a year's facts and not
 * to the change, so under load they may take a tenth of the time at most.
 */
async function drainWhenDue(o: LoopOptions, pace: Pace, idle: boolean): Promise<void> {
  const { aggregator } = o
  const started = performance.now()
  const drainEvery = Math.max(o.drainEvery ?? 1_000, 3 * pace.drainCost)
  if (aggregator.dirty && (idle || started - pace.drained >= drainEvery)) {
    await aggregator.drain()
    pace.drained = performance.now()
    pace.drainCost = pace.drained - started
    o.onDrain?.('drain', pace.drainCost)
  }
  const before = performance.now()
  const due = before - pace.settled >= Math.max(o.drainEvery ?? 1_000, 9 * pace.settleCost)
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
