import { createMetrics } from '@cairn/telemetry'
import type { Taken } from './take.ts'

export type IngestMetrics = ReturnType<typeof ingestMetrics>

/** What an operator watches. Labels are outcomes, rules and codes, never anything that was sent. */
export function ingestMetrics() {
  const metrics = createMetrics('ingest')
  const events = metrics.counter({
    name: 'ingest_events_total',
    measures: 'Events by outcome',
    conclude: 'Many refused: look at cairn_ingest_refusals_total and talk to the sender',
    labels: ['outcome'],
  })
  const refusals = metrics.counter({
    name: 'ingest_refusals_total',
    measures: 'Refused events by the rule they broke',
    conclude: 'The rules are in the reference of event types',
    labels: ['rule'],
  })
  const requests = metrics.counter({
    name: 'ingest_requests_total',
    measures: 'Requests to POST /v1/events by status',
    conclude: '503: the log or the control plane is away, or too much comes at once',
    labels: ['status'],
  })
  const append = metrics.histogram({
    name: 'ingest_append_seconds',
    measures: 'From handing events to the log until it has them durably',
    conclude: 'Rising: the disk or the brokers of the log are slow',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  })
  const inFlight = metrics.gauge({
    name: 'ingest_in_flight_bytes',
    measures: 'Bytes of the bodies under way',
    conclude: 'At its limit requests are answered 503: add an instance',
  })
  return {
    append,
    requests,
    count(taken: Taken, written: boolean): void {
      if (written) {
        events.inc({ outcome: 'accepted' }, taken.accepted)
        events.inc({ outcome: 'duplicate' }, taken.duplicates)
      }
      events.inc({ outcome: 'refused' }, taken.refused)
      for (const { errors = [] } of taken.items) for (const { rule } of errors) refusals.inc({ rule })
    },
    expose(inFlightBytes: number) {
      inFlight.set(inFlightBytes)
      return metrics.expose()
    },
  }
}
