import { type Metric, metrics, type StoredMetric } from '@cairn/metrics'
import { type Feature, type FeatureValues, type Neighbour, nearest } from '@cairn/statistics'
import type { GatewayContext } from '../context.ts'
import type { School } from '../directory.ts'
import type { Row } from '../figures/answer.ts'
import type { PeriodChoice } from '../figures/periods.ts'
import { isShown, profilesOf, published } from '../figures/published.ts'
import { isStock, offers, readQuestion } from '../figures/question.ts'

/** What schools are like, besides their phase and size. `values` of a dimension of the roll, as a share of it. */
interface Mix {
  readonly dimension: string
  readonly title: string
  /** One feature of these values together; absent: one for each value, which share the weight. */
  readonly values?: readonly string[]
}

const mixes: readonly Mix[] = [
  { dimension: 'fsm', title: 'Eligible for free school meals', values: ['yes'] },
  { dimension: 'sen_provision', title: 'SEN support or EHC plan', values: ['K', 'E'] },
  { dimension: 'ethnicity', title: 'Ethnicity' },
  { dimension: 'idaci_quintile', title: 'IDACI quintile' },
]

/** The roll, by which schools are found alike. */
export const headcount: StoredMetric = [...metrics.values()].find(
  (m: Metric): m is StoredMetric => m.kind === 'stored' && isStock(m),
)!

export interface Likeness {
  readonly features: readonly (Feature & { readonly title: string })[]
  readonly values: ReadonlyMap<number, FeatureValues>
  /** Features that the roll does not keep. */
  readonly notKept: readonly string[]
  /** Disclosure profiles of the roll. */
  readonly profile: string
  readonly asOf: string | null
}

/**
 * What each school is like, from its published roll alone: a share that is held back is unknown, and the distance is
 * over the others. Phase weighs double; size counts by its logarithm, since schools differ in it by factors.
 */
export async function likenessOf(
  context: GatewayContext,
  schools: readonly School[],
  period: PeriodChoice,
): Promise<Likeness> {
  const ask = async (by: readonly string[]) =>
    published(context, readQuestion(headcount.id, ['school', ...by], period, { values: new Map() }))
  const kept = mixes.filter(({ dimension }) => offers(headcount, [dimension]))
  const [totals, ...parts] = await Promise.all([ask([]), ...kept.map(({ dimension }) => ask([dimension]))])
  const values = new Map<number, Record<string, number | string | null>>(
    schools.map(({ urn, phase }) => [urn, { phase }]),
  )
  const size = new Map(totals.rows.flatMap((row) => (isShown(row) ? [[row.schoolUrn!, row.value]] : [])))
  for (const [urn, own] of values) own.size = size.has(urn) ? Math.log(Math.max(1, size.get(urn)!)) : null
  const features: (Feature & { title: string })[] = [
    { id: 'phase', title: 'Phase', kind: 'category', weight: 2 },
    { id: 'size', title: 'Pupils on roll (logarithm)', kind: 'number', weight: 1 },
  ]
  for (const [i, mix] of kept.entries()) features.push(...sharesOf(mix, parts[i]!.rows, values))
  return {
    features,
    values,
    notKept: mixes.filter((mix) => !kept.includes(mix)).map(({ title }) => title),
    profile: profilesOf([totals, ...parts].flatMap(({ rows }) => rows)),
    asOf: totals.asOf,
  }
}

/** Adds the shares of one mix to each school's values, and says which features they are. */
function sharesOf(
  { dimension, title, values: together }: Mix,
  rows: readonly Row[],
  schools: ReadonlyMap<number, Record<string, number | string | null>>,
): (Feature & { title: string })[] {
  // A breakdown that is not released is one row without a value.
  const seen = [...new Set(rows.flatMap((row) => row.dimensions[0]?.value ?? []))]
  const groups = together ? [together] : seen.map((value) => [value])
  const bySchool = new Map<number | null, Row[]>()
  for (const row of rows) bySchool.set(row.schoolUrn, [...(bySchool.get(row.schoolUrn) ?? []), row])
  const features = groups.map((values) => ({
    id: together ? dimension : `${dimension}:${values[0]}`,
    title: together ? title : `${title}: ${values[0]}`,
    kind: 'number' as const,
    weight: 1 / groups.length,
    values,
  }))
  for (const [urn, own] of schools) {
    const parts = bySchool.get(urn) ?? []
    for (const { id, values } of features) own[id] = shareOf(parts, values)
  }
  return features.map(({ values: _, ...feature }) => feature)
}

/** Undefined shares are null: a part that is held back, or nobody on roll whose value is known. */
export function shareOf(parts: readonly Row[], values: readonly string[]): number | null {
  const known = parts.filter((row) => row.dimensions[0]?.value !== 'unknown')
  if (known.some((row) => !isShown(row))) return null
  const all = known.reduce((sum, row) => sum + row.value!, 0)
  const wanted = known.filter((row) => values.includes(row.dimensions[0]!.value))
  return all > 0 ? wanted.reduce((sum, row) => sum + row.value!, 0) / all : null
}

/**
 * The schools that are most like one: nearest first, those of the same distance by URN. One whose roll is not shown is
 * like none: all that is known of it is its phase, and it would be nearest to all of that phase.
 */
export function nearestSchools(
  likeness: Likeness,
  urn: number,
  candidates: readonly School[],
  n: number,
): Neighbour<number>[] {
  if (!hasRoll(likeness, urn)) return []
  const others = candidates
    .filter((school) => school.urn !== urn && !school.aggregate && hasRoll(likeness, school.urn))
    .map((school) => ({ id: school.urn, values: likeness.values.get(school.urn)! }))
    .sort((a, b) => a.id - b.id)
  const usable = likeness.features.filter((feature) => varies(feature, urn, others, likeness))
  return usable.length === 0 ? [] : nearest(likeness.values.get(urn)!, others, usable).slice(0, n)
}

export const hasRoll = ({ values }: Likeness, urn: number): boolean =>
  (values.get(urn)?.size ?? null) !== null

/** A number known of fewer than two schools has no standard deviation to measure by. */
function varies(
  { id, kind }: Feature,
  urn: number,
  others: readonly { values: FeatureValues }[],
  { values }: Likeness,
): boolean {
  if (kind === 'category') return true
  const known = [values.get(urn)!, ...others.map((one) => one.values)].filter((v) => (v[id] ?? null) !== null)
  return known.length >= 2
}
