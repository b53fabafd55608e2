import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ControlPlane, openControlPlane } from '@cairn/control-plane'
import { type EventLog, heartbeatMs, type LogSettings, migrateEventLog, openEventLog } from '@cairn/event-log'
import { migrateWarehouse, openWarehouse, type Warehouse } from '@cairn/warehouse'
import { type Engine, startEngine } from '@cairn/warehouse/engine'
import { type Broker, startBroker } from '../../infra/kafka/broker.ts'
import { type PostgresServer, startPostgres } from '../../infra/postgres/server.ts'
import type { Protections } from '../../services/aggregator/protections.ts'
import { schoolsOf } from './stream.ts'
import type { WorkerOptions } from './worker.ts'

export const authorities = [901, 902, 903, 904, 905, 906]
export const schoolsEach = 4
/** Short, so that a frozen aggregator loses its place while the run goes on. */
export const sessionTimeoutMs = 3_000
const masterKey = Buffer.alloc(32, 7)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Kafka, PostgreSQL, the ClickHouse engine and ingest, each a process of its own that can be killed and frozen. */
export interface Installation {
  readonly broker: Broker
  readonly postgres: PostgresServer
  readonly log: EventLog
  readonly brokers: string[]
  readonly topic: string
  readonly controlPlane: ControlPlane
  /** The engine that runs now. */
  readonly engine: Engine
  readonly warehouse: Warehouse
  readonly ingest: { readonly url: string; readonly pid: number }
  readonly keys: ReadonlyMap<number, string>
  startAggregator(options: {
    batch: number
    drainEvery: number
    without?: keyof Protections
  }): Promise<Aggregating>
  restartEngine(): Promise<void>
  restartIngest(): Promise<void>
  close(): Promise<void>
}

export interface Aggregating {
  readonly child: ChildProcess
  /** What it owns, as it last said; how often it was fenced. */
  readonly told: { partitions: number[]; fenced: number }
}

export async function openInstallation(): Promise<Installation> {
  const dir = mkdtempSync(join(tmpdir(), 'cairn-distributed-'))
  mkdirSync(join(dir, 'engine'))
  const [broker, postgres] = await Promise.all([startBroker(), startPostgres()])
  const database = await postgres.database()
  const settings: LogSettings = {
    kind: 'kafka',
    brokers: [broker.brokers],
    topic: 'cairn.chaos',
    sessionTimeoutMs,
    appendTimeoutMs: 3_000,
  }
  await migrateEventLog(settings)
  const controlPlane = await openControlPlane({ url: database, masterKey })
  const keys = await register(controlPlane)
  let engine = await startEngine({ dataDir: join(dir, 'engine') })
  let warehouse = openWarehouse(engine)
  await migrateWarehouse(warehouse)
  const log = await openEventLog(settings)
  const env = {
    CAIRN_DATA: dir,
    CAIRN_MASTER_KEY: masterKey.toString('base64'),
    CAIRN_LOG_LEVEL: 'silent',
    KAFKA_BROKERS: broker.brokers,
    KAFKA_TOPIC: settings.topic,
    KAFKA_APPEND_TIMEOUT_MS: '3000',
    DATABASE_URL: database,
  }
  let ingest = await startIngest(env, 0)
  return {
    broker,
    postgres,
    log,
    brokers: [broker.brokers],
    topic: settings.topic,
    controlPlane,
    keys,
    get engine() {
      return engine
    },
    get warehouse() {
      return warehouse
    },
    get ingest() {
      return { url: `http://127.0.0.1:${ingest.port}`, pid: ingest.child.pid! }
    },
    startAggregator: (options) =>
      startAggregator({
        log: settings,
        controlPlane: database,
        masterKey: masterKey.toString('base64'),
        ...{ url: engine.url, username: engine.username, password: engine.password },
        ...options,
        settleMembershipMs: 2 * heartbeatMs(settings),
      }),
    async restartEngine() {
      await warehouse.close()
      engine.kill('SIGKILL')
      await engine.exited
      const { password, url } = engine
      engine = await startEngine({ dataDir: join(dir, 'engine'), port: Number(new URL(url).port), password })
      warehouse = openWarehouse(engine)
    },
    async restartIngest() {
      await end(ingest.child)
      ingest = await startIngest(env, ingest.port)
    },
    async close() {
      await end(ingest.child)
      await Promise.allSettled([warehouse.close(), log.close(), controlPlane.close()])
      await Promise.allSettled([engine.stop(), broker.stop(), postgres.stop()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function register(controlPlane: ControlPlane): Promise<Map<number, string>> {
  await controlPlane.migrate()
  const keys = new Map<number, string>()
  for (const code of authorities) {
    await controlPlane.authorities.add({ code, gssCode: null, name: `Chaos ${code}` })
    await controlPlane.schools.import(
      schoolsOf(code, schoolsEach).map((urn) => ({
        urn,
        authority: code,
        name: `School ${urn}`,
        phase: 'PS' as const,
        synthetic: true,
      })),
    )
    const { key } = await controlPlane.keys.create({
      kind: 'ingest',
      authority: code,
      school: null,
      sources: schoolsOf(code, schoolsEach).map((urn) => `urn:chaos:${urn}`),
      label: 'chaos',
    })
    keys.set(code, key)
  }
  return keys
}

async function startIngest(
  env: Record<string, string>,
  port: number,
): Promise<{ child: ChildProcess; port: number }> {
  const child = node('services/ingest/main.ts', [], { ...env, CAIRN_INGEST_PORT: String(port) })
  const { port: listening } = JSON.parse(await firstLine(child))
  return { child, port: listening }
}

async function startAggregator(options: WorkerOptions): Promise<Aggregating> {
  const child = node('test/chaos/worker.ts', [JSON.stringify(options)], {})
  const told = { partitions: [] as number[], fenced: 0 }
  await firstLine(child)
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const said = JSON.parse(line)
    if (said.fenced) told.fenced++
    else told.partitions = said.partitions
  })
  child.stdin!.write('go\n')
  return { child, told }
}

/** Under the heap that a service is allowed. */
function node(file: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--max-old-space-size=512',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      join(root, file),
      ...args,
    ],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH ?? '', ...env } },
  )
  child.stdin!.on('error', () => undefined)
  return child
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', (text: Buffer) => resolve(text.toString().split('\n')[0]!))
    child.once('exit', (code, signal) =>
      reject(new Error(`a process ended (${signal ?? code}) before it was ready`)),
    )
  })
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
