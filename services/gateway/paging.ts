import type { Cursors } from './cursor.ts'
import { refused } from './errors.ts'

/** Arguments of the Relay cursor connections specification. */
export interface PageArgs {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly cursors: readonly string[]
  readonly totalCount: number
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

export interface PageLimits {
  readonly usual: number
  readonly most: number
}

/**
 * One page of items that stand in the order of `placeOf` (compared as strings). A cursor is a place, not a position:
 * items that come or go between two pages shift nothing.
 */
export function pageOf<T>(
  all: readonly T[],
  placeOf: (item: T) => string,
  args: PageArgs,
  limits: PageLimits,
  cursors: Cursors,
  question: string,
): Page<T> {
  const { size, backwards } = sizeOf(args, limits)
  const after = args.after == null ? undefined : cursors.read(args.after, question, 'after')
  const before = args.before == null ? undefined : cursors.read(args.before, question, 'before')
  const from = after === undefined ? 0 : lowerBound(all, placeOf, after, true)
  const to = before === undefined ? all.length : Math.max(from, lowerBound(all, placeOf, before, false))
  const start = backwards ? Math.max(from, to - size) : from
  const end = backwards ? to : Math.min(to, from + size)
  const items = all.slice(start, end)
  return {
    items,
    cursors: items.map((item) => cursors.sign(placeOf(item), question)),
    totalCount: all.length,
    hasNextPage: end < all.length,
    hasPreviousPage: start > 0,
  }
}

function sizeOf(
  { first, last }: PageArgs,
  { usual, most }: PageLimits,
): { size: number; backwards: boolean } {
  if (first != null && last != null) throw refused('last', 'not together with first')
  const [field, asked] = last != null ? (['last', last] as const) : (['first', first ?? usual] as const)
  if (!Number.isInteger(asked) || asked < 0 || asked > most)
    throw refused(field, `a whole number from 0 to ${most}`)
  return { size: asked, backwards: last != null }
}

/** The first index whose place is not below `place` (or is above it). */
function lowerBound<T>(
  all: readonly T[],
  placeOf: (item: T) => string,
  place: string,
  above: boolean,
): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    const at = placeOf(all[middle]!)
    if (at < place || (above && at === place)) low = middle + 1
    else high = middle
  }
  return low
}
