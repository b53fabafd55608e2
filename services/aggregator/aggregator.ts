import type { FactContext } from '@cairn/contracts'
import type { LedgerChange, Position } from '@cairn/control-plane'
import type { PartitionBatch } from '@cairn/event-log'
import {
  calendarRevisions,
  contextFact,
  contextualFacts,
  erase,
  erasedPupils,
  facts,
  type Identity,
  identities,
  insertCalendar,
  insertDatedAhead,
  insertErasedMarkers,
  insertEvidence,
  insertEvidenceTombstones,
  insertFacts,
  insertQuarantine,
  insertReceipts,
  insertTombstones,
  type Recomputing,
  recomputePeriods,
  recomputeWeeks,
  repair,
  type Undrained,
  type Warehouse,
} from '@cairn/warehouse'
import { IdentityFilter } from './bloom.ts'
import type { Calendars } from './calendars.ts'
import { allProtections, type Protections } from './protections.ts'
import { type BatchRows, RowsOf } from './rows.ts'
import { type Policies, Tiers } from './tiers.ts'

/** The fenced ledger (the control plane's): every change checks the epoch, all or nothing. */
export interface Ledger {
  claim(partitions: readonly number[], owner: string): Promise<Map<number, Position>>
  advance(changes: ReadonlyMap<number, LedgerChange>): Promise<void>
}

/** How far a read of one partition came. */
export interface Span {
  readonly partition: number
  /** The offset after the last record. */
  readonly nextOffset: number
  /** When the last record was appended, milliseconds since 1970. */
  readonly appendedAt: number
}

export interface AggregatorParts {
  readonly warehouse: Warehouse
  readonly ledger: Ledger
  readonly calendars: Calendars
  readonly policies: Policies
  readonly context: FactContext
  /** Every authority there is. */
  authorities(): Promise<readonly number[]>
  partitionOf(authority: number): number
  readonly owner: string
  readonly protections?: Protections
  /** Pupils whose tiers are worked out in one turn, about. */
  readonly pupilsAtOnce?: number
  /** Facts that cells are recomputed from in one statement. */
  readonly factsAtOnce?: number
  readonly now?: () => number
}

/**
 * The protocol of exactly-once: receipts, facts, offset; then now and then repair, recompute, drained. Each step is a
 * method of its own, in the order of the protocol, so that tests can interleave two owners between any two of them.
 */
export class Aggregator {
  readonly #parts: AggregatorParts
  readonly #protect: Protections
  readonly #tiers: Tiers
  readonly #positions = new Map<number, Position>()
  readonly #authorities = new Map<number, Set<number>>()
  readonly #appendedAt = new Map<number, number>()
  #filter = new IdentityFilter()
  #suspects = new Map<string, Identity>()
  /** After a claim nothing is known of what a former owner left undone: repair all that came since drained. */
  #repairAll = true
  #erased = new Set<string>()
  #undrainedFacts = new Set<string>()
  #unsettledFacts = new Set<string>()
  #tieredUpTo: ReadonlyMap<number, number> = new Map()
  #sequence = 0
  #calendarsSeen = { at: 0, revision: -1 }

  constructor(parts: AggregatorParts) {
    this.#parts = parts
    this.#protect = parts.protections ?? allProtections
    this.#tiers = new Tiers(parts.warehouse, parts.policies, this.#protect, parts.pupilsAtOnce)
  }

  get positions(): ReadonlyMap<number, Position> {
    return this.#positions
  }

  /**
   * Says to the ledger that this owner is still here. For times in which nothing comes: an operator's rewind would
   * else wait for the next event. @throws FencedError
   */
  async renew(): Promise<void> {
    await this.#advance([...this.#positions.keys()].map((partition) => [partition, {}]))
  }

  get dirty(): boolean {
    return [...this.#positions.values()].some((p) => p.drained < p.offset)
  }

  get unsettled(): boolean {
    return [...this.#positions.values()].some((p) => p.settled < p.drained)
  }

  get untiered(): boolean {
    return this.#tiers.under || [...this.#positions.values()].some((p) => p.tiered < p.drained)
  }

  /**
   * Takes the partitions over: from now on a former owner's ledger changes fail. They are the whole assignment; what
   * was owned before and is not among them is let go (a new epoch must never write another owner's cells).
   * Returns where to read on.
   */
  async claim(partitions: readonly number[]): Promise<Map<number, number>> {
    this.#positions.clear()
    this.#authorities.clear()
    const claimed = await this.#parts.ledger.claim(partitions, this.#parts.owner)
    for (const [partition, position] of claimed) this.#positions.set(partition, { ...position })
    for (const authority of await this.#parts.authorities()) this.#know(authority)
    await this.#rebuild()
    return new Map([...claimed].map(([partition, position]) => [partition, position.offset]))
  }

  /** Filter, erased pupils and dirty marks, from the warehouse: nothing is taken over from a former owner's memory. */
  async #rebuild(): Promise<void> {
    const mine = [...this.#authorities.values()].flatMap((set) => [...set])
    this.#filter = new IdentityFilter()
    for await (const batch of identities(this.#parts.warehouse, mine))
      for (const { authority, id } of batch) this.#filter.add(authority, id)
    this.#erased = await erasedPupils(this.#parts.warehouse, mine)
    this.#suspects.clear()
    this.#tiers.forget()
    this.#repairAll = this.#protect.repairAllAfterClaim
    for (const fact of facts.keys()) {
      this.#undrainedFacts.add(fact)
      this.#unsettledFacts.add(fact)
    }
    this.#sequence = 0
  }

  #know(authority: number): void {
    const partition = this.#parts.partitionOf(authority)
    if (!this.#positions.has(partition)) return
    const known = this.#authorities.get(partition)
    if (known) known.add(authority)
    else this.#authorities.set(partition, new Set([authority]))
  }

  /** One cycle: receipts → facts → evidence → offset, in this order and never in parallel. */
  async take(batches: readonly (PartitionBatch & Span)[]): Promise<void> {
    await this.write(batches, this.read(batches))
  }

  /** Writes what was read of these spans; may be tried again as often as it takes. */
  async write(spans: readonly Span[], rows: BatchRows): Promise<void> {
    await this.writeReceipts(rows)
    await this.writeFacts(rows)
    await this.writeEvidence(rows)
    await this.moveOffset(spans, rows)
  }

  /** What the batches write; nothing is written yet. In production a thread of its own does it (reader.ts). */
  read(batches: readonly PartitionBatch[]): BatchRows {
    const gathered = new RowsOf(this.#parts.context, this.#erased, this.#protect)
    gathered.add(batches)
    return gathered.rows()
  }

  /** `authority pupil` of everybody erased when the partitions were claimed. */
  get erased(): ReadonlySet<string> {
    return this.#erased
  }

  async writeReceipts(rows: BatchRows): Promise<void> {
    for (const authority of new Set(rows.identities.authorities)) this.#know(authority)
    await insertQuarantine(this.#parts.warehouse, rows.quarantine)
    await insertReceipts(this.#parts.warehouse, rows.receipts)
    await insertErasedMarkers(this.#parts.warehouse, rows.erasedMarkers)
    for (const identity of await erase(this.#parts.warehouse, rows.erasures)) this.#suspect(identity)
  }

  async writeFacts(rows: BatchRows): Promise<void> {
    // Before they are facts: the present would else follow them until this has landed.
    await insertDatedAhead(this.#parts.warehouse, rows.datedAhead)
    for (const [fact, facts] of rows.facts) {
      await insertFacts(this.#parts.warehouse, fact, facts)
      this.#changed(fact)
    }
    for (const [fact, tombstones] of rows.tombstones) {
      await insertTombstones(this.#parts.warehouse, fact, tombstones)
      this.#changed(fact)
    }
  }

  async writeEvidence(rows: BatchRows): Promise<void> {
    await insertEvidence(this.#parts.warehouse, rows.evidence)
    await insertEvidenceTombstones(this.#parts.warehouse, rows.evidenceTombstones)
  }

  /** The identities of the batch count as seen only now that the offset has moved. */
  async moveOffset(spans: readonly Span[], rows: BatchRows): Promise<void> {
    await this.#advance(
      spans.map(({ partition, nextOffset }) => [
        partition,
        { offset: Math.max(nextOffset, this.#positions.get(partition)!.offset) },
      ]),
    )
    for (const { partition, appendedAt } of spans) this.#appendedAt.set(partition, appendedAt)
    const { authorities, ids, versions } = rows.identities
    for (const [i, id] of ids.entries()) {
      const authority = authorities[i]!
      const seen = this.#filter.has(authority, id)
      if (seen && (this.#protect.lateFirstVersions || versions[i]! > 1)) this.#suspect({ authority, id })
      if (!seen) this.#filter.add(authority, id)
    }
    for (const identity of rows.followUps) this.#suspect(identity)
  }

  #suspect(identity: Identity): void {
    this.#suspects.set(`${identity.authority} ${identity.id}`, identity)
  }

  #changed(fact: string): void {
    this.#undrainedFacts.add(fact)
    this.#unsettledFacts.add(fact)
  }

  /** Repair → recompute weeks → drained. */
  async drain(): Promise<void> {
    const upTo = new Map([...this.#positions].map(([partition, p]) => [partition, p.offset]))
    await this.repair()
    await this.recomputeWeeks()
    await this.moveDrained(upTo)
  }

  /** Tombstones wherever an identity stood and does not stand any more. */
  async repair(): Promise<void> {
    if (!this.#protect.repair) return
    const suspects = this.#repairAll ? { since: this.#marks((p) => p.drained) } : [...this.#suspects.values()]
    for (const fact of await repair(this.#parts.warehouse, suspects, this.#protect)) this.#changed(fact)
    this.#suspects.clear()
  }

  async recomputeWeeks(): Promise<void> {
    const marks = this.#marks((p) => p.drained)
    const { facts, options } = this.#reached(this.#undrainedFacts)
    for (const fact of facts)
      await recomputeWeeks(this.#parts.warehouse, fact, marks, this.#generation(), options)
  }

  async moveDrained(upTo: ReadonlyMap<number, number>): Promise<void> {
    const now = (this.#parts.now ?? Date.now)()
    await this.#advance(
      [...upTo].map(([partition, offset]) => [
        partition,
        { drained: offset, drainedAt: this.#appendedAt.get(partition) ?? now },
      ]),
    )
    this.#repairAll = false
    this.#undrainedFacts.clear()
  }

  /**
   * Recomputes what is kept by period (different pupils), up to what is drained; costs more, so it runs less often.
   */
  async settle(): Promise<void> {
    const upTo = new Map([...this.#positions].map(([partition, p]) => [partition, p.drained]))
    await this.#syncCalendars()
    const marks = this.#marks((p) => p.settled)
    const { facts, options } = this.#reached(this.#unsettledFacts)
    for (const fact of facts)
      await recomputePeriods(this.#parts.warehouse, fact, marks, this.#generation(), options)
    await this.#advance([...upTo].map(([partition, settled]) => [partition, { settled }]))
    if (!this.dirty) this.#unsettledFacts.clear()
  }

  /**
   * Recommends tiers up to what is drained, in one share of the pupils at a time. The mark moves after the last share,
   * to where drained stood before the first: what came between is worked out again in the next pass.
   * @returns whether the pass is done
   */
  async recommendShare(): Promise<boolean> {
    if (!this.#tiers.under) {
      this.#tieredUpTo = new Map([...this.#positions].map(([partition, p]) => [partition, p.drained]))
      await this.#tiers.begin(this.#marks((p) => p.tiered))
    }
    const done = await this.#tiers.share(this.#generation())
    if (!done && this.#protect.tieredAfterAll) return false
    await this.#advance([...this.#tieredUpTo].map(([partition, tiered]) => [partition, { tiered }]))
    return done
  }

  /** A whole pass. */
  async recommend(): Promise<void> {
    while (!(await this.recommendShare()));
  }

  /** Whether tier rules changed since the last pass began; looked at every five seconds at most. */
  async policiesChanged(): Promise<boolean> {
    return this.#positions.size > 0 && this.#tiers.changed((this.#parts.now ?? Date.now)())
  }

  /** Whether term calendars changed since the warehouse was told; looked at every five seconds at most. */
  async calendarsChanged(): Promise<boolean> {
    const now = (this.#parts.now ?? Date.now)()
    if (now - this.#calendarsSeen.at < 5_000 || this.#positions.size === 0) return false
    const revision = await this.#parts.calendars.revision()
    const changed = revision !== this.#calendarsSeen.revision
    this.#calendarsSeen = { at: now, revision }
    return changed
  }

  /** A changed calendar moves weeks between periods: all periods of its authority are worked out anew. */
  async #syncCalendars(): Promise<void> {
    const revision = await this.#parts.calendars.revision()
    const mine = [...this.#authorities.values()].flatMap((set) => [...set])
    const there = await calendarRevisions(this.#parts.warehouse)
    const stale = mine.filter((authority) => (there.get(authority) ?? -1) < revision)
    if (stale.length === 0) return
    const partitions = new Set(stale.map((authority) => this.#parts.partitionOf(authority)))
    await this.#advance([...partitions].map((partition) => [partition, { settled: 0 }]))
    for (const fact of facts.keys()) this.#unsettledFacts.add(fact)
    await insertCalendar(this.#parts.warehouse, await this.#parts.calendars.of(stale), revision)
  }

  /**
   * A context changes the figures of whatever is broken down by pupils' characteristics. Where none came nobody is looked
   * for in the facts: that reads all of them.
   */
  #reached(changed: ReadonlySet<string>): {
    facts: ReadonlySet<string>
    options: Recomputing
  } {
    const contexts = changed.has(contextFact)
    return {
      facts: contexts ? new Set([...changed, ...contextualFacts]) : changed,
      options: {
        contextsReach: contexts && this.#protect.contextsReach,
        factsAtOnce: this.#parts.factsAtOnce,
      },
    }
  }

  #marks(from: (p: Position) => number): Undrained[] {
    return [...this.#positions]
      .map(([partition, p]) => ({
        authorities: [...(this.#authorities.get(partition) ?? [])],
        from: from(p),
        to: p.offset,
      }))
      .filter((m) => m.authorities.length > 0)
  }

  /** Rises with each statement and with each owner: the newest computation of a cell wins, whenever it lands. */
  #generation(): string {
    const epoch = Math.max(...[...this.#positions.values()].map((p) => p.epoch))
    return ((BigInt(this.#protect.generation ? epoch : 1) << 40n) | BigInt(++this.#sequence)).toString()
  }

  async #advance(changes: [number, Omit<LedgerChange, 'epoch'>][]): Promise<void> {
    const owned = changes.filter(([partition]) => this.#positions.has(partition))
    await this.#parts.ledger.advance(
      new Map(
        owned.map(([partition, change]) => [
          partition,
          { epoch: this.#positions.get(partition)!.epoch, ...change },
        ]),
      ),
    )
    for (const [partition, { drainedAt: _, ...change }] of owned)
      Object.assign(this.#positions.get(partition)!, change)
  }
}
