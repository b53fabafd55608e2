import { proportion } from '../metric.ts'
import { incidents } from './incidents.ts'
import { incidentsResolved } from './incidents-resolved.ts'

/** Share of incidents that are resolved. */
export const incidentResolutionRate = proportion({
  id: 'incident_resolution_rate',
  title: 'Incidents resolved, per cent',
  definition: 'Of the incidents that happened in the period, the percentage that are resolved by now.',
  unit: '%',
  polarity: 'higher is better',
  numerator: incidentsResolved,
  denominator: incidents,
  answers: [48],
})
