import { demand } from './errors.ts'
import type { Interval } from './interval.ts'
import { demandPolarity, type Polarity } from './polarity.ts'

export type Judgement = 'better' | 'worse' | 'similar' | 'higher' | 'lower'

/**
 * An area against a benchmark that is taken as fixed: similar unless the area's interval excludes it (strictly),
 * else better or worse by polarity, higher or lower where there is none. Two intervals are never compared for
 * overlap. For two levels ask again with the 99.8 % interval. Source: OHID, Fingertips technical guidance.
 * @throws StatisticsError unless benchmark is a number and lower ≤ upper
 */
export function judgeBenchmark({ lower, upper }: Interval, benchmark: number, polarity: Polarity): Judgement {
  demand(Number.isFinite(benchmark), 'benchmark', 'must be a number')
  demand(lower <= upper, 'interval', 'must have lower ≤ upper')
  demandPolarity(polarity)
  if (lower <= benchmark && benchmark <= upper) return 'similar'
  const higher = lower > benchmark
  if (polarity === 'neutral') return higher ? 'higher' : 'lower'
  return higher === (polarity === 'higher is better') ? 'better' : 'worse'
}
