import { demandProbability } from './errors.ts'
import { gammaLower, gammaUpper, gammaUpperQuantile } from './gamma.ts'

/**
 * Φ(z), the standard normal distribution function: z²/2 is a gamma variable of shape 1/2, so that
 * Φ(-|z|) = Q(1/2, z²/2) / 2.
 */
export function normalCdf(z: number): number {
  const half = (z * z) / 2
  if (z < 0) return gammaUpper(0.5, half) / 2
  return z > 1 ? 1 - gammaUpper(0.5, half) / 2 : 0.5 + gammaLower(0.5, half) / 2
}

/**
 * The z that a standard normal variable stays below with probability p, to 1e-12.
 * normalQuantile(0.975) = 1.959963984540054.
 */
export function normalQuantile(p: number): number {
  demandProbability(p, 'p')
  if (p === 0.5) return 0
  return p < 0.5 ? -normalUpperQuantile(p) : normalUpperQuantile(1 - p)
}

/** The z ≥ 0 with upper tail `tail`, above 0 and below 1/2. */
export function normalUpperQuantile(tail: number): number {
  return Math.sqrt(2 * gammaUpperQuantile(2 * tail, 0.5))
}

/** z of a two-sided interval: 1.959963984540054 at 0.95, 3.090232306167813 at 0.998. */
export function criticalZ(confidence: number): number {
  demandProbability(confidence, 'confidence')
  return normalUpperQuantile((1 - confidence) / 2)
}
