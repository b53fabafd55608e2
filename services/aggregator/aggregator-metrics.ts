import { createMetrics } from '@cairn/telemetry'

/** How far one partition is, as offsets. */
export interface PartitionLag {
  readonly partition: number
  readonly end: number
  readonly offset: number
  readonly drained: number
  readonly tiered: number
}

export type AggregatorMetrics = ReturnType<typeof aggregatorMetrics>

/** What an operator watches. Labels are partitions, steps and marks, never anything of an event. */
export function aggregatorMetrics() {
  const metrics = createMetrics('aggregator')
  const records = metrics.counter({
    name: 'aggregator_records_total',
    measures: 'Records taken from the log and written as receipts and facts',
    conclude: 'Standing still while cairn_aggregator_lag_records rises: look at the retries and the log',
  })
  const cycle = metrics.histogram({
    name: 'aggregator_cycle_seconds',
    measures: 'Writing one batch: receipts, facts, offset',
    conclude: 'Rising: the warehouse is slow, or its parts do not merge',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
  })
  const drain = metrics.histogram({
    name: 'aggregator_drain_seconds',
    measures: 'Recomputing cells: weeks (drain), longer periods (settle), and a share of tiers (tiers)',
    conclude: 'Rising with the number of changed schools is right, rising alone is not',
    labels: ['kind'],
    buckets: [0.03, 0.1, 0.3, 1, 3, 10, 30],
  })
  const retries = metrics.counter({
    name: 'aggregator_retries_total',
    measures: 'Steps that are tried again because the log, the warehouse or the control plane was away',
    conclude: 'Rising: one of the three is away; nothing is lost, the lag grows',
  })
  const assignments = metrics.counter({
    name: 'aggregator_assignments_total',
    measures: 'Changes of the partitions that this aggregator owns (rebalances)',
    conclude: 'Rising every few seconds: aggregators come and go, or are too slow to send heartbeats',
  })
  const fenced = metrics.counter({
    name: 'aggregator_fenced_total',
    measures: 'Times that another aggregator had claimed what was ours',
    conclude: 'Some at a rebalance are right; a steady stream means that two installations share a ledger',
  })
  const owned = metrics.gauge({
    name: 'aggregator_partitions',
    measures: 'Partitions that this aggregator owns',
    conclude: 'Their sum over all aggregators is the number of partitions, or somebody waits for a claim',
  })
  const lag = metrics.gauge({
    name: 'aggregator_lag_records',
    measures:
      'Records of an owned partition that are not yet there: mark offset = in facts, drained = in cells, tiered = in tiers',
    conclude: 'Rising for minutes: add an aggregator, up to one a partition',
    labels: ['partition', 'mark'],
  })
  const releases = metrics.counter({
    name: 'aggregator_releases_total',
    measures: 'Times that a half-term or year that is due was closed: released, unchanged, refused or failed',
    conclude: 'Refused or failed rising each hour: the log says of which authority and year, and why',
    labels: ['outcome'],
  })
  const overdue = metrics.gauge({
    name: 'aggregator_releases_overdue',
    measures: 'Years of authorities of which something is due and could not be released',
    conclude: 'Above 0: see the log, or cairn release close, which says the same',
  })
  const exposed = metrics.gauge({
    name: 'aggregator_release_exposed_figures',
    measures:
      'Protected figures of the newest releases that a school’s lead could narrow down too far, at the last audit',
    conclude: 'Above 0: a release leaks; cairn release audit says of which metric, the log of which release',
  })
  const audits = metrics.counter({
    name: 'aggregator_release_audits_total',
    measures: 'Audits of releases as anyone and as each school’s lead',
    conclude:
      'Not rising for a day while there are releases: the aggregator never finds its partitions quiet',
  })
  const exposedOf = new Map<string, number>()
  return {
    audited({ authority, year, exposed: count }: { authority: number; year: number; exposed: number }): void {
      audits.inc()
      exposedOf.set(`${authority} ${year}`, count)
      exposed.set([...exposedOf.values()].reduce((so, one) => so + one, 0))
    },
    releases,
    overdue,
    retries,
    fenced,
    took(count: number, milliseconds: number): void {
      records.inc(count)
      cycle.observe(milliseconds / 1000)
    },
    drained(kind: 'drain' | 'settle' | 'tiers', milliseconds: number): void {
      drain.observe({ kind }, milliseconds / 1000)
    },
    assigned(partitions: readonly number[]): void {
      assignments.inc()
      owned.set(partitions.length)
    },
    expose(lags: readonly PartitionLag[]) {
      lag.reset()
      for (const { partition, end, offset, drained, tiered } of lags) {
        lag.set({ partition: String(partition), mark: 'offset' }, Math.max(0, end - offset))
        lag.set({ partition: String(partition), mark: 'drained' }, Math.max(0, end - drained))
        lag.set({ partition: String(partition), mark: 'tiered' }, Math.max(0, end - tiered))
      }
      return metrics.expose()
    },
  }
}
