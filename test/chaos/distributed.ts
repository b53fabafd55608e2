import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Position } from '@cairn/control-plane'
import type { Protections } from '../../services/aggregator/protections.ts'
import type { Comparison } from './compare.ts'
import { Sender } from './sender.ts'
import { type Input, randomBy, stream } from './stream.ts'
import { compareAll } from './tiers-model.ts'
import { readTopic } from './topic.ts'
import {
  type Aggregating,
  authorities,
  end,
  type Installation,
  openInstallation,
  schoolsEach,
  sessionTimeoutMs,
} from './world-distributed.ts'

export interface DistributedOptions {
  readonly faults: number
  readonly seed: number
  /** Events that are sent while a fault lasts, at least. */
  readonly eventsPerFault: number
  /** How long broker and engine are unreachable, once each, in seconds; 0 leaves that out. */
  readonly outageSeconds: number
  readonly faultsPerRound?: number
  readonly without?: keyof Protections
  say(line: string): void
}

/** What was done, and how often. */
const kinds = [
  'aggregatorKills',
  'lateOwners',
  'rebalances',
  'brokerKills',
  'brokerFreezes',
  'engineKills',
  'engineFreezes',
  'databaseKills',
  'databaseFreezes',
  'ingestKills',
  'rewinds',
  'merges',
] as const
export type Fault = (typeof kinds)[number]

/** How often each comes among a hundred. */
const weights: Record<Fault, number> = {
  aggregatorKills: 26,
  lateOwners: 13,
  rebalances: 15,
  brokerKills: 7,
  brokerFreezes: 5,
  engineKills: 7,
  engineFreezes: 4,
  databaseKills: 5,
  databaseFreezes: 3,
  ingestKills: 6,
  rewinds: 6,
  merges: 3,
}

/** A part that was unreachable for minutes: what ingest said meanwhile, what memory it took, how the lag went. */
export interface Outage {
  readonly part: 'broker' | 'engine'
  readonly seconds: number
  readonly statuses: Record<number, number>
  readonly peakAggregatorMb: number
  readonly peakIngestMb: number
  readonly lag: number
  readonly drainSeconds: number
}

export interface DistributedResult extends Comparison {
  readonly seed: number
  readonly faults: Record<Fault, number>
  readonly sentFiveTimes: number
  readonly fenced: number
  readonly unexpectedEnds: number
  readonly rounds: number
  /** Distinct events that ingest acknowledged; records in the log (more: what was sent again). */
  readonly acknowledged: number
  readonly logged: number
  /** Acknowledged, and not in the log: each is a false 202. */
  readonly falselyAcknowledged: number
  readonly statuses: Record<number, number>
  readonly outages: readonly Outage[]
  readonly seconds: number
}

/** Real events through a real ingest, Kafka, PostgreSQL and two aggregators, all of which fail at random. */
export async function runDistributed(o: DistributedOptions): Promise<DistributedResult> {
  const started = performance.now()
  const installation = await openInstallation()
  const play = new Play(installation, o)
  try {
    await play.run()
    return { ...play.result, seconds: Math.round((performance.now() - started) / 1000) }
  } finally {
    await play.close()
    await installation.close()
  }
}

class Play {
  readonly #at: Installation
  readonly #o: DistributedOptions
  readonly #random: () => number
  readonly #events: Generator<Input>
  readonly #sender: Sender
  #aggregators: Aggregating[] = []
  readonly #counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Fault, number>
  readonly #outages: Outage[] = []
  readonly #expectedEnds = new Set<Aggregating>()
  #five = 0
  #fenced = 0
  #unexpectedEnds = 0
  #rounds = 0
  #logged = 0
  #falselyAcknowledged = 0
  #comparison: Comparison = { cells: 0, lost: 0, doubled: 0, wrong: 0, termsWrong: 0, examples: [] }
  #closing = false

  constructor(at: Installation, o: DistributedOptions) {
    this.#at = at
    this.#o = o
    this.#random = randomBy(o.seed ^ 0xd157)
    this.#events = stream({ seed: o.seed, authorities, schoolsEach, pupilsEach: 80 })
    this.#sender = new Sender(at.ingest.url, at.keys)
  }

  get result(): Omit<DistributedResult, 'seconds'> {
    return {
      seed: this.#o.seed,
      faults: this.#counts,
      sentFiveTimes: this.#five,
      fenced: this.#fenced + this.#aggregators.reduce((sum, { told }) => sum + told.fenced, 0),
      unexpectedEnds: this.#unexpectedEnds,
      rounds: this.#rounds,
      acknowledged: this.#sender.sent.acknowledged.size,
      logged: this.#logged,
      falselyAcknowledged: this.#falselyAcknowledged,
      statuses: this.#sender.sent.statuses,
      outages: this.#outages,
      ...this.#comparison,
    }
  }

  get #right(): boolean {
    const { wrong, termsWrong } = this.#comparison
    return wrong + termsWrong + this.#falselyAcknowledged === 0
  }

  async run(): Promise<void> {
    await this.#start()
    await this.#start()
    const perRound = this.#o.faultsPerRound ?? 20
    for (let done = 0; done < this.#o.faults && this.#right; ) {
      const until = Math.min(this.#o.faults, done + perRound)
      for (; done < until; done++) await this.#disturb()
      await this.#check()
    }
    if (this.#o.outageSeconds > 0 && this.#right) {
      for (const part of ['broker', 'engine'] as const) await this.#outage(part)
      await this.#check()
    }
  }

  /** One fault while events go on being sent. */
  async #disturb(): Promise<void> {
    const fault = this.#draw()
    // During every fifth fault or so, each event is sent five times.
    const times = this.#random() < 0.2 ? 5 : 1
    let over = false
    const sending = this.#send(this.#o.eventsPerFault, () => over, times)
    await delay(50 + this.#random() * 400)
    await this.#do(fault)
    this.#counts[fault]++
    await delay(50 + this.#random() * 300)
    over = true
    await sending
  }

  #draw(): Fault {
    let dice = this.#random() * Object.values(weights).reduce((a, b) => a + b)
    for (const kind of kinds) {
      dice -= weights[kind]
      if (dice < 0) return kind
    }
    return 'aggregatorKills'
  }

  async #do(fault: Fault): Promise<void> {
    const { broker, postgres, engine } = this.#at
    const pause = (from: number, to: number) => delay(from + this.#random() * (to - from))
    const one = this.#aggregators[Math.floor(this.#random() * this.#aggregators.length)]!
    switch (fault) {
      case 'aggregatorKills':
        await this.#retire(one)
        return this.#start()
      case 'lateOwners':
        // It freezes in the middle of whatever it does, for longer than its session; the other takes over.
        one.child.kill('SIGSTOP')
        await pause(sessionTimeoutMs + 500, sessionTimeoutMs + 2_500)
        one.child.kill('SIGCONT')
        return
      case 'rebalances': {
        await this.#start()
        await pause(300, 2_000)
        return this.#retire(this.#aggregators.at(-1)!)
      }
      case 'brokerKills':
        await broker.kill()
        await pause(0, 1_500)
        return broker.restart()
      case 'brokerFreezes':
        broker.freeze()
        await pause(500, 4_000)
        return broker.thaw()
      case 'engineKills':
        return this.#at.restartEngine()
      case 'engineFreezes':
        engine.kill('SIGSTOP')
        await pause(500, 3_000)
        engine.kill('SIGCONT')
        return
      case 'databaseKills':
        await postgres.kill()
        await pause(0, 1_000)
        return postgres.restart()
      case 'databaseFreezes':
        postgres.freeze()
        await pause(500, 3_000)
        return postgres.thaw()
      case 'ingestKills':
        return supervised(() => this.#at.restartIngest())
      case 'rewinds': {
        // As far back as the day's beginning, or further: the whole of a partition now and then.
        const positions = await this.#at.controlPlane.ledger.positions()
        const position = positions[Math.floor(this.#random() * positions.length)]
        if (position)
          await this.#at.controlPlane.ledger.rewind(
            position.partition,
            Math.floor(position.offset * Math.max(0, this.#random() * 1.3 - 0.3)),
          )
        return
      }
      case 'merges': {
        const { warehouse } = this.#at
        const tables = await warehouse.query<{ name: string }>({
          name: 'tables',
          sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND (name LIKE 'fact_%' OR name IN ('receipts', 'cells', 'evidence', 'dated_ahead', 'recommendation'))`,
        })
        for (const { name } of tables)
          await warehouse.command({ name: 'merge', sql: `OPTIMIZE TABLE ${name} FINAL` })
      }
    }
  }

  async #send(atLeast: number, enough: () => boolean, times: number): Promise<void> {
    for (let sent = 0; sent < atLeast || !enough(); ) {
      const size = 1 + Math.floor(this.#random() * 30)
      const events = Array.from({ length: size }, () => this.#events.next().value!)
      if (times > 1) this.#five += size
      for (const authority of new Set(events.map((event) => event.authority)))
        await this.#sender.send(
          authority,
          events.filter((event) => event.authority === authority),
          times,
        )
      sent += size
      await delay(10)
    }
  }

  async #start(): Promise<void> {
    const aggregator = await supervised(() =>
      this.#at.startAggregator({
        batch: 40 + Math.floor(this.#random() * 400),
        drainEvery: 60 + Math.floor(this.#random() * 200),
        ...(this.#o.without ? { without: this.#o.without } : {}),
      }),
    )
    this.#aggregators.push(aggregator)
    aggregator.child.once('exit', () => void this.#ended(aggregator))
  }

  /** A supervisor starts what has ended; ends that nobody caused are counted. */
  async #ended(aggregator: Aggregating): Promise<void> {
    this.#fenced += aggregator.told.fenced
    this.#aggregators = this.#aggregators.filter((one) => one !== aggregator)
    if (this.#expectedEnds.delete(aggregator) || this.#closing) return
    this.#unexpectedEnds++
    await this.#start()
  }

  async #retire(aggregator: Aggregating): Promise<void> {
    this.#expectedEnds.add(aggregator)
    await end(aggregator.child)
  }

  /** Everything logged is settled, then compared with the model of what the log really holds. */
  async #check(): Promise<void> {
    await this.#settled()
    const history = await readTopic(this.#at.brokers, this.#at.topic)
    const inLog = new Set(history.map((e) => `${e.source} ${e.id} ${e.version}`))
    this.#logged = history.length
    this.#falselyAcknowledged = [...this.#sender.sent.acknowledged].filter((one) => !inLog.has(one)).length
    this.#comparison = await compareAll(this.#at.warehouse, history)
    this.#rounds++
    const { cells, wrong, termsWrong } = this.#comparison
    const faults = Object.values(this.#counts).reduce((a, b) => a + b)
    this.#o.say(
      `  ${faults} faults, ${history.length} records: ${wrong} of ${cells} values wrong, ${termsWrong} authorities off, ${this.#falselyAcknowledged} false 202`,
    )
    if (this.#sender.sent.refused.length > 0)
      throw new Error(`ingest refused what is right: ${this.#sender.sent.refused.slice(0, 3).join('; ')}`)
  }

  async #settled(): Promise<void> {
    const deadline = performance.now() + 240_000
    for (;;) {
      const ends = await this.#at.log.endOffsets()
      const positions = new Map((await this.#at.controlPlane.ledger.positions()).map((p) => [p.partition, p]))
      if ([...ends].every(([partition, e]) => e === 0 || settled(positions.get(partition)) === e)) return
      if (performance.now() > deadline) {
        const behind = [...ends].filter(([partition, e]) => e > 0 && settled(positions.get(partition)) !== e)
        throw new Error(
          `not settled after four minutes: ${JSON.stringify(behind)} of ${JSON.stringify([...positions.values()])}; ` +
            `owned: ${JSON.stringify(this.#aggregators.map(({ told }) => told.partitions))}`,
        )
      }
      await delay(100)
    }
  }

  /** One part away for minutes, while events go on being sent. */
  async #outage(part: Outage['part']): Promise<void> {
    const { broker, engine } = this.#at
    const before = { ...this.#sender.sent.statuses }
    const peak = { aggregator: 0, ingest: 0 }
    let over = false
    const sending = this.#send(0, () => over, 1)
    if (part === 'broker') broker.freeze()
    else engine.kill('SIGSTOP')
    for (let second = 0; second < this.#o.outageSeconds; second++) {
      await delay(1_000)
      peak.ingest = Math.max(peak.ingest, residentMb(this.#at.ingest.pid))
      for (const { child } of this.#aggregators)
        peak.aggregator = Math.max(peak.aggregator, residentMb(child.pid!))
    }
    const statuses = Object.fromEntries(
      Object.entries(this.#sender.sent.statuses).map(([status, n]) => [
        status,
        n - (before[Number(status)] ?? 0),
      ]),
    )
    if (part === 'broker') broker.thaw()
    else engine.kill('SIGCONT')
    over = true
    await sending
    const back = performance.now()
    const lag = await this.#lag()
    await this.#settled()
    const drainSeconds = Math.round((performance.now() - back) / 100) / 10
    this.#outages.push({
      part,
      seconds: this.#o.outageSeconds,
      statuses,
      peakAggregatorMb: peak.aggregator,
      peakIngestMb: peak.ingest,
      lag,
      drainSeconds,
    })
    this.#o.say(
      `  ${part} away for ${this.#o.outageSeconds} s: answers ${JSON.stringify(statuses)}, ` +
        `lag ${lag}, all in the figures ${drainSeconds} s after it was back`,
    )
  }

  async #lag(): Promise<number> {
    const ends = await this.#at.log.endOffsets()
    const positions = new Map((await this.#at.controlPlane.ledger.positions()).map((p) => [p.partition, p]))
    return [...ends].reduce((sum, [partition, e]) => sum + e - (positions.get(partition)?.drained ?? 0), 0)
  }

  async close(): Promise<void> {
    this.#closing = true
    for (const { child } of this.#aggregators) await end(child)
  }
}

/** A service that cannot start while a broker or a database is away is started again until it can. */
async function supervised<T>(start: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 120_000
  for (;;) {
    try {
      return await start()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(250)
    }
  }
}

/** Resident memory of a process, from /proc. */
function residentMb(pid: number): number {
  try {
    const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    return Math.round(kib / 1024)
  } catch {
    return 0
  }
}

/** In the cells of every period and in tiers. */
const settled = (p: Position | undefined): number | undefined => p && Math.min(p.settled, p.tiered)
