import { type Line, type LineSystem, type Reason, reasons } from './lines.ts'
import { isFewTogether, isProtected, type Requirement, type Without } from './rules.ts'

/** Hides what is protected by itself. */
export function hidePrimary(system: LineSystem, need: Requirement): void {
  for (let cell = 0; cell < system.value.length; cell++) {
    if (system.hidden[cell] || system.fixed[cell]) continue
    if (isProtected(need, system.value[cell]!, system.of[cell]!)) hide(system, cell, 'primary')
  }
}

/**
 * Of schools nothing is published by week, so no line holds the authority's weeks to what a lead knows of the own school:
 * the weeks of a half-term are shown all, where what is left of each without any one school is none or enough, or none.
 */
export function hideWeeks(
  system: LineSystem,
  { weeks }: { readonly weeks: readonly (readonly number[])[] },
  need: Requirement,
): void {
  const isOpen = (cell: number) => system.value[cell] === 0 || system.rest[cell]! >= need.below
  for (const cells of weeks)
    if (!cells.every(isOpen)) for (const cell of cells) if (!system.fixed[cell]) hide(system, cell, 'primary')
}

/**
 * Nor are singles of schools published by half-term: the authority's are shown where they are none or enough, and so is what
 * is left of the roll, without any one school.
 */
export function hideLoose(
  system: LineSystem,
  { loose }: { readonly loose: readonly number[] },
  need: Requirement,
): void {
  const { value, of, rest, restOf, hidden, fixed } = system
  for (const cell of loose) {
    if (hidden[cell] || fixed[cell]) continue
    const isFew = value[cell]! > 0 && rest[cell]! < need.below
    const hasRest = need.complement && (value[cell]! > 0 || need.sensitive) && of[cell]! > value[cell]!
    const isRestFew = hasRest && restOf[cell]! < need.below
    if (isFew || isRestFew) hide(system, cell, 'primary')
  }
}

/**
 * Hides more until no line is bad. Each line is looked at again when a cell on it was hidden; a line that cannot
 * be mended is left to the audit.
 */
export function mend(
  system: LineSystem,
  need: Requirement,
  without: Without,
  queue: number[] = system.lines.map((_, number) => number),
): void {
  if (without.has('secondary') || (need.denominators && without.has('denominators secondary'))) return
  const queued = new Set(queue)
  for (const number of queued) {
    queued.delete(number)
    const line = system.lines[number]!
    if (without.has(line.family)) continue
    while (isBad(system, need, without, line)) {
      const cell = cheapest(system, line)
      if (cell === undefined) break
      hide(system, cell, 'secondary')
      for (const touched of system.linesOf[cell]!) queued.add(touched)
    }
  }
}

/** Whether a line stays bad that one of these cells is on. */
export function isStrained(
  system: LineSystem,
  need: Requirement,
  without: Without,
  cells: readonly number[],
): boolean {
  const lines = new Set(cells.flatMap((cell) => system.linesOf[cell]!))
  return [...lines].some((number) => isBad(system, need, without, system.lines[number]!))
}

export function hide(system: LineSystem, cell: number, reason: Reason): void {
  system.hidden[cell] = reasons.indexOf(reason)
}

/**
 * On the line from schools to the authority a school's lead counts as a reader who knows one part: two hidden
 * parts are one to each of them, so three are needed, and the rest without the largest must not be few.
 */
function isBad(system: LineSystem, need: Requirement, without: Without, line: Line): boolean {
  if (line.kind === 'union' || line.family === 'derived') return false
  const { value, of, rest, restOf, hidden } = system
  const forLeads = line.family === 'schools to authority' && !without.has('lead')
  let left = 0
  let sum = 0
  let complement = 0
  let most = 0
  let mostComplement = 0
  let others = 0
  let othersComplement = 0
  for (const part of line.parts) {
    if (!hidden[part]) continue
    const remainder = of[part]! - value[part]!
    left += 1
    sum += value[part]!
    complement += remainder
    most = Math.max(most, value[part]!)
    mostComplement = Math.max(mostComplement, remainder)
    others += rest[part]!
    othersComplement += restOf[part]!
  }
  if (hidden[line.total]) return left <= (forLeads ? 1 : 0)
  if (left === 0 || (value[line.total] === 0 && !need.sensitive)) return false
  if (left < (forLeads ? 3 : 2)) return true
  if (without.has('sum')) return false
  return (
    isFewTogether(need, sum, complement, left) ||
    (!without.has('lead') && isFewTogether(need, others, othersComplement, left)) ||
    (forLeads && isFewTogether(need, sum - most, complement - mostComplement, left - 1))
  )
}

/** The smallest part that is not zero, else the total, else a zero. */
function cheapest({ value, hidden, fixed }: LineSystem, { total, parts }: Line): number | undefined {
  const open = (cell: number) => !hidden[cell] && !fixed[cell]
  let best: number | undefined
  let zero: number | undefined
  for (const part of parts) {
    if (!open(part)) continue
    if (value[part] === 0) zero ??= part
    else if (best === undefined || value[part]! < value[best]!) best = part
  }
  return best ?? (open(total) ? total : zero)
}
