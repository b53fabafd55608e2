import { createLocalIssuer } from '@cairn/access'
import { loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { openEmbeddedLog } from '@cairn/event-log'
import { createLogger } from '@cairn/telemetry'
import { openWarehouse } from '@cairn/warehouse'
import { buildGateway } from './app.ts'
import { readSettings } from './env.ts'

/** Runs the gateway until it is told to stop. @param started for the log: when the process began, in ms of its clock */
export async function serve(started: number): Promise<void> {
  const settings = readSettings()
  // Standard output is for the ready line alone: a supervisor reads it.
  const logger = createLogger('gateway', { level: settings.logLevel })
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('SIGINT', () => settings.supervised || stop.abort())
  if (settings.supervised) process.stdin.on('end', () => stop.abort()).resume()

  const masterKey = loadOrCreateMasterKey(settings.masterKeyFile)
  const [controlPlane, log, issuer] = await Promise.all([
    openControlPlane({ url: `sqlite:${settings.controlPlaneFile}`, masterKey, actor: 'gateway' }),
    openEmbeddedLog({ file: settings.logFile }),
    createLocalIssuer(settings.issuerFile),
  ])
  await controlPlane.migrate()
  const warehouse = openWarehouse(settings.warehouse)
  const app = await buildGateway({
    controlPlane,
    warehouse,
    log,
    secret: masterKey,
    tokens: issuer.verifier,
    logger,
  })
  await app.listen({ port: settings.port, host: settings.host })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : settings.port
  logger.info({ port, startMs: Math.round(performance.now() - started) }, 'ready')
  // Last: whoever reads it may signal at once.
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)

  if (!stop.signal.aborted)
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
  await app.close()
  await Promise.allSettled([warehouse.close(), log.close(), controlPlane.close()])
  process.exit(0)
}
