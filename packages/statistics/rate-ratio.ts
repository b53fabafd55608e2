import { demand, demandCount } from './errors.ts'
import { DEFAULT_CONFIDENCE } from './interval.ts'
import { criticalZ } from './normal.ts'
import { type NotApplicable, notApplicable } from './not-applicable.ts'
import type { RiskRatio } from './risk-ratio.ts'

/**
 * Rate of a group over the rate of its comparison, of which one pupil may have several: (x₁/n₁) / (x₀/n₀),
 * exp(ln RR ∓ z s), s² = 1/x₁ + 1/x₀. Source: Rothman, Greenland and Lash (2008), chapter 14. Where one count is 0,
 * 0.5 is added to both counts and `corrected` says so. It takes events as independent: where one pupil has many, the
 * true interval is wider. No event in either group: not applicable.
 * @throws StatisticsError unless both x are counts and n > 0
 */
export function rateRatio(
  group: { x: number; n: number },
  comparison: { x: number; n: number },
  confidence = DEFAULT_CONFIDENCE,
): RiskRatio | NotApplicable {
  for (const { x, n } of [group, comparison]) {
    demandCount(x, 'x')
    demand(Number.isFinite(n) && n > 0, 'n', 'must be above 0')
  }
  const z = criticalZ(confidence)
  if (group.x === 0 && comparison.x === 0) return notApplicable('no event in either group')
  const corrected = group.x === 0 || comparison.x === 0
  const add = corrected ? 0.5 : 0
  const [x1, x0] = [group.x + add, comparison.x + add]
  const value = x1 / group.n / (x0 / comparison.n)
  const factor = Math.exp(z * Math.sqrt(1 / x1 + 1 / x0))
  return { kind: 'estimate', corrected, value, lower: value / factor, upper: value * factor }
}
