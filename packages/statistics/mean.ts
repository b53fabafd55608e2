import { demand, demandCount } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { criticalT } from './student.ts'

export interface MeanEstimate extends Estimate {
  /** Standard deviation of the sample (divisor n - 1). */
  sd: number
}

/** What rounding may leave of Σx² - (Σx)²/n where all values are alike, relative to Σx². */
const ROUNDING = 1e-9

/**
 * Mean from what cells hold (n, Σx, Σx²), ∓ t(n-1) · s / √n, with s² = (Σx² - (Σx)²/n) / (n - 1).
 * The subtraction costs digits where the spread is tiny beside the mean: scores and days are not such data.
 * @throws StatisticsError unless n ≥ 2 and Σx² ≥ (Σx)²/n
 */
export function meanInterval(
  n: number,
  sum: number,
  sumOfSquares: number,
  confidence = DEFAULT_CONFIDENCE,
): MeanEstimate {
  demandCount(n, 'n')
  demand(n >= 2, 'n', 'must be at least 2: one value has no spread')
  demand(Number.isFinite(sum), 'sum', 'must be a number')
  demand(Number.isFinite(sumOfSquares), 'sumOfSquares', 'must be a number')
  const squares = sumOfSquares - (sum * sum) / n
  demand(squares >= -ROUNDING * Math.abs(sumOfSquares), 'sumOfSquares', 'must be at least sum² / n')
  const value = sum / n
  const sd = Math.sqrt(Math.max(0, squares) / (n - 1))
  const margin = (criticalT(confidence, n - 1) * sd) / Math.sqrt(n)
  return { value, sd, lower: value - margin, upper: value + margin }
}
