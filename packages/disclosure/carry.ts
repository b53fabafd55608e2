import { categories, coordinates, type Metric, periods, type Shape } from './shape.ts'

/** For each figure of a row, where the row of an earlier shape has it; -1 where it has not. */
export function spotsIn(before: Shape, after: Shape, kind: Metric['kind']): number[] {
  const when = periods(before, kind)
  const spots = new Map(
    coordinates(before, kind).map(({ category, period }, at) => [`${category} ${when[period]!.id}`, at]),
  )
  const now = periods(after, kind)
  return coordinates(after, kind).map(
    ({ category, period }) => spots.get(`${category} ${now[period]!.id}`) ?? -1,
  )
}

/** How rows of one kind are carried: see `carry`. */
export interface Carrier {
  carry(rows: { old: ArrayLike<number>; now: ArrayLike<number>; roll: ArrayLike<number> }): number[]
}

/**
 * Carries rows with the figures that were released before, and new ones for what has closed since. What adds up over time is
 * summed from them, so that a longer period tells nothing of the correction that is carried; pupils of the year stay within
 * what their half-terms allow, and within the roll.
 */
export function carrierOf({ before, after }: { before: Shape; after: Shape }, kind: Metric['kind']): Carrier {
  const spots = spotsIn(before, after, kind)
  const [when, at] = [periods(after, kind), coordinates(after, kind)]
  const index = new Map(at.map(({ category, period }, i) => [`${category} ${period}`, i]))
  const partsOf = at.map(({ category, period }) =>
    when.flatMap(({ within }, other) =>
      within === when[period]!.id ? (index.get(`${category} ${other}`) ?? []) : [],
    ),
  )
  return {
    carry({ old, now, roll }) {
      const row = spots.map((spot, at) => (spot < 0 ? now[at]! : old[spot]!))
      if (kind === 'partition') return row
      // Shorter periods stand after longer ones.
      for (let i = at.length - 1; i >= 0; i--) {
        if (spots[i]! >= 0) continue
        const parts = partsOf[i]!.map((part) => row[part]!)
        const sum = parts.reduce((so, part) => so + part, 0)
        if (kind !== 'pupils') {
          if (parts.length > 0) row[i] = sum
          continue
        }
        // Singles follow their total below.
        if (at[i]!.category > 0) continue
        if (parts.length > 0) row[i] = Math.min(Math.max(row[i]!, ...parts), sum)
        row[i] = Math.min(row[i]!, roll[0] ?? 0)
      }
      if (kind === 'pupils') fitSingles(row, after, (i) => spots[i]! < 0)
      return row
    },
  }
}

/** Where the total of a period was bounded, the largest single of each characteristic takes the difference. */
function fitSingles(row: number[], shape: Shape, isNew: (at: number) => boolean): void {
  const all = categories(shape)
  const at = coordinates(shape, 'pupils')
  const totals = new Map(
    at.flatMap(({ category, period }, i) => (category === 0 ? [[period, row[i]!] as const] : [])),
  )
  const singles = new Map<string, number[]>()
  for (const [i, { category, period }] of at.entries()) {
    const { by } = all[category]!
    if (by.length !== 1 || !isNew(i)) continue
    const key = `${period} ${by[0]!.characteristic}`
    singles.set(key, [...(singles.get(key) ?? []), i])
  }
  for (const [key, parts] of singles) {
    let rest = totals.get(Number(key.split(' ')[0]))! - parts.reduce((so, i) => so + row[i]!, 0)
    for (const i of parts.toSorted((a, b) => row[b]! - row[a]!)) {
      const fitted = Math.max(0, row[i]! + rest)
      rest -= fitted - row[i]!
      row[i] = fitted
    }
  }
}
