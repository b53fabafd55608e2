import type { Interval } from '../bounds.ts'

/** low <= Σ factor × figure <= high. */
interface Row {
  readonly figures: readonly number[]
  readonly factors: readonly number[]
  readonly low: number
  readonly high: number
}

export const unbounded = 2 ** 31

/**
 * Whole numbers from 0 that nobody knows yet, what binds them, and what follows: bounds are passed along all rows until
 * they stand still, whenever something is learned.
 */
export class System {
  readonly low: number[] = []
  readonly high: number[] = []
  readonly rows: Row[] = []
  readonly touching: number[][] = []
  /** By which row a bound came about; -1: it was told, or is where it began. */
  readonly #why: { low: number[]; high: number[] } = { low: [], high: [] }
  readonly #queue = new Set<number>()

  /** @returns its number */
  figure(low = 0, high = unbounded): number {
    this.touching.push([])
    this.#why.low.push(-1)
    this.#why.high.push(-1)
    this.high.push(high)
    return this.low.push(low) - 1
  }

  row(terms: readonly (readonly [figure: number, factor: number])[], low: number, high: number): void {
    const at = this.rows.length
    this.rows.push({ figures: terms.map(([f]) => f), factors: terms.map(([, c]) => c), low, high })
    for (const [figure] of terms) this.touching[figure]!.push(at)
    this.#queue.add(at)
  }

  /** A total and its parts. */
  sum(total: number, parts: readonly number[]): void {
    this.row([[total, -1], ...parts.map((part) => [part, 1] as const)], 0, 0)
  }

  /** At most the parts together, at least each of them. */
  union(total: number, parts: readonly number[]): void {
    this.row([[total, -1], ...parts.map((part) => [part, 1] as const)], 0, unbounded)
    for (const part of parts) this.atMost(part, total)
  }

  atMost(less: number, more: number): void {
    this.row(
      [
        [more, 1],
        [less, -1],
      ],
      0,
      unbounded,
    )
  }

  learn(figure: number, low: number, high: number): void {
    this.#set(figure, low, high, -1)
  }

  /** @returns the figures that were narrowed */
  settle(): Set<number> {
    const narrowed = new Set<number>()
    for (const at of this.#queue) {
      this.#queue.delete(at)
      this.#pass(at, narrowed)
    }
    return narrowed
  }

  #pass(row: number, narrowed: Set<number>): void {
    const { figures, factors, low, high } = this.rows[row]!
    let least = 0
    let most = 0
    for (let i = 0; i < figures.length; i++) {
      const [a, b] = ends(factors[i]!, this.low[figures[i]!]!, this.high[figures[i]!]!)
      least += a
      most += b
    }
    for (let i = 0; i < figures.length; i++) {
      const figure = figures[i]!
      const factor = factors[i]!
      const [a, b] = ends(factor, this.low[figure]!, this.high[figure]!)
      const from = low - (most - b)
      const to = high - (least - a)
      const [bottom, top] = factor > 0 ? [from / factor, to / factor] : [to / factor, from / factor]
      if (this.#set(figure, Math.ceil(bottom - 1e-6), Math.floor(top + 1e-6), row)) narrowed.add(figure)
    }
  }

  #set(figure: number, low: number, high: number, row: number): boolean {
    const [before, after] = [this.low[figure]!, this.high[figure]!]
    if (low <= before && high >= after) return false
    if (low > before) this.#why.low[figure] = row
    if (high < after) this.#why.high[figure] = row
    this.low[figure] = Math.max(before, low)
    this.high[figure] = Math.min(after, high)
    // Of wide bounds small steps are not passed on: two rows could take turns a million times.
    const width = after - before
    if (width > 500 && width - (this.high[figure]! - this.low[figure]!) < width / 16) return true
    for (const row of this.touching[figure]!) this.#queue.add(row)
    return true
  }

  /** The figures that a bound follows from, by way of one row; undefined where it was told, or nothing is known. */
  reason(figure: number, bound: 'low' | 'high'): { figure: number; bound: 'low' | 'high' }[] | undefined {
    const row = this.rows[this.#why[bound][figure]!]
    if (!row) return undefined
    const own = row.factors[row.figures.indexOf(figure)]!
    return row.figures.flatMap((other, i) =>
      other === figure
        ? []
        : [
            {
              figure: other,
              bound: (row.factors[i]! > 0 === own > 0) === (bound === 'high') ? 'low' : 'high',
            } as const,
          ],
    )
  }

  /** To go on from here with what one reader knows besides, and come back. */
  save(): Interval {
    return { low: Float64Array.from(this.low), high: Float64Array.from(this.high) }
  }

  restore({ low, high }: Interval): void {
    for (let at = 0; at < low.length; at++) {
      this.low[at] = low[at]!
      this.high[at] = high[at]!
    }
  }
}

const ends = (factor: number, low: number, high: number): [number, number] =>
  factor > 0 ? [factor * low, factor * high] : [factor * high, factor * low]
