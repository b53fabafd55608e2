import { createHash, randomUUID } from 'node:crypto'
import { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import { AccessError, authenticateReader, type Scope, type TokenVerifier } from '@cairn/access'
import { type ControlPlane, KeyCache } from '@cairn/control-plane'
import type { EventLog } from '@cairn/event-log'
import { createMetrics, withRequestId } from '@cairn/telemetry'
import type { Warehouse } from '@cairn/warehouse'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { GatewayContext } from './context.ts'
import { Cursors } from './cursor.ts'
import { Directory } from './directory.ts'
import { type Code, codes } from './errors.ts'
import { armor, limits } from './limits.ts'
import { servePages } from './page/pages.ts'
import { serveReleaseCsv } from './releases/csv.ts'
import { formatError, known } from './reporting.ts'
import { buildGatewaySchema } from './schema.ts'

export interface GatewayDependencies {
  readonly controlPlane: ControlPlane
  readonly warehouse: Warehouse
  readonly log: Pick<EventLog, 'partitionOf' | 'endOffsets' | 'read'>
  /** Signs cursors; the same in every process of an installation. */
  readonly secret: Buffer
  /** Absent: tokens are refused, keys alone are taken. */
  readonly tokens?: TokenVerifier
  /** Gets codes and ids; never a header, a body or a value. */
  readonly logger: Logger
  readonly now?: () => number
  /** Days after a half-term's last one until it has closed. */
  readonly settleDays?: number
  readonly limits?: Partial<GatewayLimits>
}

export interface GatewayLimits {
  /** Requests a minute of one credential. */
  readonly perKey: number
  /** Requests a minute of one address: a bound on guessing keys. */
  readonly perAddress: number
  /** Milliseconds for one query. */
  readonly timeMs: number
}

const usual: GatewayLimits = { perKey: 1_200, perAddress: 6_000, timeMs: limits.timeMs }

declare module 'fastify' {
  interface FastifyRequest {
    scope: Scope | null
  }
}

/** The HTTP service, ready to listen or to be injected into. */
export async function buildGateway(dependencies: GatewayDependencies): Promise<FastifyInstance> {
  const { logger } = dependencies
  const bounds = { ...usual, ...dependencies.limits }
  // Fastify's own logger would write URLs and error texts.
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
  })
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('scope', null)
  app.addHook('onRequest', (request, _reply, done) => withRequestId(request.id, () => done()))
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, logger))
  app.setNotFoundHandler((request, reply) =>
    send(reply, request, 404, 'NOT_FOUND', 'There is nothing here: see /'),
  )
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  })
  await app.register(rateLimit, { global: false })
  observe(app, dependencies)
  servePages(app, dependencies.now ?? Date.now)
  await serveGraphql(app, dependencies, bounds)
  return app
}

async function serveGraphql(
  app: FastifyInstance,
  dependencies: GatewayDependencies,
  bounds: GatewayLimits,
): Promise<void> {
  const { controlPlane, warehouse, log, logger, tokens, settleDays } = dependencies
  const now = dependencies.now ?? Date.now
  const apollo = new ApolloServer<GatewayContext>({
    schema: buildGatewaySchema(),
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError: formatError(logger),
    parseOptions: { maxTokens: limits.tokens },
    ...armor(),
  })
  await apollo.start()
  const shared = {
    warehouse,
    controlPlane,
    log,
    now,
    ...(settleDays !== undefined && { settleDays }),
    directory: new Directory(controlPlane),
    cursors: new Cursors(dependencies.secret),
  }
  const access = {
    keys: new KeyCache(controlPlane.keys),
    readers: controlPlane.readers,
    ...(tokens && { tokens }),
  }
  const handle = fastifyApolloHandler(apollo, {
    context: async (request, reply) => ({
      ...shared,
      scope: request.scope!,
      signal: signalOf(reply, bounds.timeMs),
    }),
  })
  const perAddress = app.createRateLimit({ max: bounds.perAddress, timeWindow, keyGenerator: ({ ip }) => ip })
  const perKey = app.createRateLimit({ max: bounds.perKey, timeWindow, keyGenerator: nameOfCredential })
  // By address first: keys may be guessed. Then by key, which is known to be one.
  const admit = async (request: FastifyRequest, reply: FastifyReply) => {
    await keepWithin(perAddress, request, reply)
    const who = await authenticateReader(request.headers.authorization, access)
    if (who instanceof AccessError) throw who
    request.scope = who
    await keepWithin(perKey, request, reply)
  }
  serveReleaseCsv(app, { warehouse, admit, signalOf: (reply) => signalOf(reply, bounds.timeMs) })
  app.route({
    method: 'POST',
    url: '/graphql',
    onRequest: admit,
    handler: handle as (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  })
  // Not the integration's drain plugin: it closes the app from within its own closing and waits for itself.
  app.addHook('onClose', () => apollo.stop())
}

const timeWindow = '1 minute'
type Limit = ReturnType<FastifyInstance['createRateLimit']>

async function keepWithin(limit: Limit, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const state = await limit(request)
  if (state.isAllowed || !state.isExceeded) return
  reply.header('retry-after', state.ttlInSeconds)
  throw Object.assign(new Error('too many requests'), { statusCode: codes.RATE_LIMITED })
}

const nameOfCredential = ({ headers }: FastifyRequest): string =>
  createHash('sha256')
    .update(headers.authorization ?? '')
    .digest('base64')

/** Fires when the caller has gone before the answer, or when the time is up: queries under way are then cancelled. */
function signalOf(reply: FastifyReply, timeMs: number): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => reply.raw.writableFinished || gone.abort())
  return AbortSignal.any([gone.signal, AbortSignal.timeout(timeMs)])
}

function observe(app: FastifyInstance, { controlPlane, warehouse, log }: GatewayDependencies): void {
  const metrics = createMetrics('gateway')
  const seconds = metrics.histogram({
    name: 'gateway_query_seconds',
    measures: 'Time from request to answer, by HTTP status',
    conclude: 'Rising: look at the warehouse; many 401 or 429: somebody guesses keys or asks too often',
    labels: ['status'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
  })
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.url === '/graphql')
      seconds.observe({ status: String(reply.statusCode) }, reply.elapsedTime / 1_000)
  })
  app.get('/health', async () => ({ status: 'up' }))
  app.get('/ready', async (_, reply) => {
    const parts = {
      warehouse: warehouse.ping(),
      controlPlane: controlPlane.authorities.revision().then(() => true),
      log: log.endOffsets().then(() => true),
    }
    const states = await Promise.all(
      Object.entries(parts).map(
        async ([name, up]) => [name, (await up.catch(() => false)) ? 'up' : 'down'] as const,
      ),
    )
    const ready = states.every(([, state]) => state === 'up')
    reply.code(ready ? 200 : 503)
    return { status: ready ? 'ready' : 'not ready', parts: Object.fromEntries(states) }
  })
  app.get('/metrics', async (_, reply) => {
    const { body, contentType } = await metrics.expose()
    reply.type(contentType)
    return body
  })
}

/** Refusals before GraphQL has a say, in GraphQL's own shape. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  if (error instanceof AccessError) {
    reply.header('www-authenticate', 'Bearer realm="cairn"')
    const code = error.status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    send(reply, request, error.status, code, `Authorization: ${error.message}`)
    return
  }
  const { code, message } = known(undefined, error)
  if (code !== 'INTERNAL') {
    send(reply, request, codes[code as Code], code as Code, message)
    return
  }
  const { statusCode = 500, name, stack } = error as { statusCode?: number; name?: string; stack?: string }
  const told = httpFaults[statusCode]
  if (told) {
    send(reply, request, statusCode, told[0], told[1])
    return
  }
  const at = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  logger.error(
    { errorId: request.id, error: name, at: at.map((line) => line.trim()).slice(0, 12) },
    'a request failed',
  )
  send(reply, request, codes.INTERNAL, 'INTERNAL', 'Internal error')
}

const httpFaults: Readonly<Record<number, [Code | 'BAD_REQUEST', string]>> = {
  400: ['BAD_REQUEST', 'The body must be a JSON object with a query'],
  413: ['TOO_LARGE', `The body must have at most ${limits.bodyBytes} bytes`],
  415: ['BAD_REQUEST', 'Content-Type must be application/json'],
  429: ['RATE_LIMITED', 'Too many requests: wait as long as Retry-After says'],
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  status: number,
  code: string,
  message: string,
): void {
  reply.code(status).send({ errors: [{ message, extensions: { code, id: request.id } }] })
}
