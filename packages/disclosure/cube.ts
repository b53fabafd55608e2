import { audit, publicBounds } from './audit.ts'
import type { Controlled } from './controlled.ts'
import { addDerived } from './derived.ts'
import { DisclosureError } from './error.ts'
import { type Former, formerCells, withSums } from './former.ts'
import { hideWithin, joinGroups, withholdTogether } from './groups.ts'
import { type Layer, layerOf, type Margin, type PairCell, unbounded } from './layer.ts'
import { hide, hideLoose, hidePrimary, hideWeeks, isStrained, mend } from './mend.ts'
import type { CubeProfile } from './profile.ts'
import { isProtected, type Requirement, type Without } from './rules.ts'
import { type Cube, categories, type LayerKind, type Metric } from './shape.ts'
import { type Steps, toEnd } from './steps.ts'

export interface Suppressed {
  cube: Cube
  profile: CubeProfile
  /** Why nothing across schools is published. */
  refused?: string
  denominators: Controlled
  metrics: Controlled[]
}

/**
 * Works with the rules given as off: for the tests and the attack. The public way in is `suppress`.
 * @param former what an earlier release showed and hid, which stays: more is hidden among new figures alone
 */
export const suppressWithout = (...args: Parameters<typeof suppressInSteps>): Suppressed =>
  toEnd(suppressInSteps(...args))

/** A step a metric, and a step a lead. */
export function* suppressInSteps(
  cube: Cube,
  profile: CubeProfile,
  without: Without,
  asLeads: boolean,
  former?: Former,
): Steps<Suppressed> {
  checkShape(cube)
  const isRefused = cube.shape.schools.length < profile.smallestSchools
  const run = (layer: Layer, need: Requirement, metric?: Metric, base?: Controlled) => {
    const before = former && formerCells(layer, cube, metric, former)
    return control(layer, need, { base, without, asLeads, id: metric?.id ?? 'denominators', before })
  }
  const denominators = yield* run(layerOf(cube, profile), needOf(profile))
  const metrics: Controlled[] = []
  const layers: Layer[] = []
  for (const metric of cube.metrics) {
    layers.push(layerOf(cube, profile, metric))
    yield
  }
  withholdTogether(cube, layers)
  for (const [index, metric] of cube.metrics.entries()) {
    const need = needOf(profile, metric.kind, metric.sensitive)
    const layer = layers[index]!
    if (metric.within !== undefined)
      hideWithin(cube, { metric, layer }, metrics[cube.metrics.findIndex(({ id }) => id === metric.within)])
    metrics.push(yield* run(layer, need, metric, denominators))
    yield
  }
  yield* joinGroups(cube, metrics, { without, asLeads, smallestCount: profile.smallestCount })
  return {
    cube,
    profile,
    ...(isRefused && { refused: `fewer than ${profile.smallestSchools} schools` }),
    denominators,
    metrics,
  }
}

interface Control {
  id: string
  /** Of a metric: its denominators. */
  base: Controlled | undefined
  without: Without
  asLeads: boolean
  /** What an earlier release showed and hid. */
  before: ReturnType<typeof formerCells> | undefined
}

function* control(
  layer: Layer,
  need: Requirement,
  { id, base, without, asLeads, before }: Control,
): Steps<Controlled> {
  const { system } = layer
  const most = complete(layer, base, without)
  hidePrimary(system, need)
  if (!without.has('lead')) {
    hideWeeks(system, layer, need)
    // A school by itself has nobody to be kept from.
    if (layer.missing.length > 2) hideLoose(system, layer, need)
  }
  const shown = before ? withSums(system, before.shown) : []
  const isMoved = before?.isMoved || shown.some((cell) => system.hidden[cell])
  for (const cell of shown) system.fixed[cell] = 1
  mend(system, need, without)
  const audited = yield* audit(system, need, most, without, asLeads)
  const strained = isMoved || isStrained(system, need, without, shown) || (!!before && audited !== 'closed')
  const tables = layer.tables.map((_, table) => isWhole(layer, base, need, table, without))
  return { id, layer, need, audited, tables, most, strained, shown: new Set(shown) }
}

/**
 * What follows from the denominators and from what is never published: a figure beside a hidden denominator is hidden.
 * @returns by cell: the most that the public can think its denominator to be
 */
export function complete(
  layer: Layer,
  base: Pick<Controlled, 'layer' | 'most'> | undefined,
  without: Without,
): Float64Array {
  const { system } = layer
  const roll = (base ?? { layer }).layer
  const besideOf = (cell: number) => roll.cellOf(0, system.owner[cell]! + 1, layer.category[cell]!)
  const isEmpty = (cell: number) => roll.system.value[besideOf(cell)] === 0 && system.value[cell] === 0
  if (!without.has('derived')) addDerived(system, isEmpty)
  const most = new Float64Array(system.value.length).fill(unbounded)
  if (base) {
    const known = publicBounds(base.layer.system, base.most)
    const absent = layer.missing.flatMap((isMissing, unit) => (isMissing ? [unit] : []))
    /** An authority's figure leaves out schools that have not reported, whose roll is known. */
    const missingAt = (cell: number) =>
      system.owner[cell]! >= 0
        ? 0
        : absent.reduce((so, unit) => so + known.low[roll.cellOf(0, unit, layer.category[cell]!)]!, 0)
    for (let cell = 0; cell < layer.size; cell++) {
      const beside = besideOf(cell)
      const bound = known.high[beside]! - missingAt(cell)
      // More than the roll has: nobody can hold it to that.
      if (layer.isBounded && system.value[cell]! <= bound) most[cell] = bound
      if (roll.system.hidden[beside]) hide(system, cell, 'denominator')
      else if (isEmpty(cell)) {
        // Nobody there, as everyone can see: to hide such a zero would protect nothing.
        system.fixed[cell] = 1
        most[cell] = 0
      }
    }
  }
  return most
}

/** A pair table is published whole or not at all: neither a cell nor a margin may be hidden. */
function isWhole(
  layer: Layer,
  base: Controlled | undefined,
  need: Requirement,
  table: number,
  without: Without,
): boolean {
  if (without.has('pair tables')) return true
  if (base && !base.tables[table]) return false
  const { cells, margins } = layer.tables[table]!
  const isOpen = ({ value, of, rest, restOf, withheld }: PairCell) =>
    !withheld &&
    !isProtected(need, value, of) &&
    (value === 0 || rest >= need.below) &&
    (!need.complement || of <= value || (value === 0 && !need.sensitive) || restOf >= need.below)
  const { hidden, value } = layer.system
  // With old figures of a school whose correction waits, a table may not sum to what is shown: it would tell of it.
  const isMargin = ({ cell, parts }: Margin) =>
    !hidden[cell] &&
    !layer.withheld[cell] &&
    value[cell] === parts.reduce((so, part) => so + cells[part]!.value, 0)
  return cells.every(isOpen) && margins.every(isMargin)
}

export function needOf(
  profile: CubeProfile,
  kind: LayerKind = 'denominators',
  sensitive = false,
): Requirement {
  const { smallestCount, smallestDenominator, smallestSample } = profile
  if (kind === 'denominators' || kind === 'mean') {
    const below = kind === 'mean' ? smallestSample : smallestDenominator
    return { below, width: Math.ceil(below / 2), denominators: true, complement: false, sensitive: false }
  }
  const complement = kind !== 'events'
  return { below: smallestCount, width: smallestCount - 1, denominators: false, complement, sensitive }
}

function checkShape({ shape, denominators, metrics }: Cube): void {
  const { schools, characteristics, pairs, halfTerms, weeks } = shape
  const refuse = (field: string, rule: string): never => {
    throw new DisclosureError(field, rule)
  }
  if (schools.length === 0) refuse('shape.schools', 'is not empty')
  if (new Set(schools).size < schools.length) refuse('shape.schools', 'names each school once')
  const named = new Set(characteristics.map(({ id }) => id))
  if (named.size < characteristics.length) refuse('shape.characteristics', 'has each id once')
  if (pairs.some(([one, other]) => one === other || !named.has(one) || !named.has(other))) {
    refuse('shape.pairs', 'joins two different characteristics of the shape')
  }
  const known = new Set(halfTerms.map(({ id }) => id))
  if (weeks.some(({ halfTerm }) => !known.has(halfTerm))) refuse('shape.weeks', 'lies in a half-term')
  if (schools.some((school) => !denominators.has(school))) {
    refuse('denominators', 'has a row for every school')
  }
  const width = categories(shape).length
  if (schools.some((school) => denominators.get(school)!.length !== width)) {
    refuse('denominators', `has ${width} figures a row, in the order of categories(shape)`)
  }
  if (new Set(metrics.map(({ id }) => id)).size < metrics.length) refuse('metrics', 'has each id once')
}
