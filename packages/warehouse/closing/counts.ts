import { setImmediate } from 'node:timers/promises'
import { unknown } from '@cairn/contracts'
import { DisclosureError, type Shape } from '@cairn/disclosure'
import { type Grain, isByYear, type StoredMetric } from '@cairn/metrics'
import { readBreakdowns } from '../cells.ts'
import { characteristicsOf, kindOf, ownOf, type Reading } from './layers.ts'
import { periodId } from './periods.ts'

export interface Counted {
  n: number
  sx: number
  sxx: number
}

const none: Counted = { n: 0, sx: 0, sxx: 0 }

/** What was counted of a metric, by school, period and characteristics. */
export interface Counts {
  /** @param own values of the metric's own dimensions @param key characteristics: `sex=F`, empty for the total */
  of(own: string, school: number, period: string, key: string): Counted
}

/** Reads everything of a metric that a cube of this shape has, in a few queries. */
export async function readCounts(
  { warehouse, scope, shape, ...where }: Reading,
  metric: StoredMetric,
  names: readonly string[],
): Promise<Counts> {
  const own = ownOf(metric)
  const kind = kindOf(metric)
  const kept = characteristicsOf(metric, own)
  const singles = names.every((name) => kept.includes(name)) ? names.map((name) => [...own, name]) : []
  const pairs = shape.pairs.map((pair) => [...own, ...pair]).filter((pair) => isByYear(metric, pair))
  const ask = async (grain: Grain, breakdowns: readonly (readonly string[])[]) =>
    (await readBreakdowns(warehouse, scope, { ...where, metric, grain, breakdowns })).map((row) => ({
      ...row,
      grain,
    }))
  const rows = await Promise.all([
    ask('half_term', [own, ...singles]),
    ...(shape.weeks.length > 0 ? [ask('week', [own])] : []),
    ...(kind === 'pupils' && !shape.lasts ? [ask('year', [own, ...singles])] : []),
    ...(shape.lasts ? [] : [ask('year', pairs)]),
  ])
  await setImmediate()
  const folded = folderOf(shape)
  const counted = new Map<string, Counted>()
  const add = (of: string, school: number, period: string, key: string, { n, sx, sxx }: Counted) => {
    const place = placeOf(of, school, period, key)
    const so = counted.get(place) ?? none
    counted.set(place, { n: so.n + n, sx: so.sx + sx, sxx: so.sxx + sxx })
  }
  const terms = new Map(shape.halfTerms.map(({ id, term }) => [id, term]))
  for (const { group, grain, period, key, ...sums } of rows.flat()) {
    if (grain === 'half_term' && period % 100 === 0)
      throw new DisclosureError('calendar', 'has each week of the year in a half-term')
    const parts = key === '' ? [] : key.split(';')
    const [of, by] = [parts.slice(0, own.length).join(';'), folded(parts.slice(own.length))]
    const id = periodId(grain, period)
    add(of, group, id, by, sums)
    // What adds up over time is summed, so that every longer period is just that.
    if (grain !== 'half_term' || kind === 'pupils' || !terms.has(id)) continue
    add(of, group, terms.get(id)!, by, sums)
    add(of, group, shape.academicYear, by, sums)
  }
  return { of: (...place) => counted.get(placeOf(...place)) ?? none }
}

const placeOf = (own: string, school: number, period: string, key: string): string =>
  `${school} ${period} ${own} ${key}`

/** A value that the year's first release did not have counts as unknown. */
function folderOf({ characteristics }: Shape): (parts: readonly string[]) => string {
  const values = new Map(characteristics.map(({ id, values }) => [id, new Set(values)]))
  return (parts) =>
    parts
      .map((part) => {
        const [name, value] = part.split('=')
        return values.get(name!)?.has(value!) ? part : `${name}=${unknown}`
      })
      .join(';')
}
