import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { type LogSettings, openEventLog, type StoredRecord } from '@cairn/event-log'
import { answerIds, randomBy } from '../chaos/stream.ts'
import { bareProducer, javaProducer } from './bare.ts'
import { watchPeak } from './cells.ts'
import { type BenchBroker, withoutKafka } from './kafka.ts'

export interface IngestBench {
  readonly events: number
  readonly seconds: number
  /** Validated, pseudonymised and durable, events a second, client and server on the same cores. */
  readonly eventsPerSecond: number
  /** Baseline: the records that this wrote, appended to an empty log of the same kind and nothing else. */
  readonly rawAppendsPerSecond: number
  readonly ratioToRaw: number
  readonly ingestPeakMb: number
  /** Through Kafka: the same records by Kafka's own producer in Java and by kafkajs alone, records a second. */
  readonly javaProducerPerSecond?: number
  readonly bareProducerPerSecond?: number
}

const authority = 901
const schools = Array.from({ length: 100 }, (_, i) => 890_100 + i)
const batch = 500
const inFlight = 4

/** Check-ins as NDJSON, built before the clock starts. */
function bodies(events: number): Buffer[] {
  const random = randomBy(1)
  const below = (n: number) => Math.floor(random() * n)
  const line = (i: number) =>
    JSON.stringify({
      specversion: '1.0',
      id: `c${i}`,
      source: 'urn:bench:mis',
      type: 'checkin.submitted',
      version: 1,
      data: {
        school: String(schools[below(schools.length)]),
        pupil: `P-${below(30_000)}`,
        instrument: 'resilience-wheel@1',
        informant: 'self',
        submittedOn: '2025-11-03',
        answers: Object.fromEntries(answerIds.map((item) => [item, 1 + below(5)])),
      },
    })
  return Array.from({ length: events / batch }, (_, b) =>
    Buffer.from(Array.from({ length: batch }, (_, i) => line(b * batch + i)).join('\n')),
  )
}

/** Sends through the public endpoint of an ingest process and waits for every 202. */
export async function benchIngest(events: number, broker?: BenchBroker): Promise<IngestBench> {
  const dir = mkdtempSync(join(tmpdir(), 'cairn-bench-ingest-'))
  const topic = await broker?.topic('ingest')
  const written: LogSettings = topic?.settings ?? { kind: 'embedded', file: join(dir, 'log.db') }
  const empty = (await broker?.topic('raw'))?.settings ?? { kind: 'embedded', file: join(dir, 'raw.db') }
  const controlPlane = await openControlPlane({
    url: `sqlite:${join(dir, 'control.db')}`,
    masterKey: loadOrCreateMasterKey(join(dir, 'master.key')),
  })
  await controlPlane.migrate()
  await controlPlane.authorities.add({ code: authority, gssCode: null, name: 'Bench' })
  await controlPlane.schools.import(
    schools.map((urn) => ({ urn, authority, name: `Bench ${urn}`, phase: 'PS' as const, synthetic: true })),
  )
  const { key } = await controlPlane.keys.create({
    kind: 'ingest',
    authority,
    school: null,
    sources: ['urn:bench:mis'],
    label: 'bench',
  })
  const { child, port } = await startIngest(dir, topic?.env ?? withoutKafka)
  const peak = watchPeak(child)
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  try {
    const all = bodies(events)
    for (const body of bodies(batch * 20)) await post(agent, port, key, body.subarray())
    const started = performance.now()
    const queue = all.values()
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (const body of queue) await post(agent, port, key, body)
      }),
    )
    const seconds = (performance.now() - started) / 1000
    const peakMb = peak()
    const records = await readAll(written, events)
    const raw = await rawAppend(empty, records)
    return {
      events,
      seconds: Number(seconds.toFixed(2)),
      eventsPerSecond: Math.round(events / seconds),
      rawAppendsPerSecond: Math.round(raw),
      ratioToRaw: Number((events / seconds / raw).toFixed(3)),
      ingestPeakMb: peakMb,
      ...(broker
        ? {
            javaProducerPerSecond: await javaProducer(broker, records),
            bareProducerPerSecond: await bareProducer(broker, records, inFlight * batch),
          }
        : {}),
    }
  } finally {
    agent.destroy()
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
    await controlPlane.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What ingest wrote. */
async function readAll(settings: LogSettings, events: number): Promise<StoredRecord[]> {
  const log = await openEventLog(settings)
  const consumer = await log.consumer({ group: 'bench' })
  const records: StoredRecord[] = []
  while (records.length < events) {
    const { batches } = await consumer.poll({ maxRecords: 50_000, maxWaitMs: 100 })
    for (const b of batches) records.push(...b.records)
  }
  await consumer.close()
  await log.close()
  return records
}

/** The same records again in the same batches by as many callers to a log of its own. */
async function rawAppend(settings: LogSettings, records: readonly StoredRecord[]): Promise<number> {
  const log = await openEventLog(settings)
  const queue = Array.from({ length: Math.ceil(records.length / batch) }, (_, b) =>
    records.slice(b * batch, (b + 1) * batch),
  ).values()
  const started = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const some of queue) await log.append(some)
    }),
  )
  const rate = records.length / ((performance.now() - started) / 1000)
  await log.close()
  return rate
}

function startIngest(dir: string, kafka: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; port: number }> {
  const main = fileURLToPath(new URL('../../services/ingest/main.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--max-old-space-size=512', '--import', 'tsx', main],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...kafka,
        CAIRN_DATA: dir,
        CAIRN_INGEST_PORT: '0',
        CAIRN_SUPERVISED: '1',
        CAIRN_LOG_LEVEL: 'warn',
      },
    },
  )
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', (text) => resolve({ child, port: JSON.parse(String(text)).port }))
    child.once('exit', (code) => reject(new Error(`ingest ended with ${code}`)))
  })
}

function post(agent: Agent, port: number, key: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...{ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/events' },
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/x-ndjson',
          'content-length': body.length,
        },
      },
      (answer) => {
        answer.resume()
        answer.once('end', () =>
          answer.statusCode === 202 ? resolve() : reject(new Error(`answered ${answer.statusCode}`)),
        )
      },
    )
    call.once('error', reject)
    call.end(body)
  })
}
