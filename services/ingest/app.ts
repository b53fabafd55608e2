import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { compileSchemas } from '@cairn/contracts'
import { type EventLog, LogUnavailable } from '@cairn/event-log'
import rateLimit from '@fastify/rate-limit'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { Logger } from 'pino'
import { Aborted, Intake, isGzip, readBody, type Share } from './body.ts'
import { type IngestMetrics, ingestMetrics } from './ingest-metrics.ts'
import { itemsOf, type Mode, modeOf } from './items.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { Problem, problemDocument } from './problem.ts'
import { type Grant, type Taken, takeItems } from './take.ts'
import { type Directory, Tenants } from './tenants.ts'

export interface IngestDependencies {
  readonly log: Pick<EventLog, 'append' | 'endOffsets'>
  readonly directory: Directory
  /** The grant of a request's Authorization header. Throws Problem: unauthorised or forbidden. */
  authenticate(authorization: string | undefined): Promise<Grant>
  /** Rejects where the control plane cannot be read. */
  checkControlPlane(): Promise<void>
  /** Gets codes, counts and ids of requests and keys; never a header, a body, an error's text or a URL. */
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly limits?: Partial<Limits>
}

declare module 'fastify' {
  interface FastifyRequest {
    grant: Grant | null
    mode: Mode | null
    share: Share | null
    outcome: Pick<Taken, 'accepted' | 'duplicates' | 'refused'> | null
  }
}

const retryAfterSeconds = 2

/** The HTTP service, ready to listen or to be injected into. */
export async function buildIngest(dependencies: IngestDependencies): Promise<FastifyInstance> {
  const limits = { ...defaultLimits, ...dependencies.limits }
  compileSchemas()
  // Fastify's own logger would write URLs and error texts.
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: 120_000,
    // On shutdown, requests on open connections are still answered, and ours are problem documents.
    return503OnClosing: false,
  })
  for (const name of ['grant', 'mode', 'share', 'outcome'] as const) app.decorateRequest(name, null)
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answerError(error, request, reply, dependencies),
  )
  app.setNotFoundHandler((request, reply) => sendProblem(reply, new Problem('notFound'), request.id))
  const intake = new Intake(limits.inFlightBytes)
  const metrics = ingestMetrics()
  const health = watchLog(dependencies)

  app.get('/health', async () => ({ status: 'up' }))
  app.get('/ready', async () => {
    try {
      await Promise.all([health.check(), dependencies.checkControlPlane()])
    } catch {
      throw new Problem('notReady')
    }
    return { status: 'ready' }
  })
  app.get('/metrics', async (_, reply) => {
    const { body, contentType } = await metrics.expose(intake.bytes)
    reply.type(contentType)
    return body
  })
  await app.register(async (events) => {
    const tenants = new Tenants(dependencies.directory)
    events.removeAllContentTypeParsers()
    events.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
      readBody(payload, limits, request.share!),
    )
    await events.register(rateLimit, {
      global: false,
      max: limits.requestsPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => request.grant!.keyId,
      errorResponseBuilder: () => new Problem('tooManyRequests'),
    })
    // In this order, and before a byte of the body is read.
    events.addHook('onRequest', async (request) => {
      request.share = intake.open()
      request.grant = await reachable(dependencies.authenticate(request.headers.authorization))
    })
    events.addHook('onRequest', events.rateLimit())
    events.addHook('onRequest', async (request) => checkHeaders(request, limits))
    events.addHook('onResponse', async (request, reply) => logResponse(request, reply, dependencies, metrics))
    events.addHook('onRequestAbort', async (request) => request.share?.release())

    events.route({
      method: 'POST',
      url: '/v1/events',
      handler: async (request, reply) => {
        const grant = request.grant!
        const items = itemsOf(
          request.mode!,
          request.headers,
          (request.body as Buffer | undefined) ?? empty,
          limits,
        )
        const tenant = await reachable(tenants.of(grant.authority))
        const taken = await takeItems(items, grant, tenant, limits, () =>
          reachable(tenants.fresh(grant.authority)),
        )
        const counts = { accepted: taken.accepted, duplicates: taken.duplicates, refused: taken.refused }
        request.outcome = counts
        if (items.length > 0 && taken.refused === items.length) {
          metrics.count(taken, false)
          throw new Problem('allRefused', { ...counts, items: taken.items })
        }
        const stop = metrics.append.startTimer()
        await health.watch(dependencies.log.append(taken.records))
        stop()
        metrics.count(taken, true)
        reply.code(202)
        return { ...counts, items: taken.items }
      },
    })
  })
  return app
}

const empty = Buffer.alloc(0)

/** An answer of the control plane; where there is none, the request may be tried again. */
async function reachable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('controlPlaneUnavailable', {}, error)
  }
}

function checkHeaders(request: FastifyRequest, limits: Limits): void {
  request.mode = modeOf(request.headers)
  isGzip(request.headers['content-encoding'])
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes)
    throw new Problem('bodyTooLarge', { limit: limits.bodyBytes })
}

/** How the last append went: a log that can be read may yet be unable to write. */
function watchLog({ log }: IngestDependencies) {
  const forget = 5_000
  let failedAt = Number.NEGATIVE_INFINITY
  return {
    async watch(append: Promise<void>): Promise<void> {
      try {
        await append
        failedAt = Number.NEGATIVE_INFINITY
      } catch (error) {
        failedAt = performance.now()
        throw new Problem('logUnavailable', {}, error)
      }
    },
    /** After a while a failure is forgotten, or an instance that is sent nothing would never be ready again. */
    async check(): Promise<void> {
      await log.endOffsets()
      if (performance.now() - failedAt < forget) throw new LogUnavailable('the last append failed')
    },
  }
}

function answerError(
  error: FastifyError | Problem,
  request: FastifyRequest,
  reply: FastifyReply,
  { logger }: IngestDependencies,
): FastifyReply {
  const problem = problemOf(error)
  if (problem.status >= 500) {
    // The message may hold what was sent (a parser's often do): only what we named ourselves is logged.
    const { name, code } = error as FastifyError
    logger.error(
      { requestId: request.id, problem: problem.code, name, code, at: frames(error) },
      'request failed',
    )
  }
  return sendProblem(reply, problem, request.id)
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Aborted) return new Problem('incomplete')
  const { code, statusCode = 500 } = error as FastifyError
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem('bodyTooLarge')
  if (statusCode === 415) return new Problem('mediaType')
  return new Problem('internal')
}

const frames = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .map((line) => line.trim())

function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', retryAfterSeconds)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.code === 'encoding') reply.header('accept-encoding', 'gzip')
  // What is left of the body is not read.
  if (problem.status === 413 || problem.code === 'overloaded') reply.header('connection', 'close')
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemDocument(problem, requestId)))
}

function logResponse(
  request: FastifyRequest,
  reply: FastifyReply,
  { logger }: IngestDependencies,
  metrics: IngestMetrics,
): void {
  request.share?.release()
  metrics.requests.inc({ status: reply.statusCode })
  logger.info(
    {
      requestId: request.id,
      sender: request.grant?.keyId,
      authority: request.grant?.authority,
      status: reply.statusCode,
      ...request.outcome,
      milliseconds: Math.round(reply.elapsedTime),
    },
    'events',
  )
}
