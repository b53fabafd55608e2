import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { controlPlaneSettings, logSettings, warehouseSettings } from '@cairn/config'
import { FencedError, masterKeyFrom, openControlPlane } from '@cairn/control-plane'
import { heartbeatMs, openEventLog } from '@cairn/event-log'
import { instruments, scorer } from '@cairn/mtss'
import { createLogger } from '@cairn/telemetry'
import { openWarehouse } from '@cairn/warehouse'
import { Aggregator } from './aggregator.ts'
import { aggregatorMetrics } from './aggregator-metrics.ts'
import { buildAggregatorApp } from './app.ts'
import type { AggregatorEnv } from './env.ts'
import { runLoop } from './loop.ts'
import { openReaderThread } from './reader-thread.ts'
import { Closer, keepClosing } from './releases.ts'

/** Academic years whose weeks the warehouse knows: a fact outside them counts in its week and year alone. */
const calendarYears = { from: 2010, to: 2040 }

/** Runs the aggregator until it is told to stop. @param started for the log: when the process began, in ms of its clock */
export async function serve(env: AggregatorEnv, started: number): Promise<void> {
  const logger = createLogger('aggregator', { level: env.CAIRN_LOG_LEVEL })
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('SIGINT', () => env.CAIRN_SUPERVISED === '0' && stop.abort())
  if (env.CAIRN_SUPERVISED === '1') process.stdin.on('end', () => stop.abort()).resume()

  const data = env.CAIRN_DATA
  const masterKey = masterKeyFrom({ base64: env.CAIRN_MASTER_KEY, file: join(data, 'master.key') })
  const logAt = logSettings(env, data)
  const [controlPlane, log] = await Promise.all([
    openControlPlane({ ...controlPlaneSettings(env, data), masterKey, actor: 'aggregator' }),
    openEventLog(logAt),
  ])
  await controlPlane.migrate()
  const warehouse = openWarehouse(warehouseSettings(env))
  const owner = `${hostname()}:${process.pid}`
  const aggregator = new Aggregator({
    warehouse,
    ledger: controlPlane.ledger,
    calendars: {
      revision: () => controlPlane.calendars.revision(),
      of: (authorities) => controlPlane.calendars.weeks(authorities, calendarYears),
    },
    policies: controlPlane.policies,
    context: { score: scorer(instruments) },
    authorities: async () => (await controlPlane.authorities.list()).map((a) => a.code),
    partitionOf: (authority) => log.partitionOf(authority),
    owner,
  })
  const reader = openReaderThread({ log: logAt, maxRecords: env.CAIRN_AGGREGATOR_BATCH })
  const metrics = aggregatorMetrics()
  const app = buildAggregatorApp({
    metrics,
    async lags() {
      const ends = await log.endOffsets()
      return [...aggregator.positions].map(([partition, { offset, drained, tiered }]) => ({
        partition,
        end: ends.get(partition) ?? 0,
        offset,
        drained,
        tiered,
      }))
    },
    async check() {
      const [answers] = await Promise.all([
        warehouse.ping(),
        log.endOffsets(),
        controlPlane.authorities.revision(),
      ])
      if (!answers) throw new Error('the warehouse does not answer')
    },
  })
  await app.listen({ port: env.CAIRN_AGGREGATOR_PORT, host: env.CAIRN_AGGREGATOR_HOST })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : env.CAIRN_AGGREGATOR_PORT
  logger.info({ port, startMs: Math.round(performance.now() - started) }, 'ready')
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, port })}\n`)

  const closer = new Closer({
    sources: { controlPlane, log, warehouse },
    positions: () => aggregator.positions,
    settleDays: env.CAIRN_RELEASE_SETTLE_DAYS,
    now: () => new Date(),
    onAudit(audit) {
      metrics.audited(audit)
      logger[audit.exposed === 0 ? 'info' : 'error'](audit, 'release audited as each lead')
    },
    onOverdue: (count) => metrics.overdue.set(count),
    onOutcome({ isKnown, ...outcome }) {
      metrics.releases.inc({ outcome: outcome.outcome })
      const isGood = outcome.release !== undefined
      logger[isGood ? 'info' : isKnown ? 'debug' : 'warn'](outcome, 'release')
    },
  })
  const closing =
    env.CAIRN_RELEASES === 'on'
      ? keepClosing(closer, {
          signal: stop.signal,
          onTrouble: (error) => logger.warn({ error: (error as Error).name }, 'releases wait'),
        })
      : undefined

  let failed = false
  try {
    await runLoop({
      aggregator,
      reader,
      signal: stop.signal,
      instruments: controlPlane.instruments,
      drainEvery: env.CAIRN_DRAIN_EVERY_MS,
      retryable: (error) => (error as { retryable?: boolean }).retryable === true,
      stillMine: async (partitions) =>
        (await controlPlane.ledger.positions()).every(
          (p) => p.owner === owner || !partitions.includes(p.partition),
        ),
      // By then whoever lost its place in Kafka's group has been told.
      ...(logAt.kind === 'kafka' ? { settleMembershipMs: 2 * heartbeatMs(logAt) } : {}),
      onRetry(error, waitMs) {
        metrics.retries.inc()
        logger.warn(
          { error: String(error), waitMs },
          'waiting for the log, the warehouse or the control plane',
        )
      },
      onAssignment(partitions) {
        metrics.assigned(partitions)
        logger.info({ partitions }, 'partitions claimed')
      },
      onFenced() {
        metrics.fenced.inc()
        logger.warn('another aggregator has claimed these partitions: waiting for the group')
      },
      onCycle({ taken, milliseconds }) {
        metrics.took(taken, milliseconds)
        logger.debug({ taken, milliseconds }, 'cycle')
      },
      onDrain(kind, milliseconds) {
        metrics.drained(kind, milliseconds)
        logger.debug({ kind, milliseconds }, 'drained')
      },
    })
  } catch (error) {
    failed = true
    const fenced = error instanceof FencedError
    logger.fatal(
      { error: String(error) },
      fenced ? 'another aggregator has taken over: this one stops' : 'the aggregator cannot go on',
    )
  }
  stop.abort()
  // A release that is broken off is none: the next look makes it.
  await Promise.race([closing, delay(5_000)])
  await app.close().catch(() => undefined)
  await reader.close().catch(() => undefined)
  await Promise.allSettled([log.close(), warehouse.close(), controlPlane.close()])
  process.exit(failed ? 1 : 0)
}
