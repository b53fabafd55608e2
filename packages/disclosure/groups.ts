import { audit } from './audit.ts'
import type { Controlled } from './controlled.ts'
import { authority, type Layer } from './layer.ts'
import { hide, isStrained, mend } from './mend.ts'
import type { Without } from './rules.ts'
import { type Cube, categories, coordinates, type Metric, periods, shapeFor } from './shape.ts'
import type { Steps } from './steps.ts'

interface Joining {
  readonly without: Without
  readonly asLeads: boolean
  readonly smallestCount: number
}

/** Cells by what they are of, in layers of different kinds. */
function cellsByName({ shape: whole }: Cube, metric: Metric, layer: Layer): Map<string, number> {
  const shape = shapeFor(whole, metric)
  const all = categories(shape)
  const when = periods(shape, metric.kind)
  const cells = new Map<string, number>()
  for (const [coordinate, { category, period }] of coordinates(shape, metric.kind).entries())
    for (let unit = authority; unit <= shape.schools.length; unit++) {
      const cell = layer.cellOf(0, unit, coordinate)
      if (cell >= 0) cells.set(JSON.stringify([unit, when[period]!.id, all[category]!.by]), cell)
    }
  return cells
}

/**
 * Its numbers of values are counts that another metric publishes: where one hid what the other shows, the two would give away
 * what either hides.
 */
export function hideWithin(
  cube: Cube,
  { metric, layer }: { metric: Metric; layer: Layer },
  base: Controlled | undefined,
): void {
  const of = cube.metrics.find(({ id }) => id === metric.within)
  if (!of || !base) return
  const cells = cellsByName(cube, metric, layer)
  for (const [name, cell] of cellsByName(cube, of, base.layer)) {
    const own = cells.get(name)
    if (own === undefined) continue
    if (base.layer.system.hidden[cell]) hide(layer.system, own, 'secondary')
    if (base.layer.withheld[cell]) layer.withheld[own] = 1
  }
}

/** What one school dominates of one metric of a group is withheld of all. */
export function withholdTogether({ metrics }: Cube, layers: readonly Layer[]): void {
  const groups = new Map<string, Layer[]>()
  for (const [index, { group }] of metrics.entries())
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), layers[index]!])
  for (const members of groups.values())
    for (let cell = 0; cell < members[0]!.size; cell++)
      if (members.some(({ withheld }) => withheld[cell]))
        for (const { withheld } of members) withheld[cell] = 1
}

/** Groups hide together, and with the other groups that count parts of the same events, until none hides more. */
export function* joinGroups(cube: Cube, metrics: readonly Controlled[], joining: Joining): Steps<void> {
  const groups = new Map<string, Controlled[]>()
  const bases = new Map<string, Set<Controlled[]>>()
  for (const [index, { group, within = '' }] of cube.metrics.entries()) {
    if (group === undefined) continue
    const members = groups.get(group) ?? []
    members.push(metrics[index]!)
    groups.set(group, members)
    bases.set(within, (bases.get(within) ?? new Set()).add(members))
  }
  for (const [within, beside] of bases) {
    const together = [...beside]
    for (const group of together) yield* joinGroup(group, joining)
    while (within !== '' && hidesFewBeside(together, joining.smallestCount))
      for (const group of together) {
        for (const member of group) yield* close(member, joining)
        yield* joinGroup(group, joining)
      }
  }
}

/** The same records stand behind these metrics: what is hidden of one is hidden of all. */
function* joinGroup(members: readonly Controlled[], joining: Joining): Steps<void> {
  while (hidesTogether(members)) for (const member of members) yield* close(member, joining)
  const strained = members.some((member) => member.strained)
  for (const member of members) member.strained = strained
}

function* close(member: Controlled, { without, asLeads }: Joining): Steps<void> {
  const { need, most, shown } = member
  const { system } = member.layer
  mend(system, need, without)
  const audited = yield* audit(system, need, most, without, asLeads)
  if (audited !== 'closed') member.audited = audited
  if (isStrained(system, need, without, [...shown]) || (shown.size > 0 && member.audited !== 'closed'))
    member.strained = true
}

/** @returns whether a member hides more than it did */
function hidesTogether(members: readonly Controlled[]): boolean {
  let isMore = false
  for (let cell = 0; cell < members[0]!.layer.size; cell++) {
    if (members.some(({ layer }) => layer.system.hidden[cell]) && hidesIn(members, cell)) isMore = true
  }
  return isMore
}

function hidesIn(members: readonly Controlled[], cell: number): boolean {
  let isMore = false
  for (const member of members) {
    const { system } = member.layer
    if (system.hidden[cell]) continue
    if (member.shown.has(cell)) member.strained = true
    if (system.fixed[cell]) continue
    hide(system, cell, 'secondary')
    isMore = true
  }
  return isMore
}

/**
 * The events' total less the groups that show is what the others count: where that is few, the smallest that shows is hidden
 * with them.
 */
function hidesFewBeside(groups: readonly (readonly Controlled[])[], smallestCount: number): boolean {
  let isMore = false
  const size = groups[0]![0]!.layer.size
  const countOf = (group: readonly Controlled[], cell: number) =>
    Math.max(...group.map(({ layer }) => layer.system.value[cell]!))
  for (let cell = 0; cell < size; cell++) {
    const isHidden = (group: readonly Controlled[]) => group[0]!.layer.system.hidden[cell] !== 0
    const hidden = groups.filter(isHidden).reduce((so, group) => so + countOf(group, cell), 0)
    if (hidden === 0 || hidden >= smallestCount) continue
    const [smallest] = groups
      .filter((group) => !isHidden(group) && countOf(group, cell) > 0)
      .sort((a, b) => countOf(a, cell) - countOf(b, cell))
    if (smallest && hidesIn(smallest, cell)) isMore = true
  }
  return isMore
}
