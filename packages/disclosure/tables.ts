import type { CubeProfile } from './profile.ts'

/** A cell of an authority's table, by school, in one order for all. */
export interface TableCell {
  readonly counts: readonly number[]
  /** What it counts a part of, or the roll: the rest is held to the same rule. */
  readonly of?: readonly number[]
}

/**
 * Whether a table of a whole authority may be shown whole. Its schools' figures are not, so that no line holds it to what a
 * school's lead knows: every number is none, or enough without the school that has most of it, of several schools, with no
 * school dominating; and so is what is left of what it is a part of.
 */
export function isOpenTable(
  cells: readonly TableCell[],
  profile: CubeProfile,
  { isSample = false }: { isSample?: boolean } = {},
): boolean {
  const below = isSample ? profile.smallestSample : profile.smallestCount
  return cells.every(({ counts, of }) => {
    const rest = of?.map((all, school) => all - counts[school]!)
    // More than what it is a part of: they were not counted alike.
    if (rest?.some((left) => left < 0)) return false
    return isOpen(counts, below, profile) && (!rest || isOpen(rest, profile.smallestCount, profile))
  })
}

function isOpen(
  counts: readonly number[],
  below: number,
  { smallestContributors, largestShare }: CubeProfile,
): boolean {
  const sum = counts.reduce((so, count) => so + count, 0)
  if (sum === 0) return true
  const most = Math.max(...counts)
  const contributors = counts.filter((count) => count > 0).length
  return contributors >= smallestContributors && most <= largestShare * sum && sum - most >= below
}

/** A published cell of a table; of a mean with its sums. */
export interface Shown {
  readonly n: number
  readonly sx?: number
  readonly sxx?: number
  readonly median?: number
}

/** One table by key of its cells. */
export type ShownTable = ReadonlyMap<string, Shown>

export interface TableHistory {
  /** Half-terms that have closed, in order. */
  readonly halfTerms: readonly string[]
  /** Of these the previous release had decided: the first so many. */
  readonly decided: number
  /** The year has closed: its id. */
  readonly year?: string
  /** What the tables would be now, by period; absent where one is not safe. */
  readonly now: ReadonlyMap<string, ShownTable>
  /** What the previous release shows. */
  readonly before: ReadonlyMap<string, ShownTable>
  readonly adds: boolean
  readonly smallestCount: number
  /** Whether a corrected table may take the place of one that was shown; else that stays. */
  readonly mayChange: boolean
  /** Whether a table of the year, summed from its half-terms, agrees with what is released. */
  agrees(period: string, table: ShownTable): boolean
}

/**
 * Which tables a release shows: those of all half-terms or of none, as the year's less the others would give one away. What
 * was shown stays, but for corrections that move each of its numbers by as many as may be shown, or not at all.
 */
export function tablesToShow(history: TableHistory): Map<string, ShownTable> {
  const { halfTerms, decided, year, now, before, adds } = history
  const shown = new Map<string, ShownTable>()
  const wasAlive = halfTerms.slice(0, decided).every((id) => before.has(id))
  const isAlive = wasAlive && halfTerms.slice(decided).every((id) => now.has(id))
  for (const [at, id] of halfTerms.entries()) {
    const table = at < decided ? corrected(before.get(id), now.get(id), history) : isAlive && now.get(id)
    if (table) shown.set(id, table)
  }
  if (year === undefined) return shown
  if (before.has(year)) {
    shown.set(year, corrected(before.get(year), now.get(year), history)!)
    return shown
  }
  const known = halfTerms.flatMap((id) => shown.get(id) ?? [])
  if (known.length > 0 && known.length < halfTerms.length) return shown
  const table = adds && known.length > 0 ? summed(known) : now.get(year)
  if (table && history.agrees(year, table)) shown.set(year, table)
  return shown
}

function corrected(
  old: ShownTable | undefined,
  now: ShownTable | undefined,
  { smallestCount, mayChange }: TableHistory,
): ShownTable | undefined {
  if (!old || !now || !mayChange) return old
  const isLarge = [...new Set([...old.keys(), ...now.keys()])].every((key) => {
    const moved = Math.abs((now.get(key)?.n ?? 0) - (old.get(key)?.n ?? 0))
    return moved === 0 || moved >= smallestCount
  })
  return isLarge ? now : old
}

function summed(tables: readonly ShownTable[]): ShownTable {
  const sum = new Map<string, Shown>()
  for (const table of tables)
    for (const [key, { n, sx, sxx }] of table) {
      const so = sum.get(key)
      sum.set(key, {
        n: (so?.n ?? 0) + n,
        ...(sx !== undefined && { sx: (so?.sx ?? 0) + sx, sxx: (so?.sxx ?? 0) + sxx! }),
      })
    }
  return sum
}
