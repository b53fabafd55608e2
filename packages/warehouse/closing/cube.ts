import { setImmediate } from 'node:timers/promises'
import type { Scope } from '@cairn/access'
import { unknown } from '@cairn/contracts'
import {
  type Cube,
  categories,
  coordinates,
  type Metric,
  periods,
  type Shape,
  shapeFor,
} from '@cairn/disclosure'
import { metrics, type StoredMetric } from '@cairn/metrics'
import { readRolls } from '../cells.ts'
import type { Warehouse } from '../client.ts'
import { type Counted, type Counts, readCounts } from './counts.ts'
import { characteristicsOf, type Layer, layersOf, pairsOf } from './layers.ts'
import { periodId } from './periods.ts'

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
  const where = { authorities: [authority], groups, years: [year] }
  const before = previous?.shape
  // What was released is never taken back, whatever the calendar says by now.
  const through =
    before && !before.lasts
      ? undefined
      : sources.through && Math.max(sources.through, before?.halfTerms.length ?? 0)
  const names = before?.characteristics.map(({ id }) => id) ?? characteristicsOf(headcount, [])
  const singles = names.map((name) => [name])
  const rolls = await readRolls(warehouse, scope, {
    ...{ ...where, metric: headcount, breakdowns: [[], ...singles, ...pairsOf(headcount, names)] },
  })
  const roll = new Map(
    rolls.map(({ school, counts }) => [school, new Map(counts.map(({ key, n }) => [key, n]))]),
  )
  const totalOf = (urn: number) => roll.get(urn)?.get('') ?? 0
  const known = sources.schools.filter((urn) => totalOf(urn) > 0)
  const characteristics = before?.characteristics ?? occurring(names, rolls)
  const kept = characteristics.map(({ id }) => id)
  const shape = shapeOf(
    { ...sources, through },
    before?.schools.map(Number) ?? known,
    characteristics,
    before?.pairs ?? pairsOf(headcount, kept),
  )
  const inShape = new Set(shape.schools.map(Number))
  const all = categories(shape)
  const blocks = blocksOf(
    shape,
    all.map((_, category) => ({ category, period: 0 })),
  )
  const denominators = new Map(
    shape.schools.map((school) => {
      const own = roll.get(Number(school))
      const row =
        own &&
        completed(
          all.map(({ by }) => own.get(keyOf(by)) ?? 0),
          blocks,
        )
      return [school, row ?? previous?.denominators.get(school) ?? all.map(() => 0)] as const
    }),
  )
  const beyondRoll: { school: number; metric: string }[] = []
  const read = { warehouse, scope, ...where, shape }
  const layers = await layersOf(previous, read)
  // One after the other: all at once each waited for all others, and with 600 schools on a busy machine for too long.
  const found = new Map<StoredMetric, Counts>()
  for (const metric of new Set(layers.map((layer) => layer.metric)))
    found.set(metric, await readCounts(read, metric, kept))
  const cubes: Metric[] = []
  for (const layer of layers) {
    // A layer takes tenths of a second where there are hundreds of schools: events go on between them.
    await setImmediate()
    const one = metricOf(shape, layer, found.get(layer.metric)!)
    for (const school of layer.kind === 'pupils' ? shape.schools : []) {
      const [row] = one.rows.get(school)!
      if (Math.max(...totalsIn(shape, one, row!)) <= denominators.get(school)![0]!) continue
      ;(one.rows as Map<string, number[][]>).delete(school)
      beyondRoll.push({ school: Number(school), metric: layer.id })
    }
    cubes.push(one)
  }
  const excluded = {
    withoutRoll: sources.schools.filter((urn) => !known.includes(urn)),
    since: known.filter((urn) => !inShape.has(urn)),
    beyondRoll,
  }
  return { cube: { shape, denominators, metrics: cubes }, excluded }
}

/** The values that the roll has of each characteristic, and `unknown`, so that they partition; none, where it says nothing. */
function occurring(
  names: readonly string[],
  rolls: readonly { counts: readonly { key: string }[] }[],
): Shape['characteristics'] {
  const keys = new Set(rolls.flatMap(({ counts }) => counts.map(({ key }) => key)))
  return names.flatMap((id) => {
    const values = [...keys].flatMap((key) =>
      key.startsWith(`${id}=`) && !key.includes(';') ? [key.slice(id.length + 1)] : [],
    )
    const told = values.filter((value) => value !== unknown).sort()
    return told.length === 0 ? [] : [{ id, values: [...told, unknown] }]
  })
}

/** Half-terms and terms stand by their place in the year, as periods of the warehouse do: 202501. */
function shapeOf(
  { authority, year, weeks, through }: CubeSources,
  schools: readonly number[],
  characteristics: Shape['characteristics'],
  pairs: Shape['pairs'],
): Shape {
  const halfTerm = (number: number) => periodId('half_term', year * 100 + number)
  return {
    authority: String(authority),
    academicYear: periodId('year', year),
    ...(through !== undefined && { lasts: true }),
    schools: [...schools].sort((a, b) => a - b).map(String),
    characteristics,
    pairs,
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

const keyOf = (by: readonly { characteristic: string; value: string }[]): string =>
  by.map(({ characteristic, value }) => `${characteristic}=${value}`).join(';')

/** Where a row has a total, and all that falls under one characteristic of it. */
interface Block {
  readonly total: number
  readonly parts: readonly number[]
  readonly unknown: number
}

/** @param at what a row has, in its order */
function blocksOf(shape: Shape, at: readonly { category: number; period: number }[]): Block[] {
  const all = categories(shape)
  const blocks: Block[] = []
  for (const [total, { category, period }] of at.entries()) {
    if (category !== 0) continue
    const own = [...at.entries()].filter(
      ([, one]) => one.period === period && all[one.category]!.by.length === 1,
    )
    for (const { id } of shape.characteristics) {
      const parts = own.filter(([, one]) => all[one.category]!.by[0]!.characteristic === id)
      const unknownAt = parts.find(([, one]) => all[one.category]!.by[0]!.value === unknown)?.[0]
      if (unknownAt !== undefined)
        blocks.push({ total, parts: parts.map(([part]) => part), unknown: unknownAt })
    }
  }
  return blocks
}

/** What the singles leave of the total is not known; of more than the total nothing can be held. */
function completed(row: number[], blocks: readonly Block[], isSum = false): number[] {
  for (const { total, parts, unknown } of blocks) {
    const rest = row[total]! - parts.reduce((so, part) => so + row[part]!, 0)
    const left = row[unknown]! + rest
    if (left >= 0 || isSum) row[unknown] = left
    else for (const part of parts) row[part] = part === unknown ? row[total]! : 0
  }
  return row
}

function totalsIn(shape: Shape, metric: Metric, row: ArrayLike<number>): number[] {
  return coordinates(shapeFor(shape, metric), metric.kind).flatMap(({ category }, at) =>
    category === 0 ? [row[at]!] : [],
  )
}

/** A layer's rows in the order of its coordinates. */
function metricOf(whole: Shape, layer: Layer, counts: Counts): Metric {
  const { id, kind, only, group, within, own } = layer
  const shape = shapeFor(whole, layer)
  const at = coordinates(shape, kind)
  const when = periods(shape, kind)
  const keys = categories(shape).map(({ by }) => keyOf(by))
  const blocks = blocksOf(shape, at)
  const rows = new Map<string, number[][]>()
  const sums = new Map<string, [number[], number[]]>()
  for (const school of shape.schools) {
    const found = at.map(({ category, period }) =>
      counts.of(own, Number(school), when[period]!.id, keys[category]!),
    )
    const row = (of: (one: Counted) => number, isSum = false) => completed(found.map(of), blocks, isSum)
    rows.set(school, [row(({ n }) => n)])
    if (kind === 'mean') sums.set(school, [row(({ sx }) => sx, true), row(({ sxx }) => sxx, true)])
  }
  return {
    ...{ id, kind, rows },
    ...(only && { only }),
    ...(group !== undefined && { group }),
    ...(within !== undefined && { within }),
    ...(kind === 'mean' && { sums }),
  }
}
