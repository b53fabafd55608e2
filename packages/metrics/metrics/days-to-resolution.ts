import { median } from '../metric.ts'
import { incidentsResolved } from './incidents-resolved.ts'

/** Median days from an incident to its resolution, exact: cells hold the histogram in whole days. */
export const daysToResolution = median({
  id: 'days_to_resolution',
  title: 'Median days to resolution',
  definition:
    'Median number of days from the incident to its last resolution, for incidents of the period that are resolved by now.',
  unit: 'days',
  polarity: 'lower is better',
  of: incidentsResolved,
  by: 'days',
  answers: [48],
})
