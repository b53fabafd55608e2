import { KeyCache, loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { openEmbeddedLog } from '@cairn/event-log'
import { createLogger } from '@cairn/telemetry'
import { buildIngest } from './app.ts'
import { type IngestSettings, readSettings } from './env.ts'
import { grantFrom } from './grants.ts'

const settings = readSettings()
// Standard output is for the ready line alone: a supervisor reads it.
const logger = createLogger('ingest', { level: settings.logLevel })

async function start({ port, host, logFile, controlPlaneFile, masterKeyFile }: IngestSettings) {
  const controlPlane = await openControlPlane({
    url: `sqlite:${controlPlaneFile}`,
    masterKey: loadOrCreateMasterKey(masterKeyFile),
    actor: 'ingest',
  })
  await controlPlane.migrate()
  const log = await openEmbeddedLog({ file: logFile })
  const app = await buildIngest({
    log,
    directory: {
      schoolsOf: async (authority) => (await controlPlane.schools.list([authority])).map(({ urn }) => urn),
      pseudonymKey: (authority) => controlPlane.authorities.pseudonymKey(authority),
    },
    authenticate: grantFrom({ keys: new KeyCache(controlPlane.keys), readers: controlPlane.readers }),
    checkControlPlane: async () => void (await controlPlane.authorities.revision()),
    logger,
  })
  await app.listen({ port, host })
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    /** Answers what is under way, then lets go of the files. */
    async stop() {
      const patience = setTimeout(() => app.server.closeAllConnections(), 10_000)
      await app.close()
      clearTimeout(patience)
      await log.close()
      await controlPlane.close()
    },
  }
}

const service = await start(settings)
let stopping = false
function stop(reason: string): void {
  if (stopping) return
  stopping = true
  logger.info({ reason }, 'stopping')
  service.stop().then(
    () => process.exit(0),
    (error: Error) => {
      logger.error({ name: error.name }, 'did not stop cleanly')
      process.exit(1)
    },
  )
}

process.on('SIGTERM', () => stop('SIGTERM'))
process.on('SIGINT', () => settings.supervised || stop('SIGINT'))
if (settings.supervised) {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop('the parent is gone'), 500).unref()
}

// Last: whoever reads it may signal at once.
process.stdout.write(`${JSON.stringify({ ready: true, port: service.port })}\n`)
