import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ControlPlane, loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { type EventLog, openEmbeddedLog } from '@cairn/event-log'
import { migrateWarehouse, openWarehouse, type Warehouse } from '@cairn/warehouse'
import { startEngine } from '@cairn/warehouse/engine'
import type { Protections } from '../../services/aggregator/protections.ts'
import type { Comparison } from './compare.ts'
import { mergeAll } from './merge.ts'
import type { LoggedInput } from './model.ts'
import { type Input, randomBy, recordOf, stream } from './stream.ts'
import { compareAll } from './tiers-model.ts'
import type { WorkerOptions } from './worker.ts'

export interface ChaosOptions {
  readonly kills: number
  readonly seed: number
  readonly eventsPerKill: number
  readonly without?: keyof Protections
  /** Rounds compare with the model after this many kills. */
  readonly killsPerRound?: number
  say(line: string): void
}

export interface ChaosResult extends Comparison {
  readonly seed: number
  readonly kills: number
  readonly lateOwners: number
  readonly engineKills: number
  readonly rewinds: number
  readonly merges: number
  readonly rounds: number
  readonly events: number
  readonly authorities: number
  readonly seconds: number
}

type Engine = Awaited<ReturnType<typeof startEngine>>

const authorities = [901, 902, 903, 904, 905, 906]

/** Streams events through real aggregator processes that are killed, and compares with the model round by round. */
export async function runChaos(o: ChaosOptions): Promise<ChaosResult> {
  const started = performance.now()
  const dir = mkdtempSync(join(tmpdir(), 'cairn-chaos-'))
  const stage = await Stage.open(dir, o)
  try {
    await stage.play()
    return { ...stage.result, seconds: Math.round((performance.now() - started) / 1000) }
  } finally {
    await stage.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

class Stage {
  readonly #o: ChaosOptions
  readonly #dir: string
  readonly #random: () => number
  readonly #events: Generator<Input>
  readonly #log: EventLog
  readonly #controlPlane: ControlPlane
  readonly #history: LoggedInput[] = []
  #engine: Engine
  #warehouse: Warehouse
  #active: ChildProcess | undefined
  #standby: Promise<ChildProcess>
  readonly #frozen = new Set<ChildProcess>()
  readonly #counts = { kills: 0, lateOwners: 0, engineKills: 0, rewinds: 0, merges: 0, rounds: 0 }
  #comparison: Comparison = { cells: 0, lost: 0, doubled: 0, wrong: 0, termsWrong: 0, examples: [] }

  private constructor(
    dir: string,
    o: ChaosOptions,
    log: EventLog,
    controlPlane: ControlPlane,
    engine: Engine,
  ) {
    this.#dir = dir
    this.#o = o
    this.#random = randomBy(o.seed ^ 0x5eed)
    this.#events = stream({ seed: o.seed, authorities, schoolsEach: 4, pupilsEach: 80 })
    this.#log = log
    this.#controlPlane = controlPlane
    this.#engine = engine
    this.#warehouse = openWarehouse(engine)
    this.#standby = this.#boot()
  }

  static async open(dir: string, o: ChaosOptions): Promise<Stage> {
    mkdirSync(join(dir, 'engine'), { recursive: true })
    const masterKey = loadOrCreateMasterKey(join(dir, 'master.key'))
    const controlPlane = await openControlPlane({ url: `sqlite:${join(dir, 'control.db')}`, masterKey })
    await controlPlane.migrate()
    for (const code of authorities)
      await controlPlane.authorities.add({ code, gssCode: null, name: `Chaos ${code}` })
    const log = await openEmbeddedLog({ file: join(dir, 'log.db') })
    const engine = await startEngine({ dataDir: join(dir, 'engine') })
    const warehouse = openWarehouse(engine)
    await migrateWarehouse(warehouse)
    await warehouse.close()
    return new Stage(dir, o, log, controlPlane, engine)
  }

  get result(): Omit<ChaosResult, 'seconds'> {
    return {
      seed: this.#o.seed,
      ...this.#counts,
      events: this.#history.length,
      authorities: authorities.length,
      ...this.#comparison,
    }
  }

  async play(): Promise<void> {
    const perRound = this.#o.killsPerRound ?? 20
    while (this.#counts.kills < this.#o.kills && this.#comparison.wrong + this.#comparison.termsWrong === 0) {
      const until = Math.min(this.#o.kills, this.#counts.kills + perRound)
      while (this.#counts.kills < until) await this.#disturb()
      await this.#settle()
      this.#counts.rounds++
      this.#comparison = await compareAll(this.#warehouse, this.#history)
      const { cells, wrong, termsWrong } = this.#comparison
      this.#o.say(
        `  ${this.#counts.kills} kills, ${this.#history.length} events: ${wrong} of ${cells} values wrong, ${termsWrong} authorities off`,
      )
    }
  }

  /** One kill, with something else besides now and then. */
  async #disturb(): Promise<void> {
    const owner = await this.#take()
    const life = 30 + this.#random() * 700
    const append = this.#append(this.#o.eventsPerKill)
    await delay(life)
    const dice = this.#random()
    if (dice < 0.2) {
      // It freezes in the middle of whatever it does; another takes over; it wakes up and writes on.
      owner.kill('SIGSTOP')
      this.#frozen.add(owner)
      this.#active = undefined
      const next = await this.#take()
      await delay(100 + this.#random() * 600)
      owner.kill('SIGCONT')
      this.#counts.lateOwners++
      await delay(this.#random() * 400)
      await kill(next)
    } else {
      await kill(owner)
    }
    this.#active = undefined
    this.#counts.kills++
    await append
    if (this.#random() < 0.06) await this.#killEngine()
    if (this.#random() < 0.08) await this.#rewind()
    if (this.#random() < 0.1) await this.#merge()
  }

  /** The booted worker claims; the next one boots meanwhile. */
  async #take(): Promise<ChildProcess> {
    const worker = await this.#standby
    this.#standby = this.#boot()
    worker.stdin!.write('go\n')
    this.#active = worker
    return worker
  }

  async #boot(): Promise<ChildProcess> {
    const { url, username, password } = this.#engine
    const { without } = this.#o
    const options: WorkerOptions = {
      log: { kind: 'embedded', file: join(this.#dir, 'log.db') },
      controlPlane: `sqlite:${join(this.#dir, 'control.db')}`,
      masterKey: loadOrCreateMasterKey(join(this.#dir, 'master.key')).toString('base64'),
      ...{ url, username, password },
      ...(without ? { without } : {}),
      ...{ batch: 40 + Math.floor(this.#random() * 200), drainEvery: 60 + Math.floor(this.#random() * 200) },
    }
    const file = fileURLToPath(new URL('worker.ts', import.meta.url))
    const worker = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', file, JSON.stringify(options)],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    worker.stdin!.on('error', () => undefined)
    await new Promise<void>((resolve, reject) => {
      worker.stdout!.once('data', () => resolve())
      worker.once('exit', (code) => reject(new Error(`worker ended with ${code} before it was ready`)))
    })
    return worker
  }

  async #append(n: number): Promise<void> {
    for (let left = n; left > 0; ) {
      const some = Math.min(left, 1 + Math.floor(this.#random() * 30))
      const events = Array.from({ length: some }, () => this.#events.next().value!)
      await this.#log.append(events.map(recordOf))
      const appendedAt = Date.now()
      for (const event of events) this.#history.push({ ...event, offset: this.#history.length, appendedAt })
      left -= some
      await delay(5)
    }
  }

  /** Kills the warehouse under whoever writes; it comes back at the same address. */
  async #killEngine(): Promise<void> {
    await this.#warehouse.close()
    const { password, url } = this.#engine
    this.#engine.kill('SIGKILL')
    this.#counts.engineKills++
    await delay(200)
    const port = Number(new URL(url).port)
    this.#engine = await startEngine({ dataDir: join(this.#dir, 'engine'), port, password })
    this.#warehouse = openWarehouse(this.#engine)
  }

  async #rewind(): Promise<void> {
    const positions = await this.#controlPlane.ledger.positions()
    const one = positions[Math.floor(this.#random() * positions.length)]
    if (!one) return
    await this.#controlPlane.ledger.rewind(one.partition, Math.floor(one.offset * this.#random()))
    this.#counts.rewinds++
  }

  async #merge(): Promise<void> {
    await mergeAll(this.#warehouse)
    this.#counts.merges++
  }

  /** Lets one owner finish everything. Frozen owners are awake by now and must have found out. */
  async #settle(): Promise<void> {
    const owner = await this.#take()
    const ends = await this.#log.endOffsets()
    for (let waited = 0; ; waited += 50) {
      const positions = await this.#controlPlane.ledger.positions()
      const settled =
        positions.length > 0 &&
        positions.every((p) => Math.min(p.settled, p.tiered) === (ends.get(p.partition) ?? 0))
      if (settled) break
      if (owner.exitCode !== null)
        throw new Error(`the owner ended with ${owner.exitCode} before it was done`)
      if (waited > 120_000) throw new Error('not settled after two minutes')
      await delay(50)
    }
    await delay(300)
    await kill(owner)
    this.#active = undefined
    for (const former of this.#frozen) await kill(former)
    this.#frozen.clear()
  }

  async close(): Promise<void> {
    for (const worker of [this.#active, await this.#standby.catch(() => undefined), ...this.#frozen])
      if (worker) await kill(worker)
    await Promise.allSettled([this.#warehouse.close(), this.#log.close(), this.#controlPlane.close()])
    await this.#engine.stop()
  }
}

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  worker.kill('SIGKILL')
  await gone
}
