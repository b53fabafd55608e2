import { incidentReported } from '@cairn/contracts'
import { characteristicsByYear } from '../characteristics.ts'
import { metric, pupils } from '../metric.ts'

/** Pupils with at least one incident, as target or perpetrator. Not additive over periods. */
export const pupilsWithIncident = metric({
  id: 'pupils_with_incident',
  title: 'Pupils with one or more incident',
  definition:
    'Different pupils who were target or perpetrator of at least one incident in the period; a pupil with several counts once. ' +
    'Witnesses and reporters do not count.',
  unit: 'pupils',
  polarity: 'lower is better',
  facts: incidentReported,
  measure: pupils(),
  unroll: { pupil: 'pupils', role: 'roles' },
  where: "role IN ('target', 'perpetrator')",
  dimensions: { role: { title: 'Role', value: 'role' } },
  breakdowns: [[], ['role']],
  ofPupil: 'pupil',
  interval: 'none',
  byYear: characteristicsByYear,
  release: 'schools',
  answers: [47],
})
