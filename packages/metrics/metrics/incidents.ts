import { incidentReported } from '@cairn/contracts'
import { characteristicsByYear } from '../characteristics.ts'
import { count, metric } from '../metric.ts'

/** Reported incidents. Source: domain reference, rows 44 and 47. */
export const incidents = metric({
  id: 'incidents',
  title: 'Reported incidents',
  definition:
    'Incidents reported, counted on the day they happened. One with several behaviours counts under each; by role, an incident counts ' +
    'once under each role that somebody had in it; by a characteristic of pupils, once, by that of the first perpetrator that it names, ' +
    'and as unknown where it names none.',
  unit: 'incidents',
  polarity: 'lower is better',
  facts: incidentReported,
  measure: count(),
  dimensions: {
    behaviour: { title: 'Behaviour', each: 'behaviours' },
    mode: { title: 'Mode', value: 'mode' },
    location: { title: 'Location', value: 'location' },
    severity: { title: 'Severity', value: 'toString(severity)' },
    role: { title: 'Role', each: 'arrayDistinct(roles)' },
  },
  breakdowns: [[], ['behaviour'], ['mode'], ['location'], ['severity'], ['role']],
  ofPupil: "pupils[indexOf(roles, 'perpetrator')]",
  interval: 'none',
  byYear: characteristicsByYear,
  release: 'schools',
  answers: [44, 47],
})
