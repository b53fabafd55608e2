import { proportion } from '../metric.ts'
import { headcount } from './headcount.ts'
import { pupilsWithIncident } from './pupils-with-incident.ts'

/** Share of the roll with at least one incident. */
export const pupilsWithIncidentShare = proportion({
  id: 'pupils_with_incident_share',
  title: 'Share of pupils with one or more incident',
  definition:
    'Pupils who were target or perpetrator of at least one incident in the period, as a percentage of pupils on roll.',
  unit: '%',
  polarity: 'lower is better',
  numerator: pupilsWithIncident,
  denominator: headcount,
  answers: [47],
})
