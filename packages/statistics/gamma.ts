import { demand, demandPositive, demandProbability } from './errors.ts'
import { invert } from './inverse.ts'

/**
 * Gamma function, incomplete gamma functions and their inverses; chi-square is the gamma distribution of
 * shape df / 2 on twice the scale.
 */

const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI)
const STIRLING_FROM = 15
/** The series and the fraction take some 9 √a terms near x = a: beyond this shape that becomes felt. */
export const LARGEST_SHAPE = 1e9
const SERIES_END = Number.EPSILON / 4
const FRACTION_END = 1e-15

/** B(2k) / (2k (2k - 1)), k = 1 … 8: coefficients of Stirling's series (Abramowitz and Stegun 6.1.40). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]

/**
 * ln Γ(x) - ((x - 1/2) ln x - x + ln(2π) / 2), for x > 0.
 * From 15 on by Stirling's series, whose first omitted term is below 1e-19 there; below by the recurrence
 * Γ(x + 1) = x Γ(x).
 */
function stirlingError(x: number): number {
  if (x < STIRLING_FROM) return logGamma(x) - ((x - 0.5) * Math.log(x) - x + HALF_LN_2PI)
  const square = 1 / (x * x)
  return STIRLING.reduceRight((sum, coefficient) => sum * square + coefficient, 0) / x
}

/** ln Γ(x), for x > 0, to about 1e-14 (absolute near 1 and 2, where it is 0; relative elsewhere). */
export function logGamma(x: number): number {
  demandPositive(x, 'x')
  let product = 1
  let shifted = x
  while (shifted < STIRLING_FROM) product *= shifted++
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LN_2PI + stirlingError(shifted)
  return stirling - Math.log(product)
}

/** ln Γ(x + 1/2) - ln Γ(x), without the loss of digits that subtracting two large logarithms brings. */
export function logGammaHalfStep(x: number): number {
  if (x < STIRLING_FROM) return logGamma(x + 0.5) - logGamma(x)
  return 0.5 * Math.log(x) + x * Math.log1p(0.5 / x) - 0.5 + stirlingError(x + 0.5) - stirlingError(x)
}

/**
 * x^a e^-x / Γ(a + 1), as exp(-a (m - ln(x / a)) - error of Stirling) / sqrt(2 π a) with m = (x - a) / a:
 * near x = a the large terms cancel on paper and not in the arithmetic (C. Loader, 2000, "Fast and accurate
 * computation of binomial probabilities").
 */
function poissonTerm(a: number, x: number): number {
  const m = (x - a) / a
  const logRatio = Math.abs(m) < 0.5 ? Math.log1p(m) : Math.log(x / a)
  return Math.exp(-a * (m - logRatio) - stirlingError(a)) / Math.sqrt(2 * Math.PI * a)
}

/** P(a, x) = x^a e^-x / Γ(a+1) · (1 + x/(a+1) + x²/((a+1)(a+2)) + …); converges fast below a + 1. */
function lowerBySeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * SERIES_END; k++) {
    term *= x / (a + k)
    sum += term
  }
  return poissonTerm(a, x) * sum
}

/**
 * Q(a, x) = x^a e^-x / Γ(a) · 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- …))), by Lentz's method (Press et al.,
 * Numerical Recipes, 6.2); converges fast from a + 1 on.
 */
function upperByFraction(a: number, x: number): number {
  const tiny = Number.MIN_VALUE / Number.EPSILON
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let fraction = d
  for (let k = 1; ; k++) {
    const numerator = -k * (k - a)
    b += 2
    d = numerator * d + b
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    c = b + numerator / c
    if (Math.abs(c) < tiny) c = tiny
    const factor = c * d
    fraction *= factor
    if (Math.abs(factor - 1) <= FRACTION_END) return a * poissonTerm(a, x) * fraction
  }
}

/** P(a, x): the probability that a gamma variable of shape a (scale 1) is at most x. */
export function gammaLower(a: number, x: number): number {
  if (x <= 0) return 0
  return x < a + 1 ? lowerBySeries(a, x) : 1 - upperByFraction(a, x)
}

/** Q(a, x) = 1 - P(a, x), without losing digits where it is small. */
export function gammaUpper(a: number, x: number): number {
  if (x <= 0) return 1
  return x < a + 1 ? 1 - lowerBySeries(a, x) : upperByFraction(a, x)
}

function gammaDensity(a: number, x: number): number {
  return (poissonTerm(a, x) * a) / x
}

/** The x with P(a, x) = p, to 1e-12 relative. Gamma distribution of shape a, scale 1. */
export function gammaQuantile(p: number, a: number): number {
  demandProbability(p, 'p')
  demandShape(a)
  return p > 0.5 ? upperQuantile(1 - p, a) : lowerQuantile(p, a)
}

/** The x with Q(a, x) = q: the quantile by its upper tail, exact for q far below what 1 - q can hold. */
export function gammaUpperQuantile(q: number, a: number): number {
  demandProbability(q, 'q')
  demandShape(a)
  return q > 0.5 ? lowerQuantile(1 - q, a) : upperQuantile(q, a)
}

function demandShape(a: number): void {
  demandPositive(a, 'shape')
  demand(a <= LARGEST_SHAPE, 'shape', `must be at most ${LARGEST_SHAPE}`)
}

/** Each quantile is sought in its smaller tail, where no digits are lost. */
function lowerQuantile(p: number, a: number): number {
  // P(a, x) ≈ x^a / Γ(a + 1) for small x
  const small = Math.exp((Math.log(p) + logGamma(a + 1)) / a)
  if (small === 0) return 0
  const hilferty = wilsonHilferty(-roughNormalUpper(p), a)
  const start = Math.max(hilferty, small)
  return invert(
    { probability: (x) => gammaLower(a, x), density: (x) => gammaDensity(a, x), direction: 'rises' },
    p,
    start,
  )
}

function upperQuantile(q: number, a: number): number {
  const start = Math.max(wilsonHilferty(roughNormalUpper(q), a), a)
  return invert(
    { probability: (x) => gammaUpper(a, x), density: (x) => gammaDensity(a, x), direction: 'falls' },
    q,
    start,
  )
}

/** Wilson and Hilferty (1931): the cube root of a gamma variable is nearly normal. A start, no more. */
function wilsonHilferty(z: number, a: number): number {
  return a * Math.max(0, 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a))) ** 3
}

/** z with upper tail q ≤ 1/2 to 4.5e-4 (Abramowitz and Stegun 26.2.23). A start, no more. */
function roughNormalUpper(q: number): number {
  const t = Math.sqrt(-2 * Math.log(q))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  return t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
}

/** The x that a chi-square variable with `df` degrees of freedom stays below with probability p. */
export function chiSquareQuantile(p: number, df: number): number {
  demandPositive(df, 'df')
  return 2 * gammaQuantile(p, df / 2)
}
