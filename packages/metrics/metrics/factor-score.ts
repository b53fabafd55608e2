import { checkinSubmitted } from '@cairn/contracts'
import { mean, metric } from '../metric.ts'

/** Mean of each factor that items speak of: protective factors, key concepts, internal factors, ecological levels. */
export const factorScore = metric({
  id: 'factor_score',
  title: 'Mean factor score',
  definition:
    'Mean over the check-ins of the period of the items that speak of one factor, or of one ecological level (level.family …), 0 to 100 ' +
    'and higher is stronger. A factor of which less than half of the items were answered is left out.',
  unit: 'points',
  polarity: 'higher is better',
  facts: checkinSubmitted,
  unroll: { factor: 'factors', score: 'factor_scores' },
  measure: mean('score'),
  dimensions: {
    instrument: { title: 'Instrument', value: 'instrument' },
    factor: { title: 'Factor', value: 'factor' },
    informant: { title: 'Informant', value: 'informant' },
  },
  breakdowns: [['instrument', 'factor', 'informant']],
  interval: 'mean-t',
  release: 'authority',
  answers: [3, 5, 57, 61],
})
