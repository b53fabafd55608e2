import { eventType } from '../event-type.ts'
import { pupil, school } from '../schema.ts'

export interface PupilErased {
  school: string
  pupil: string
}

export const pupilErased = eventType<PupilErased>({
  type: 'pupil.erased',
  major: 1,
  title: 'A pupil is erased',
  description:
    'Removes every event about the pupil, at every school of the authority, those sent before and those that may still arrive. ' +
    'Published totals are worked out again without them; an incident with other pupils in it goes too, and is sent again ' +
    'under a new id without the pupil where it has to stay. Only a key of the authority may send it. It cannot be undone.',
  schema: {
    type: 'object',
    required: ['school', 'pupil'],
    additionalProperties: false,
    properties: { school: { ...school, description: 'URN of the school that asks' }, pupil },
  },
  examples: {
    valid: [
      { school: '812345', pupil: 'P-1001' },
      { school: '812346', pupil: '00017' },
    ],
    invalid: [
      { why: 'no pupil', data: { school: '812345' }, field: '/data/pupil', rule: 'required' },
      {
        why: 'an identifier of spaces',
        data: { school: '812345', pupil: '  ' },
        field: '/data/pupil',
        rule: 'pattern',
      },
      {
        why: 'a school by its LAESTAB',
        data: { school: '8554003', pupil: 'P-1001' },
        field: '/data/school',
        rule: 'pattern',
      },
    ],
  },
  makes: { kind: 'erasure', pupil: (data) => data.pupil },
})
