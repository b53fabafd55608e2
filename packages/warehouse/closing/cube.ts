import type { Scope } from '@cairn/access'
import { type Coordinate, type Cube, categories, coordinates, periods, type Shape } from '@cairn/disclosure'
import { type Grain, metrics, releasedMetrics, type StoredMetric } from '@cairn/metrics'
import { readCells, readRoll } from '../cells.ts'
import type { Warehouse } from '../client.ts'

/** A week of the authority's term calendar. */
export interface ReleaseWeek {
  /** ISO date. */
  readonly week: string
  readonly halfTerm: number
  readonly term: number
}

export interface CubeSources {
  readonly warehouse: Warehouse
  readonly scope: Scope
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** URNs. */
  readonly schools: readonly number[]
  /** Every week of the year. None: the authority publishes no weeks, as some of its schools have a calendar of their own. */
  readonly weeks: readonly ReleaseWeek[]
  /** While the year lasts, the half-terms that have closed, 1 to 6: without terms and year. Absent, the year has closed. */
  readonly through?: number | undefined
}

/** Schools that stand outside a cube, for the operator. */
export interface Excluded {
  /** They have no roll in the year. */
  readonly withoutRoll: readonly number[]
  /** They were not in the year's first release: its shape stays. */
  readonly since: readonly number[]
  /** Of a metric they show as not available: it counts more pupils there than the roll has. */
  readonly beyondRoll: readonly { readonly school: number; readonly metric: string }[]
}

const headcount = metrics.get('headcount') as StoredMetric

/**
 * The true figures of an authority and year, from cells and roll, in the shape of the previous release where there is one.
 * Schools without a roll stand outside; one that has no event has the figure 0.
 */
export async function cubeOf(
  sources: CubeSources,
  previous?: Cube,
): Promise<{ cube: Cube; excluded: Excluded }> {
  const { warehouse, scope, authority, year } = sources
  const groups = new Map(sources.schools.map((urn) => [urn, urn]))
  const where = { authorities: [authority], groups, breakdown: [], years: [year] }
  const rolls = await readRoll(warehouse, scope, { ...where, metric: headcount })
  const roll = new Map(
    rolls.map(({ school, counts }) => [school, counts.find(({ values }) => values.length === 0)?.n ?? 0]),
  )
  const known = sources.schools.filter((urn) => (roll.get(urn) ?? 0) > 0)
  // What was released is never taken back, whatever the calendar says by now.
  const before = previous?.shape
  const through =
    before && !before.lasts
      ? undefined
      : sources.through && Math.max(sources.through, before?.halfTerms.length ?? 0)
  const shape = shapeOf({ ...sources, through }, before?.schools.map(Number) ?? known)
  const inShape = new Set(shape.schools.map(Number))
  const width = categories(shape).length
  const denominators = new Map(
    shape.schools.map((school) => {
      const row = roll.has(Number(school)) ? [roll.get(Number(school))!] : undefined
      return [school, row ?? previous?.denominators.get(school) ?? new Array<number>(width).fill(0)] as const
    }),
  )
  const beyondRoll: { school: number; metric: string }[] = []
  const rows = await Promise.all(
    metricsOf(previous).map(async (metric) => {
      const found = await rowsOf(sources, metric, shape, where)
      for (const school of shape.schools) {
        const [row] = found.get(school)!
        if (kindOf(metric) !== 'pupils' || Math.max(...row!) <= denominators.get(school)![0]!) continue
        found.delete(school)
        beyondRoll.push({ school: Number(school), metric: metric.id })
      }
      return { id: metric.id, kind: kindOf(metric), rows: found }
    }),
  )
  const excluded = {
    withoutRoll: sources.schools.filter((urn) => !known.includes(urn)),
    since: known.filter((urn) => !inShape.has(urn)),
    beyondRoll,
  }
  return { cube: { shape, denominators, metrics: rows }, excluded }
}

/** A metric that is published since stands in the releases of later years. */
const metricsOf = (previous: Cube | undefined): readonly StoredMetric[] =>
  previous?.metrics.map(({ id }) => metrics.get(id) as StoredMetric) ?? releasedMetrics()

const kindOf = (metric: StoredMetric): 'pupils' | 'events' =>
  metric.measure.kind === 'pupils' ? 'pupils' : 'events'

/** Terms and half-terms stand by their place in the year, as periods of the warehouse do: 202501. */
function shapeOf({ authority, year, weeks, through }: CubeSources, schools: readonly number[]): Shape {
  const halfTerm = (number: number) => periodId('half_term', year * 100 + number)
  return {
    authority: String(authority),
    academicYear: periodId('year', year),
    ...(through !== undefined && { lasts: true }),
    schools: [...schools].sort((a, b) => a - b).map(String),
    characteristics: [],
    pairs: [],
    halfTerms: Array.from({ length: through ?? 6 }, (_, i) => ({
      id: halfTerm(i + 1),
      term: periodId('term', year * 100 + Math.ceil((i + 1) / 2)),
    })),
    weeks: weeks
      .filter((one) => one.halfTerm <= (through ?? 6))
      .map((one) => ({
        id: periodId('week', Number(one.week.replaceAll('-', ''))),
        halfTerm: halfTerm(one.halfTerm),
      })),
  }
}

/** Unique among all grains: `half_term 202501` is not `term 202501`. */
const periodId = (grain: Grain, period: number): string => `${grain} ${period}`

export function periodOf(id: string): { grain: Grain; period: number } {
  const [grain, period] = id.split(' ')
  return { grain: grain as Grain, period: Number(period) }
}

async function rowsOf(
  { warehouse, scope }: CubeSources,
  metric: StoredMetric,
  shape: Shape,
  where: Omit<Parameters<typeof readCells>[2], 'metric' | 'grain'>,
): Promise<Map<string, number[][]>> {
  const at = coordinates(shape, kindOf(metric))
  const when = periods(shape, kindOf(metric))
  const used = [...new Set(when.map(({ id }) => periodOf(id).grain))]
  const counted = new Map<string, number>()
  await Promise.all(
    used.map(async (grain) => {
      for (const { group, period, n } of await readCells(warehouse, scope, { ...where, metric, grain }))
        counted.set(`${group} ${periodId(grain, period)}`, n)
    }),
  )
  const figure = (school: string, { period }: Coordinate) => counted.get(`${school} ${when[period]!.id}`) ?? 0
  return new Map(shape.schools.map((school) => [school, [at.map((one) => figure(school, one))]]))
}
