import { demand, demandCount } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { criticalZ } from './normal.ts'

/**
 * Proportion x / n with Wilson's score interval, all between 0 and 1:
 * (2x + z² ∓ z √(z² + 4x (1 - x/n))) / (2 (n + z²)).
 *
 * Keeps its level for small n and near 0 and 1, and never leaves [0, 1]. Source: E. B. Wilson (1927); the
 * method for proportions of the Office for Health Improvement and Disparities (Fingertips).
 * @throws StatisticsError unless x and n are whole, n ≥ 1, x ≤ n
 */
export function wilson(x: number, n: number, confidence = DEFAULT_CONFIDENCE): Estimate {
  demandCount(x, 'x')
  demandCount(n, 'n')
  demand(n >= 1, 'n', 'must be at least 1')
  demand(x <= n, 'x', 'must not be above n')
  const z = criticalZ(confidence)
  return { value: x / n, lower: lowerLimit(x, n, z), upper: 1 - lowerLimit(n - x, n, z) }
}

/** The upper limit is the complement's lower one: so x = 0 and x = n meet 0 and 1 exactly. */
function lowerLimit(x: number, n: number, z: number): number {
  if (x === 0) return 0
  const square = z * z
  return (2 * x + square - z * Math.sqrt(square + 4 * x * (1 - x / n))) / (2 * (n + square))
}
