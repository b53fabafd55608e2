import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { ethnicityCodes, fsmTypes, senNeeds, youngCarerCodes } from '../reference/context-codes.ts'
import { ncYears, senProvisions, sexes, unknown } from '../reference/pupil-codes.ts'
import { isoDate, oneOf, pupil, school } from '../schema.ts'

export interface PupilContextChanged {
  school: string
  pupil: string
  effectiveFrom: string
  ncYear?: string
  sex?: string
  senProvision?: string
  senPrimaryNeed?: string
  /** Oldest first; each holds from its day until the day of the next. */
  fsm?: { type: string; from: string }[]
  ethnicity?: string
  youngCarer?: string
  lookedAfter?: boolean
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  effectiveFrom: '2025-09-01',
  ncYear: '7',
  sex: 'F',
  senProvision: 'K',
  senPrimaryNeed: 'SEMH',
  fsm: [
    { type: 'none', from: '2021-09-01' },
    { type: 'TFSM', from: '2024-01-15' },
  ],
  ethnicity: 'WBRI',
  youngCarer: 'N',
  lookedAfter: false,
} as const

export const pupilContextChanged = eventType<PupilContextChanged>({
  type: 'pupil.context.changed',
  major: 1,
  title: 'The characteristics of a pupil, from a day on',
  description:
    'A full snapshot of one pupil: what it says holds from `effectiveFrom` until the snapshot with the next later day. A ' +
    'characteristic that is left out is not known from that day on; nothing is carried over from an earlier snapshot. ' +
    'Send one when anything changes, and one when the pupil comes to the school: a pupil who moves belongs to the ' +
    'school of the newest snapshot. Free school meals are a history: each entry holds until the day of the next.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'effectiveFrom'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      effectiveFrom: { ...isoDate, description: 'First day on which the snapshot holds' },
      ncYear: oneOf(codesOf(ncYears), 'National curriculum year, actual'),
      sex: oneOf(codesOf(sexes), 'Sex'),
      senProvision: oneOf(codesOf(senProvisions), 'SEN provision'),
      senPrimaryNeed: oneOf(codesOf(senNeeds), 'Primary type of need; only with provision K or E'),
      fsm: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        description: 'History of free school meals, oldest first',
        items: {
          type: 'object',
          required: ['type', 'from'],
          additionalProperties: false,
          properties: {
            type: oneOf(codesOf(fsmTypes), 'Category'),
            from: { ...isoDate, description: 'First day of the category' },
          },
        },
      },
      ethnicity: oneOf(ethnicityCodes, 'Ethnicity'),
      youngCarer: oneOf(codesOf(youngCarerCodes), 'Young carer'),
      lookedAfter: { type: 'boolean', description: 'Looked after by a local authority' },
    },
  },
  check: ({ fsm = [], senProvision, senPrimaryNeed }) => {
    if (senPrimaryNeed !== undefined && senProvision !== 'K' && senProvision !== 'E')
      return { field: '/data/senPrimaryNeed', rule: 'withSenProvision' }
    const late = fsm.findIndex(({ from }, index) => index > 0 && from <= fsm[index - 1]!.from)
    return late < 0 ? undefined : { field: `/data/fsm/${late}/from`, rule: 'inOrder' }
  },
  examples: {
    valid: [
      { ...sample, fsm: [...sample.fsm] },
      { school: '812345', pupil: 'P-1002', effectiveFrom: '2025-11-03', ncYear: 'R' },
    ],
    invalid: [
      {
        why: 'a diagnosis in place of a type of need',
        data: { ...sample, senPrimaryNeed: 'F33.9' },
        field: '/data/senPrimaryNeed',
        rule: 'enum',
      },
      {
        why: 'a field for a diagnosis',
        data: { ...sample, diagnosis: 'F33.9' },
        field: '/data/diagnosis',
        rule: 'additionalProperties',
      },
      {
        why: 'a need without SEN provision',
        data: { ...sample, senProvision: 'N' },
        field: '/data/senPrimaryNeed',
        rule: 'withSenProvision',
      },
      {
        why: 'a history that runs backwards',
        data: { ...sample, fsm: [...sample.fsm].reverse() },
        field: '/data/fsm/1/from',
        rule: 'inOrder',
      },
      {
        why: 'free school meals as yes or no',
        data: { ...sample, fsm: true },
        field: '/data/fsm',
        rule: 'type',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'pupil_context',
      columns: {
        nc_year: 'LowCardinality(String)',
        sex: 'LowCardinality(String)',
        sen_provision: 'LowCardinality(String)',
        sen_need: 'LowCardinality(String)',
        fsm_types: 'Array(LowCardinality(String))',
        fsm_from: 'Array(Date)',
        ethnicity: 'LowCardinality(String)',
        young_carer: 'LowCardinality(String)',
        looked_after: 'LowCardinality(String)',
      },
      place: (data) => ({ school: Number(data.school), day: data.effectiveFrom }),
      pupils: (data) => [data.pupil],
      row: (data) => [
        data.ncYear ?? unknown,
        data.sex ?? unknown,
        data.senProvision ?? unknown,
        data.senPrimaryNeed ?? (data.senProvision === 'N' ? 'none' : unknown),
        (data.fsm ?? []).map(({ type }) => type),
        (data.fsm ?? []).map(({ from }) => from),
        data.ethnicity ?? unknown,
        data.youngCarer ?? unknown,
        data.lookedAfter === undefined ? unknown : data.lookedAfter ? 'yes' : 'no',
      ],
    },
  },
})
