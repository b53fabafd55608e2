import type { Scope } from '@cairn/access'
import type { Cell } from '@cairn/disclosure'
import type { CellSum } from '@cairn/warehouse'
import type { Asked } from './asked.ts'
import { judge, type MeanFigure, mean, type ShareFigure, type Sums, share } from './shown.ts'

/** By URN, over all schools that the reader may ask for; those that have nothing may be left out. */
export type BySchool<T> = ReadonlyMap<number, T>

const nothing: Sums = { n: 0, sx: 0, sxx: 0 }
const noSchools: ReadonlySet<number> = new Set()
/** With fewer held back, the whole less those shown is one school's. */
const fewestHeld = 2

/**
 * Schools whose counts are held back. Their whole may be asked for as well: whatever is held back, the whole less the
 * schools that are shown is of two schools at least, and could be shown itself. Which more are held back for that goes
 * by size, the same in every period and for every figure that is given the same sizes.
 * @param cellsOf what is judged of one school's counts, or of the sum of several
 * @param before schools that are held back in a figure of the same pupils beside it
 */
export function heldSchools(
  scope: Scope,
  counts: BySchool<readonly number[]>,
  cellsOf: (counts: readonly number[]) => readonly Cell[],
  sizes: BySchool<number>,
  before = noSchools,
): ReadonlySet<number> {
  const there = [...counts].filter(([, own]) => own.some((n) => n > 0)).map(([school]) => school)
  const sum = (schools: Iterable<number>) =>
    [...schools].reduce<number[]>((so, school) => counts.get(school)!.map((n, i) => n + (so[i] ?? 0)), [])
  const mayShow = (schools: Iterable<number>) =>
    cellsOf(sum(schools)).every((cell) => judge(scope, cell).status !== 'SUPPRESSED')
  const held = new Set(there.filter((school) => before.has(school) || !mayShow([school])))
  if (held.size === 0 || !mayShow(there)) return held
  const size = (school: number) => sizes.get(school) ?? 0
  const others = there.filter((school) => !held.has(school)).sort((a, b) => size(a) - size(b) || a - b)
  for (const school of others) {
    if (held.size >= fewestHeld && mayShow(held)) break
    held.add(school)
  }
  return held
}

/** Cells of one kind by school, summed over what else they are told apart by. */
export function bySchool(
  cells: readonly CellSum[],
  isOne: (values: readonly string[]) => boolean = () => true,
): BySchool<Sums> {
  const found = new Map<number, Sums>()
  for (const { group, values, n, sx, sxx } of cells) {
    if (!isOne(values)) continue
    const so = found.get(group) ?? nothing
    found.set(group, { n: so.n + n, sx: so.sx + sx, sxx: so.sxx + sxx })
  }
  return found
}

/** Numbers of rows that were read by school, as sums. */
export function numbersOf<Row extends { readonly school?: number }>(
  rows: readonly Row[],
  numberOf: (row: Row) => number,
): BySchool<Sums> {
  const found = new Map<number, Sums>()
  for (const row of rows) {
    const { n } = found.get(row.school!) ?? nothing
    found.set(row.school!, { ...nothing, n: n + numberOf(row) })
  }
  return found
}

/** How much there is of each school. */
export const sizesIn = (sums: BySchool<Sums>): BySchool<number> =>
  new Map([...sums].map(([school, { n }]) => [school, n]))

/** The same over all cells. */
export const sizesOf = (cells: readonly CellSum[]): BySchool<number> => sizesIn(bySchool(cells))

/** Of the school that is asked for, else of all together. */
export function ownSums({ school }: Asked, sums: BySchool<Sums>): Sums {
  if (school !== undefined) return sums.get(school) ?? nothing
  return [...sums.values()].reduce(
    (so, { n, sx, sxx }) => ({ n: so.n + n, sx: so.sx + sx, sxx: so.sxx + sxx }),
    nothing,
  )
}

const isHeld = ({ school }: Asked, held: ReadonlySet<number>): boolean =>
  school !== undefined && held.has(school)

/** Schools held back in means over the same pupils: where any of them is, all are. */
export function heldOfMeans(
  { scope }: Asked,
  means: readonly BySchool<Sums>[],
  sizes: BySchool<number>,
): ReadonlySet<number> {
  const schools = [...new Set(means.flatMap((sums) => [...sums.keys()]))]
  const counts = new Map(schools.map((urn) => [urn, means.map((sums) => sums.get(urn)?.n ?? 0)]))
  return heldSchools(scope, counts, (all) => all.map((n) => ({ kind: 'mean', n })), sizes)
}

/** @param held as heldOfMeans has it for the mean and those beside it */
export const meanAmong = (asked: Asked, sums: BySchool<Sums>, held: ReadonlySet<number>): MeanFigure =>
  mean(asked.scope, isHeld(asked, held) ? { n: 1, sx: 0, sxx: 0 } : ownSums(asked, sums))

/** A share that adds up over schools, held back wherever a figure of the same pupils beside it is. */
export function shareAmong(
  asked: Asked,
  numerators: BySchool<Sums>,
  denominators: BySchool<Sums>,
  sizes: BySchool<number>,
  before = noSchools,
): ShareFigure {
  const counts = new Map(
    [...denominators].map(([urn, { n }]) => [urn, [numerators.get(urn)?.n ?? 0, n] as const]),
  )
  const cellsOf = ([numerator = 0, denominator = 0]: readonly number[]): Cell[] => [
    { kind: 'proportion', numerator, denominator },
  ]
  const held = heldSchools(asked.scope, counts, cellsOf, sizes, before)
  // One of one is never shown.
  if (isHeld(asked, held)) return share(asked.scope, 1, 1)
  return share(asked.scope, ownSums(asked, numerators).n, ownSums(asked, denominators).n)
}
