import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { EventType } from '@cairn/contracts'
import { KeyCache, loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { type EventLog, openEmbeddedLog, type StoredRecord } from '@cairn/event-log'
import { createLogger } from '@cairn/telemetry'
import type { FastifyInstance } from 'fastify'
import { buildIngest } from './app.ts'
import type { IngestDependencies } from './dependencies.ts'
import { grantFrom } from './grants.ts'

/** For tests: ingest on a real log and a real control plane, with two authorities, three schools and their keys. */
export async function installation(change: Partial<IngestDependencies> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-ingest-'))
  const controlPlane = await openControlPlane({
    url: `sqlite:${join(folder, 'control.db')}`,
    masterKey: loadOrCreateMasterKey(join(folder, 'master.key')),
  })
  await controlPlane.migrate()
  await controlPlane.authorities.add({ code: 855, gssCode: 'E10000018', name: 'Leicestershire' })
  await controlPlane.authorities.add({ code: 856, gssCode: 'E06000016', name: 'Leicester' })
  await controlPlane.schools.import([
    { urn: 812345, authority: 855, name: 'Ash', phase: 'SS', synthetic: true },
    { urn: 812346, authority: 855, name: 'Birch', phase: 'PS', synthetic: true },
    { urn: 812999, authority: 856, name: 'Cedar', phase: 'PS', synthetic: true },
  ])
  const ingestKey = (authority: number, school: number | null, source: string) =>
    controlPlane.keys.create({ kind: 'ingest', authority, school, sources: [source], label: 'test' })
  const authorityKey = await ingestKey(855, null, 'urn:mis')
  const schoolKey = await ingestKey(855, 812345, 'urn:ash')
  const logFile = join(folder, 'log.db')
  const log = await openEmbeddedLog({ file: logFile })
  const logged: string[] = []
  const lines = new Writable({
    write(chunk, _, done) {
      logged.push(String(chunk))
      done()
    },
  })
  const app = await buildIngest({
    log,
    directory: {
      schoolsOf: async (authority) => (await controlPlane.schools.list([authority])).map(({ urn }) => urn),
      pseudonymKey: (authority) => controlPlane.authorities.pseudonymKey(authority),
    },
    authenticate: grantFrom({ keys: new KeyCache(controlPlane.keys), readers: controlPlane.readers }),
    checkControlPlane: async () => void (await controlPlane.authorities.revision()),
    logger: createLogger('ingest', { level: 'trace', destination: lines }),
    ...change,
  })
  return {
    app,
    controlPlane,
    log,
    folder,
    logFile,
    /** Everything that was logged. */
    logged: () => logged.join(''),
    authorityKey,
    schoolKey,
    async close() {
      await app.close()
      await log.close()
      await controlPlane.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type Installation = Awaited<ReturnType<typeof installation>>

/** Every record of the log, partition by partition. */
export async function recordsOf(log: EventLog): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for (const [partition, end] of await log.endOffsets())
    for (let offset = 0; offset < end; offset++) records.push((await log.read(partition, offset))!)
  return records
}

/** A structured event with an example's data. */
export function eventOf(type: EventType, id: string, change: object = {}) {
  return {
    specversion: '1.0',
    id,
    source: 'urn:mis',
    type: type.type,
    data: type.examples.valid[0],
    ...change,
  }
}

export interface Sent {
  readonly key?: string
  readonly type?: string
  readonly headers?: Record<string, string>
}

/** Posts a body; anything but text and bytes goes as JSON. */
export async function post(app: FastifyInstance, body: unknown, { key, type, headers }: Sent) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const response = await app.inject({
    method: 'POST',
    url: '/v1/events',
    headers: {
      'content-type':
        type ?? (Array.isArray(body) ? 'application/cloudevents-batch+json' : 'application/cloudevents+json'),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    payload,
  })
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json(),
    text: response.body,
  }
}
