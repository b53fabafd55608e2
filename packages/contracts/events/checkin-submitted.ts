import { eventType, Unprocessable } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { informants } from '../reference/pupil-codes.ts'
import { isoDate, oneOf, pupil, school } from '../schema.ts'

export interface CheckinSubmitted {
  school: string
  pupil: string
  instrument: string
  informant: 'self' | 'staff' | 'parent'
  submittedOn: string
  answers: Record<string, number>
}

export const checkinSubmitted = eventType<CheckinSubmitted>({
  type: 'checkin.submitted',
  major: 1,
  title: 'A completed wellbeing check-in',
  description:
    'One completion of an instrument about one pupil, by the pupil, a member of staff or a parent. It counts on the ' +
    'day it was submitted. Answers are whole numbers by item id; leave out an item that was not answered. Scores are ' +
    'worked out by Cairn from the version of the instrument that the event names.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'instrument', 'informant', 'submittedOn', 'answers'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      instrument: {
        type: 'string',
        maxLength: 64,
        pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*@[1-9][0-9]{0,3}$',
        description: 'Instrument and version, e.g. `resilience-wheel@1`',
      },
      informant: oneOf(codesOf(informants), 'Who answered'),
      submittedOn: { ...isoDate, description: 'Day of completion' },
      answers: {
        type: 'object',
        minProperties: 1,
        maxProperties: 200,
        propertyNames: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,39}$' },
        additionalProperties: { type: 'integer', minimum: -100, maximum: 1000 },
        description: 'Answers by item id',
      },
    },
  },
  examples: {
    valid: [
      {
        school: '812345',
        pupil: 'P-1001',
        instrument: 'resilience-wheel@1',
        informant: 'self',
        submittedOn: '2025-10-06',
        answers: { bonding_1: 4, bonding_2: 5, bonding_3: 3, life_skills_1: 2, life_skills_2: 3 },
      },
      {
        school: '812345',
        pupil: 'P-1002',
        instrument: 'resilience-wheel@1',
        informant: 'staff',
        submittedOn: '2025-10-07',
        answers: { high_expectations_1: 1 },
      },
    ],
    invalid: [
      {
        why: 'text in place of an answer',
        data: {
          school: '812345',
          pupil: 'P-1001',
          instrument: 'resilience-wheel@1',
          informant: 'self',
          submittedOn: '2025-10-06',
          answers: { bonding_1: 'sometimes' },
        },
        field: '/data/answers/bonding_1',
        rule: 'type',
      },
      {
        why: 'an instrument without its version',
        data: {
          school: '812345',
          pupil: 'P-1001',
          instrument: 'resilience-wheel',
          informant: 'self',
          submittedOn: '2025-10-06',
          answers: { bonding_1: 4 },
        },
        field: '/data/instrument',
        rule: 'pattern',
      },
      {
        why: 'a field for remarks',
        data: {
          school: '812345',
          pupil: 'P-1001',
          instrument: 'resilience-wheel@1',
          informant: 'self',
          submittedOn: '2025-10-06',
          answers: { bonding_1: 4 },
          comment: 'feels left out',
        },
        field: '/data/comment',
        rule: 'additionalProperties',
      },
      {
        why: 'no pupil',
        data: {
          school: '812345',
          instrument: 'resilience-wheel@1',
          informant: 'self',
          submittedOn: '2025-10-06',
          answers: { bonding_1: 4 },
        },
        field: '/data/pupil',
        rule: 'required',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'checkin',
      columns: {
        instrument: 'LowCardinality(String)',
        informant: 'LowCardinality(String)',
        subscales: 'Array(LowCardinality(String))',
        scores: 'Array(Float64)',
        answered: 'UInt16',
      },
      place: (data) => ({ school: Number(data.school), day: data.submittedOn }),
      pupils: (data) => [data.pupil],
      row: (data, { score }) => {
        const scored = score(data.instrument, data.informant, data.answers)
        if ('refused' in scored) throw new Unprocessable(scored.field ?? '/data/answers', scored.refused)
        return [
          data.instrument,
          data.informant,
          scored.subscales.map(({ id }) => id),
          // Four decimals: far below any instrument's precision, and a third of the bytes.
          scored.subscales.map(({ score }) => Math.round(score * 1e4) / 1e4),
          Object.keys(data.answers).length,
        ]
      },
    },
  },
})
