import { eventType, Unprocessable } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { informants, sexes } from '../reference/pupil-codes.ts'
import { isoDate, oneOf, pupil, school } from '../schema.ts'

export interface CheckinSubmitted {
  school: string
  pupil: string
  instrument: string
  informant: 'self' | 'staff' | 'parent'
  submittedOn: string
  answers: Record<string, number>
  age?: number
  sex?: 'F' | 'M' | 'U'
}

/** Four decimals: far below any instrument's precision, and a third of the bytes. */
const rounded = (score: number): number => Math.round(score * 1e4) / 1e4

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
      age: {
        type: 'integer',
        minimum: 2,
        maximum: 25,
        description:
          'Age in whole years on that day; only where the instrument’s bands or conversion ask for it',
      },
      sex: oneOf(codesOf(sexes), 'Only where the instrument’s conversion asks for it'),
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
      {
        school: '812345',
        pupil: 'P-1003',
        instrument: 'sdq@1',
        informant: 'parent',
        submittedOn: '2025-10-08',
        answers: { sdq_3: 2, sdq_8: 1, sdq_13: 2, sdq_16: 1, impact_distress: 2 },
        age: 9,
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
        definition: 'LowCardinality(String)',
        missing: 'UInt16',
        prorated: 'Array(UInt8)',
        severity: 'Array(Int8)',
        factors: 'Array(LowCardinality(String))',
        factor_scores: 'Array(Float64)',
      },
      place: (data) => ({ school: Number(data.school), day: data.submittedOn }),
      pupils: (data) => [data.pupil],
      row: (data, { score }) => {
        const { age, sex } = data
        const scored = score(data.instrument, data.informant, data.answers, { age, sex })
        if ('refused' in scored) throw new Unprocessable(scored.field ?? '/data/answers', scored.refused)
        return [
          data.instrument,
          data.informant,
          scored.subscales.map(({ id }) => id),
          scored.subscales.map(({ score }) => rounded(score)),
          Object.keys(data.answers).length,
          scored.definition ?? data.instrument,
          scored.missing ?? 0,
          scored.subscales.map(({ prorated }) => (prorated ? 1 : 0)),
          scored.subscales.map(({ severity = -1 }) => severity),
          (scored.factors ?? []).map(({ id }) => id),
          (scored.factors ?? []).map(({ score }) => rounded(score)),
        ]
      },
    },
  },
})
