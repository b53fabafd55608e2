import { demand, demandCount, demandPositive } from './errors.ts'
import { DEFAULT_CONFIDENCE, type Estimate } from './interval.ts'
import { type NotApplicable, notApplicable } from './not-applicable.ts'
import { BYAR_FROM, byar, type RateOptions } from './poisson.ts'

export interface Stratum {
  /** Events. */
  x: number
  /** Pupils. */
  n: number
  /** Pupils of the standard population. */
  weight: number
}

export interface FrequencyStratum {
  n: number
  weight: number
  /** How many pupils had exactly so many events: [1, 12] is 12 pupils with one event. */
  pupilsByEvents: readonly (readonly [events: number, pupils: number])[]
}

export interface StandardisedRate extends Estimate {
  kind: 'estimate'
  events: number
}

/**
 * Directly standardised rate: D = Σ w x/n / Σ w, V = Σ w² x/n² / (Σ w)²,
 * limits D + √(V/X) (Byar(X) - X), times `per`. Not applicable below 10 events.
 * It takes events as independent. Source: Dobson et al. (1991), as PHEindicatormethods has it.
 * @throws StatisticsError on no strata, n ≤ 0, a negative weight, weights that sum to 0, or x not a count
 */
export function directlyStandardisedRate(
  strata: readonly Stratum[],
  options: RateOptions,
): StandardisedRate | NotApplicable {
  for (const { x } of strata) demandCount(x, 'x')
  return dobson(
    strata.map(({ x, n, weight }) => ({ x, n, weight, spread: x })),
    options,
  )
}

/**
 * The same where one pupil has several events: V = Σ_f f² Σ_i w² p_if / n² / (Σ w)², p_if the pupils of
 * stratum i with exactly f events. Wider, and equal where no pupil has more than one.
 * Source: PHEindicatormethods, calculate_dsr with independent_events = FALSE.
 * @throws StatisticsError as above, or unless the pupils with events are at most n
 */
export function directlyStandardisedRateOfRepeats(
  strata: readonly FrequencyStratum[],
  options: RateOptions,
): StandardisedRate | NotApplicable {
  return dobson(
    strata.map(({ n, weight, pupilsByEvents }) => {
      let x = 0
      let spread = 0
      let pupils = 0
      for (const [events, count] of pupilsByEvents) {
        demandCount(events, 'pupilsByEvents')
        demandCount(count, 'pupilsByEvents')
        x += events * count
        spread += events * events * count
        pupils += count
      }
      demand(pupils <= n, 'pupilsByEvents', 'must hold at most n pupils')
      return { x, n, weight, spread }
    }),
    options,
  )
}

function dobson(
  strata: readonly (Stratum & { spread: number })[],
  { per, confidence = DEFAULT_CONFIDENCE }: RateOptions,
): StandardisedRate | NotApplicable {
  demandPositive(per, 'per')
  demand(strata.length > 0, 'strata', 'must hold at least one stratum')
  let events = 0
  let weights = 0
  let weighted = 0
  let variance = 0
  for (const { x, n, weight, spread } of strata) {
    demandPositive(n, 'n')
    demand(Number.isFinite(weight) && weight >= 0, 'weight', 'must be a number from 0')
    events += x
    weights += weight
    weighted += (weight * x) / n
    variance += spread * (weight / n) ** 2
  }
  demandPositive(weights, 'weight')
  if (events < BYAR_FROM) return notApplicable(`fewer than ${BYAR_FROM} events`)
  const { lower, upper } = byar(events, confidence)
  const value = weighted / weights
  const scale = Math.sqrt(variance / events) / weights
  return {
    kind: 'estimate',
    events,
    value: value * per,
    lower: Math.max(0, value + scale * (lower - events)) * per,
    upper: (value + scale * (upper - events)) * per,
  }
}
