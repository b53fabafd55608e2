import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLocalIssuer } from '@cairn/access'
import { loadOrCreateMasterKey, openControlPlane, type Role, type SchoolInput } from '@cairn/control-plane'
import { openEmbeddedLog } from '@cairn/event-log'
import { createLogger } from '@cairn/telemetry'
import { insertCalendar, type Warehouse } from '@cairn/warehouse'
import { temporaryWarehouse } from '@cairn/warehouse/testing'
import { buildGateway, type GatewayDependencies } from './app.ts'
import { closeYear, type YearToClose } from './releases/testing.ts'

export { type SeedCell, seed } from '@cairn/warehouse/testing'

export interface InstallationOptions {
  readonly authorities: readonly { code: number; name: string }[]
  readonly schools: readonly SchoolInput[]
  readonly limits?: GatewayDependencies['limits']
  readonly now?: () => number
  /** Stands between the gateway and its warehouse. */
  readonly wrap?: (warehouse: Warehouse) => Warehouse
}

/** For tests: the gateway on a real engine, control plane and log, all in one folder. */
export async function installation({ authorities, schools, limits, now, wrap }: InstallationOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-gateway-'))
  const masterKey = loadOrCreateMasterKey(join(folder, 'master.key'))
  const controlPlane = await openControlPlane({ url: `sqlite:${join(folder, 'control.db')}`, masterKey })
  await controlPlane.migrate()
  for (const { code, name } of authorities) await controlPlane.authorities.add({ code, name, gssCode: null })
  const outcome = await controlPlane.schools.import(schools)
  if (outcome.refused.length > 0) throw new Error(`schools refused: ${JSON.stringify(outcome.refused[0])}`)
  const log = await openEmbeddedLog({ file: join(folder, 'log.db') })
  const issuer = await createLocalIssuer(masterKey)
  const { warehouse, remove: removeWarehouse } = await temporaryWarehouse()
  const weeks = await controlPlane.calendars.weeks(
    authorities.map((a) => a.code),
    { from: 2014, to: 2026 },
  )
  await insertCalendar(warehouse, weeks, 1)
  const logged: string[] = []
  const lines = new Writable({
    write(chunk, _, done) {
      logged.push(String(chunk))
      done()
    },
  })
  const dependencies: GatewayDependencies = {
    controlPlane,
    warehouse: wrap ? wrap(warehouse) : warehouse,
    log,
    secret: masterKey,
    tokens: issuer.verifier,
    logger: createLogger('gateway', { level: 'trace', destination: lines }),
    ...(now && { now }),
    ...(limits && { limits }),
  }
  const app = await buildGateway(dependencies)
  return {
    app,
    dependencies,
    controlPlane,
    warehouse,
    log,
    issuer,
    folder,
    /** Everything that was logged. */
    logged: () => logged.join(''),
    /** Adds a reader and gives its key. */
    async keyOf(
      id: string,
      role: Role,
      codes: readonly number[],
      urns: readonly number[] | null = null,
    ): Promise<string> {
      await controlPlane.readers.add({ id, name: id, role, authorities: codes, schools: urns })
      return (await controlPlane.keys.create({ kind: 'reader', reader: id, label: 'test' })).key
    },
    /** Closes what has closed of an authority's year as a release, from the cells as they stand. */
    release: (closing: YearToClose) => closeYear({ controlPlane, warehouse }, closing),
    async ask(key: string, query: string, variables?: object) {
      const response = await app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: `Bearer ${key}` },
        payload: { query, variables },
      })
      return { status: response.statusCode, text: response.body, ...(response.json() as Answered) }
    },
    async close() {
      await app.close()
      await removeWarehouse()
      await log.close()
      await controlPlane.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export interface Answered {
  readonly data: any
  readonly errors?: {
    message: string
    path?: string[]
    extensions: { code: string; id: string; field?: string; rule?: string }
  }[]
}

export type Installation = Awaited<ReturnType<typeof installation>>
