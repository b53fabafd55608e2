import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Position } from '@cairn/control-plane'
import type { Protections } from '../../services/aggregator/protections.ts'
import type { Comparison } from './compare.ts'
import { commit, drawFault, type Fault, kinds, supervised } from './faults.ts'
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
    const fault = drawFault(this.#random)
    // During every fifth fault or so, each event is sent five times.
    const times = this.#random() < 0.2 ? 5 : 1
    let over = false
    const sending = this.#send(this.#o.eventsPerFault, () => over, times)
    await delay(50 + this.#random() * 400)
    await commit(fault, {
      ...{ at: this.#at, random: this.#random, aggregators: () => this.#aggregators },
      start: () => this.#start(),
      retire: (aggregator) => this.#retire(aggregator),
    })
    this.#counts[fault]++
    await delay(50 + this.#random() * 300)
    over = true
    await sending
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
