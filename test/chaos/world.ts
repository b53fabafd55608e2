import type { LedgerChange, Position } from '@cairn/control-plane'
import type { PartitionBatch } from '@cairn/event-log'
import {
  type Domain,
  defaultTimelines,
  type InstrumentDefinition,
  type PolicyTimeline,
  type Rule,
  resilienceWheel,
  scorer,
} from '@cairn/mtss'
import type { Warehouse } from '@cairn/warehouse'
import { temporaryWarehouse } from '@cairn/warehouse/testing'
import { Aggregator, type Ledger, type Span } from '../../services/aggregator/aggregator.ts'
import type { Calendars } from '../../services/aggregator/calendars.ts'
import { allProtections, type Protections } from '../../services/aggregator/protections.ts'
import type { Policies } from '../../services/aggregator/tiers.ts'
import { mergeAll } from './merge.ts'
import type { LoggedInput, ModelOptions } from './model.ts'
import { type Input, recordOf } from './stream.ts'

/** First days of half-terms, the same every year: a calendar to test by. */
export const halfTermStarts = (year: number): string[] => [
  `${year}-08-01`,
  `${year}-10-27`,
  `${year + 1}-01-05`,
  `${year + 1}-02-16`,
  `${year + 1}-04-13`,
  `${year + 1}-06-01`,
]

/** Independent of packages/mtss: mean of the answered items, at least half of them, from 1–5 to 0–100. */
export function scoreByHand(
  instrument: string,
  answers: Record<string, number>,
): Map<string, number> | undefined {
  if (instrument !== 'resilience-wheel@1') return undefined
  const scores = new Map<string, number>()
  for (const { id, items } of resilienceWheelItems) {
    const answered = items.flatMap((i) =>
      answers[i.id] === undefined ? [] : [i.reverse ? 6 - answers[i.id]! : answers[i.id]!],
    )
    if (answered.length * 2 >= items.length)
      scores.set(
        id,
        Number((((answered.reduce((a, b) => a + b, 0) / answered.length - 1) / 4) * 100).toFixed(4)),
      )
  }
  return scores
}

const resilienceWheelItems = resilienceWheel.subscales.map((s) => ({
  id: s.id,
  items: resilienceWheel.items
    .filter((i) => i.subscales.includes(s.id))
    .map((i) => ({ id: i.id, reverse: i.reverse ?? false })),
}))

const levelOf: Record<string, string> = {
  ...{ bonding: 'community', boundaries: 'community', high_expectations: 'community' },
  ...{ life_skills: 'individual', caring_support: 'family', meaningful_participation: 'societal' },
}

/** Levels of the Resilience Wheel's first version: three items an element, half of a level's must be answered. */
function levelsByHand(answers: Record<string, number>): Map<string, number> {
  const scores = new Map<string, number>()
  for (const level of new Set(Object.values(levelOf))) {
    const items = Object.keys(levelOf)
      .filter((element) => levelOf[element] === level)
      .flatMap((element) => [1, 2, 3].map((n) => answers[`${element}_${n}`]))
    const given = items.filter((answer) => answer !== undefined)
    if (given.length < items.length / 2) continue
    const points = given.reduce((sum, answer) => sum + (answer - 1) * 25, 0)
    scores.set(`level.${level}`, Math.round((points / given.length) * 1e4) / 1e4)
  }
  return scores
}

export const modelOptions: ModelOptions = { halfTermStarts, score: scoreByHand, factors: levelsByHand }

/** The ledger of the control plane, in memory; `fence: false` is what happens without it. */
export class MemoryLedger implements Ledger {
  readonly rows = new Map<number, Position>()
  readonly #fence: boolean
  constructor(fence = true) {
    this.#fence = fence
  }

  async claim(partitions: readonly number[]): Promise<Map<number, Position>> {
    const epoch = Math.max(0, ...[...this.rows.values()].map((p) => p.epoch)) + 1
    for (const p of partitions)
      this.rows.set(p, { offset: 0, drained: 0, settled: 0, tiered: 0, ...this.rows.get(p), epoch })
    return new Map(partitions.map((p) => [p, { ...this.rows.get(p)! }]))
  }

  async advance(changes: Map<number, LedgerChange>): Promise<void> {
    for (const [p, change] of changes)
      if (this.#fence && this.rows.get(p)?.epoch !== change.epoch) throw new Error(`fenced: partition ${p}`)
    for (const [p, { drainedAt: _, epoch: __, ...change }] of changes)
      Object.assign(this.rows.get(p)!, change)
  }

  rewind(partition: number, to: number): void {
    const row = this.rows.get(partition)
    if (!row) return
    const { offset, drained, settled, tiered } = row
    Object.assign(row, {
      offset: Math.min(offset, to),
      drained: Math.min(drained, to),
      settled: Math.min(settled, to),
      tiered: Math.min(tiered, to),
    })
  }
}

const day = 86_400_000

export const calendars: Calendars = {
  revision: async () => 1,
  of: async (authorities) =>
    authorities.map((authority) => ({ authority, school: 0, weeks: [2024, 2025].flatMap(weeksOfYear) })),
}

const wheel = ['bonding', 'boundaries', 'life_skills'].map((subscale, i) => ({
  subscale,
  // One of everybody, two of the pupil's own word.
  series: `resilience-wheel.${subscale}${i > 0 ? '.self' : ''}`,
}))
const usual = { weeks: 8, minPoints: 2, minSources: 2, holdWeeks: 3, reviewAfterWeeks: 8 }

/** The rules as shipped but for SEMH, where these read scores: the first version of the wheel has no bands. */
export const testTimelines: Readonly<Record<Domain, PolicyTimeline>> = {
  ...defaultTimelines,
  semh: [
    {
      from: 0,
      policy: {
        domain: 'semh',
        version: 1,
        rules: [
          ...wheel.map(
            ({ subscale, series }): Rule => ({
              ...{ ...usual, id: `very_low_${subscale}`, from: 2, to: 3 },
              conditions: [{ observe: 'score', series, atMost: 3000 }],
            }),
          ),
          ...wheel.map(
            ({ subscale, series }): Rule => ({
              ...{ ...usual, id: `low_${subscale}`, from: 1, to: 2, holdWeeks: 0 },
              conditions: [{ observe: 'score', series, atMost: 5000 }],
            }),
          ),
          {
            ...{ ...usual, id: 'target_of_incidents', from: 1, to: 2, minPoints: 1 },
            conditions: [{ observe: 'incidents', severity: 3, atLeast: 2 }],
          },
          ...([3, 2] as const).map(
            (from): Rule => ({
              ...{ ...usual, id: `recovered_from_${from}`, from, to: from === 3 ? 2 : 1, minSources: 1 },
              conditions: wheel.map(({ series }) => ({ observe: 'score', series, atLeast: 3500 })),
              streak: { of: 'score', series: wheel[0]!.series, points: 2, atLeast: 4000 },
            }),
          ),
        ],
      },
    },
  ],
}

export const testPolicies: Policies = {
  revision: async () => 1,
  of: async (authorities) => new Map(authorities.map((authority) => [authority, testTimelines])),
}

function weeksOfYear(year: number) {
  const starts = halfTermStarts(year)
  const weeks = [`${year}-08-01`]
  for (let at = Date.UTC(year, 7, 2); at <= Date.UTC(year + 1, 6, 31); at += day)
    if (new Date(at).getUTCDay() === 1) weeks.push(new Date(at).toISOString().slice(0, 10))
  return weeks.map((week) => {
    const mondayOf = (d: string) =>
      new Date(Date.parse(d) - ((new Date(d).getUTCDay() + 6) % 7) * day).toISOString().slice(0, 10)
    const halfTerm = Math.max(1, starts.filter((s) => mondayOf(s) <= week).length)
    return { week, year, halfTerm, term: Math.ceil(halfTerm / 2) }
  })
}

/** A log in memory and a real warehouse, in which owners can be interleaved step by step. */
export class World {
  readonly warehouse: Warehouse
  readonly ledger = new MemoryLedger()
  readonly log: LoggedInput[] = []
  readonly #stop: () => Promise<void>
  readonly #authorities: readonly number[]
  readonly #next = new Map<number, number>()
  #late = 0

  private constructor(warehouse: Warehouse, authorities: readonly number[], stop: () => Promise<void>) {
    this.warehouse = warehouse
    this.#authorities = authorities
    this.#stop = stop
  }

  static async open(options: { authorities: readonly number[] }): Promise<World> {
    const { warehouse, remove } = await temporaryWarehouse()
    return new World(warehouse, options.authorities, remove)
  }

  owner(
    name: string,
    o: {
      protections?: Protections
      warehouse?: Warehouse
      ledger?: Ledger
      policies?: Policies
      pupilsAtOnce?: number
      factsAtOnce?: number
      instruments?: readonly InstrumentDefinition[]
    } = {},
  ): Aggregator {
    return new Aggregator({
      warehouse: o.warehouse ?? this.warehouse,
      ledger: o.ledger ?? this.ledger,
      calendars,
      policies: o.policies ?? testPolicies,
      context: { score: scorer(o.instruments ?? [resilienceWheel]) },
      authorities: async () => this.#authorities,
      partitionOf: (authority) => this.#authorities.indexOf(authority),
      owner: name,
      protections: o.protections ?? allProtections,
      ...(o.pupilsAtOnce ? { pupilsAtOnce: o.pupilsAtOnce } : {}),
      ...(o.factsAtOnce ? { factsAtOnce: o.factsAtOnce } : {}),
    })
  }

  get partitions(): number[] {
    return this.#authorities.map((_, i) => i)
  }

  append(...events: Input[]): void {
    for (const event of events) {
      const offset = this.#next.get(event.authority) ?? 0
      this.#next.set(event.authority, offset + 1)
      // After all days that tests speak of, unless a test says when.
      this.log.push({ appendedAt: Date.UTC(2028, 0, 1) + offset, ...event, offset })
    }
  }

  /** What stands in the log from where this owner is, `limit` records of each partition at most. */
  batches(owner: Aggregator, limit = Number.POSITIVE_INFINITY): (PartitionBatch & Span)[] {
    return [...owner.positions].flatMap(([partition, { offset }]) => {
      const authority = this.#authorities[partition]!
      const events = this.log.filter((e) => e.authority === authority && e.offset >= offset).slice(0, limit)
      if (events.length === 0) return []
      const records = events.map((e) => ({
        ...recordOf(e),
        offset: e.offset,
        appendedAt: e.appendedAt!,
      }))
      const last = records.at(-1)!
      return [{ partition, records, nextOffset: last.offset + 1, appendedAt: last.appendedAt }]
    })
  }

  merge(): Promise<void> {
    return mergeAll(this.warehouse)
  }

  /** A warehouse whose cells land only when told to: the owner has computed them, and is slow to write. */
  async slowCells(): Promise<{ warehouse: Warehouse; land(): Promise<void> }> {
    const late = `cells_late_${this.#late++}`
    await this.warehouse.command({ name: 'late', sql: `CREATE TABLE ${late} AS cells` })
    const command: Warehouse['command'] = (statement) =>
      this.warehouse.command({
        ...statement,
        sql: statement.sql.replace('INSERT INTO cells ', `INSERT INTO ${late} `),
      })
    return {
      warehouse: { ...this.warehouse, command },
      land: () => this.warehouse.command({ name: 'land', sql: `INSERT INTO cells SELECT * FROM ${late}` }),
    }
  }

  close(): Promise<void> {
    return this.#stop()
  }
}
