import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import { operatorScope } from '@cairn/access/operator'
import {
  FencedError,
  type LedgerChange,
  type Position,
  type Profiles,
  type ReleaseStates,
} from '@cairn/control-plane'
import { DisclosureError } from '@cairn/disclosure'
import { readReleases, releaseName } from '@cairn/warehouse'
import {
  auditRelease,
  type ClosingSources,
  closeDue,
  dueOf,
  NotDueError,
  profileToClose,
  refusalOf,
} from '@cairn/warehouse/closing'

/** What the closer needs beside what closing itself does. */
export interface CloserSources extends ClosingSources {
  readonly controlPlane: ClosingSources['controlPlane'] & {
    readonly authorities: { list(): Promise<readonly { readonly code: number }[]> }
    readonly ledger: { advance(changes: ReadonlyMap<number, LedgerChange>): Promise<void> }
    readonly profiles: Pick<Profiles, 'newest'>
    readonly releaseStates: Pick<ReleaseStates, 'refuse' | 'clear' | 'audited'>
  }
}

export interface CloserOptions {
  readonly sources: CloserSources
  /** Where the partitions stand that are owned now. */
  positions(): ReadonlyMap<number, Position>
  readonly settleDays: number
  now(): Date
  /** Nothing new came for so long: whoever loads a year is not cut in two. */
  readonly quietMs?: number
  /** Between two looks at one authority. */
  readonly everyMs?: number
  /** Between two audits of one release. */
  readonly auditEveryMs?: number
  onOutcome(outcome: Outcome): void
  onAudit?(audit: ReleaseAudit): void
  /** After a look: years that are due and could not be released, over all authorities that are owned. */
  onOverdue?(count: number): void
}

/** What became of an authority's year that was due. */
export interface Outcome {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  readonly outcome: 'released' | 'unchanged' | 'refused' | 'failed'
  readonly release?: string
  /** The rule that refused it, or the name of what failed: never a figure. */
  readonly why?: string
  /** It was so an hour ago. */
  readonly isKnown: boolean
}

/** What the audit as anyone and as each school's lead came to, of the newest release of a year. */
export interface ReleaseAudit {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  readonly release: string
  /** Protected figures that can be narrowed down too far: 0, or it leaks. Which ones they are is not said. */
  readonly exposed: number
  readonly ms: number
}

/**
 * Closes what is due of the authorities whose partitions are owned here. The claim is the lease: before a release is
 * announced the ledger confirms its epoch, and whoever has lost it leaves the rest to the new owner. Whatever refuses or
 * fails is told, and tried again at the next look; nothing is thrown.
 */
export class Closer {
  readonly #o: CloserOptions
  /** By partition: where it ended, and since when. */
  readonly #ends = new Map<number, { end: number; since: number }>()
  /** By authority: when it is looked at next. */
  readonly #next = new Map<number, number>()
  /** `authority year` → why it is overdue. */
  readonly #overdue = new Map<string, string>()
  /** `authority year` → the release that was audited last, and when. */
  readonly #audited = new Map<string, { release: string; at: number }>()

  constructor(options: CloserOptions) {
    this.#o = options
  }

  /** Looks once at every authority whose turn it is. */
  async look(signal?: AbortSignal): Promise<void> {
    const { sources, now, everyMs = 3_600_000 } = this.#o
    const time = now().getTime()
    const quiet = await this.#quiet(time)
    if (quiet.size === 0) return
    for (const { code } of await sources.controlPlane.authorities.list()) {
      if (signal?.aborted) return
      if (!quiet.has(sources.log.partitionOf(code)) || (this.#next.get(code) ?? 0) > time) continue
      this.#next.set(code, time + everyMs)
      for (const year of yearsOf(now())) {
        await this.#year(code, year)
        await this.#audit(code, year, signal)
      }
    }
    this.#o.onOverdue?.(
      [...this.#overdue.keys()].filter((key) => this.#isOwned(Number.parseInt(key, 10))).length,
    )
  }

  #isOwned(authority: number): boolean {
    return this.#o.positions().has(this.#o.sources.log.partitionOf(authority))
  }

  /** Partitions of which everything is in all figures, and to which nothing was added for a while. */
  async #quiet(time: number): Promise<Set<number>> {
    const { sources, positions, quietMs = 30_000 } = this.#o
    const quiet = new Set<number>()
    for (const [partition, end] of await sources.log.endOffsets()) {
      const known = this.#ends.get(partition)
      const since = known?.end === end ? known.since : time
      this.#ends.set(partition, { end, since })
      const position = positions().get(partition)
      if (!position || end === 0 || time - since < quietMs) continue
      if (Math.min(position.settled, position.tiered) >= end) quiet.add(partition)
    }
    return quiet
  }

  async #year(authority: number, year: number): Promise<void> {
    const { sources, positions, settleDays, now } = this.#o
    const partition = sources.log.partitionOf(authority)
    const epoch = positions().get(partition)?.epoch
    if (epoch === undefined) return
    const scope = operatorScope([authority])
    const request = { scope, authority, year, settleDays, now: now(), everySchool: true }
    try {
      const due = await dueOf(sources, request)
      if (!due.isDue) {
        this.#overdue.delete(`${authority} ${year}`)
        return await sources.controlPlane.releaseStates.clear(authority, year)
      }
      // Something came since: the authority's turn is when all is quiet again.
      if (due.why !== '') return void this.#next.delete(authority)
      const profile = await profileToClose(sources, { scope, authority, year })
      const { release, isNew } = await closeDue(fenced(sources, partition, epoch), { ...request, profile })
      const outcome = isNew ? 'released' : 'unchanged'
      this.#overdue.delete(`${authority} ${year}`)
      this.#o.onOutcome({ authority, year, outcome, release: releaseName(release), isKnown: false })
    } catch (error) {
      if (error instanceof FencedError) return
      // Nothing was sent of that year: there is nothing to be late with.
      if (error instanceof DisclosureError && error.field === 'roll') return
      const isRefused = error instanceof NotDueError || error instanceof DisclosureError
      // Only its name: what is written holds true small numbers, and an engine may quote what it cannot take.
      const why = isRefused ? refusalOf(error) : (error as Error).name
      const key = `${authority} ${year}`
      const isKnown = this.#overdue.get(key) === why
      this.#overdue.set(key, why)
      this.#o.onOutcome({ authority, year, outcome: isRefused ? 'refused' : 'failed', why, isKnown })
      await sources.controlPlane.releaseStates.refuse(authority, year, isRefused ? why : `it failed: ${why}`)
    }
  }

  /**
   * Once a day a release, and at once after it was made. The thread is lent in steps, one a school's lead, and events
   * go on meanwhile.
   */
  async #audit(authority: number, year: number, signal?: AbortSignal): Promise<void> {
    const { sources, now, auditEveryMs = 86_400_000, onAudit, onOutcome } = this.#o
    const scope = operatorScope([authority])
    try {
      const newest = (await readReleases(sources.warehouse, scope, [year])).at(-1)
      if (!newest || !this.#isOwned(authority)) return
      const key = `${authority} ${year}`
      const last = this.#audited.get(key)
      const at = now().getTime()
      if (last?.release === releaseName(newest) && at - last.at < auditEveryMs) return
      const found = await auditRelease(sources.warehouse, { scope, authority, year }, async () => {
        await turn()
        signal?.throwIfAborted()
      })
      if (!found) return
      const release = releaseName(found.release)
      this.#audited.set(key, { release, at })
      await sources.controlPlane.releaseStates.audited(authority, year, release, found.exposed)
      onAudit?.({ authority, year, release, exposed: found.exposed, ms: found.ms })
    } catch (error) {
      if (signal?.aborted) return
      const why = `audit: ${error instanceof DisclosureError ? refusalOf(error) : (error as Error).name}`
      onOutcome({ authority, year, outcome: 'failed', why, isKnown: false })
    }
  }
}

/** The running academic year and the one before it; older ones are closed by hand. */
function yearsOf(now: Date): number[] {
  const running = now.getUTCFullYear() - (now.getUTCMonth() < 7 ? 1 : 0)
  return [running - 1, running]
}

/** A release is announced in the audit first of all: there the ledger is asked whether the partition is still ours. */
const fenced = ({ controlPlane, ...sources }: CloserSources, partition: number, epoch: number) => ({
  ...sources,
  controlPlane: {
    authorities: controlPlane.authorities,
    calendars: controlPlane.calendars,
    schools: controlPlane.schools,
    ledger: controlPlane.ledger,
    releaseStates: controlPlane.releaseStates,
    audit: {
      async append(note: Parameters<typeof controlPlane.audit.append>[0]): Promise<void> {
        await controlPlane.ledger.advance(new Map([[partition, { epoch }]]))
        await controlPlane.audit.append(note)
      },
    },
  },
})

export interface KeepClosing {
  readonly signal: AbortSignal
  readonly lookEveryMs?: number
  /** The log, the warehouse or the control plane is away: the next look comes in any case. */
  onTrouble(error: unknown): void
}

/** Looks until the signal aborts. Never rejects: a release that cannot be made stops no event on its way. */
export async function keepClosing(
  closer: Pick<Closer, 'look'>,
  { signal, lookEveryMs = 5_000, onTrouble }: KeepClosing,
): Promise<void> {
  while (!signal.aborted) {
    await closer.look(signal).catch(onTrouble)
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined)
  }
}
