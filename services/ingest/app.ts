import { randomUUID } from 'node:crypto'
import { compileSchemas } from '@cairn/contracts'
import { type EventLog, LogUnavailable } from '@cairn/event-log'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { answerError, sendProblem } from './answer.ts'
import { Intake } from './body.ts'
import type { IngestDependencies } from './dependencies.ts'
import { eventsRoute } from './events-route.ts'
import { ingestMetrics } from './ingest-metrics.ts'
import { defaultLimits } from './limits.ts'
import { Problem } from './problem.ts'

/** The HTTP service, ready to listen or to be injected into. */
export async function buildIngest(dependencies: IngestDependencies): Promise<FastifyInstance> {
  const limits = { ...defaultLimits, ...dependencies.limits }
  compileSchemas()
  const app = fastify({
    // Fastify's own logger would write URLs and error texts.
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: 120_000,
    // On shutdown, requests on open connections are still answered, and ours are problem documents.
    return503OnClosing: false,
  })
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answerError(error, request, reply, dependencies.logger),
  )
  app.setNotFoundHandler((request, reply) => sendProblem(reply, new Problem('notFound'), request.id))
  const intake = new Intake(limits.inFlightBytes)
  const metrics = ingestMetrics()
  const log = watched(dependencies.log)

  app.get('/health', async () => ({ status: 'up' }))
  app.get('/ready', async () => {
    try {
      await Promise.all([log.check(), dependencies.checkControlPlane()])
    } catch (error) {
      throw new Problem('notReady', {}, error)
    }
    return { status: 'ready' }
  })
  app.get('/metrics', async (_, reply) => {
    const { body, contentType } = await metrics.expose(intake.bytes)
    reply.type(contentType)
    return body
  })
  await app.register((events) =>
    eventsRoute(events, { ...dependencies, limits, intake, metrics, append: log.append }),
  )
  return app
}

/** A log that can be read may yet be unable to write: how the last append went counts for a while. */
function watched(log: IngestDependencies['log']) {
  const forgetAfter = 5_000
  let failedAt = Number.NEGATIVE_INFINITY
  return {
    async append(records: Parameters<EventLog['append']>[0]): Promise<void> {
      try {
        await log.append(records)
        failedAt = Number.NEGATIVE_INFINITY
      } catch (error) {
        failedAt = performance.now()
        throw new Problem('logUnavailable', {}, error)
      }
    },
    /** A failure is forgotten, or an instance that is sent nothing would never be ready again. */
    async check(): Promise<void> {
      await log.endOffsets()
      if (performance.now() - failedAt < forgetAfter) throw new LogUnavailable('the last append failed')
    },
  }
}
