import type { Scope } from '@cairn/access'
import type { Cube, Metric, Shape } from '@cairn/disclosure'
import { characteristics, isByYear, metrics, releasedMetrics, type StoredMetric } from '@cairn/metrics'
import { type BreakdownsQuery, readBreakdowns } from '../cells.ts'
import type { Warehouse } from '../client.ts'

export interface Reading extends Pick<BreakdownsQuery, 'authorities' | 'groups' | 'years'> {
  readonly warehouse: Warehouse
  readonly scope: Scope
  readonly shape: Shape
}

/** One layer of a cube: a metric; of a mean, one combination of values of its own dimensions. */
export interface Layer {
  /** `incidents`, `wellbeing_score[instrument=rw;subscale=total]`. */
  readonly id: string
  readonly metric: StoredMetric
  /** `instrument=rw;subscale=total`; empty where there is nothing of the kind. */
  readonly own: string
  readonly kind: 'pupils' | 'events' | 'mean'
  readonly only?: Metric['only']
  readonly group?: string
  readonly within?: string
}

/** The dimensions that a mean is always told apart by. */
export const ownOf = (metric: StoredMetric): readonly string[] =>
  metric.measure.kind === 'mean' ? (metric.breakdowns[0] ?? []) : []

export const kindOf = ({ measure }: StoredMetric): Layer['kind'] =>
  measure.kind === 'pupils' || measure.kind === 'mean' ? measure.kind : 'events'

/** Characteristics of pupils that a metric is broken down by. */
export const characteristicsOf = (metric: StoredMetric, own: readonly string[]): string[] =>
  Object.keys(characteristics).filter((name) =>
    metric.breakdowns.some((one) => one.join() === [...own, name].join()),
  )

/** Pairs of these characteristics that a metric keeps by year. */
export const pairsOf = (metric: StoredMetric, names: readonly string[]): [string, string][] =>
  names.flatMap((one, i) =>
    names
      .slice(i + 1)
      .flatMap((other): [string, string][] => (keeps(metric, [one, other]) ? [[one, other]] : [])),
  )

const keeps = (metric: StoredMetric, breakdown: readonly string[]): boolean =>
  isByYear(metric, breakdown) || metric.breakdowns.some((one) => one.join() === breakdown.join())

export const layerId = (metric: string, own: string): string => (own === '' ? metric : `${metric}[${own}]`)

/** What a layer's id stands for. */
export function layerFrom(id: string): { metric: string; own: string } {
  const [, metric, own] = /^([^[]+)(?:\[(.*)\])?$/.exec(id)!
  return { metric: metric!, own: own ?? '' }
}

/**
 * The layers of a year: those of its first release, as a metric or subscale that comes later stands in the releases of later
 * years.
 */
export async function layersOf(previous: Cube | undefined, reading: Reading): Promise<Layer[]> {
  if (previous) return previous.metrics.map(layerOfMetric)
  const names = reading.shape.characteristics.map(({ id }) => id)
  const layers = releasedMetrics()
    .filter(({ release }) => release !== 'authority')
    .map(async (metric): Promise<Layer[]> => {
      const own = ownOf(metric)
      const kept = characteristicsOf(metric, own)
      const hasPairs = reading.shape.pairs.every((pair) => isByYear(metric, [...own, ...pair]))
      const has = !names.every((name) => kept.includes(name)) ? 'totals' : hasPairs ? undefined : 'singles'
      const only = has === undefined ? {} : { only: has as Metric['only'] & string }
      const kind = kindOf(metric)
      if (kind !== 'mean') return [{ id: metric.id, metric, own: '', kind, ...only }]
      const rows = await readBreakdowns(reading.warehouse, reading.scope, {
        ...{ ...reading, metric, breakdowns: [own], grain: 'year' },
      })
      const keys = [...new Set(rows.flatMap(({ key, n }) => (n > 0 ? [key] : [])))].sort()
      return keys.map((key) => ({
        ...{ id: layerId(metric.id, key), metric, own: key, kind, group: groupOf(metric, key) },
        ...only,
        ...(metric.within && { within: metric.within.id }),
      }))
    })
  return (await Promise.all(layers)).flat()
}

/** The same check-ins stand behind all subscales of an instrument. */
function groupOf(metric: StoredMetric, key: string): string {
  const unrolled = Object.keys(metric.unroll ?? {})
  const shared = key.split(';').filter((part) => {
    const dimension = metric.dimensions[part.split('=')[0]!]
    return !unrolled.includes(dimension?.value ?? '')
  })
  return layerId(metric.id, shared.join(';'))
}

function layerOfMetric({ id, kind, only, group, within }: Metric): Layer {
  const { metric, own } = layerFrom(id)
  return {
    ...{ id, metric: metrics.get(metric) as StoredMetric, own, kind: kind as Layer['kind'] },
    ...(only && { only }),
    ...(group !== undefined && { group }),
    ...(within !== undefined && { within }),
  }
}
