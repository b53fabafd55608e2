import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { censuses, ncYears, senProvisions, sexes, unknown } from '../reference/pupil-codes.ts'
import { isoDate, oneOf, school } from '../schema.ts'

/** Headcount of the pupils who share these characteristics; one that is left out is not known. */
export interface RollRow {
  ncYear?: string
  sex?: string
  senProvision?: string
  fsm?: boolean
  headcount: number
}

export interface RollSnapshotPublished {
  school: string
  census: 'autumn' | 'spring' | 'summer'
  censusDate: string
  rows: RollRow[]
}

const fsmLabel = (fsm: boolean | undefined) => (fsm === undefined ? unknown : fsm ? 'yes' : 'no')
const combination = (row: RollRow) =>
  `${row.ncYear ?? ''},${row.sex ?? ''},${row.senProvision ?? ''},${fsmLabel(row.fsm)}`

export const rollSnapshotPublished = eventType<RollSnapshotPublished>({
  type: 'roll.snapshot.published',
  major: 1,
  title: 'The roll of a school on census day',
  description:
    'How many pupils a school has, by national curriculum year, sex, SEN provision and free school meals: the ' +
    'denominator of every rate. Send one event for each school and census; each combination of characteristics has ' +
    'one row, and the rows add up to the roll. Leave out a characteristic that is not known.',
  schema: {
    type: 'object',
    required: ['school', 'census', 'censusDate', 'rows'],
    additionalProperties: false,
    properties: {
      school,
      census: oneOf(codesOf(censuses), 'School census'),
      censusDate: { ...isoDate, description: 'Census day' },
      rows: {
        type: 'array',
        minItems: 1,
        maxItems: 1500,
        description: 'One row for each combination of characteristics',
        items: {
          type: 'object',
          required: ['headcount'],
          additionalProperties: false,
          properties: {
            ncYear: oneOf(codesOf(ncYears), 'National curriculum year, actual'),
            sex: oneOf(codesOf(sexes), 'Sex'),
            senProvision: oneOf(codesOf(senProvisions), 'SEN provision'),
            fsm: { type: 'boolean', description: 'Eligible for free school meals on census day' },
            headcount: { type: 'integer', minimum: 0, maximum: 10_000_000, description: 'Pupils' },
          },
        },
      },
    },
  },
  check: ({ rows }) => {
    const seen = new Set<string>()
    for (const [index, row] of rows.entries()) {
      const key = combination(row)
      if (seen.has(key)) return { field: `/data/rows/${index}`, rule: 'sameCombination' }
      seen.add(key)
    }
    return undefined
  },
  examples: {
    valid: [
      {
        school: '812345',
        census: 'autumn',
        censusDate: '2025-10-02',
        rows: [
          { ncYear: '7', sex: 'F', senProvision: 'N', fsm: false, headcount: 61 },
          { ncYear: '7', sex: 'F', senProvision: 'K', fsm: true, headcount: 9 },
          { ncYear: '7', sex: 'M', senProvision: 'E', headcount: 4 },
        ],
      },
      { school: '812345', census: 'spring', censusDate: '2017-01-19', rows: [{ headcount: 843 }] },
    ],
    invalid: [
      {
        why: 'two rows for the same pupils',
        data: {
          school: '812345',
          census: 'autumn',
          censusDate: '2025-10-02',
          rows: [
            { ncYear: '7', headcount: 60 },
            { ncYear: '7', headcount: 61 },
          ],
        },
        field: '/data/rows/1',
        rule: 'sameCombination',
      },
      {
        why: 'a year group that the national curriculum does not have',
        data: {
          school: '812345',
          census: 'autumn',
          censusDate: '2025-10-02',
          rows: [{ ncYear: '15', headcount: 1 }],
        },
        field: '/data/rows/0/ncYear',
        rule: 'enum',
      },
      {
        why: 'half a pupil',
        data: { school: '812345', census: 'autumn', censusDate: '2025-10-02', rows: [{ headcount: 0.5 }] },
        field: '/data/rows/0/headcount',
        rule: 'type',
      },
      {
        why: 'no row',
        data: { school: '812345', census: 'autumn', censusDate: '2025-10-02', rows: [] },
        field: '/data/rows',
        rule: 'minItems',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'roll',
      columns: {
        census: 'LowCardinality(String)',
        nc_years: 'Array(LowCardinality(String))',
        sexes: 'Array(LowCardinality(String))',
        sens: 'Array(LowCardinality(String))',
        fsms: 'Array(LowCardinality(String))',
        headcounts: 'Array(UInt32)',
      },
      place: (data) => ({ school: Number(data.school), day: data.censusDate }),
      pupils: () => [],
      row: ({ census, rows }) => [
        census,
        rows.map((row) => row.ncYear ?? unknown),
        rows.map((row) => row.sex ?? unknown),
        rows.map((row) => row.senProvision ?? unknown),
        rows.map((row) => fsmLabel(row.fsm)),
        rows.map((row) => row.headcount),
      ],
    },
  },
})
