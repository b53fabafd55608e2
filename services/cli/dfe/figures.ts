import type { Scope } from '@cairn/access'
import { metrics, type RatioMetric } from '@cairn/metrics'
import { readCells, readRoll, type Warehouse } from '@cairn/warehouse'
import { type FigureRow, figures, type GraphqlEndpoint } from '../graphql.ts'
import { type Found, keyOf, type Place } from './compare.ts'
import type { ExclusionType } from './published.ts'

/** Figures by place. */
export interface FoundFigures {
  count(place: Place): Found
  rate(place: Place): Found
}

/** What GraphQL answers, small numbers held back. */
export async function askedFigures(
  at: GraphqlEndpoint,
  year: string,
  schools: readonly number[],
): Promise<FoundFigures> {
  const read = async (metric: string, groupBy: readonly string[]) =>
    (await figures(at, { metric, groupBy, year, schools })).map(
      (row) => [keyOf(placeOf(row)), foundIn(row)] as const,
    )
  const counts = new Map([
    ...(await read('exclusions', ['authority', 'phase', 'exclusion_type', 'reason'])),
    ...(await read('exclusions', ['authority', 'phase', 'exclusion_type'])),
    ...(await read('exclusions', ['authority', 'exclusion_type'])),
  ])
  const rates = new Map([
    ...(await read('exclusion_rate', ['authority', 'phase', 'exclusion_type'])),
    ...(await read('exclusion_rate', ['authority', 'exclusion_type'])),
  ])
  return { count: (place) => counts.get(keyOf(place)), rate: (place) => rates.get(keyOf(place)) }
}

function placeOf({ authorityCode, phase, dimensions }: FigureRow): Place {
  const of = (name: string) => dimensions.find((one) => one.name === name)?.value
  return {
    authority: authorityCode!,
    phase: phase ?? undefined,
    kind: of('exclusion_type') as ExclusionType,
    reason: of('reason'),
  }
}

const foundIn = ({ status, value }: FigureRow): Found =>
  status === 'SUPPRESSED' ? 'hidden' : (value ?? undefined)

/** An aggregate establishment, as the places name it. */
export interface Member {
  readonly urn: number
  readonly authority: number
  readonly phase: string
}

/** What stands in the warehouse's cells, with nothing held back: the same places, read under a verified scope. */
export async function storedFigures(
  warehouse: Warehouse,
  scope: Scope,
  members: readonly Member[],
  year: number,
): Promise<FoundFigures> {
  const { numerator, denominator } = metrics.get('exclusion_rate') as RatioMetric
  const groups = new Map(members.map(({ urn }) => [urn, urn]))
  const of = new Map(members.map((one) => [one.urn, one]))
  const asked = { authorities: [...new Set(members.map((one) => one.authority))], groups, years: [year] }
  const counts = new Map<string, number>()
  const rolls = new Map<string, number>()
  const add = (sums: Map<string, number>, key: string, n: number) => sums.set(key, (sums.get(key) ?? 0) + n)
  for (const breakdown of [['exclusion_type'], ['exclusion_type', 'reason']]) {
    const cells = await readCells(warehouse, scope, { ...asked, metric: numerator, breakdown, grain: 'year' })
    for (const { group, values, n } of cells) {
      const { authority, phase } = of.get(group)!
      const [kind, reason] = values as [ExclusionType, string | undefined]
      add(counts, keyOf({ authority, phase, kind, reason }), n)
      if (reason === undefined) add(counts, keyOf({ authority, phase: undefined, kind, reason }), n)
    }
  }
  for (const { school, counts: parts } of await readRoll(warehouse, scope, {
    ...asked,
    metric: denominator,
    breakdown: [],
  })) {
    const { authority, phase } = of.get(school)!
    const pupils = parts.reduce((sum, { n }) => sum + n, 0)
    add(rolls, `${authority}|${phase}`, pupils)
    add(rolls, `${authority}|`, pupils)
  }
  // A cell that holds nothing under a value is a true 0: cells keep no zeros.
  const count = (place: Place) => counts.get(keyOf(place)) ?? 0
  const rate = (place: Place) => {
    const pupils = rolls.get(`${place.authority}|${place.phase ?? ''}`)
    return pupils === undefined ? undefined : (count(place) * 100) / pupils
  }
  return { count, rate }
}
