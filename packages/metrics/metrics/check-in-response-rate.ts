import { proportion } from '../metric.ts'
import { headcount } from './headcount.ts'
import { pupilsCheckedIn } from './pupils-checked-in.ts'

/** How many of those on roll answered: read every wellbeing figure beside it (non-response bias). */
export const checkInResponseRate = proportion({
  id: 'check_in_response_rate',
  title: 'Check-in response rate',
  definition:
    'Pupils with at least one check-in in the period, as a percentage of pupils on roll in the census that counts for the year.',
  unit: '%',
  polarity: 'higher is better',
  numerator: pupilsCheckedIn,
  denominator: headcount,
  answers: [1, 49],
})
