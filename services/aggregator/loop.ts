import { setTimeout as delay } from 'node:timers/promises'
import { FencedError } from '@cairn/control-plane'
import type { InstrumentDefinition } from '@cairn/mtss'
import type { Aggregator } from './aggregator.ts'
import type { Reader, Taken } from './reader.ts'

/** Definitions of instruments as the control plane has them. */
export interface Definitions {
  /** Rises with each change. */
  revision(): Promise<number>
  all(): Promise<readonly InstrumentDefinition[]>
}

export interface LoopOptions {
  readonly aggregator: Aggregator
  readonly reader: Reader
  readonly signal: AbortSignal
  /** Where it is absent, check-ins are scored by the instruments that come with Cairn. */
  readonly instruments?: Definitions
  /** Milliseconds between drains while there is more to read; when idle a drain comes at once. */
  readonly drainEvery?: number
  /** Whether an error may pass if the same step is tried again (the warehouse is restarting). */
  retryable(error: unknown): boolean
  /** After a refused change of the ledger: did an operator rewind these partitions, or has another owner taken over? */
  stillMine?(partitions: readonly number[]): Promise<boolean>
  /**
   * Where several aggregators share the partitions: how long to wait, in ms, for the group to say who has what, once
   * another one has claimed ours. Without it the loop ends there, for the whole log belongs to whoever took over.
   */
  readonly settleMembershipMs?: number
  onRetry?(error: unknown, waitMs: number): void
  /** The partitions that are ours now, after each change of them. */
  onAssignment?(partitions: readonly number[]): void
  /** Another aggregator has claimed what was ours: nothing is written until the group has said who has what. */
  onFenced?(): void
  onCycle?(cycle: { taken: number; milliseconds: number }): void
  onDrain?(kind: 'drain' | 'settle' | 'tiers', milliseconds: number): void
}

/**
 * Reads the log until the signal aborts. The reader is always one batch ahead, while the warehouse writes, drains and
 * settles: the only thing that runs beside anything else, because it writes nothing.
 */
export async function runLoop(o: LoopOptions): Promise<void> {
  const { signal } = o
  // From the start, not from 0: what costs most would else come first of all, whatever waits to be read.
  const now = performance.now()
  const pace = {
    drained: now,
    drainCost: 0,
    settled: now,
    settleCost: 0,
    tiered: now,
    tierCost: 0,
    renewed: now,
  }
  const known: Known = { instruments: -1 }
  const assigned = new Set<number>()
  let ahead = gather(o, true)
  while (!signal.aborted) {
    const taken = await ahead
    if (moved(taken)) {
      for (const partition of taken.revoked) assigned.delete(partition)
      for (const partition of taken.assigned) assigned.add(partition)
      await persist(o, () => claim(o, known, [...assigned]))
      ahead = gather(o, true)
      continue
    }
    // After the read and before the write: whatever was appended after an import is scored with what was imported.
    if (taken.records > 0 && (await persist(o, () => redefine(o, known)))) {
      ahead = gather(o, true)
      continue
    }
    ahead = gather(o, taken.records === 0)
    try {
      if (taken.records > 0) await write(o, taken)
      await persist(o, () => drainWhenDue(o, pace, taken.records === 0))
    } catch (error) {
      if (!(error instanceof FencedError)) throw error
      const mine = await persist(o, async () => (await o.stillMine?.(error.partitions)) ?? false)
      if (!mine && o.settleMembershipMs === undefined) throw error
      // What was read ahead is of the old claim: it is read again from where the ledger stands now.
      const read = await ahead
      const change = mine || moved(read) ? read : await untilMembershipSettles(o)
      for (const partition of change.revoked) assigned.delete(partition)
      for (const partition of change.assigned) assigned.add(partition)
      await persist(o, () => claim(o, known, [...assigned]))
      ahead = gather(o, true)
    }
  }
  await ahead.catch(() => undefined)
}

const moved = (taken: Taken): boolean => taken.assigned.length > 0 || taken.revoked.length > 0

/**
 * Another aggregator has claimed what was ours. Either we were away for too long, and the group will tell us within a
 * heartbeat that it has gone on without us; or the other one was, and claimed late by what it knew before. So we wait
 * for the group's word and write nothing; where none comes, what the group gave us is ours, and we claim it again.
 */
async function untilMembershipSettles(o: LoopOptions): Promise<Taken> {
  o.onFenced?.()
  const deadline = performance.now() + o.settleMembershipMs!
  for (;;) {
    const taken = await gather(o, true)
    if (moved(taken) || performance.now() >= deadline || o.signal.aborted) return taken
  }
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

async function claim(o: LoopOptions, known: Known, partitions: readonly number[]): Promise<void> {
  await o.reader.start(await o.aggregator.claim(partitions), o.aggregator.erased)
  // Definitions after the claim: a rescore imports first and rewinds then.
  await redefine(o, known)
  o.onAssignment?.(partitions)
}

/** The revision of the definitions that the reader scores by; below every one as long as it has none. */
interface Known {
  instruments: number
}

/** Gives the reader the definitions in force, where they are others than those that it has; says whether they were. */
async function redefine({ aggregator, reader, instruments }: LoopOptions, known: Known): Promise<boolean> {
  if (!instruments) return false
  // The number first: what changes between the two is looked at once more.
  const revision = await instruments.revision()
  if (revision === known.instruments) return false
  const offsets = [...aggregator.positions].map(([partition, { offset }]) => [partition, offset] as const)
  await reader.define(await instruments.all(), new Map(offsets))
  known.instruments = revision
  return true
}

interface Pace {
  drained: number
  drainCost: number
  settled: number
  settleCost: number
  tiered: number
  tierCost: number
  renewed: number
}

const renewEveryMs = 2_000

/**
 * Drains coalesce: once a second under load (and a quarter of the time at most), at once when idle. Periods cost in proportion to a year's facts and not
 * to the change, so under load they may take a tenth of the time at most,
 * and tiers another tenth.
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
  await recommendWhenDue(o, pace, idle)
  if (idle && performance.now() - pace.renewed >= renewEveryMs) {
    await aggregator.renew()
    pace.renewed = performance.now()
  }
}

/** One share of the pupils a turn; while there is more to read, a tenth of the time at most. */
async function recommendWhenDue(
  { aggregator, onDrain, drainEvery = 1_000 }: LoopOptions,
  pace: Pace,
  idle: boolean,
) {
  const before = performance.now()
  const due = idle || before - pace.tiered >= Math.max(drainEvery, 9 * pace.tierCost)
  if (!due || !(aggregator.untiered || (idle && (await aggregator.policiesChanged())))) return
  await aggregator.recommendShare()
  pace.tiered = performance.now()
  pace.tierCost = pace.tiered - before
  onDrain?.('tiers', pace.tierCost)
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
