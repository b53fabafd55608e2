import { incidentReported } from '@cairn/contracts'
import { incidentStatus } from '../incident-status.ts'
import { count, metric } from '../metric.ts'
import { incidents } from './incidents.ts'

/** Incidents that are resolved: figures stand in the week of the incident, not of its resolution. */
export const incidentsResolved = metric({
  id: 'incidents_resolved',
  title: 'Incidents resolved',
  definition:
    'Of the incidents that happened in the period, those that are resolved by now: the last thing recorded about them is a resolution, ' +
    'not a reopening.',
  unit: 'incidents',
  polarity: 'higher is better',
  facts: incidentReported,
  followedBy: incidentStatus,
  where: "resolved_on > '1970-01-01'",
  measure: count(),
  dimensions: {
    days: {
      title: 'Days from incident to resolution',
      value: 'toString(greatest(resolved_on - day, 0))',
      internal: true,
    },
  },
  breakdowns: [[], ['days']],
  interval: 'none',
  release: 'authority',
  partOf: incidents,
  answers: [48],
})
