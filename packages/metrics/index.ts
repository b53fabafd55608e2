import type { Metric, StoredMetric } from './metric.ts'
import { all } from './metrics/index.ts'

export { type Characteristic, characteristics, characteristicsByYear } from './characteristics.ts'
export { definitionId } from './definition-id.ts'
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
