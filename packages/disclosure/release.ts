import { type Suppressed, suppressWithout } from './cube.ts'
import { DisclosureError } from './error.ts'
import type { CubeProfile } from './profile.ts'
import { type Disclosure, disclosureOf } from './publication.ts'
import { type Cube, categories, coordinates, type Shape } from './shape.ts'

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
 * that moved by fewer is not published in the new release.
 * @throws DisclosureError where the shape or the metrics differ from those of the previous release
 */
export function nextRelease(
  previous: Release | undefined,
  cube: Cube,
  profile: CubeProfile,
  { asLeads = false } = {},
): Release {
  if (!previous) {
    const disclosure = disclosureOf(suppressWithout(cube, profile, new Set(), asLeads))
    return { number: 1, cube, disclosure, carried: [] }
  }
  checkSame(previous.cube, cube)
  const before = previous.cube
  const carried = cube.shape.schools.filter(
    (school) => !mayChange(before, cube, school, profile.smallestCount),
  )
  const held = new Set(carried)
  const released: Cube = {
    shape: cube.shape,
    denominators: merge(before.denominators, cube.denominators, held),
    metrics: cube.metrics.map((metric, index) => ({
      ...metric,
      rows: merge(before.metrics[index]!.rows, metric.rows, held),
    })),
  }
  const suppressed = suppressWithout(released, profile, new Set(), asLeads)
  closeMovedTables(before, suppressed)
  return { number: previous.number + 1, cube: released, disclosure: disclosureOf(suppressed), carried }
}

function mayChange(before: Cube, after: Cube, school: string, fewest: number): boolean {
  const all = categories(after.shape)
  const isPair = (category: number) => all[category]!.by.length === 2
  const moves = (old: ArrayLike<number> | undefined, now: ArrayLike<number> | undefined, skip: boolean[]) =>
    Array.from(now ?? old ?? [], (_, index) =>
      skip[index] ? 0 : Math.abs((now?.[index] ?? 0) - (old?.[index] ?? 0)),
    )
  const isSmall = (moved: number) => moved > 0 && moved < fewest
  const pairs = all.map((_, category) => isPair(category))
  if (moves(before.denominators.get(school), after.denominators.get(school), pairs).some(isSmall))
    return false
  return after.metrics.every(({ kind, rows }, index) => {
    const pairsAt = coordinates(after.shape, kind).map(({ category }) => isPair(category))
    const old = before.metrics[index]!.rows.get(school)
    const now = rows.get(school)
    return (now ?? old ?? []).every(
      (_, outcome) => !moves(old?.[outcome], now?.[outcome], pairsAt).some(isSmall),
    )
  })
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

function closeMovedTables(before: Cube, { cube, profile, denominators, metrics }: Suppressed): void {
  const old = suppressWithout(before, profile, new Set(['secondary', 'audit']), false)
  for (const [index, controlled] of [denominators, ...metrics].entries()) {
    const beside = [old.denominators, ...old.metrics][index]!
    for (const table of cube.shape.pairs.keys()) {
      const cells = beside.layer.tables[table]!.cells
      const isMoved = controlled.layer.tables[table]!.cells.some(({ value }, cell) => {
        const moved = Math.abs(value - cells[cell]!.value)
        return moved > 0 && moved < profile.smallestCount
      })
      if (isMoved) controlled.tables[table] = false
    }
  }
}

function checkSame(before: Cube, after: Cube): void {
  const outline = (shape: Shape) => JSON.stringify(shape)
  if (outline(before.shape) !== outline(after.shape)) {
    throw new DisclosureError('shape', 'is that of the previous release')
  }
  const named = ({ metrics }: Cube) =>
    JSON.stringify(metrics.map(({ id, kind, outcomes }) => [id, kind, outcomes]))
  if (named(before) !== named(after))
    throw new DisclosureError('metrics', 'are those of the previous release')
}
