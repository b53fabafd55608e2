import type { Knowledge } from './knowledge.ts'

export interface Interval {
  low: Float64Array
  high: Float64Array
}

const unbounded = 2 ** 31

/** What the public can tell by passing bounds along every relation until they stand still. */
export function publicIntervals(knowledge: Knowledge): Interval {
  const { known } = knowledge
  const low = known.map((value) => (Number.isNaN(value) ? 0 : value))
  const high = known.map((value) => (Number.isNaN(value) ? unbounded : value))
  const interval = { low, high }
  narrowAll(knowledge, interval, undefined)
  return interval
}

/** What a school's lead can tell besides, who knows the school's own figures. */
export function leadIntervals(knowledge: Knowledge, from: Interval, school: number): Interval {
  const interval = { low: from.low.slice(), high: from.high.slice() }
  const learned: number[] = []
  for (let at = 0; at < knowledge.owner.length; at++) {
    if (knowledge.owner[at] !== school || interval.low[at] === interval.high[at]) continue
    interval.low[at] = interval.high[at] = knowledge.truth[at]!
    learned.push(at)
  }
  narrowAll(knowledge, interval, learned)
  return interval
}

interface Touching {
  relations: number[][]
  /** Figures with this one as their denominator. */
  above: number[][]
}

const touchingOf = new WeakMap<Knowledge, Touching>()

function touching(knowledge: Knowledge): Touching {
  const ready = touchingOf.get(knowledge)
  if (ready) return ready
  const made: Touching = { relations: knowledge.keys.map(() => []), above: knowledge.keys.map(() => []) }
  for (const [number, { total, parts }] of knowledge.relations.entries()) {
    for (const at of [total, ...parts]) made.relations[at]!.push(number)
  }
  knowledge.denominator.forEach((of, at) => {
    if (of >= 0) made.above[of]!.push(at)
  })
  touchingOf.set(knowledge, made)
  return made
}

function narrowAll(knowledge: Knowledge, { low, high }: Interval, learned: number[] | undefined): void {
  const { relations, above } = touching(knowledge)
  const queue = new Set<number>(
    learned ? learned.flatMap((at) => relations[at]!) : knowledge.relations.keys(),
  )
  const caps = new Set<number>(learned ? learned : knowledge.keys.keys())
  const set = (at: number, least: number, most: number) => {
    if (least <= low[at]! && most >= high[at]!) return
    low[at] = Math.max(low[at]!, least)
    high[at] = Math.min(high[at]!, most)
    for (const number of relations[at]!) queue.add(number)
    caps.add(at)
  }
  while (queue.size > 0 || caps.size > 0) {
    for (const at of caps) {
      caps.delete(at)
      for (const figure of above[at]!) set(figure, 0, high[at]!)
      const of = knowledge.denominator[at]!
      if (of >= 0) set(of, low[at]!, unbounded)
      if (of >= 0) set(at, 0, high[of]!)
    }
    for (const number of queue) {
      queue.delete(number)
      const { kind, total, parts } = knowledge.relations[number]!
      let lows = 0
      let highs = 0
      for (const part of parts) {
        lows += low[part]!
        highs += high[part]!
      }
      const least = kind === 'sum' ? lows : parts.reduce((most, part) => Math.max(most, low[part]!), 0)
      set(total, least, highs)
      for (const part of parts) {
        const rest = highs - high[part]!
        const others = kind === 'sum' ? lows - low[part]! : 0
        set(part, low[total]! - rest, high[total]! - others)
      }
    }
  }
}
