/** A probability as a function of x > 0 that only rises or only falls, and the size of its slope. */
export interface Curve {
  probability(x: number): number
  density(x: number): number
  direction: 'rises' | 'falls'
}

const MAX_STEPS = 500
/** Newton squares its error: after a step this small (relative to x) there are no more digits to gain. */
const LAST_STEP = 1e-9

/**
 * The x > 0 at which the curve has the given probability.
 *
 * Newton's method on ln(probability) over ln(x): the tails of the gamma and of Student's t are close to
 * straight lines there, so that from a start of the right order of magnitude a handful of steps
 * reaches the last digit. Every evaluation narrows a bracket; a step that leaves it is replaced by halving the
 * bracket (in ln x), so it converges from any start, if slowly.
 */
export function invert(curve: Curve, probability: number, start: number): number {
  const sign = curve.direction === 'rises' ? 1 : -1
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let x = start
  for (let step = 0; step < MAX_STEPS; step++) {
    const reached = curve.probability(x)
    const excess = sign * Math.log(reached / probability)
    if (excess === 0) return x
    if (excess > 0) high = x
    else low = x
    const newton = x * Math.exp((-excess * reached) / (x * curve.density(x)))
    if (Math.abs(newton - x) <= LAST_STEP * x) return newton
    x = newton > low && newton < high ? newton : middle(low, high)
  }
  return x
}

function middle(low: number, high: number): number {
  if (high === Number.POSITIVE_INFINITY) return low * 2
  if (low === 0) return high / 2
  return Math.sqrt(low) * Math.sqrt(high)
}
