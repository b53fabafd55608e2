import { sum } from '../among.ts'

/** A number that adds up from others: [whole, its parts]. */
export type Line = readonly [whole: string, parts: readonly string[]]

interface Span {
  readonly low: number
  readonly high: number
}

/** Between what each number must lie, by lines alone, where some are known. */
export function boundsOf(
  lines: readonly Line[],
  known: ReadonlyMap<string, number>,
): ReadonlyMap<string, Span> {
  const bounds = new Map<string, Span>()
  for (const name of new Set(lines.flatMap(([whole, parts]) => [whole, ...parts]))) {
    const n = known.get(name)
    bounds.set(name, n === undefined ? { low: 0, high: Number.POSITIVE_INFINITY } : { low: n, high: n })
  }
  const edge = (names: readonly string[], of: keyof Span) => sum(names.map((name) => bounds.get(name)![of]))
  let moved = true
  const narrow = (name: string, low: number, high: number) => {
    const own = bounds.get(name)!
    if (!(low > own.low || high < own.high)) return
    bounds.set(name, { low: Math.max(low, own.low), high: Math.min(high, own.high) })
    moved = true
  }
  while (moved) {
    moved = false
    for (const [whole, parts] of lines) {
      narrow(whole, edge(parts, 'low'), edge(parts, 'high'))
      for (const part of parts) {
        const others = parts.filter((other) => other !== part)
        const { low, high } = bounds.get(whole)!
        narrow(part, low - edge(others, 'high'), high - edge(others, 'low'))
      }
    }
  }
  return bounds
}

/** Numbers of 1 to `most`, of which it is known that they are no more than that. */
export const exposedIn = (
  bounds: ReadonlyMap<string, Span>,
  truth: ReadonlyMap<string, number>,
  mostOf: (name: string) => number,
): string[] =>
  [...bounds].flatMap(([name, { high }]) => {
    const n = truth.get(name)!
    return n > 0 && n <= mostOf(name) && high <= mostOf(name) ? [name] : []
  })

/** Over all schools, and over all but each. */
export const others = (schools: number) => [undefined, ...Array.from({ length: schools }, (_, s) => s)]
