import { rate } from '../metric.ts'
import { exclusions } from './exclusions.ts'
import { headcount } from './headcount.ts'

/** DfE's exclusion rate: exclusions for each 100 pupils on roll. */
export const exclusionRate = rate({
  id: 'exclusion_rate',
  title: 'Exclusions per 100 pupils',
  definition:
    'Suspensions and permanent exclusions in the period for each 100 pupils on roll in the census that counts for the year.',
  unit: 'per 100 pupils',
  polarity: 'lower is better',
  numerator: exclusions,
  denominator: headcount,
  per: 100,
  answers: [44, 47],
})
