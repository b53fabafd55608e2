import type { EventType } from '@cairn/contracts'
import { characteristics } from './characteristics.ts'
import type { Dimension } from './dimension.ts'

export type Polarity = 'higher is better' | 'lower is better' | 'neutral'

/** How a 95 % interval is worked out (packages/statistics has formula and source of each). */
export type IntervalMethod = 'none' | 'wilson' | 'rate' | 'mean-t'

/**
 * Facts that follow another one (resolutions of an incident) and what they add to it when figures are worked out.
 * `sql` selects (authority, ref, …columns) for the subjects that `subjects` selects as (authority, id).
 */
export interface FollowUp {
  readonly facts: readonly EventType[]
  readonly columns: readonly string[]
  sql(subjects: string): string
}

/** SQL aggregates are made from these: `value` is an expression over the fact's columns. */
export type Measure =
  /** Facts, counted. */
  | { readonly kind: 'count' }
  /** A quantity, summed. */
  | { readonly kind: 'sum'; readonly value: string }
  /** n, Σx and Σx² of a quantity, so that means can be rolled up exactly. */
  | { readonly kind: 'mean'; readonly value: string }
  /** Different pupils. Not additive: worked out for each period anew. */
  | { readonly kind: 'pupils' }

interface Described {
  /** Stable, snake_case. */
  readonly id: string
  readonly title: string
  /** Plain English: what is counted, for whom, when. */
  readonly definition: string
  readonly unit: string
  readonly polarity: Polarity
  /** Rows of the domain reference that it answers. */
  readonly answers: readonly number[]
}

/** A metric that stands in cells: worked out from one kind of fact. */
export interface StoredMetric extends Described {
  readonly kind: 'stored'
  readonly facts: EventType
  readonly measure: Measure
  /** Arrays of the fact that are unrolled together, one row an element, before anything is measured. */
  readonly unroll?: Readonly<Record<string, string>>
  /** Columns that following facts add. */
  readonly followedBy?: FollowUp
  /** Rows that count, after unrolling. */
  readonly where?: string
  /** Of several facts in a slice, only the last one counts (a roll replaces the former). */
  readonly lastInSlice?: boolean
  readonly dimensions: Readonly<Record<string, Dimension>>
  /** The combinations of dimensions that are kept; `[]` is the total. At most one dimension with `each` in one. */
  readonly breakdowns: readonly (readonly string[])[]
  /** Combinations of pupils' characteristics that are kept by academic year alone, of counts of events too. */
  readonly byYear?: readonly (readonly string[])[]
  /**
   * SQL over the fact's columns, after unrolling, that gives the one pupil by whose characteristics a row counts, so that
   * parts add up to the total; where it gives nobody, the row counts as `unknown`. A count of pupils reads them as at the pupil's last fact
   * of the period.
   */
  readonly ofPupil?: string
  readonly interval: IntervalMethod
  /**
   * Enters its authority's releases. `schools`: schools' figures, by characteristic where it has them; never a metric that
   * counts a part of what another one counts, as the two would give away their difference. `authority`: figures of the whole
   * authority alone, as tables of which every number is safe or none is shown.
   */
  readonly release?: 'schools' | 'authority'
  /** Counts a part of what this one counts: released where the rest is safe too. */
  readonly partOf?: StoredMetric
  /** Its numbers of values are this one's counts: hidden there is hidden here. */
  readonly within?: StoredMetric
}

/** One stored metric over another: a rate of events or a proportion of pupils. */
export interface RatioMetric extends Described {
  readonly kind: 'rate' | 'proportion'
  readonly numerator: StoredMetric
  readonly denominator: StoredMetric
  readonly per: number
  readonly interval: IntervalMethod
}

/** The middle value of a quantity that a stored metric counts by (its histogram). */
export interface MedianMetric extends Described {
  readonly kind: 'median'
  readonly of: StoredMetric
  /** The dimension of `of` that holds the quantity, whole numbers. */
  readonly by: string
}

export type Metric = StoredMetric | RatioMetric | MedianMetric

/**
 * Declares a metric that is worked out from facts. One that says whose they are (`ofPupil`) is broken down by each
 * characteristic of pupils as well, besides its first breakdown.
 */
export function metric({ byYear, ...definition }: Omit<StoredMetric, 'kind'>): StoredMetric {
  if (definition.ofPupil === undefined) return { kind: 'stored', ...definition, ...(byYear && { byYear }) }
  const [first = []] = definition.breakdowns
  return {
    kind: 'stored',
    ...definition,
    dimensions: { ...definition.dimensions, ...characteristics },
    breakdowns: [...definition.breakdowns, ...Object.keys(characteristics).map((name) => [...first, name])],
    ...(byYear && { byYear }),
  }
}

/** Declares events for each `per` of a denominator. */
export function rate(definition: Omit<RatioMetric, 'kind' | 'interval'>): RatioMetric {
  return { kind: 'rate', interval: 'rate', ...definition }
}

/**
 * Declares the share of a denominator, in per cent: the numerator is a part of the denominator. `interval: 'none'` where
 * what is counted is not independent: then nothing that rests on a binomial is worked out from it.
 */
export function proportion(
  definition: Omit<RatioMetric, 'kind' | 'interval' | 'per'> & { readonly interval?: 'none' },
): RatioMetric {
  return { kind: 'proportion', interval: 'wilson', per: 100, ...definition }
}

/** Declares a median, worked out from a histogram in cells. */
export function median(definition: Omit<MedianMetric, 'kind'>): MedianMetric {
  return { kind: 'median', ...definition }
}

export const count = (): Measure => ({ kind: 'count' })
export const sum = (value: string): Measure => ({ kind: 'sum', value })
export const mean = (value: string): Measure => ({ kind: 'mean', value })
export const pupils = (): Measure => ({ kind: 'pupils' })

/** Grains of time. Additive metrics keep weeks and are summed; counts of pupils keep each. */
export const grains = ['week', 'half_term', 'term', 'year'] as const
export type Grain = (typeof grains)[number]

/** Whether this combination of dimensions, in the metric's order, is kept by academic year alone. */
export const isByYear = (m: StoredMetric, breakdown: readonly string[]): boolean =>
  m.byYear?.some((b) => b.join() === breakdown.join()) ?? false

export const isAdditive = (m: StoredMetric): boolean => m.measure.kind !== 'pupils'
