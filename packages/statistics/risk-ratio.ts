import { demand, demandCount } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { criticalZ } from './normal.ts'
import { type NotApplicable, notApplicable } from './not-applicable.ts'

export interface RiskRatio extends Estimate {
  kind: 'estimate'
  /** 0.5 was added to each of the four cells. */
  corrected: boolean
}

/**
 * Risk of a group over the risk of its comparison: RR = (x₁/n₁) / (x₀/n₀), exp(ln RR ∓ z s),
 * s² = 1/x₁ - 1/n₁ + 1/x₀ - 1/n₀. Source: Katz et al. (1978). Where one count is 0, or all of both groups have
 * the event (s would be 0), 0.5 is added to all four cells (Haldane, Anscombe) and `corrected` says so.
 * No event in either group: not applicable.
 * @throws StatisticsError unless both x are counts and 0 < n ≥ x
 */
export function riskRatio(
  group: { x: number; n: number },
  comparison: { x: number; n: number },
  confidence = DEFAULT_CONFIDENCE,
): RiskRatio | NotApplicable {
  for (const { x, n } of [group, comparison]) {
    demandCount(x, 'x')
    demandCount(n, 'n')
    demand(n > 0, 'n', 'must be above 0')
    demand(x <= n, 'x', 'must not exceed n')
  }
  const z = criticalZ(confidence)
  if (group.x === 0 && comparison.x === 0) return notApplicable('no event in either group')
  const everyone = group.x === group.n && comparison.x === comparison.n
  const corrected = group.x === 0 || comparison.x === 0 || everyone
  const add = corrected ? 0.5 : 0
  const [x1, n1] = [group.x + add, group.n + 2 * add]
  const [x0, n0] = [comparison.x + add, comparison.n + 2 * add]
  const value = x1 / n1 / (x0 / n0)
  const factor = Math.exp(z * Math.sqrt((n1 - x1) / x1 / n1 + (n0 - x0) / x0 / n0))
  return { kind: 'estimate', corrected, value, lower: value / factor, upper: value * factor }
}
