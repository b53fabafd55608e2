import { demandPositive, demandProbability } from './errors.ts'
import { logGammaHalfStep } from './gamma.ts'
import { invert } from './inverse.ts'
import { normalUpperQuantile } from './normal.ts'

/** Student's t by the incomplete beta function: P(|T| > t) = I(ν / (ν + t²); ν/2, 1/2). */

const FRACTION_END = 1e-15
const EXPANSION_FROM = 200_000

/** ln(1 / B(df/2, 1/2)) = ln Γ((df + 1)/2) - ln Γ(df/2) - ln Γ(1/2) */
function logInverseBeta(df: number): number {
  return logGammaHalfStep(df / 2) - 0.5 * Math.log(Math.PI)
}

/** The density at t. */
function density(t: number, df: number): number {
  return Math.exp(logInverseBeta(df) - ((df + 1) / 2) * Math.log1p((t * t) / df)) / Math.sqrt(df)
}

/**
 * The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method;
 * converges fast for x < (a + 1) / (a + b + 2).
 */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = Number.MIN_VALUE / Number.EPSILON
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let factor = 1
    for (const numerator of [even, odd]) {
      d = 1 / away(1 + numerator * d)
      c = away(1 + numerator / c)
      factor = c * d
      fraction *= factor
    }
    if (Math.abs(factor - 1) <= FRACTION_END) return fraction
  }
}

/** P(|T| > t) and P(|T| ≤ t), t > 0: the one that the fraction gives directly, and 1 minus it. */
function twoSided(t: number, df: number): { outside: number; inside: number } {
  const a = df / 2
  const x = df / (df + t * t)
  // x^a (1 - x)^(1/2) / B(a, 1/2)
  const front = Math.exp(logInverseBeta(df) - a * Math.log1p((t * t) / df)) * (t / Math.sqrt(df + t * t))
  if (x < (a + 1) / (a + 2.5)) {
    const outside = (front * betaFraction(a, 0.5, x)) / a
    return { outside, inside: 1 - outside }
  }
  const inside = (front * betaFraction(0.5, a, (t * t) / (df + t * t))) / 0.5
  return { outside: 1 - inside, inside }
}

/** The t that stays below with probability p, to 1e-11 relative, for df above 0 (whole or not). */
export function tQuantile(p: number, df: number): number {
  demandProbability(p, 'p')
  demandPositive(df, 'df')
  if (p === 0.5) return 0
  return p < 0.5 ? -positive(2 * p, df) : positive(2 * (1 - p), df)
}

/** t of a two-sided interval. */
export function criticalT(confidence: number, df: number): number {
  demandProbability(confidence, 'confidence')
  demandPositive(df, 'df')
  return positive(1 - confidence, df)
}

/**
 * t by its expansion in 1/df about the normal quantile (Abramowitz and Stegun 26.7.5). With so many degrees of
 * freedom df / (df + t²) is too close to 1 to hold t's digits, and the terms left out are below 1e-11 of t even
 * at a tail of 1e-300.
 */
function expansion(z: number, df: number): number {
  const square = z * z
  const first = (square + 1) / 4
  const second = ((5 * square + 16) * square + 3) / 96
  const third = (((3 * square + 19) * square + 17) * square - 15) / 384
  return z * (1 + (first + (second + third / df) / df) / df)
}

/** t > 0 with P(|T| > t) = outside, sought in whichever is smaller, outside or inside. */
function positive(outside: number, df: number): number {
  if (outside === 1) return 0
  const z = normalUpperQuantile(outside / 2)
  if (df > EXPANSION_FROM) return expansion(z, df)
  const slope = (t: number) => 2 * density(t, df)
  if (outside <= 0.5)
    return invert(
      { probability: (t) => twoSided(t, df).outside, density: slope, direction: 'falls' },
      outside,
      z,
    )
  return invert(
    { probability: (t) => twoSided(t, df).inside, density: slope, direction: 'rises' },
    1 - outside,
    z,
  )
}
