import { addLine, type LineSystem } from './lines.ts'
import { hide } from './mend.ts'

/**
 * Adds what follows from pupils over time, for the audit to see. A union says only that the year is at least each
 * half-term and at most their sum; yet how far apart they are adds up over schools and over the parts of a
 * characteristic, as the figures do. So where an authority's half-terms sum to its year, hardly anyone was
 * counted twice, and every school's half-terms sum to its year. Linear programming sees that; bounds passed along
 * the unions do not. With a cell for each difference, no more than passing bounds is needed.
 */
export function addOverlaps(system: LineSystem): void {
  const unions = system.lines.filter(({ kind }) => kind === 'union')
  const sums = system.lines.filter(({ kind }) => kind === 'sum')
  let next = system.value.length
  grow(
    system,
    unions.reduce((cells, { parts }) => cells + 2 + parts.length, 0),
  )
  const overlaps = new Map<number, number[]>()
  const put = (value: number, owner: number) => {
    system.value[next] = value
    system.owner[next] = owner
    system.fixed[next] = 1
    hide(system, next, 'withheld')
    return next++
  }
  for (const { total, parts } of unions) {
    const value = system.value[total]!
    const owner = system.owner[total]!
    const together = parts.reduce((so, part) => so + system.value[part]!, 0)
    const sum = put(together, owner)
    const excess = put(together - value, owner)
    const rests = parts.map((part) => put(value - system.value[part]!, owner))
    addLine(system, { kind: 'sum', family: 'overlap', total: sum, parts })
    addLine(system, { kind: 'sum', family: 'overlap', total: sum, parts: [total, excess] })
    for (const [index, part] of parts.entries()) {
      addLine(system, { kind: 'sum', family: 'overlap', total, parts: [part, rests[index]!] })
    }
    overlaps.set(total, [sum, excess, ...rests])
  }
  for (const { total, parts } of sums) {
    const whole = overlaps.get(total)
    const each = parts.map((part) => overlaps.get(part))
    whole?.forEach((cell, index) => {
      const cells = each.flatMap((one) => one?.[index] ?? [])
      if (cells.length === parts.length)
        addLine(system, { kind: 'sum', family: 'overlap', total: cell, parts: cells })
    })
  }
}

function grow(system: LineSystem, cells: number): void {
  const size = system.value.length + cells
  const larger = <Numbers extends Float64Array | Int32Array | Uint8Array>(into: Numbers, from: Numbers) => {
    into.set(from)
    return into
  }
  system.value = larger(new Float64Array(size), system.value)
  system.of = larger(new Float64Array(size).fill(Number.POSITIVE_INFINITY), system.of)
  system.owner = larger(new Int32Array(size).fill(-1), system.owner)
  system.hidden = larger(new Uint8Array(size), system.hidden)
  system.fixed = larger(new Uint8Array(size), system.fixed)
  for (let cell = 0; cell < cells; cell++) system.linesOf.push([])
}
