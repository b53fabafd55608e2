import { join } from 'node:path'
import { createLocalIssuer, createTokenVerifier } from '@cairn/access'
import { controlPlaneSettings, logSettings, oidcSettings, warehouseSettings } from '@cairn/config'
import { masterKeyFrom, openControlPlane } from '@cairn/control-plane'
import { openEventLog } from '@cairn/event-log'
import { createLogger } from '@cairn/telemetry'
import { openWarehouse } from '@cairn/warehouse'
import { buildGateway } from './app.ts'
import type { GatewayEnv } from './env.ts'

/** Runs the gateway until it is told to stop. @param started for the log: when the process began, in ms of its clock */
export async function serve(env: GatewayEnv, started: number): Promise<void> {
  const data = env.CAIRN_DATA
  const supervised = env.CAIRN_SUPERVISED === '1'
  // Standard output is for the ready line alone: a supervisor reads it.
  const logger = createLogger('gateway', { level: env.CAIRN_LOG_LEVEL })
  const oidc = oidcSettings(env)
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('SIGINT', () => supervised || stop.abort())
  if (supervised) process.stdin.on('end', () => stop.abort()).resume()

  const masterKey = masterKeyFrom({ base64: env.CAIRN_MASTER_KEY, file: join(data, 'master.key') })
  const [controlPlane, log] = await Promise.all([
    openControlPlane({ ...controlPlaneSettings(env, data), masterKey, actor: 'gateway' }),
    openEventLog(logSettings(env, data)),
  ])
  await controlPlane.migrate()
  const warehouse = openWarehouse({
    ...warehouseSettings(env),
    rowPolicies: env.CLICKHOUSE_ROW_POLICIES === '1',
  })
  const app = await buildGateway({
    controlPlane,
    warehouse,
    log,
    secret: masterKey,
    // One issuer: where an identity provider is named, nothing that the master key signs is taken.
    tokens: oidc ? createTokenVerifier(oidc) : (await createLocalIssuer(masterKey)).verifier,
    logger,
    settleDays: env.CAIRN_RELEASE_SETTLE_DAYS,
  })
  await app.listen({ port: env.CAIRN_GATEWAY_PORT, host: env.CAIRN_GATEWAY_HOST })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : env.CAIRN_GATEWAY_PORT
  logger.info({ port, startMs: Math.round(performance.now() - started) }, 'ready')
  // Last: whoever reads it may signal at once.
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)

  if (!stop.signal.aborted)
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
  await app.close()
  await Promise.allSettled([warehouse.close(), log.close(), controlPlane.close()])
  process.exit(0)
}
