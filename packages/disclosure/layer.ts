import { DisclosureError } from './error.ts'
import { addLine, brokenLine, emptySystem, holds, type Line, type LineSystem } from './lines.ts'
import type { CubeProfile } from './profile.ts'
import {
  type Category,
  type Coordinate,
  type Cube,
  categories,
  coordinates,
  type Metric,
  periods,
  type Shape,
  shapeFor,
} from './shape.ts'

/**
 * More than any count: what a reader can think a figure to be that nothing bounds. Figures are held to it: bounds that began
 * below a figure would creep past it one by one. Thousands of it still add up exactly.
 */
export const unbounded = 2 ** 40

/** The authority among units; schools follow in the order of the shape, from 1. */
export const authority = 0

/** One set of figures, denominators or a metric, as cells and lines. */
export interface Layer extends Places {
  system: LineSystem
  /** By cell. */
  category: Int32Array
  /** Its figures are shares of their denominators, and at most these. */
  isBounded: boolean
  /** By cell: too few schools contribute, or one dominates. Withheld, yet no secret to be protected by others. */
  withheld: Uint8Array
  /** The authority's weeks, cell by cell, by half-term: of its schools nothing is published by week. */
  weeks: number[][]
  /** The authority's cells, weeks aside, that nothing is published of its schools for. */
  loose: number[]
  /** By unit: the school has not reported. */
  missing: boolean[]
  /** By pair table. */
  tables: { cells: PairCell[]; margins: Margin[] }[]
}

/** A total or single that cells of a pair table, by index, sum to. */
export interface Margin {
  cell: number
  parts: number[]
}

/** A cell of the authority's pair tables: outside the lines, as a table is published whole or not at all. */
export interface PairCell {
  outcome: number
  coordinate: number
  value: number
  of: number
  /** Value, and what is left of the denominator, without the school that has most of it. */
  rest: number
  restOf: number
  withheld: boolean
}

interface Places {
  /** 1, or those of a partition. */
  outcomes: number
  size: number
  /** Cell of a figure; -1 if there is none. At `outcomes` a partition has its denominators, fixed. */
  cellOf(outcome: number, unit: number, coordinate: number): number
}

interface Plan {
  cube: Cube
  profile: CubeProfile
  at: readonly Coordinate[]
  metric: Metric | undefined
  isBounded: boolean
  missing: boolean[]
}

/** Lays out a metric; denominators without one. */
export function layerOf(whole: Cube, profile: CubeProfile, metric?: Metric): Layer {
  const cube = { ...whole, shape: shapeFor(whole.shape, metric) }
  const at = coordinates(cube.shape, metric?.kind ?? 'denominators')
  const isBounded = metric?.kind === 'pupils' || metric?.kind === 'partition'
  const missing = [false, ...cube.shape.schools.map((school) => hasNoRow(school, metric))]
  const plan = { cube, profile, at, metric, isBounded, missing }
  const places = placesOf(cube.shape, at, metric)
  const system = emptySystem(places.size)
  const layer: Layer = {
    ...places,
    system,
    category: new Int32Array(places.size),
    isBounded,
    withheld: new Uint8Array(places.size),
    weeks: [],
    loose: [],
    missing,
    tables: cube.shape.pairs.map(() => ({ cells: [], margins: [] })),
  }
  for (let outcome = 0; outcome <= places.outcomes; outcome++) {
    if (outcome === places.outcomes && metric?.kind !== 'partition') break
    fill(layer, plan, outcome)
    if (outcome < places.outcomes) bind(layer, plan, outcome)
    if (outcome < places.outcomes) gatherWeeks(layer, plan, outcome)
  }
  if (metric?.kind === 'partition') bindOutcomes(layer, plan)
  findMargins(layer, cube, at)
  check(layer, plan)
  return layer
}

function hasNoRow(school: string, metric: Metric | undefined): boolean {
  if (!metric || (metric.kind === 'mean' && metric.rows.size === 0) || metric.rows.has(school)) return false
  if (metric.kind !== 'partition') return true
  throw new DisclosureError(`metrics.${metric.id}.rows`, 'of a partition has a row for every school')
}

function placesOf(shape: Shape, at: readonly Coordinate[], metric: Metric | undefined): Places {
  const isPair = categories(shape).map(({ by }) => by.length === 2)
  const authoritySpot = new Int32Array(at.length).fill(-1)
  const schoolSpot = new Int32Array(at.length).fill(-1)
  let authoritySize = 0
  let schoolSize = 0
  at.forEach(({ category, school }, index) => {
    if (isPair[category]) return
    authoritySpot[index] = authoritySize++
    if (school) schoolSpot[index] = schoolSize++
  })
  const block = authoritySize + shape.schools.length * schoolSize
  const isPartition = metric?.kind === 'partition'
  const outcomes = isPartition ? (metric.outcomes?.length ?? 0) : 1
  if (isPartition && outcomes < 2)
    throw new DisclosureError(`metrics.${metric.id}.outcomes`, 'are two or more')
  return {
    outcomes,
    size: block * (isPartition ? outcomes + 1 : 1),
    cellOf(outcome, unit, coordinate) {
      const spot = unit === authority ? authoritySpot[coordinate]! : schoolSpot[coordinate]!
      if (spot < 0) return -1
      return outcome * block + (unit === authority ? 0 : authoritySize + (unit - 1) * schoolSize) + spot
    },
  }
}

/** A school's figure; after a partition's last outcome, and where a mean has no rows, its denominator. */
function figure({ cube, at, metric }: Plan, outcome: number, school: string, coordinate: number): number {
  const rows = metric?.rows.get(school)
  const isDenominator = !rows || (metric?.kind === 'partition' && outcome >= (metric.outcomes?.length ?? 0))
  const row = isDenominator ? cube.denominators.get(school) : rows[outcome]
  const value = row?.[isDenominator ? at[coordinate]!.category : coordinate]
  if (value !== undefined && Number.isInteger(value) && value >= 0) return value
  const field = isDenominator ? 'denominators' : `metrics.${metric?.id}.rows`
  throw new DisclosureError(field, 'gives a whole number from 0 for every figure of a school')
}

/**
 * Pupils of a single may be more than the roll has of it, as some come and others' characteristics change after the census:
 * they are then all of it. Of everyone they may not.
 */
function fill(layer: Layer, plan: Plan, outcome: number): void {
  const { system, cellOf, missing } = layer
  const { cube, at, metric, isBounded, profile } = plan
  const all = categories(cube.shape)
  const when = periods(cube.shape, metric?.kind ?? 'denominators')
  const isFixed = outcome === layer.outcomes
  at.forEach(({ category, period, school: hasSchools }, coordinate) => {
    const { by, table } = all[category]!
    let [value, of, most, mostOf, contributors, last] = [0, 0, 0, 0, 0, -1]
    cube.shape.schools.forEach((school, index) => {
      const isMissing = missing[index + 1]
      const own = isMissing ? 0 : figure(plan, outcome, school, coordinate)
      const roll = metric && isBounded && !isMissing ? (cube.denominators.get(school)?.[category] ?? 0) : 0
      if (isBounded && own > roll && (by.length === 0 || metric?.kind === 'partition'))
        throw new DisclosureError(`metrics.${metric?.id}.rows`, 'is at most its denominator')
      value += own
      of += roll
      most = Math.max(most, own)
      mostOf = Math.max(mostOf, roll - own)
      if (own > 0) contributors += 1
      if (own > 0) last = index
      const cell = cellOf(outcome, index + 1, coordinate)
      if (cell < 0) return
      system.value[cell] = system.rest[cell] = own
      system.owner[cell] = index
      if (isBounded) system.of[cell] = Math.max(roll, own)
      if (isBounded) system.restOf[cell] = Math.max(roll - own, 0)
      system.fixed[cell] = isFixed || isMissing ? 1 : 0
      layer.category[cell] = category
    })
    const isDominated =
      value > 0 && (contributors < profile.smallestContributors || most > profile.largestShare * value)
    const left = Math.max(of - value, 0)
    const others = { rest: value - most, restOf: isBounded ? Math.max(left - mostOf, 0) : unbounded }
    if (table !== undefined) {
      if (isFixed) return
      const bound = isBounded ? Math.max(of, value) : Number.POSITIVE_INFINITY
      layer.tables[table]!.cells.push({
        ...{ outcome, coordinate, value, of: bound, ...others, withheld: isDominated },
      })
      return
    }
    const cell = cellOf(outcome, authority, coordinate)
    system.value[cell] = value
    if (isBounded) system.of[cell] = Math.max(of, value)
    system.fixed[cell] = isFixed ? 1 : 0
    layer.category[cell] = category
    layer.withheld[cell] = isDominated ? 1 : 0
    if (contributors === 1) system.sole[cell] = last
    system.rest[cell] = hasSchools ? value : others.rest
    if (isBounded) system.restOf[cell] = hasSchools ? left : others.restOf
    if (!hasSchools && when[period]!.kind !== 'week' && !isFixed) layer.loose.push(cell)
  })
}

function gatherWeeks(layer: Layer, { cube, at, metric }: Plan, outcome: number): void {
  const when = periods(cube.shape, metric?.kind ?? 'denominators')
  const gathered = new Map<string, number[]>()
  for (const [coordinate, { category, period }] of at.entries()) {
    const { kind, within } = when[period]!
    const cell = layer.cellOf(outcome, authority, coordinate)
    if (kind !== 'week' || cell < 0) continue
    const key = `${within} ${category}`
    gathered.set(key, [...(gathered.get(key) ?? []), cell])
  }
  layer.weeks.push(...gathered.values())
}

/** The lines of one outcome: parts of a characteristic, schools to the authority, shorter to longer periods. */
function bind(layer: Layer, { cube, at, metric, missing }: Plan, outcome: number): void {
  const { system, cellOf } = layer
  const all = categories(cube.shape)
  const when = periods(cube.shape, metric?.kind ?? 'denominators')
  const coordinateOf = when.map(() => new Int32Array(all.length).fill(-1))
  for (const [index, { category, period }] of at.entries()) coordinateOf[period]![category] = index
  const find = (unit: number, category: number, period: number) => {
    const coordinate = coordinateOf[period]![category]!
    return coordinate < 0 ? -1 : cellOf(outcome, unit, coordinate)
  }
  const singlesOf = cube.shape.characteristics.map(({ id }) =>
    all.flatMap(({ by }, category) => (by.length === 1 && by[0]!.characteristic === id ? [category] : [])),
  )
  const units = [authority, ...cube.shape.schools.map((_, index) => index + 1)].filter(
    (unit) => !missing[unit],
  )
  for (const [period, { kind }] of when.entries()) {
    for (const unit of units) {
      const total = find(unit, 0, period)
      if (total < 0) continue
      for (const singles of singlesOf) {
        const parts = singles.map((category) => find(unit, category, period))
        if (parts.some((part) => part < 0)) continue
        addLine(system, {
          kind: 'sum',
          family: unit === authority ? 'within authority' : 'within schools',
          total,
          parts,
        })
      }
    }
    if (kind === 'week' || metric?.kind === 'partition') continue
    const shorter = when.flatMap(({ within }, other) => (within === when[period]!.id ? [other] : []))
    for (const unit of units) {
      for (const category of all.keys()) {
        const total = find(unit, category, period)
        if (total < 0) continue
        const parts = shorter.map((other) => find(unit, category, other))
        if (parts.length === 0 || parts.some((part) => part < 0)) continue
        const line: Line = { kind: addsUp(metric) ? 'sum' : 'union', family: 'time', total, parts }
        // A pupil's year counts by what held last, so that a half-term may have more of a value than its year.
        if (line.kind === 'sum' || category === 0 || holds(system, line)) addLine(system, line)
      }
    }
  }
  for (const coordinate of at.keys()) {
    const total = cellOf(outcome, authority, coordinate)
    const parts = units.filter((unit) => unit > 0).map((unit) => cellOf(outcome, unit, coordinate))
    if (total >= 0 && parts.every((part) => part >= 0)) {
      addLine(system, { kind: 'sum', family: 'schools to authority', total, parts })
    }
  }
}

/** Over time: a mean's rows are numbers of values, as events. */
const addsUp = (metric: Metric | undefined): boolean =>
  metric?.kind === 'events' || (metric?.kind === 'mean' && metric.rows.size > 0)

/** The outcomes of a partition sum to the roll: one outcome alone would be the roll less the others. */
function bindOutcomes({ system, cellOf, outcomes }: Layer, { cube, at }: Plan): void {
  for (let unit = 0; unit <= cube.shape.schools.length; unit++) {
    for (const coordinate of at.keys()) {
      const total = cellOf(outcomes, unit, coordinate)
      if (total < 0) continue
      const parts = Array.from({ length: outcomes }, (_, outcome) => cellOf(outcome, unit, coordinate))
      addLine(system, { kind: 'sum', family: 'outcomes', total, parts })
    }
  }
}

function findMargins({ tables, cellOf, outcomes }: Layer, { shape }: Cube, at: readonly Coordinate[]): void {
  const all = categories(shape)
  at.forEach(({ category, period }, coordinate) => {
    const { by } = all[category]!
    if (period !== 0 || by.length === 2) return
    shape.pairs.forEach((pair, table) => {
      if (by[0] && !pair.includes(by[0].characteristic)) return
      for (let outcome = 0; outcome < outcomes; outcome++) {
        const parts = [...tables[table]!.cells.entries()].flatMap(([part, one]) => {
          const own = all[at[one.coordinate]!.category]!.by
          const isPart = one.outcome === outcome && by.every((of) => own.some((o) => isSame(o, of)))
          return isPart ? [part] : []
        })
        tables[table]!.margins.push({ cell: cellOf(outcome, authority, coordinate), parts })
      }
    })
  })
}

const isSame = (one: Category['by'][number], other: Category['by'][number]): boolean =>
  one.characteristic === other.characteristic && one.value === other.value

function check({ system }: Layer, { metric }: Plan): void {
  const field = metric ? `metrics.${metric.id}.rows` : 'denominators'
  if (system.value.some((value) => value >= unbounded))
    throw new DisclosureError(field, 'gives figures below 2^40, of the authority too')
  const broken = brokenLine(system)
  if (broken) throw new DisclosureError(field, `adds up along every line: ${broken.family} does not`)
}
