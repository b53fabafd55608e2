import type { Metric } from '@cairn/metrics'
import { DEFAULT_CONFIDENCE, rateRatio, riskRatio } from '@cairn/statistics'
import type { Row, Status } from '../figures/answer.ts'
import { isShown } from '../figures/published.ts'

/** A group against all other pupils, or why that says nothing. */
export interface Disproportion {
  readonly status: Status
  readonly symbol: Row['symbol']
  readonly value: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly confidence: number | null
  readonly method: string | null
  readonly reason: string | null
}

const methods = {
  proportion: 'Risk ratio, group over all other pupils, Katz’s log interval',
  rate: 'Rate ratio, group over all other pupils, log interval; events taken as independent',
}
const corrected = '; 0.5 added where a count is 0'

/**
 * How a group fares against everybody else: the total less the group. Both stand in the same answer, so that where
 * either is held back there is no ratio.
 */
export function disproportion(metric: Metric, group: Row, total: Row | null): Disproportion {
  if (metric.kind !== 'rate' && metric.kind !== 'proportion')
    return none('a ratio is worked out for rates and shares; this metric is neither')
  if (metric.interval === 'none')
    return none('the metric has no interval, and that of a ratio would rest on the same')
  if (group.status === 'SUPPRESSED' || total?.status === 'SUPPRESSED') return held
  if (!isShown(total)) return none('there is no total to compare with')
  if (!isShown(group) || !group.denominator) return none('nobody is in the group')
  const own = { x: group.numerator!, n: group.denominator }
  const rest = { x: total.numerator! - own.x, n: total.denominator! - own.n }
  if (rest.n <= 0) return none('everybody is in the group')
  if (rest.x < 0) return none('the parts are more than the total')
  if (metric.kind === 'proportion' && (own.x > own.n || rest.x > rest.n))
    return none('more than the whole: pupils came after the census')
  const found = metric.kind === 'rate' ? rateRatio(own, rest) : riskRatio(own, rest)
  if (found.kind === 'not applicable') return none(found.reason)
  return {
    ...{ status: 'OK', symbol: '', value: found.value, lower: found.lower, upper: found.upper, reason: null },
    ...{ confidence: DEFAULT_CONFIDENCE, method: methods[metric.kind] + (found.corrected ? corrected : '') },
  }
}

const nothing = { value: null, lower: null, upper: null, confidence: null, method: null }
const held: Disproportion = {
  ...nothing,
  ...{ status: 'SUPPRESSED', symbol: 'c', reason: 'a figure that it is made of is held back' },
}
export const none = (reason: string): Disproportion => ({
  ...nothing,
  ...{ status: 'NOT_APPLICABLE', symbol: 'z', reason },
})
