import type { IncomingMessage } from 'node:http'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Intake, isGzip, readBody, type Share } from './body.ts'
import type { IngestDependencies } from './dependencies.ts'
import type { IngestMetrics } from './ingest-metrics.ts'
import { itemsOf, type Mode, modeOf } from './items.ts'
import type { Limits } from './limits.ts'
import { Problem } from './problem.ts'
import { type Grant, type Taken, takeItems } from './take.ts'
import { Tenants } from './tenants.ts'

declare module 'fastify' {
  interface FastifyRequest {
    grant: Grant | null
    mode: Mode | null
    share: Share | null
    outcome: Pick<Taken, 'accepted' | 'duplicates' | 'refused'> | null
  }
}

interface EventsRoute extends IngestDependencies {
  readonly limits: Limits
  readonly intake: Intake
  readonly metrics: IngestMetrics
  /** Hands records to the log; resolves once it has them durably. */
  append: IngestDependencies['log']['append']
}

/** POST /v1/events, with what stands before it: key, rate limit, headers, then the body. */
export async function eventsRoute(app: FastifyInstance, route: EventsRoute): Promise<void> {
  const { limits, intake } = route
  const tenants = new Tenants(route.directory)
  for (const name of ['grant', 'mode', 'share', 'outcome'] as const) app.decorateRequest(name, null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    readBody(payload, limits, request.share!),
  )
  await app.register(rateLimit, {
    global: false,
    max: limits.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.grant!.keyId,
    errorResponseBuilder: () => new Problem('tooManyRequests'),
  })
  // In this order, and before a byte of the body is read.
  app.addHook('onRequest', async (request) => {
    request.share = intake.open()
    request.grant = await reachable(route.authenticate(request.headers.authorization))
  })
  app.addHook('onRequest', app.rateLimit())
  app.addHook('onRequest', async (request) => checkHeaders(request, limits))
  app.addHook('onResponse', async (request, reply) => logResponse(request, reply, route))
  app.addHook('onRequestAbort', async (request) => request.share?.release())
  app.post('/v1/events', (request, reply) => takeEvents(request, reply, route, tenants))
}

async function takeEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  { limits, metrics, append }: EventsRoute,
  tenants: Tenants,
): Promise<object> {
  const grant = request.grant!
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
  const items = itemsOf(request.mode!, request.headers, body, limits)
  const tenant = await reachable(tenants.of(grant.authority))
  const refreshed = () => reachable(tenants.fresh(grant.authority))
  const taken = await takeItems(items, grant, tenant, limits, refreshed)
  const { accepted, duplicates, refused } = taken
  request.outcome = { accepted, duplicates, refused }
  if (items.length > 0 && refused === items.length) {
    metrics.count(taken, false)
    throw new Problem('allRefused', { ...request.outcome, items: taken.items })
  }
  const stop = metrics.append.startTimer()
  await append(taken.records)
  stop()
  metrics.count(taken, true)
  reply.code(202)
  return { ...request.outcome, items: taken.items }
}

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

function logResponse(request: FastifyRequest, reply: FastifyReply, { logger, metrics }: EventsRoute): void {
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
