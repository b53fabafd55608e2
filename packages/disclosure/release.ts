import { type Carrier, carrierOf, spotsIn } from './carry.ts'
import { type Suppressed, suppressInSteps } from './cube.ts'
import { DisclosureError } from './error.ts'
import type { Former } from './former.ts'
import type { CubeProfile } from './profile.ts'
import { type Disclosure, disclosureOf } from './publication.ts'
import { type Cube, categories, coordinates, type Metric, type Shape, shapeFor } from './shape.ts'
import { type Steps, toEnd } from './steps.ts'

/** A frozen publication. Its cube holds the true figures it was made of: it stays with the authority. */
export interface Release {
  /** From 1. */
  number: number
  cube: Cube
  disclosure: Disclosure
  /** Schools whose old rows were carried over, as a correction touched too few pupils to be seen. */
  carried: string[]
}

/**
 * The release after `previous`, or the first. Whoever compares two releases sees what was corrected: so a school
 * is released anew only where each of its changed totals and singles, in every metric, moved by as many as may be
 * shown; else all its old rows are carried. The authority is summed from released rows. A pair table with a cell
 * that moved by fewer is not published in the new release. While a year lasts its later releases hold more half-terms,
 * and at last terms and year: a carried school has its old figures of what was released, new ones of the rest.
 * @param former what was shown and hidden before, and stays so (`disclosure.strained` says where it cannot)
 * @throws DisclosureError where the shape or the metrics differ from those of the previous release
 */
export const nextRelease = (...args: Parameters<typeof nextReleaseInSteps>): Release =>
  toEnd(nextReleaseInSteps(...args))

/** In steps, as suppression is: no release is made that is not audited as each school's lead too. */
export function* nextReleaseInSteps(
  previous: Release | undefined,
  cube: Cube,
  profile: CubeProfile,
  former?: Former,
): Steps<Release> {
  if (!previous) {
    const disclosure = disclosureOf(yield* suppressInSteps(cube, profile, new Set(), true))
    return { number: 1, cube, disclosure, carried: [] }
  }
  checkSame(previous.cube, cube)
  const before = previous.cube
  const carried = yield* schoolsToCarry(before, cube, profile.smallestCount)
  const held = new Set(carried)
  const denominators = merge(before.denominators, cube.denominators, held)
  const metrics: Metric[] = []
  for (const index of cube.metrics.keys()) {
    metrics.push(carryMetric(before, cube, denominators, index, held))
    yield
  }
  const released: Cube = { shape: cube.shape, denominators, metrics }
  const suppressed = yield* suppressInSteps(released, profile, new Set(), true, former)
  yield* closeMovedTables(before, suppressed)
  return { number: previous.number + 1, cube: released, disclosure: disclosureOf(suppressed), carried }
}

/** A metric with the old figures of some schools wherever there were any. */
export function carryMetric(
  before: Cube,
  after: Cube,
  denominators: Cube['denominators'],
  index: number,
  held: ReadonlySet<string>,
): Metric {
  const metric = after.metrics[index]!
  const { rows: former, sums: formerSums } = before.metrics[index]!
  const shapes = { before: shapeFor(before.shape, metric), after: shapeFor(after.shape, metric) }
  const carrier = carrierOf(shapes, metric.kind)
  const rows = [...metric.rows].map(([school, each]) => {
    const old = held.has(school) ? former.get(school) : undefined
    const roll = denominators.get(school)!
    const row = old?.map((of, outcome) => carrier.carry({ old: of, now: each[outcome]!, roll }))
    return [school, row ?? each] as const
  })
  const kept = new Map<string, readonly ArrayLike<number>[]>(rows)
  // Where nothing has closed since, an old row needs no new one.
  if (JSON.stringify(before.shape) === JSON.stringify(after.shape))
    for (const school of held) {
      const old = former.get(school)
      if (old) kept.set(school, old)
      else kept.delete(school)
    }
  return { ...metric, rows: kept, ...(metric.sums && { sums: carrySums(carrier, metric, formerSums, held) }) }
}

/** What was released of a mean keeps the sums that it had; the year's are summed from them. */
function carrySums(
  carrier: Carrier,
  { sums }: Metric,
  former: Metric['sums'],
  held: ReadonlySet<string>,
): NonNullable<Metric['sums']> {
  const carry = (old: ArrayLike<number>, now: ArrayLike<number>) => carrier.carry({ old, now, roll: [] })
  return new Map(
    [...sums!].map(([school, now]) => {
      const old = held.has(school) ? former?.get(school) : undefined
      return [school, old ? [carry(old[0], now[0]), carry(old[1], now[1])] : now] as const
    }),
  )
}

/** Schools of which something moved by fewer than may be seen. A step a metric. */
function* schoolsToCarry(before: Cube, after: Cube, fewest: number): Steps<string[]> {
  const isSmall = (moved: number) => moved > 0 && moved < fewest
  const isPair = categories(after.shape).map(({ by }) => by.length === 2)
  const held = new Set<string>()
  for (const school of after.shape.schools) {
    const [old, now] = [before.denominators.get(school), after.denominators.get(school)]
    const isSeen = (_: number, at: number) =>
      isPair[at] || !isSmall(Math.abs((now?.[at] ?? 0) - (old?.[at] ?? 0)))
    if (!Array.from(now ?? old ?? []).every(isSeen)) held.add(school)
  }
  for (const [index, metric] of after.metrics.entries()) {
    yield
    const former = before.metrics[index]!
    const [from, to] = [shapeFor(before.shape, metric), shapeFor(after.shape, metric)]
    const pairsAt = coordinates(to, metric.kind).map(({ category }) => isPair[category])
    const spots = spotsIn(from, to, metric.kind)
    for (const school of after.shape.schools) {
      const [old, now] = [former.rows.get(school), metric.rows.get(school)]
      const [sx, sxBefore] = [metric.sums?.get(school)?.[0], former.sums?.get(school)?.[0]]
      // As many values with another sum: of how many of them is not known.
      const isTouched = (at: number, spot: number) =>
        sx !== undefined && sxBefore !== undefined && Math.abs(sx[at]! - sxBefore[spot]!) > 1e-6
      const isSeen = (_: unknown, outcome: number) =>
        spots.every((spot, at) => {
          if (spot < 0 || pairsAt[at]) return true
          const moved = Math.abs((now?.[outcome]?.[at] ?? 0) - (old?.[outcome]?.[spot] ?? 0))
          return !isSmall(moved) && (moved > 0 || !isTouched(at, spot))
        })
      if (!(now ?? old ?? []).every(isSeen)) held.add(school)
    }
  }
  return after.shape.schools.filter((school) => held.has(school))
}

function merge<Row>(
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row>,
  held: ReadonlySet<string>,
): Map<string, Row> {
  const merged = new Map([...after].filter(([school]) => !held.has(school)))
  for (const school of held) {
    const row = before.get(school)
    if (row !== undefined) merged.set(school, row)
  }
  return merged
}

function* closeMovedTables(before: Cube, { cube, profile, denominators, metrics }: Suppressed): Steps<void> {
  if (before.shape.lasts) return
  const old = yield* suppressInSteps(before, profile, new Set(['secondary', 'audit']), false)
  for (const [index, controlled] of [denominators, ...metrics].entries()) {
    const beside = [old.denominators, ...old.metrics][index]!
    for (const table of cube.shape.pairs.keys()) {
      const cells = beside.layer.tables[table]?.cells ?? []
      const isMoved = controlled.layer.tables[table]?.cells.some(({ value }, cell) => {
        const moved = Math.abs(value - cells[cell]!.value)
        return moved > 0 && moved < profile.smallestCount
      })
      if (isMoved) controlled.tables[table] = false
    }
  }
}

function checkSame(before: Cube, after: Cube): void {
  const [old, now] = [before.shape, after.shape]
  const outline = ({ lasts, halfTerms, weeks, ...rest }: Shape) => JSON.stringify(rest)
  const starts = (one: readonly unknown[], other: readonly unknown[]) =>
    JSON.stringify(one) === JSON.stringify(other.slice(0, one.length))
  const isSame = old.lasts
    ? starts(old.halfTerms, now.halfTerms) && starts(old.weeks, now.weeks)
    : !now.lasts && JSON.stringify([old.halfTerms, old.weeks]) === JSON.stringify([now.halfTerms, now.weeks])
  if (!isSame || outline(old) !== outline(now))
    throw new DisclosureError('shape', 'is that of the previous release, and what has closed since')
  const named = ({ metrics }: Cube) =>
    JSON.stringify(metrics.map(({ id, kind, outcomes, only, group }) => [id, kind, outcomes, only, group]))
  if (named(before) !== named(after))
    throw new DisclosureError('metrics', 'are those of the previous release')
}
