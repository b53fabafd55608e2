import { type Cell, standard } from '@cairn/disclosure'
import type { CellSum } from '@cairn/warehouse'
import { judge, type MeanFigure, mean, type ShareFigure, type Sums, share } from './shown.ts'

/** By URN; schools that have nothing may be left out. */
export type BySchool<T> = ReadonlyMap<number, T>

/** Counts of one school: one number, that a mean is taken of, or parts that are shares of their sum. */
export type Parts = readonly number[]

/** Who is told. */
export interface Reader {
  /** The school's own lead, who holds the records; else somebody who reads across the authority's schools. */
  readonly isOwnSchool: boolean
}

const nothing: Sums = { n: 0, sx: 0, sxx: 0 }

export const sum = (numbers: readonly number[]): number => numbers.reduce((so, n) => so + n, 0)

export const together = (all: readonly Parts[]): number[] =>
  all.reduce<number[]>((so, parts) => parts.map((n, i) => n + (so[i] ?? 0)), [])

function cellsOf(parts: Parts): Cell[] {
  const whole = sum(parts)
  if (whole === 0) return []
  if (parts.length === 1) return [{ kind: 'mean', n: whole }]
  return parts.map((numerator) => ({ kind: 'proportion', numerator, denominator: whole }))
}

/**
 * Whether counts of several schools may be told together. Across an authority they are also to come from several schools,
 * none of which is most of them, and to be enough without any one: every lead knows the own school's. Sums of what may be
 * told may be told.
 */
export function mayTell({ isOwnSchool }: Reader, schools: readonly Parts[]): boolean {
  const isOpen = (parts: Parts) => cellsOf(parts).every((cell) => judge(cell).status !== 'SUPPRESSED')
  const all = together(schools)
  if (!isOpen(all)) return false
  if (isOwnSchool) return true
  return (
    isOfMany(schools.map(sum)) &&
    all.every((_, i) => isOfMany(schools.map((own) => own[i]!))) &&
    schools.every((own) => isOpen(all.map((n, i) => n - own[i]!)))
  )
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

/** Of all schools together. */
export const totalOf = (sums: BySchool<Sums>): Sums =>
  [...sums.values()].reduce(
    (so, { n, sx, sxx }) => ({ n: so.n + n, sx: so.sx + sx, sxx: so.sxx + sxx }),
    nothing,
  )

export const mayTellMean = (reader: Reader, sums: BySchool<Sums>): boolean =>
  mayTell(
    reader,
    [...sums.values()].map(({ n }) => [n]),
  )

/** @param isHeld for the sake of a figure beside it */
export function meanAmong(reader: Reader, sums: BySchool<Sums>, isHeld = false): MeanFigure {
  const isTold = !isHeld && mayTellMean(reader, sums)
  return mean(isTold ? totalOf(sums) : { n: 1, sx: 0, sxx: 0 })
}

/** A share that adds up over schools. @param isHeld for the sake of a figure beside it */
export function shareAmong(
  reader: Reader,
  numerators: BySchool<Sums>,
  denominators: BySchool<Sums>,
  isHeld = false,
): ShareFigure {
  const parts = [...denominators].map(([urn, { n }]) => {
    const numerator = numerators.get(urn)?.n ?? 0
    return [numerator, n - numerator]
  })
  // One of one is never shown.
  if (isHeld || !mayTell(reader, parts)) return share(1, 1)
  return share(totalOf(numerators).n, totalOf(denominators).n)
}
