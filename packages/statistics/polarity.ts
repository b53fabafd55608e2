import { demand } from './errors.ts'

/** Which way a measure is good; 'none' where neither is. */
export type Polarity = 'higher is better' | 'lower is better' | 'none'

export function demandPolarity(polarity: Polarity): void {
  const known = polarity === 'higher is better' || polarity === 'lower is better' || polarity === 'none'
  demand(known, 'polarity', "must be 'higher is better', 'lower is better' or 'none'")
}
