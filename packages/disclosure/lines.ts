/** `sum`: the total is the sum of its parts. `union`: at least each part, at most their sum (pupils over time). */
export interface Line {
  kind: 'sum' | 'union'
  family: 'within schools' | 'within authority' | 'schools to authority' | 'time' | 'outcomes' | 'derived'
  total: number
  parts: readonly number[]
}

/** Why a cell is hidden: for the operator's log. From outside all look alike. */
export const reasons = [
  'shown',
  'primary',
  'denominator',
  'secondary',
  'audit',
  'withheld',
  'former',
] as const
export type Reason = (typeof reasons)[number]

/** Cells by index, and the lines that bind them. */
export interface LineSystem {
  value: Float64Array
  /** The denominator beside each cell; Infinity where none bounds it. */
  of: Float64Array
  /** What is left without the largest school, of an authority's cell that no line holds to its schools; else the value. */
  rest: Float64Array
  /** The same of what is left of the denominator. */
  restOf: Float64Array
  /** School index, or -1 for the authority. */
  owner: Int32Array
  /** Of an authority's cell: the one school that all of it is of, as nothing of others is in it; else -1. */
  sole: Int32Array
  /** Index into `reasons`; 0 is shown. */
  hidden: Uint8Array
  /** Decided in another layer: a mend may not hide it. */
  fixed: Uint8Array
  lines: Line[]
  /** Lines by cell. */
  linesOf: number[][]
}

export function emptySystem(size: number): LineSystem {
  return {
    value: new Float64Array(size),
    of: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    rest: new Float64Array(size),
    restOf: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    owner: new Int32Array(size).fill(-1),
    sole: new Int32Array(size).fill(-1),
    hidden: new Uint8Array(size),
    fixed: new Uint8Array(size),
    lines: [],
    linesOf: Array.from({ length: size }, () => []),
  }
}

export function addLine(system: LineSystem, line: Line): void {
  if (line.parts.length === 0) return
  const number = system.lines.push(line) - 1
  for (const cell of [line.total, ...line.parts]) system.linesOf[cell]!.push(number)
}

/** The first line whose figures do not add up; undefined if all do. */
export const brokenLine = (system: LineSystem): Line | undefined =>
  system.lines.find((line) => !holds(system, line))

/** Whether the figures of a line add up. */
export function holds({ value }: Pick<LineSystem, 'value'>, { kind, total, parts }: Line): boolean {
  const sum = parts.reduce((so, part) => so + value[part]!, 0)
  if (kind === 'sum') return value[total] === sum
  return value[total]! <= sum && parts.every((part) => value[part]! <= value[total]!)
}
