import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { interventionTechniques } from '../reference/support-codes.ts'
import { eventReference, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface InterventionSessionDelivered {
  school: string
  pupil: string
  intervention: { source: string; id: string }
  deliveredOn: string
  minutes: number
  technique: string
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  intervention: { source: 'urn:mis:812345', id: 'intervention-5' },
  deliveredOn: '2025-10-20',
  minutes: 30,
  technique: 'problem_solving',
} satisfies InterventionSessionDelivered

export const interventionSessionDelivered = eventType<InterventionSessionDelivered>({
  type: 'intervention.session.delivered',
  major: 1,
  title: 'A session of an intervention was delivered',
  description:
    'One session that the pupil took part in; a session that was missed has no event. The intervention is named by the ' +
    '`source` and `id` of its `intervention.started` event, in whichever order the two arrive. It counts with the intervention.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'intervention', 'deliveredOn', 'minutes', 'technique'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      intervention: { ...eventReference, description: 'The intervention.started event' },
      deliveredOn: { ...isoDate, description: 'Day of the session' },
      minutes: { type: 'integer', minimum: 1, maximum: 480, description: 'Minutes that the pupil took part' },
      technique: oneOf(codesOf(interventionTechniques), 'Main technique of the session'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, minutes: 45, technique: 'breathing' }],
    invalid: [
      {
        why: 'a session of no length',
        data: { ...sample, minutes: 0 },
        field: '/data/minutes',
        rule: 'minimum',
      },
      {
        why: 'notes of the session',
        data: { ...sample, notes: 'Talked about home' },
        field: '/data/notes',
        rule: 'additionalProperties',
      },
      {
        why: 'an intervention without its source',
        data: { ...sample, intervention: { id: 'intervention-5' } },
        field: '/data/intervention/source',
        rule: 'required',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'intervention_session',
      columns: { delivered_on: 'Date', minutes: 'UInt16', technique: 'LowCardinality(String)' },
      place: (data) => ({ school: Number(data.school), day: data.deliveredOn, follows: data.intervention }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.deliveredOn, data.minutes, data.technique],
    },
  },
})
