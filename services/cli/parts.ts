import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { migrateWarehouse, openWarehouse, type WarehouseAddress } from '@cairn/warehouse'
import type { DataFolder } from './data-folder.ts'
import { shareCompileCache } from './env.ts'
import { Fault } from './fault.ts'
import { Keeper, type Launch } from './keeper.ts'
import { launchEngine, launchService } from './launch.ts'
import { migrateLog, warehouseServer } from './open.ts'
import { freePort } from './ports.ts'
import { removeRunFile, writeRunFile } from './run-file.ts'

export interface PartsOptions {
  readonly folder: DataFolder
  readonly gatewayPort: number
  readonly ingestPort: number
  /** A line for the person at the terminal. */
  onTrouble(line: string): void
  onReady(part: string): void
}

/**
 * Every part of the installation, as processes that are kept running. Kafka, PostgreSQL and a ClickHouse server that
 * the environment names are used instead of what is embedded, each independently of the others.
 */
export class Parts {
  readonly #options: PartsOptions
  readonly #keepers = new Map<string, Keeper>()
  readonly #startedAt = new Date().toISOString()
  readonly gateway: string
  readonly ingest: string
  readonly #server = warehouseServer()
  #engine: WarehouseAddress = this.#server ?? {
    url: '',
    username: 'cairn',
    password: randomBytes(24).toString('base64url'),
    database: 'default',
  }
  #ready = false
  #stopping = false

  constructor(options: PartsOptions) {
    this.#options = options
    this.gateway = `http://127.0.0.1:${options.gatewayPort}`
    this.ingest = `http://127.0.0.1:${options.ingestPort}`
  }

  /**
   * Resolves once everything is ready: gateway and ingest beside the engine, the aggregator once its tables are there.
   * `onIngest` runs as soon as events are taken, while the rest still starts. Whoever calls stops the parts again,
   * also where this rejects.
   */
  async start(onIngest: () => Promise<void>): Promise<void> {
    const { folder } = this.#options
    mkdirSync(folder.logs, { recursive: true, mode: 0o700 })
    shareCompileCache(folder.compileCache)
    await migrateLog(folder)
    const port = await freePort()
    if (!this.#server) this.#engine = { ...this.#engine, url: `http://127.0.0.1:${port}` }
    await Promise.all([
      this.#startWarehouse(port).then(() => this.#startService('aggregator')),
      this.#startService('gateway'),
      this.#startService('ingest').then(onIngest),
    ])
    this.#ready = true
    this.#note()
  }

  /** Ingest first, so that nothing new comes; the engine last, because the others write to it and read from it. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const name of ['ingest', 'aggregator', 'gateway', 'engine']) await this.#keepers.get(name)?.stop()
    removeRunFile(this.#options.folder)
  }

  async #startWarehouse(port: number): Promise<void> {
    if (!this.#server)
      await this.#keep('engine', launchEngine(this.#options.folder, port, this.#engine.password))
    const warehouse = openWarehouse(this.#engine)
    try {
      await migrateWarehouse(warehouse, { cluster: this.#server?.cluster })
    } finally {
      await warehouse.close()
    }
  }

  #startService(name: string): Promise<void> {
    const { folder, gatewayPort, ingestPort, onTrouble } = this.#options
    const env = {
      CAIRN_DATA: folder.path,
      CAIRN_INGEST_PORT: String(ingestPort),
      CAIRN_GATEWAY_PORT: String(gatewayPort),
      CAIRN_AGGREGATOR_PORT: '0',
      CLICKHOUSE_URL: this.#engine.url,
      CLICKHOUSE_USER: this.#engine.username,
      CLICKHOUSE_PASSWORD: this.#engine.password,
      CLICKHOUSE_DATABASE: this.#engine.database ?? 'default',
    }
    return this.#keep(name, launchService({ name, env }, folder, onTrouble))
  }

  async #keep(name: string, launch: Launch): Promise<void> {
    // A part whose turn comes after the stop has begun is not started any more.
    if (this.#stopping) return
    const keeper = new Keeper(name, launch, {
      change: () => this.#note(),
      trouble: this.#options.onTrouble,
    })
    this.#keepers.set(name, keeper)
    try {
      await keeper.start()
    } catch (error) {
      if (this.#stopping) return
      throw new Fault(
        `${name} cannot be started: ${(error as Error).message}`,
        `Its log is in ${this.#options.folder.logs}.`,
      )
    }
    this.#options.onReady(name)
  }

  #note(): void {
    if (this.#stopping) return
    const pids = [...this.#keepers].flatMap(([name, { pid }]) => (pid ? [[name, pid] as const] : []))
    writeRunFile(this.#options.folder, {
      pid: process.pid,
      startedAt: this.#startedAt,
      ready: this.#ready,
      engine: this.#engine,
      gateway: this.gateway,
      ingest: this.ingest,
      pids: Object.fromEntries(pids),
    })
  }
}
