import { demand } from './errors.ts'
import { demandPolarity, type Polarity } from './polarity.ts'
import type { Xmr } from './xmr.ts'

export type Variation =
  | 'common cause'
  | `improvement ${'high' | 'low'}`
  | `concern ${'high' | 'low'}`
  | `neutral ${'high' | 'low'}`

export type Assurance = 'consistently passes' | 'consistently fails' | 'inconsistent' | 'not applicable'

/** The latest point's special cause, coloured by polarity. Source: NHS England, Making Data Count. */
export function variationIcon({ points }: Xmr, polarity: Polarity): Variation {
  demandPolarity(polarity)
  const direction = points.at(-1)?.direction
  if (!direction) return 'common cause'
  if (polarity === 'neutral') return `neutral ${direction}`
  const good = (direction === 'high') === (polarity === 'higher is better')
  return good ? `improvement ${direction}` : `concern ${direction}`
}

/**
 * Whether the process as it runs now (the latest phase's limits) will meet a target: always where the target
 * lies beyond the limits on the good side, never beyond them on the other, else hit or miss.
 */
export function assurance({ phases }: Xmr, target: number, polarity: Polarity): Assurance {
  demand(Number.isFinite(target), 'target', 'must be a number')
  demandPolarity(polarity)
  const phase = phases.at(-1)
  if (polarity === 'neutral' || !phase) return 'not applicable'
  const { lower, upper } = phase
  if (target >= lower && target <= upper) return 'inconsistent'
  const above = lower > target
  return above === (polarity === 'higher is better') ? 'consistently passes' : 'consistently fails'
}
