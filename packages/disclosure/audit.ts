import { DisclosureError } from './error.ts'
import type { Line, LineSystem } from './lines.ts'
import { hide, mend } from './mend.ts'
import { isProtected, keepsDoubt, type Requirement, type Without } from './rules.ts'
import type { Steps } from './steps.ts'

/** What a reader can tell: each cell lies within low and high. */
export interface Bounds {
  low: Float64Array
  high: Float64Array
}

/**
 * Rounds of hiding more before the schools' rows are withheld; each hides one cell at least. Of 240 and 600 schools, of whose
 * pupils none is counted twice, it took 85 and 114.
 */
const mostRounds = 500

/**
 * What the public can tell of each cell, by passing bounds along the lines until they stand still.
 * @param most by cell: the most that the public can think its denominator to be
 */
export function publicBounds(system: LineSystem, most: Float64Array): Bounds {
  const low = new Float64Array(system.value.length)
  const high = Float64Array.from(most)
  for (let cell = 0; cell < low.length; cell++) {
    if (!system.hidden[cell]) low[cell] = high[cell] = system.value[cell]!
  }
  const bounds = { low, high }
  propagate(
    system,
    bounds,
    system.lines.map((_, line) => line),
  )
  return bounds
}

/**
 * Protected cells of others that the lead of at least one school can narrow down too far: a lead knows all of the own
 * school. From what anyone can tell only those bounds are passed on that this moves, and only the cells that they reach are
 * looked at: the rest is to the lead what it is to anyone. A step a lead.
 * @param known what anyone can tell
 */
export function* exposedToLeads(
  system: LineSystem,
  need: Requirement,
  known: Bounds,
  most: Float64Array,
): Steps<Set<number>> {
  const found = new Set<number>()
  const toAnyone = exposed(system, need, known, most)
  const bounds = { low: known.low.slice(), high: known.high.slice() }
  for (const [school, own] of ownCells(system)) {
    const moved = tell(system, bounds, own)
    for (const cell of exposed(system, need, bounds, most, { lead: school, cells: [...toAnyone, ...moved] }))
      found.add(cell)
    // The next one knows another school instead.
    for (const cell of moved) {
      bounds.low[cell] = known.low[cell]!
      bounds.high[cell] = known.high[cell]!
    }
    yield
  }
  return found
}

function ownCells({ owner }: LineSystem): Map<number, number[]> {
  const own = new Map<number, number[]>()
  owner.forEach((school, cell) => {
    const cells = own.get(school)
    if (cells) cells.push(cell)
    else if (school >= 0) own.set(school, [cell])
  })
  return own
}

/** Knowing these cells only narrows the bounds. @returns the cells whose bounds moved */
function tell(system: LineSystem, bounds: Bounds, cells: readonly number[]): Set<number> {
  const { low, high } = bounds
  const told = cells.filter((cell) => low[cell] !== high[cell])
  for (const cell of told) low[cell] = high[cell] = system.value[cell]!
  const moved = propagate(
    system,
    bounds,
    told.flatMap((cell) => system.linesOf[cell]!),
  )
  for (const cell of told) moved.add(cell)
  return moved
}

/**
 * Passes bounds along lines until none moves. How far a bound is off is at least the sum of what the bounds that it follows
 * from are off, so that none follows from itself: each follows from the others by a tree no deeper than there are bounds, two
 * a cell, and a round over all lines settles one more level, however large the figures are. What takes longer follows from
 * what is not so, a line that does not add up or a bound that began beyond its figure, and might go on for as many rounds as
 * the figure has ones: nothing can be concluded then.
 * @returns the cells whose bounds moved
 * @throws DisclosureError where it takes longer: nothing is published
 */
export function propagate(system: LineSystem, bounds: Bounds, lines: Iterable<number>): Set<number> {
  const moved = new Set<number>()
  let round = new Set(lines)
  for (let rounds = 0; round.size > 0; rounds++) {
    if (rounds > 2 * system.value.length)
      throw new DisclosureError('lines', 'add up, and begin with bounds that hold: they do not settle')
    const next = new Set<number>()
    for (const number of round) {
      round.delete(number)
      for (const cell of narrow(system.lines[number]!, bounds)) {
        moved.add(cell)
        // What is still to come in this round sees it there.
        for (const line of system.linesOf[cell]!) if (!round.has(line)) next.add(line)
      }
    }
    round = next
  }
  return moved
}

/** @returns the cells whose bounds moved */
function narrow({ kind, total, parts }: Line, { low, high }: Bounds): number[] {
  const moved: number[] = []
  const set = (cell: number, least: number, most: number) => {
    if (least <= low[cell]! && most >= high[cell]!) return
    low[cell] = Math.max(low[cell]!, least)
    high[cell] = Math.min(high[cell]!, most)
    moved.push(cell)
  }
  let lows = 0
  let highs = 0
  let largest = 0
  for (const part of parts) {
    lows += low[part]!
    highs += high[part]!
    largest = Math.max(largest, low[part]!)
  }
  const isSum = kind === 'sum'
  set(total, isSum ? lows : largest, highs)
  for (const part of parts) {
    const least = low[total]! - (highs - high[part]!)
    set(part, least, isSum ? high[total]! - (lows - low[part]!) : high[total]!)
  }
  return moved
}

/** The protected cells of others whose bounds leave too little doubt. */
export function exposed(
  system: LineSystem,
  need: Requirement,
  { low, high }: Bounds,
  most: Float64Array,
  { lead = -1, cells = low.keys() }: { lead?: number; cells?: Iterable<number> } = {},
): number[] {
  const found: number[] = []
  for (const cell of cells) {
    const value = system.value[cell]!
    const of = system.of[cell]!
    if (system.fixed[cell]) continue
    if (lead >= 0 && (system.owner[cell] === lead || system.sole[cell] === lead)) continue
    if (!isProtected(need, value, of)) continue
    if (!keepsDoubt(need, { value, of, low: low[cell]!, high: high[cell]!, most: most[cell]! }))
      found.push(cell)
  }
  return found
}

export type Audited = 'closed' | 'schools withheld' | 'nothing published'

/**
 * Looks at the layer as the public and, if asked, as each lead; hides more where a cell is exposed; withholds the
 * schools' rows where that does not help, and everything where that does not either. A step a round and a lead.
 */
export function* audit(
  system: LineSystem,
  need: Requirement,
  most: Float64Array,
  without: Without,
  asLeads: boolean,
): Steps<Audited> {
  if (without.has('audit') || (yield* hidesUntilClosed(system, need, most, without, asLeads))) return 'closed'
  for (let cell = 0; cell < system.value.length; cell++) {
    if (system.owner[cell]! >= 0 && !system.hidden[cell] && !system.fixed[cell])
      hide(system, cell, 'withheld')
  }
  if (yield* hidesUntilClosed(system, need, most, without, asLeads)) return 'schools withheld'
  for (let cell = 0; cell < system.value.length; cell++) {
    if (!system.hidden[cell] && !system.fixed[cell]) hide(system, cell, 'withheld')
  }
  return 'nothing published'
}

function* hidesUntilClosed(
  system: LineSystem,
  need: Requirement,
  most: Float64Array,
  without: Without,
  asLeads: boolean,
): Steps<boolean> {
  for (let round = 0; round < mostRounds; round++) {
    const found = yield* exposedToAnyone(system, need, most, asLeads && !without.has('audit as leads'))
    if (found.size === 0) return true
    const touched = new Set<number>()
    for (const cell of found) {
      const next = system.hidden[cell] ? cheapestBeside(system, cell) : cell
      if (next === undefined) continue
      hide(system, next, 'audit')
      for (const line of system.linesOf[next]!) touched.add(line)
    }
    if (touched.size === 0) return false
    mend(system, need, without, [...touched])
    yield
  }
  return false
}

function* exposedToAnyone(
  system: LineSystem,
  need: Requirement,
  most: Float64Array,
  asLeads: boolean,
): Steps<Set<number>> {
  const known = publicBounds(system, most)
  const found = new Set(exposed(system, need, known, most))
  return asLeads && found.size === 0 ? yield* exposedToLeads(system, need, known, most) : found
}

/** Steps from line to line to look for a cell to hide: the schools' rows are withheld where none is so near. */
const mostSteps = 3

/** The smallest shown cell on the lines of an exposed one, or on the lines of its neighbours; a zero last. */
function cheapestBeside(system: LineSystem, exposedCell: number): number | undefined {
  const cost = (cell: number) => system.value[cell] || Number.MAX_VALUE
  let near = new Set([exposedCell])
  for (let step = 0; step < mostSteps; step++) {
    let best: number | undefined
    const beyond = new Set<number>()
    for (const number of new Set([...near].flatMap((cell) => system.linesOf[cell]!))) {
      const { total, parts } = system.lines[number]!
      for (const cell of [...parts, total]) {
        beyond.add(cell)
        if (system.hidden[cell] || system.fixed[cell]) continue
        if (best === undefined || cost(cell) < cost(best)) best = cell
      }
    }
    if (best !== undefined) return best
    near = beyond
  }
  return undefined
}
