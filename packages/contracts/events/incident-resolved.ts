import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { incidentOutcomes } from '../reference/incident-codes.ts'
import { eventReference, isoDate, oneOf, school } from '../schema.ts'

export interface IncidentResolved {
  school: string
  incident: { source: string; id: string }
  resolvedOn: string
  outcome: string
}

const sample = {
  school: '812345',
  incident: { source: 'urn:mis:812345', id: 'incident-77' },
  resolvedOn: '2025-10-13',
  outcome: 'restorative',
} as const

export const incidentResolved = eventType<IncidentResolved>({
  type: 'incident.resolved',
  major: 1,
  title: 'An incident was resolved',
  description:
    'Closes an incident, named by the `source` and `id` of its `incident.reported` event, in whichever order the two arrive. ' +
    'It counts with the incident, in the week the incident occurred. Send one for each time it was resolved.',
  schema: {
    type: 'object',
    required: ['school', 'incident', 'resolvedOn', 'outcome'],
    additionalProperties: false,
    properties: {
      school,
      incident: { ...eventReference, description: 'The incident.reported event' },
      resolvedOn: { ...isoDate, description: 'Day of the resolution' },
      outcome: oneOf(codesOf(incidentOutcomes), 'What came of it, most important if several'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, outcome: 'no_further_action', resolvedOn: '2025-10-06' }],
    invalid: [
      {
        why: 'an outcome that is not in the code set',
        data: { ...sample, outcome: 'sorted' },
        field: '/data/outcome',
        rule: 'enum',
      },
      {
        why: 'an incident without its source',
        data: { ...sample, incident: { id: 'incident-77' } },
        field: '/data/incident/source',
        rule: 'required',
      },
      {
        why: 'a day that does not exist',
        data: { ...sample, resolvedOn: '2025-02-30' },
        field: '/data/resolvedOn',
        rule: 'format',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'incident_resolution',
      columns: { resolved_on: 'Date', outcome: 'LowCardinality(String)' },
      place: (data) => ({ school: Number(data.school), day: data.resolvedOn, follows: data.incident }),
      pupils: () => [],
      row: (data) => [data.resolvedOn, data.outcome],
    },
  },
})
