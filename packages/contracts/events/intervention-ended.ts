import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { supportEndReasons } from '../reference/support-codes.ts'
import { eventReference, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface InterventionEnded {
  school: string
  pupil: string
  intervention: { source: string; id: string }
  endedOn: string
  reason: string
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  intervention: { source: 'urn:mis:812345', id: 'intervention-5' },
  endedOn: '2026-01-16',
  reason: 'planned_end',
} satisfies InterventionEnded

export const interventionEnded = eventType<InterventionEnded>({
  type: 'intervention.ended',
  major: 1,
  title: 'An intervention ended',
  description:
    'Ends an intervention, named by the `source` and `id` of its `intervention.started` event, in whichever order the two ' +
    'arrive. It counts with the intervention. Until it comes, the intervention goes on.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'intervention', 'endedOn', 'reason'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      intervention: { ...eventReference, description: 'The intervention.started event' },
      endedOn: { ...isoDate, description: 'Last day' },
      reason: oneOf(codesOf(supportEndReasons), 'Why'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, reason: 'declined' }],
    invalid: [
      {
        why: 'a reason in words',
        data: { ...sample, reason: 'Did not like it' },
        field: '/data/reason',
        rule: 'enum',
      },
      {
        why: 'no intervention',
        data: { ...sample, intervention: undefined },
        field: '/data/intervention',
        rule: 'required',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'intervention_end',
      columns: { ended_on: 'Date', reason: 'LowCardinality(String)' },
      place: (data) => ({ school: Number(data.school), day: data.endedOn, follows: data.intervention }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.endedOn, data.reason],
    },
  },
})
