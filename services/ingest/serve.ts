import { join } from 'node:path'
import { controlPlaneSettings, logSettings } from '@cairn/config'
import { KeyCache, masterKeyFrom, openControlPlane } from '@cairn/control-plane'
import { openEventLog } from '@cairn/event-log'
import { createLogger } from '@cairn/telemetry'
import type { Logger } from 'pino'
import { buildIngest } from './app.ts'
import type { IngestEnv } from './env.ts'
import { grantFrom } from './grants.ts'

/** Runs ingest until it is told to stop. @param started for the log: when the process began, in ms of its clock */
export async function serve(env: IngestEnv, started: number): Promise<void> {
  const supervised = env.CAIRN_SUPERVISED === '1'
  // Standard output is for the ready line alone: a supervisor reads it.
  const logger = createLogger('ingest', { level: env.CAIRN_LOG_LEVEL })
  const service = await start(env, logger)
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
  process.on('SIGINT', () => supervised || stop('SIGINT'))
  if (supervised) {
    const parent = process.ppid
    setInterval(() => process.ppid !== parent && stop('the parent is gone'), 500).unref()
  }

  logger.info({ port: service.port, startMs: Math.round(performance.now() - started) }, 'ready')
  // Last: whoever reads it may signal at once.
  process.stdout.write(`${JSON.stringify({ ready: true, port: service.port })}\n`)
}

async function start(env: IngestEnv, logger: Logger) {
  const controlPlane = await openControlPlane({
    ...controlPlaneSettings(env, env.CAIRN_DATA),
    masterKey: masterKeyFrom({ base64: env.CAIRN_MASTER_KEY, file: join(env.CAIRN_DATA, 'master.key') }),
    actor: 'ingest',
  })
  await controlPlane.migrate()
  const log = await openEventLog(logSettings(env, env.CAIRN_DATA))
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
  await app.listen({ port: env.CAIRN_INGEST_PORT, host: env.CAIRN_INGEST_HOST })
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : env.CAIRN_INGEST_PORT,
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
