import { rate } from '../metric.ts'
import { headcount } from './headcount.ts'
import { incidents } from './incidents.ts'

/** Reported incidents for each 100 pupils on roll. Source: domain reference, rows 44 and 47. */
export const incidentRate = rate({
  id: 'incident_rate',
  title: 'Incidents per 100 pupils',
  definition:
    'Incidents reported in the period for each 100 pupils on roll in the census that counts for the year.',
  unit: 'per 100 pupils',
  polarity: 'lower is better',
  numerator: incidents,
  denominator: headcount,
  per: 100,
  answers: [44, 47],
})
