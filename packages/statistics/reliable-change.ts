import { demand, demandPositive } from './errors.ts'
import { criticalZ } from './normal.ts'
import { demandPolarity, type Polarity } from './polarity.ts'

export interface Norms {
  clinical: { mean: number; sd: number }
  functional: { mean: number; sd: number }
}

export interface ReliableChangeOptions {
  /** Standard deviation before, of the sample or of the measure's norms. */
  sd: number
  /** The measure's reliability. */
  reliability: number
  polarity: Exclude<Polarity, 'neutral'>
  /** Without published norms no change is called clinically significant. */
  norms?: Norms
}

export interface ReliableChange {
  index: number
  category: 'reliable improvement' | 'no reliable change' | 'reliable deterioration'
  /** Reliable improvement that crosses the cut-off; null without norms. */
  clinicallySignificant: boolean | null
  cutOff: number | null
}

/**
 * Reliable change index: (after - before) / (√2 · sd √(1 - r)), reliable where |RCI| > 1.96.
 * Source: Jacobson and Truax (1991).
 * @throws StatisticsError unless sd > 0 and 0 ≤ r < 1
 */
export function reliableChange(
  before: number,
  after: number,
  options: ReliableChangeOptions,
): ReliableChange {
  const { sd, reliability, polarity, norms } = options
  demand(Number.isFinite(before), 'before', 'must be a number')
  demand(Number.isFinite(after), 'after', 'must be a number')
  demandPositive(sd, 'sd')
  demand(reliability >= 0 && reliability < 1, 'reliability', 'must be from 0 and below 1')
  demandPolarity(polarity)
  demand((polarity as Polarity) !== 'neutral', 'polarity', 'must say which way is better')
  const index = (after - before) / (Math.SQRT2 * sd * Math.sqrt(1 - reliability))
  const better = polarity === 'higher is better' ? 1 : -1
  const reliable = Math.abs(index) > criticalZ(0.95)
  const improved = reliable && index * better > 0
  const cutOff = norms ? clinicalCutOff(norms) : null
  return {
    index,
    category: reliable
      ? improved
        ? 'reliable improvement'
        : 'reliable deterioration'
      : 'no reliable change',
    clinicallySignificant:
      cutOff === null ? null : improved && (before - cutOff) * better < 0 && (after - cutOff) * better >= 0,
    cutOff,
  }
}

/** Cut-off c = (sd_c m_f + sd_f m_c) / (sd_c + sd_f). Source: Jacobson and Truax (1991), criterion c. */
export function clinicalCutOff({ clinical, functional }: Norms): number {
  for (const { mean, sd } of [clinical, functional]) {
    demand(Number.isFinite(mean), 'norms', 'must have means that are numbers')
    demand(Number.isFinite(sd) && sd > 0, 'norms', 'must have standard deviations above 0')
  }
  return (clinical.sd * functional.mean + functional.sd * clinical.mean) / (clinical.sd + functional.sd)
}
