import { demand } from './errors.ts'

/** Which way a measure is good, in the words of a metric's polarity; neutral where neither is. */
export type Polarity = 'higher is better' | 'lower is better' | 'neutral'

export function demandPolarity(polarity: Polarity): void {
  const known = polarity === 'higher is better' || polarity === 'lower is better' || polarity === 'neutral'
  demand(known, 'polarity', "must be 'higher is better', 'lower is better' or 'neutral'")
}
