import { standard } from '@cairn/disclosure'
import type { Characteristic } from '@cairn/metrics'
import { mayTell, type Parts, type Reader, sum, together } from './among.ts'
import { type MeanFigure, mean, meanOfNobody, type ShareFigure, type Sums, share } from './shown.ts'

/** Counts of one value of a characteristic in one school; where pupils are not told apart, of all of them. */
export interface TableRow {
  readonly school: number
  readonly value: string
  readonly parts: Parts
}

/** Who asks, and what pupils are told apart by, if by anything. */
export type AskedTable = Reader & { readonly pupilsBy?: Characteristic }

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
 * Whether a table may be shown: all values of it, or none, so that none is its total less the others. Across an authority
 * one that tells pupils apart needs several schools besides: a table that is one school's would be that school's.
 */
export function mayShowTable(asked: AskedTable, rows: readonly TableRow[]): boolean {
  const there = rows.filter(({ parts }) => sum(parts) > 0)
  if (there.length === 0) return true
  const schools = grouped(there, ({ school }) => school).size
  if (asked.pupilsBy && !asked.isOwnSchool && schools < standard.smallestSchools) return false
  return [...grouped(there, ({ value }) => value).values()].every((own) =>
    mayTell(
      asked,
      [...grouped(own, ({ school }) => school).values()].map((of) => together(of.map(({ parts }) => parts))),
    ),
  )
}

/**
 * Which of several tables are held back. Where they are told apart in more than one way (interventions by type, and by
 * technique), both ways add up to nearly the same: those held back are two at least, and together they could be shown. A
 * school's lead is told the own school's rows each alone.
 * @param before held back in a table of the same pupils beside it
 * @param allOf what a value belongs to where pupils are not told apart: what is held back there is here
 */
export function heldTables(
  asked: AskedTable,
  tables: ReadonlyMap<string, readonly TableRow[]>,
  before: ReadonlySet<string> = new Set(),
  allOf: (value: string) => string = () => '',
): ReadonlySet<string> {
  const rowsOf = (keys: Iterable<string>) => [...keys].flatMap((key) => tables.get(key) ?? [])
  const without = asked.pupilsBy && !asked.isOwnSchool ? heldOfAll(asked, tables, before, allOf) : before
  const held = new Set(
    [...tables.keys()].filter((key) => without.has(key) || !mayShowTable(asked, tables.get(key)!)),
  )
  if (held.size === 0 || (asked.isOwnSchool && !asked.pupilsBy)) return held
  const size = (key: string) => sum(tables.get(key)!.map(({ parts }) => sum(parts)))
  const others = [...tables.keys()]
    .filter((key) => !held.has(key) && size(key) > 0)
    .sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1))
  for (const key of others) {
    if (held.size > 1 && mayShowTable(asked, rowsOf(held))) break
    held.add(key)
  }
  return held
}

const heldOfAll = (
  { isOwnSchool }: AskedTable,
  tables: ReadonlyMap<string, readonly TableRow[]>,
  before: ReadonlySet<string>,
  allOf: (value: string) => string,
): ReadonlySet<string> =>
  heldTables(
    { isOwnSchool },
    new Map(
      [...tables].map(([key, rows]) => [key, rows.map((row) => ({ ...row, value: allOf(row.value) }))]),
    ),
    before,
  )

/** The same where each has a total of its own, that is told in no other way. */
export const heldAlone = (
  asked: AskedTable,
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
export const partsOf = (rows: readonly TableRow[], value: string): Parts =>
  together(rows.filter((row) => row.value === value).map(({ parts }) => parts))

/** The first of two parts of the value's pupils, as a share of both. */
export function shareOfValue(rows: readonly TableRow[], value: string, isHeld: boolean): ShareFigure {
  // One of one is never shown.
  if (isHeld) return share(1, 1)
  const [hits = 0, others = 0] = partsOf(rows, value)
  return share(hits, hits + others)
}

/** A mean over what one value's pupils have; of nobody there is none. */
export const meanOfValue = (sums: Sums, isHeld: boolean): MeanFigure =>
  !isHeld && sums.n === 0 ? meanOfNobody() : mean(isHeld ? { n: 1, sx: 0, sxx: 0 } : sums)
