import { type Cell, standard } from '@cairn/disclosure'
import type { AskedBy } from './by-pupils.ts'
import { judge, type MeanFigure, mean, meanOfNobody, type ShareFigure, type Sums, share } from './shown.ts'

/** Counts of one value of a characteristic in one school, parts of a whole: one number, or those with and those without. */
export interface TableRow {
  readonly school: number
  readonly value: string
  readonly parts: readonly number[]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((so, n) => so + n, 0)

const together = (rows: readonly TableRow[]): number[] =>
  rows.reduce<number[]>((so, { parts }) => parts.map((n, i) => n + (so[i] ?? 0)), [])

/** One number is what a mean was taken of; several are shares of their sum. */
function cellsOf(parts: readonly number[]): Cell[] {
  const whole = sum(parts)
  if (whole === 0) return []
  if (parts.length === 1) return [{ kind: 'mean', n: whole }]
  return parts.map((numerator) => ({ kind: 'proportion', numerator, denominator: whole }))
}

function grouped<Key>(rows: readonly TableRow[], keyOf: (row: TableRow) => Key): Map<Key, TableRow[]> {
  const found = new Map<Key, TableRow[]>()
  for (const row of rows) {
    const own = found.get(keyOf(row))
    if (own) own.push(row)
    else found.set(keyOf(row), [row])
  }
  return found
}

/**
 * Whether a table by a characteristic may be shown: all values of it, or none, so that none is its total less the others.
 * Of an authority no number may be too few without any one school either, whose lead knows the own one, and none may
 * come from fewer schools than a publication needs, or mostly from one: schools' totals are shown beside it, and a table
 * that is one school's would be that school's.
 */
export function mayShowTable(asked: AskedBy, rows: readonly TableRow[]): boolean {
  const isOpen = (parts: readonly number[]) =>
    cellsOf(parts).every((cell) => judge(asked.scope, cell).status !== 'SUPPRESSED')
  const there = rows.filter(({ parts }) => sum(parts) > 0)
  if (there.length === 0) return true
  if (!asked.isOwnSchool && grouped(there, ({ school }) => school).size < standard.smallestSchools)
    return false
  return [...grouped(there, ({ value }) => value).values()].every((own) => {
    const all = together(own)
    if (!isOpen(all)) return false
    if (asked.isOwnSchool) return true
    const bySchool = [...grouped(own, ({ school }) => school).values()].map(together)
    return (
      isOfMany(bySchool.map(sum)) &&
      all.every((_, i) => isOfMany(bySchool.map((of) => of[i]!))) &&
      bySchool.every((of) => isOpen(all.map((n, i) => n - of[i]!)))
    )
  })
}

/** Rules of publication: a number needs several schools that contribute to it, and none that is most of it. */
function isOfMany(bySchool: readonly number[]): boolean {
  const contributors = bySchool.filter((n) => n > 0)
  if (contributors.length === 0) return true
  const { smallestContributors, largestShare } = standard
  return (
    contributors.length >= smallestContributors &&
    Math.max(...contributors) <= largestShare * sum(contributors)
  )
}

/**
 * Which of several tables are held back. Where they are told apart in more than one way (interventions by type, and by
 * technique), both ways add up to nearly the same: those held back are two at least, and together they could be shown.
 * @param before held back in a table of the same pupils beside it
 */
export function heldTables(
  asked: AskedBy,
  tables: ReadonlyMap<string, readonly TableRow[]>,
  before: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const rowsOf = (keys: Iterable<string>) => [...keys].flatMap((key) => tables.get(key) ?? [])
  const held = new Set(
    [...tables.keys()].filter((key) => before.has(key) || !mayShowTable(asked, tables.get(key)!)),
  )
  if (held.size === 0) return held
  const size = (key: string) => sum(together(tables.get(key)!))
  const others = [...tables.keys()]
    .filter((key) => !held.has(key) && size(key) > 0)
    .sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1))
  for (const key of others) {
    if (held.size > 1 && mayShowTable(asked, rowsOf(held))) break
    held.add(key)
  }
  return held
}

/** The same where each has a total of its own, that is told in no other way. */
export const heldAlone = (
  asked: AskedBy,
  tables: ReadonlyMap<string, readonly TableRow[]>,
): ReadonlySet<string> =>
  new Set([...tables].flatMap(([key, rows]) => (mayShowTable(asked, rows) ? [] : [key])))

/** Values that somebody has in tables that are shown: nothing is told of others. */
export function shownValues(
  tables: ReadonlyMap<string, readonly TableRow[]>,
  held: ReadonlySet<string>,
): ReadonlySet<string> {
  const shown = [...tables].filter(([key]) => !held.has(key)).flatMap(([, rows]) => rows)
  return new Set(shown.flatMap(({ value, parts }) => (sum(parts) > 0 ? [value] : [])))
}

/** Of one value, over schools. */
export const partsOf = (rows: readonly TableRow[], value: string): readonly number[] =>
  together(rows.filter((row) => row.value === value))

/** The first of two parts of the value's pupils, as a share of both. */
export function shareOfValue(
  { scope }: AskedBy,
  rows: readonly TableRow[],
  value: string,
  isHeld: boolean,
): ShareFigure {
  // One of one is never shown.
  if (isHeld) return share(scope, 1, 1)
  const [hits = 0, others = 0] = partsOf(rows, value)
  return share(scope, hits, hits + others)
}

/** A mean over what one value's pupils have; of nobody there is none. */
export const meanOfValue = ({ scope }: AskedBy, sums: Sums, isHeld: boolean): MeanFigure =>
  !isHeld && sums.n === 0 ? meanOfNobody(scope) : mean(scope, isHeld ? { n: 1, sx: 0, sxx: 0 } : sums)
