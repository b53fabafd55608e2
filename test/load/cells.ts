import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { toLogRecord } from '@cairn/contracts'
import { type ControlPlane, loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { type EventLog, type LogRecord, openEventLog } from '@cairn/event-log'
import { resilienceWheel, scorer } from '@cairn/mtss'
import { insertFacts, migrateWarehouse, openWarehouse, type Warehouse } from '@cairn/warehouse'
import { startEngine } from '@cairn/warehouse/engine'
import { RowsOf } from '../../services/aggregator/rows.ts'
import { answerIds, randomBy } from '../chaos/stream.ts'
import { bareConsumer } from './bare.ts'
import { type BenchBroker, type BenchTopic, withoutKafka } from './kafka.ts'

export interface CellsBench {
  readonly events: number
  readonly seconds: number
  /** Log to weekly cells, events a second. */
  readonly eventsPerSecond: number
  /** The same, to the cells of longer periods too. */
  readonly settledPerSecond: number
  /** The same, until recommendations of tiers are worked out too. */
  readonly tieredPerSecond: number
  /** Baseline: the same fact rows inserted into the same engine by the same client, and nothing else. */
  readonly rawRowsPerSecond: number
  readonly ratioToRaw: number
  readonly cellsPerFact: number
  readonly aggregatorPeakMb: number
}

const authorities = Array.from({ length: 12 }, (_, i) => 901 + i)
/** As many records as the aggregator gathers into one insert by default. */
const batchSize = 40_000
const schoolsEach = 100
const pupilsEach = 300

/**
 * Check-ins interleaved over authorities and schools: `week` is the present one, and 3 % come late, for one of the nine
 * weeks before. 2 % are corrected, a fifth of those before their first version comes.
 */
export function* checkins(seed: number, from: number, n: number, week?: number): Generator<LogRecord> {
  const random = randomBy(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const waiting: LogRecord[] = []
  for (let i = 0; i < n; i++) {
    const late = waiting.length > 50 || (i % 100 === 99 && waiting.length > 0)
    if (late && random() < 0.5) {
      yield waiting.shift()!
      continue
    }
    const authority = authorities[below(authorities.length)]!
    const school = 800_000 + (authority % 100) * schoolsEach + below(schoolsEach)
    const day = new Date(
      Date.UTC(2025, 8, 1) + 7 * 86_400_000 * (week === undefined || random() < 0.03 ? below(10) : week),
    )
      .toISOString()
      .slice(0, 10)
    const event = (version: number) =>
      toLogRecord(
        {
          id: `c${from + i}`,
          source: `urn:bench:${school}`,
          type: 'checkin.submitted',
          major: 1,
          version,
          data: {
            school: String(school),
            pupil: `k1:${(school * 1000 + below(pupilsEach)).toString(16).padStart(32, '0')}`,
            instrument: 'resilience-wheel@1',
            informant: 'self',
            submittedOn: day,
            answers: Object.fromEntries(answerIds.map((item) => [item, 1 + below(5)])),
          },
        },
        authority,
      )
    const first = event(1)
    if (random() < 0.02) {
      const second = event(2)
      const before = random() < 0.2
      waiting.push(before ? first : second)
      yield before ? second : first
    } else yield first
  }
}

export class CellsStage {
  readonly #broker: BenchBroker | undefined
  #topic: BenchTopic | undefined
  readonly #dir = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  #log!: EventLog
  #controlPlane!: ControlPlane
  #engine!: Awaited<ReturnType<typeof startEngine>>
  #warehouse!: Warehouse
  #sent = 0

  constructor(broker?: BenchBroker) {
    this.#broker = broker
  }

  static async open(broker?: BenchBroker): Promise<CellsStage> {
    const stage = new CellsStage(broker)
    const dir = stage.#dir
    mkdirSync(join(dir, 'engine'))
    const masterKey = loadOrCreateMasterKey(join(dir, 'master.key'))
    stage.#controlPlane = await openControlPlane({ url: `sqlite:${join(dir, 'control.db')}`, masterKey })
    await stage.#controlPlane.migrate()
    for (const code of authorities)
      await stage.#controlPlane.authorities.add({ code, gssCode: null, name: `Bench ${code}` })
    stage.#topic = await broker?.topic('cells')
    stage.#log = await openEventLog(stage.#topic?.settings ?? { kind: 'embedded', file: join(dir, 'log.db') })
    stage.#engine = await startEngine({ dataDir: join(dir, 'engine') })
    stage.#warehouse = openWarehouse(stage.#engine)
    await migrateWarehouse(stage.#warehouse)
    return stage
  }

  /** Appends the events while no aggregator runs, then times one from its claim until all of it is in cells. */
  async run(events: number, week?: number): Promise<CellsBench> {
    await this.#append(events, week)
    const before = await this.#cells()
    const ends = await this.#log.endOffsets()
    const aggregator = this.#spawn()
    const peak = watchPeak(aggregator)
    try {
      const done = (mark: 'drained' | 'settled' | 'tiered') => async () =>
        alive(aggregator) &&
        (await this.#controlPlane.ledger.positions()).every((p) => p[mark] >= (ends.get(p.partition) ?? 0))
      const epoch = await this.#epoch()
      await until(async () => alive(aggregator) && (await this.#epoch()) > epoch)
      const started = performance.now()
      await until(done('drained'))
      const seconds = (performance.now() - started) / 1000
      await until(done('settled'))
      const settled = (performance.now() - started) / 1000
      await until(done('tiered'))
      const tiered = (performance.now() - started) / 1000
      const raw = await this.#raw(Math.min(events, 100_000))
      const cells = (await this.#cells()) - before
      return {
        events,
        seconds: round(seconds, 2),
        eventsPerSecond: Math.round(events / seconds),
        settledPerSecond: Math.round(events / settled),
        tieredPerSecond: Math.round(events / tiered),
        rawRowsPerSecond: Math.round(raw),
        ratioToRaw: round(events / seconds / raw, 3),
        cellsPerFact: round(cells / events, 3),
        aggregatorPeakMb: peak(),
      }
    } finally {
      if (aggregator.kill('SIGTERM')) await new Promise((resolve) => aggregator.once('exit', resolve))
    }
  }

  async #append(events: number, week?: number): Promise<void> {
    let batch: LogRecord[] = []
    for (const record of checkins(this.#sent + 1, this.#sent, events, week)) {
      batch.push(record)
      if (batch.length < 1_000) continue
      await this.#log.append(batch)
      batch = []
    }
    await this.#log.append(batch)
    this.#sent += events
  }

  async #epoch(): Promise<number> {
    return Math.max(0, ...(await this.#controlPlane.ledger.positions()).map((p) => p.epoch))
  }

  /** Rows with arrays count one for each value that they hold. */
  async #cells(): Promise<number> {
    const rows = await this.#warehouse.query<{ n: string }>({
      name: 'bench_cells',
      sql: 'SELECT sum(length(d)) AS n FROM cells FINAL',
      timeoutMs: 60_000,
    })
    return Number(rows[0]!.n)
  }

  /** The aggregator's own fact rows, built beforehand, inserted in the same batches into an empty table of the same shape. */
  async #raw(events: number): Promise<number> {
    await this.#warehouse.command({ name: 'bench', sql: 'DROP TABLE IF EXISTS kept' })
    await this.#warehouse.command({ name: 'bench', sql: 'CREATE TABLE kept AS fact_checkin' })
    const score = scorer([resilienceWheel])
    const redirected: Warehouse = {
      ...this.#warehouse,
      insert: (insert) => this.#warehouse.insert({ ...insert, table: 'kept' }),
    }
    const batches: Uint8Array[] = []
    let offset = 0
    const records = [...checkins(99, 50_000_000, events)].map((r) => ({
      ...r,
      offset: offset++,
      appendedAt: 0,
    }))
    for (let at = 0; at < events; at += batchSize) {
      const some = records.slice(at, at + batchSize)
      const gathered = new RowsOf({ score }, new Set())
      gathered.add([{ partition: 0, records: some, nextOffset: 0 }])
      batches.push(gathered.rows().facts.get('checkin')!)
    }
    const started = performance.now()
    for (const facts of batches) await insertFacts(redirected, 'checkin', facts)
    return events / ((performance.now() - started) / 1000)
  }

  #spawn(): ChildProcess {
    const main = fileURLToPath(new URL('../../services/aggregator/main.ts', import.meta.url))
    return spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--max-old-space-size=512', '--import', 'tsx', main],
      {
        stdio: ['pipe', 'ignore', 'inherit'],
        env: {
          ...process.env,
          ...(this.#topic?.env ?? withoutKafka),
          CAIRN_DATA: this.#dir,
          CLICKHOUSE_URL: this.#engine.url,
          CLICKHOUSE_USER: this.#engine.username,
          CLICKHOUSE_PASSWORD: this.#engine.password,
          CAIRN_SUPERVISED: '1',
          CAIRN_LOG_LEVEL: process.env.CAIRN_LOG_LEVEL ?? 'warn',
        },
      },
    )
  }

  /** Baselines of reading, records a second: all that was appended, by kafkajs alone and through the adapter. */
  async consume(): Promise<{ bareConsumerPerSecond: number; adapterPerSecond: number } | undefined> {
    if (!this.#broker) return undefined
    const bareConsumerPerSecond = await bareConsumer(this.#broker, this.#topic!.name, this.#sent)
    const consumer = await this.#log.consumer({ group: 'bench' })
    let seen = 0
    let started: number | undefined
    while (seen < this.#sent) {
      const { batches, assigned } = await consumer.poll({ maxRecords: 4_000, maxWaitMs: 1_000 })
      if (assigned.length > 0) started ??= performance.now()
      for (const { records } of batches) seen += records.length
    }
    const adapterPerSecond = Math.round(seen / ((performance.now() - started!) / 1000))
    await consumer.close()
    return { bareConsumerPerSecond, adapterPerSecond }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#warehouse.close(), this.#log.close(), this.#controlPlane.close()])
    await this.#engine.stop()
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

/** @throws where it has ended: nothing more will come */
function alive({ exitCode }: ChildProcess): true {
  if (exitCode !== null) throw new Error(`the aggregator ended with ${exitCode}`)
  return true
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 300_000
  while (!(await done())) {
    if (performance.now() > limit) throw new Error('the aggregator did not get there in five minutes')
    await delay(20)
  }
}

/** Peak resident memory of a process, MB, as Linux accounts it. */
export function watchPeak(child: ChildProcess): () => number {
  let peak = 0
  const read = () => {
    try {
      const line = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
      if (line) peak = Math.round(Number(line[1]) / 1024)
    } catch {
      // Not Linux, or gone.
    }
    return peak
  }
  const timer = setInterval(read, 500)
  child.once('exit', () => clearInterval(timer))
  return read
}
