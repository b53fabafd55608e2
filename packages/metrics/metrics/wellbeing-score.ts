import { checkinSubmitted } from '@cairn/contracts'
import { mean, metric } from '../metric.ts'
import { checkIns } from './check-ins.ts'

/** Mean of each subscale that check-ins were scored on. Cells hold n, Σx and Σx². */
export const wellbeingScore = metric({
  id: 'wellbeing_score',
  title: 'Mean subscale score',
  definition:
    'Mean score of each subscale over the check-ins of the period, on the scale of the instrument’s definition (Resilience Wheel: 0 to 100). ' +
    'A subscale that was not answered enough is left out. Pupils who answered twice count twice.',
  unit: 'points',
  polarity: 'higher is better',
  facts: checkinSubmitted,
  unroll: { subscale: 'subscales', score: 'scores' },
  measure: mean('score'),
  dimensions: {
    instrument: { title: 'Instrument', value: 'instrument' },
    subscale: { title: 'Subscale', value: 'subscale' },
    informant: { title: 'Informant', value: 'informant' },
  },
  breakdowns: [
    ['instrument', 'subscale'],
    ['instrument', 'subscale', 'informant'],
  ],
  ofPupil: 'pupils[1]',
  interval: 'mean-t',
  release: 'schools',
  within: checkIns,
  answers: [1, 3, 49, 60],
})
