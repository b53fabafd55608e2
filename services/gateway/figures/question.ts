import { createHash } from 'node:crypto'
import {
  characteristics,
  type Grain,
  grains,
  isByYear,
  type Metric,
  metrics,
  type StoredMetric,
} from '@cairn/metrics'
import { refused } from '../errors.ts'
import type { PeriodChoice } from './periods.ts'

export const places = ['authority', 'school', 'phase'] as const
export type Place = (typeof places)[number]

export interface Filters {
  readonly authorities?: readonly number[]
  readonly schools?: readonly number[]
  readonly phases?: readonly string[]
  /** Dimension → the values to keep. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** A question that can be answered: everything in it has been checked against the registry. */
export interface Question {
  readonly metric: Metric
  readonly places: ReadonlySet<Place>
  /** One of the metric's breakdowns, in its order. */
  readonly breakdown: readonly string[]
  readonly period: PeriodChoice
  readonly filters: Filters
  /** A group that has no figure at all gets a row that says so. */
  readonly everyGroup?: boolean
}

export function metricOf(id: string): Metric {
  const metric = metrics.get(id)
  if (!metric) throw refused('metric', 'the id of a metric in the registry: ask metrics { id }')
  return metric
}

/** The stored metric whose dimensions a metric is broken down by. */
export const brokenDown = (metric: Metric): StoredMetric =>
  metric.kind === 'stored' ? metric : metric.kind === 'median' ? metric.of : metric.numerator

/** A roll: one figure a year, never summed over time. */
export const isStock = (metric: StoredMetric): boolean => metric.lastInSlice === true

/** The combinations of dimensions that a reader may ask for. */
export function groupingsOf(metric: Metric): readonly (readonly string[])[] {
  const stored = brokenDown(metric)
  const offered = [...stored.breakdowns, ...(stored.byYear ?? [])].filter((b) =>
    metric.kind === 'median' ? b.includes(metric.by) : b.every((d) => !stored.dimensions[d]!.internal),
  )
  if (metric.kind === 'median') return offered.map((b) => b.filter((d) => d !== metric.by))
  if (metric.kind === 'stored') return offered
  return offered.filter((b) => denominatorBreakdown(metric.denominator, b) !== undefined)
}

/**
 * By what the denominator of a broken-down ratio is broken down: by what both share. A roll does not know the reasons
 * of exclusions, so the whole roll stands under each; a flow of events must know every dimension itself, and a roll
 * every characteristic of pupils: all pupils are no denominator for one ethnic group.
 */
export function denominatorBreakdown(
  denominator: StoredMetric,
  breakdown: readonly string[],
): readonly string[] | undefined {
  const shared = breakdown.filter((d) => denominator.dimensions[d] && !denominator.dimensions[d].internal)
  const must = isStock(denominator) ? breakdown.filter((d) => characteristics[d]) : breakdown
  if (must.some((d) => !shared.includes(d))) return undefined
  return denominator.breakdowns.find((b) => sameMembers(b, shared))
}

/** Whether a metric keeps these dimensions together, in whatever order. */
export const offers = (metric: Metric, dimensions: readonly string[]): boolean =>
  groupingsOf(metric).some((b) => sameMembers(b, dimensions))

/** Grains that a metric can be asked for. */
export const grainsOf = (metric: Metric): readonly Grain[] =>
  metric.kind === 'stored' && isStock(metric) ? ['year'] : grains

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each) => b.includes(each))

/** @throws GraphQLError naming the argument that breaks its rule */
export function readQuestion(
  id: string,
  groupBy: readonly string[],
  period: PeriodChoice,
  filters: Filters,
  strata = false,
): Question {
  const metric = metricOf(id)
  const names = [...new Set(groupBy)].filter((name) => name !== 'period')
  const asked = names.filter((name) => !places.includes(name as Place))
  const groupings = groupingsOf(metric)
  const breakdown = groupings.find((b) => sameMembers(b, asked))
  if (!breakdown) throw refused('groupBy', `for dimensions, ${groupingsInWords(groupings)}`)
  if (!grainsOf(metric).includes(period.grain)) throw refused('period.grain', 'ACADEMIC_YEAR for this metric')
  const spread =
    names.some((name) => name === 'school' || name === 'phase') || filters.schools || filters.phases
  refuseTooFine(metric, breakdown, period.grain, Boolean(spread))
  if (!strata && spread && isByYear(brokenDown(metric), breakdown))
    throw refused('groupBy', 'one characteristic of pupils at most by school or phase')
  if (period.grain !== 'year' && isByYear(brokenDown(metric), breakdown))
    throw refused('period.grain', 'ACADEMIC_YEAR for these dimensions')
  for (const name of filters.values.keys())
    if (!breakdown.includes(name)) throw refused('filters.dimensions', 'dimensions that groupBy names')
  return {
    metric,
    places: new Set(names.filter((name): name is Place => places.includes(name as Place))),
    breakdown,
    period,
    filters,
  }
}

/**
 * What is known of pupils' characteristics is told no finer than releases tell it: of schools by year, of a whole authority
 * by half-term. Finer ones are mostly small, and together give one another away (docs/disclosure.md).
 */
function refuseTooFine(metric: Metric, breakdown: readonly string[], grain: Grain, ofSchools: boolean): void {
  if (!breakdown.some((d) => characteristics[d]) || isStock(brokenDown(metric)) || grain === 'year') return
  if (ofSchools)
    throw refused('period.grain', 'ACADEMIC_YEAR for characteristics of pupils by school or phase')
  if (grain === 'week') throw refused('period.grain', 'a half-term or longer for characteristics of pupils')
}

const groupingsInWords = (groupings: readonly (readonly string[])[]): string =>
  `one of these combinations: ${groupings.map((g) => (g.length === 0 ? 'none' : g.join(' + '))).join('; ')}`

/** Names a question, so that a cursor of one is refused for another. */
export function questionKey(question: Question): string {
  const { metric, places: by, breakdown, period, filters } = question
  const text = JSON.stringify([
    metric.id,
    [...by].sort(),
    breakdown,
    period,
    { ...filters, values: [...filters.values] },
  ])
  return createHash('sha256').update(text).digest('base64url')
}
