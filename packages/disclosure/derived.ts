import { addLine, type Line, type LineSystem } from './lines.ts'
import { hide } from './mend.ts'

/**
 * Adds sums that are never published, yet follow from what is: for the audit to see, as linear programming does.
 * Bounds passed along the lines alone miss them.
 * @param isEmpty whether a cell is known to count nobody, as a primary school's Year 10
 */
export function addDerived(system: LineSystem, isEmpty: (cell: number) => boolean): void {
  const lines = [...system.lines]
  addOverlaps(system, lines)
  addBlocks(system, lines, isEmpty)
  resize(system, system.linesOf.length)
}

/**
 * A union says only that the year is at least each half-term and at most their sum; yet how far apart they are
 * adds up over schools and over the parts of a characteristic, as the figures do. So where an authority's
 * half-terms sum to its year nobody was counted twice, and every school's half-terms sum to its year.
 */
function addOverlaps(system: LineSystem, lines: readonly Line[]): void {
  const overlaps = new Map<number, number[]>()
  for (const { kind, total, parts } of lines) {
    if (kind !== 'union') continue
    const value = system.value[total]!
    const owner = system.owner[total]!
    const together = parts.reduce((so, part) => so + system.value[part]!, 0)
    const sum = addCell(system, together, owner)
    const excess = addCell(system, together - value, owner)
    const rests = parts.map((part) => addCell(system, value - system.value[part]!, owner))
    derive(system, sum, parts)
    derive(system, sum, [total, excess])
    for (const [index, part] of parts.entries()) derive(system, total, [part, rests[index]!])
    overlaps.set(total, [sum, excess, ...rests])
  }
  for (const { kind, total, parts } of lines) {
    const whole = kind === 'sum' ? overlaps.get(total) : undefined
    whole?.forEach((cell, index) => {
      const cells = parts.flatMap((part) => overlaps.get(part)?.[index] ?? [])
      if (cells.length === parts.length) derive(system, cell, cells)
    })
  }
}

/**
 * Schools that share no value with the others, as secondaries share no year group with primaries: their totals
 * sum to the authority's figures of their values.
 */
function addBlocks(system: LineSystem, lines: readonly Line[], isEmpty: (cell: number) => boolean): void {
  const schoolsOf = new Map(
    lines.flatMap(({ family, total, parts }) => (family === 'schools to authority' ? [[total, parts]] : [])),
  )
  for (const { family, total, parts: values } of lines) {
    const schools = schoolsOf.get(total)
    if (family !== 'within authority' || !schools || values.some((value) => !schoolsOf.has(value))) continue
    const isOpen = (value: number, school: number) => !isEmpty(schoolsOf.get(value)![school]!)
    const seen = new Set<number>()
    for (const first of values) {
      if (seen.has(first)) continue
      const block = new Set([first])
      const members = new Set<number>()
      for (const value of block) {
        seen.add(value)
        for (const school of schools.keys()) {
          if (members.has(school) || !isOpen(value, school)) continue
          members.add(school)
          for (const other of values) if (isOpen(other, school)) block.add(other)
        }
      }
      if (members.size === 0 || block.size === values.length) continue
      const sum = [...block].reduce((so, value) => so + system.value[value]!, 0)
      const cell = addCell(system, sum, -1)
      derive(system, cell, [...block])
      derive(
        system,
        cell,
        [...members].map((school) => schools[school]!),
      )
    }
  }
}

function derive(system: LineSystem, total: number, parts: readonly number[]): void {
  addLine(system, { kind: 'sum', family: 'derived', total, parts })
}

/** A cell that is never published, and no secret by itself. */
function addCell(system: LineSystem, value: number, owner: number): number {
  const cell = system.linesOf.push([]) - 1
  if (cell >= system.value.length) resize(system, 2 * cell)
  system.value[cell] = value
  system.owner[cell] = owner
  system.fixed[cell] = 1
  hide(system, cell, 'withheld')
  return cell
}

function resize(system: LineSystem, size: number): void {
  const filled = <Numbers extends Float64Array | Int32Array | Uint8Array>(into: Numbers, from: Numbers) => {
    into.set(from.subarray(0, size))
    return into
  }
  system.value = filled(new Float64Array(size), system.value)
  system.of = filled(new Float64Array(size).fill(Number.POSITIVE_INFINITY), system.of)
  system.rest = filled(new Float64Array(size), system.rest)
  system.restOf = filled(new Float64Array(size).fill(Number.POSITIVE_INFINITY), system.restOf)
  system.owner = filled(new Int32Array(size).fill(-1), system.owner)
  system.sole = filled(new Int32Array(size).fill(-1), system.sole)
  system.hidden = filled(new Uint8Array(size), system.hidden)
  system.fixed = filled(new Uint8Array(size), system.fixed)
}
