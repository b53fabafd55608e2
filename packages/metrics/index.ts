import type { Metric, StoredMetric } from './metric.ts'
import { all } from './metrics/index.ts'

export { type Characteristic, characteristics, characteristicsByYear } from './characteristics.ts'
export { definitionId, drawnFrom } from './definition-id.ts'
export type { Dimension } from './dimension.ts'
export { fidelityBar, interventionDelivery } from './intervention-delivery.ts'
export * from './metric.ts'
export { planProgress } from './plan-progress.ts'
export { academicYearOf, weekOf } from './weeks.ts'

/** Every metric by its id. */
export const metrics: ReadonlyMap<string, Metric> = new Map(all.map((m) => [m.id, m]))

/** Those that stand in cells. */
export const storedMetrics: readonly StoredMetric[] = all.filter(
  (m): m is StoredMetric => m.kind === 'stored',
)

/** Those that a release publishes, by the registry as it stands. */
export const releasedMetrics = (): StoredMetric[] =>
  [...metrics.values()].filter((m): m is StoredMetric => m.kind === 'stored' && m.release !== undefined)

/** Every metric of a release, the roll first: what is drawn from another's figures after it. */
export const releasedIds = (): string[] => [
  'headcount',
  ...releasedMetrics().map(({ id }) => id),
  ...[...metrics.values()].flatMap((m) => (m.kind === 'median' && m.of.release !== undefined ? [m.id] : [])),
]
