import { eventType } from '../event-type.ts'
import { exclusionReasonCodes, reasonsValidOn } from '../reference/exclusion-reasons.ts'
import { isoDate, pupil, school } from '../schema.ts'

export interface ExclusionRecorded {
  school: string
  pupil?: string
  type: 'SUSP' | 'PERM'
  startsOn: string
  reasons: string[]
  sessions?: number
}

export const exclusionRecorded = eventType<ExclusionRecorded>({
  type: 'exclusion.recorded',
  major: 1,
  title: 'A suspension or permanent exclusion',
  description:
    'One statutory suspension (SUSP) or permanent exclusion (PERM) of one pupil. Send one event for each exclusion; ' +
    'it counts on the day it starts. Up to three reasons, each with a DfE code that is valid on that day; none where the reason is not known.',
  schema: {
    type: 'object',
    required: ['school', 'type', 'startsOn', 'reasons'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      type: { enum: ['SUSP', 'PERM'], description: 'DfE exclusion category' },
      startsOn: { ...isoDate, description: 'First day of the exclusion' },
      reasons: {
        type: 'array',
        maxItems: 3,
        uniqueItems: true,
        items: { enum: exclusionReasonCodes },
        description: 'DfE reason codes, most important first; empty where the reason is not known',
      },
      sessions: {
        type: 'integer',
        minimum: 1,
        maximum: 90,
        description: 'Length in sessions (half days); SUSP only',
      },
    },
  },
  check: (data) => {
    const invalid = data.reasons.findIndex((code) => !reasonsValidOn(data.startsOn).has(code))
    if (invalid >= 0) return { field: `/data/reasons/${invalid}`, rule: 'validOn' }
    if (data.type === 'PERM' && data.sessions !== undefined)
      return { field: '/data/sessions', rule: 'suspensionsOnly' }
    return undefined
  },
  examples: {
    valid: [
      {
        school: '812345',
        pupil: 'P-1001',
        type: 'SUSP',
        startsOn: '2025-10-06',
        reasons: ['PP', 'VP'],
        sessions: 4,
      },
      { school: '812345', type: 'PERM', startsOn: '2025-11-03', reasons: [] },
    ],
    invalid: [
      {
        why: 'a reason that DfE does not have',
        data: { school: '812345', type: 'SUSP', startsOn: '2025-10-06', reasons: ['ZZ'] },
        field: '/data/reasons/0',
        rule: 'enum',
      },
      {
        why: 'the legacy reason "other" after 2020',
        data: { school: '812345', type: 'SUSP', startsOn: '2025-10-06', reasons: ['OT'] },
        field: '/data/reasons/0',
        rule: 'validOn',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'exclusion',
      columns: {
        exclusion_type: 'LowCardinality(String)',
        reasons: 'Array(LowCardinality(String))',
        sessions: 'UInt8',
      },
      place: (data) => ({ school: Number(data.school), day: data.startsOn }),
      pupils: (data) => (data.pupil ? [data.pupil] : []),
      row: (data) => [data.type, data.reasons, data.sessions ?? 0],
    },
  },
})
