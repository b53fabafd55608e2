import fastify, { type FastifyInstance } from 'fastify'
import type { AggregatorMetrics, PartitionLag } from './aggregator-metrics.ts'

export interface AggregatorAppParts {
  readonly metrics: AggregatorMetrics
  /** Of the partitions owned now; rejects where the log cannot be asked. */
  lags(): Promise<PartitionLag[]>
  /** Whether the log, the warehouse and the control plane answer. */
  check(): Promise<void>
}

/** What an operator and an orchestrator ask of a running aggregator: /health, /ready, /metrics. */
export function buildAggregatorApp({ metrics, lags, check }: AggregatorAppParts): FastifyInstance {
  const app = fastify({ logger: false })
  app.get('/health', async () => ({ status: 'up' }))
  app.get('/ready', async (_, reply) => {
    try {
      await check()
      return { status: 'ready' }
    } catch {
      return reply.code(503).send({ status: 'waiting for the log, the warehouse or the control plane' })
    }
  })
  app.get('/metrics', async (_, reply) => {
    // A log that is away must not hide the other figures: the lag is then absent.
    const { body, contentType } = await metrics.expose(await lags().catch(() => []))
    reply.type(contentType)
    return body
  })
  return app
}
