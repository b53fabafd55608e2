import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { reopeningReasons } from '../reference/incident-codes.ts'
import { eventReference, isoDate, oneOf, school } from '../schema.ts'

export interface IncidentReopened {
  school: string
  incident: { source: string; id: string }
  reopenedOn: string
  reason: string
}

const sample = {
  school: '812345',
  incident: { source: 'urn:mis:812345', id: 'incident-77' },
  reopenedOn: '2025-10-20',
  reason: 'recurrence',
} as const

export const incidentReopened = eventType<IncidentReopened>({
  type: 'incident.reopened',
  major: 1,
  title: 'A resolved incident was opened again',
  description:
    'Opens an incident again, named by the `source` and `id` of its `incident.reported` event. ' +
    'It counts with the incident, in the week the incident occurred.',
  schema: {
    type: 'object',
    required: ['school', 'incident', 'reopenedOn', 'reason'],
    additionalProperties: false,
    properties: {
      school,
      incident: { ...eventReference, description: 'The incident.reported event' },
      reopenedOn: { ...isoDate, description: 'Day it was opened again' },
      reason: oneOf(codesOf(reopeningReasons), 'Why'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, reason: 'new_information' }],
    invalid: [
      { why: 'no reason', data: { ...sample, reason: undefined }, field: '/data/reason', rule: 'required' },
      {
        why: 'an incident without its id',
        data: { ...sample, incident: { source: 'urn:mis:812345' } },
        field: '/data/incident/id',
        rule: 'required',
      },
      {
        why: 'a date with a time',
        data: { ...sample, reopenedOn: '2025-10-20T09:00:00Z' },
        field: '/data/reopenedOn',
        rule: 'format',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'incident_reopening',
      columns: { reopened_on: 'Date', reason: 'LowCardinality(String)' },
      place: (data) => ({ school: Number(data.school), day: data.reopenedOn, follows: data.incident }),
      pupils: () => [],
      row: (data) => [data.reopenedOn, data.reason],
    },
  },
})
