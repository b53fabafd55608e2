import { checkinSubmitted } from '@cairn/contracts'
import { count, metric } from '../metric.ts'
import { factorScore } from './factor-score.ts'

/** At or below it a level's score says need: the lower two fifths of the scale. */
export const lowLevelScore = 40

/** Check-ins that say need on an ecological level. */
export const lowLevelScores = metric({
  id: 'low_level_scores',
  title: 'Check-ins with need on an ecological level',
  definition: `Check-ins whose mean over the items of one ecological level is ${lowLevelScore} of 100 or less: the lower two fifths of the scale.`,
  unit: 'check-ins',
  polarity: 'lower is better',
  facts: checkinSubmitted,
  unroll: { factor: 'factors', score: 'factor_scores' },
  where: `startsWith(factor, 'level.') AND score <= ${lowLevelScore}`,
  measure: count(),
  dimensions: {
    instrument: { title: 'Instrument', value: 'instrument' },
    factor: { title: 'Ecological level', value: 'factor' },
    informant: { title: 'Informant', value: 'informant' },
  },
  breakdowns: [['instrument', 'factor', 'informant']],
  interval: 'none',
  release: 'authority',
  partOf: factorScore,
  answers: [61],
})
