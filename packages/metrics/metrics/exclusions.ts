import { exclusionRecorded } from '@cairn/contracts'
import { characteristicsByYear } from '../characteristics.ts'
import { count, metric } from '../metric.ts'

/** Suspensions and permanent exclusions. Source: DfE, Suspensions and permanent exclusions in England. */
export const exclusions = metric({
  id: 'exclusions',
  title: 'Suspensions and permanent exclusions',
  definition:
    'Suspensions (SUSP) and permanent exclusions (PERM), counted on the day they start. An exclusion with several reasons counts ' +
    'under each of them, so reasons may add up to more than the total.',
  unit: 'exclusions',
  polarity: 'lower is better',
  facts: exclusionRecorded,
  measure: count(),
  dimensions: {
    exclusion_type: { title: 'Type of exclusion', value: 'exclusion_type' },
    reason: { title: 'Reason', each: "if(empty(reasons), ['unknown'], reasons)" },
  },
  breakdowns: [[], ['exclusion_type'], ['reason'], ['exclusion_type', 'reason']],
  ofPupil: 'pupils[1]',
  interval: 'none',
  byYear: characteristicsByYear,
  release: 'schools',
  answers: [44, 47],
})
