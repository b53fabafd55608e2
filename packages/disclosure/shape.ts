/** One characteristic, its values a partition of the pupils (with "not known" as a value, where some are). */
export interface Characteristic {
  id: string
  values: readonly string[]
}

/** What an authority publishes for an academic year: who, by what and when. Figures come as rows beside it. */
export interface Shape {
  authority: string
  academicYear: string
  /** The year is not over: its half-terms so far, and neither terms nor the year, which would be told from their parts. */
  lasts?: boolean
  schools: readonly string[]
  characteristics: readonly Characteristic[]
  /** Pairs of characteristic ids: tables for the authority only, by year. */
  pairs: readonly (readonly [string, string])[]
  halfTerms: readonly { id: string; term: string }[]
  /** Each week lies in one half-term; may be empty. */
  weeks: readonly { id: string; halfTerm: string }[]
}

/**
 * `pupils`: pupils with at least one, a share of the roll. `events`: how many. `mean`: rows give the number of
 * values, or there are none if every pupil has one. `partition`: outcomes, tiers or bands, that sum to the roll.
 */
export interface Metric {
  id: string
  kind: 'pupils' | 'events' | 'mean' | 'partition'
  /** Of a partition: what its rows stand for, in order. */
  outcomes?: readonly string[]
  /** None and all disclose as few do. */
  sensitive?: boolean
  /** Its rows are totals, as nothing tells whom it counts; or totals and singles, as it is not counted by two at once. */
  only?: 'totals' | 'singles'
  /** Metrics that the same records stand behind: what is hidden of one is hidden of all. */
  group?: string
  /** A metric before it, of events, of which its groups count parts: what is hidden there is hidden here. */
  within?: string
  /** By school: one row an outcome (one in all, if no partition), in the order of `coordinates(shape, kind)`. */
  rows: ReadonlyMap<string, readonly ArrayLike<number>[]>
  /** Of a mean: by school Σx and Σx² beside its one row. */
  sums?: ReadonlyMap<string, readonly [sx: ArrayLike<number>, sxx: ArrayLike<number>]>
}

export type LayerKind = Metric['kind'] | 'denominators'

/** Schools' figures alone: the authority's are summed from them, so that both always agree. */
export interface Cube {
  shape: Shape
  /** By school, in the order of `categories(shape)`: one census for the year, as the roll moves by few. */
  denominators: ReadonlyMap<string, ArrayLike<number>>
  metrics: readonly Metric[]
}

/** Everyone (no `by`), a single (one) or a cell of a pair table (two). */
export interface Category {
  by: readonly { characteristic: string; value: string }[]
  /** Index into Shape.pairs. */
  table?: number
}

export interface Period {
  id: string
  kind: 'week' | 'half-term' | 'term' | 'year'
  /** The period it is part of. */
  within?: string
}

/** One figure of a unit: a category in a period. */
export interface Coordinate {
  category: number
  period: number
  /** Published for schools too, not only for the authority. */
  school: boolean
}

/** The shape that a metric's rows have. */
export function shapeFor(shape: Shape, metric: Pick<Metric, 'only'> | undefined): Shape {
  if (metric?.only === undefined) return shape
  return { ...shape, ...(metric.only === 'totals' && { characteristics: [] }), pairs: [] }
}

/** Total first, then singles by characteristic, then the cells of the pair tables. Rows of denominators follow it. */
export function categories({ characteristics, pairs }: Shape): Category[] {
  const valuesOf = (id: string) => characteristics.find((one) => one.id === id)?.values ?? []
  const singles = characteristics.flatMap(({ id, values }) =>
    values.map((value) => ({ by: [{ characteristic: id, value }] })),
  )
  const cells = pairs.flatMap(([first, second], table) =>
    valuesOf(first).flatMap((one) =>
      valuesOf(second).map((other) => ({
        by: [
          { characteristic: first, value: one },
          { characteristic: second, value: other },
        ],
        table,
      })),
    ),
  )
  return [{ by: [] }, ...singles, ...cells]
}

/**
 * The year first, then terms, half-terms and weeks. Terms for events alone, which add up over time: pupils of a
 * half-term, a term and the year bind one another more tightly than the audit can see (docs/disclosure.md).
 */
export function periods({ academicYear, lasts, halfTerms, weeks }: Shape, kind: LayerKind): Period[] {
  if (kind === 'denominators') return [{ id: academicYear, kind: 'year' }]
  const hasTerms = kind === 'events' && !lasts
  const terms = hasTerms ? [...new Set(halfTerms.map(({ term }) => term))] : []
  return [
    ...(lasts ? [] : [{ id: academicYear, kind: 'year' as const }]),
    ...terms.map((id): Period => ({ id, kind: 'term', within: academicYear })),
    ...halfTerms.map(
      ({ id, term }): Period => ({ id, kind: 'half-term', within: hasTerms ? term : academicYear }),
    ),
    ...weeks.map(({ id, halfTerm }): Period => ({ id, kind: 'week', within: halfTerm })),
  ]
}

/**
 * The published set, in the order in which a metric's rows give their figures: schools' totals by half-term and
 * singles by year; the authority's totals by week, singles by half-term, pairs by year. Finer sets leak: with
 * pairs at schools, no suppression that leaves anything to read closes the cube.
 */
export function coordinates(shape: Shape, kind: LayerKind): Coordinate[] {
  const all = categories(shape)
  return periods(shape, kind).flatMap(({ kind }, period) =>
    all.flatMap(({ by }, category) => {
      if (by.length === 2 && kind !== 'year') return []
      if (by.length === 1 && kind === 'week') return []
      const school = by.length === 0 ? kind !== 'week' : by.length === 1 && kind === 'year'
      return [{ category, period, school }]
    }),
  )
}
