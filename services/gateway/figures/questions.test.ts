import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, ash, birch, cedar, dale, fields, fir, gorse, query } from './leicestershire.ts'
import { type Leicestershire, leicestershire } from './testing.ts'
import type { FigureRow } from './types.ts'

let world: Leicestershire
beforeAll(async () => {
  world = await leicestershire()
})
afterAll(() => world.gateway.close())

describe('questions that break a rule', () => {
  test.each<[string, Asked]>([
    ['metric', { metric: 'nope' }],
    ['groupBy', { metric: 'exclusions', groupBy: ['location'] }],
    ['groupBy', { metric: 'incidents_resolved', groupBy: ['days'] }],
    ['groupBy', { metric: 'headcount', groupBy: ['census'] }],
    ['groupBy', { metric: 'incidents', groupBy: ['mode', 'location'] }],
    ['groupBy', { metric: 'incident_resolution_rate', groupBy: ['behaviour'] }],
    ['period.academicYears', { metric: 'exclusions', period: { academicYears: ['201618'] } }],
    ['period.academicYears', { metric: 'exclusions', period: {} }],
    ['period.index', { metric: 'exclusions', period: { academicYears: ['201617'], index: [1] } }],
    [
      'period.index',
      { metric: 'exclusions', period: { grain: 'TERM', academicYears: ['201617'], index: [4] } },
    ],
    ['period.from', { metric: 'exclusions', period: { academicYears: ['201617'], from: '2016-10-03' } }],
    ['period.to', { metric: 'exclusions', period: { grain: 'WEEK', from: '2016-10-03', to: '2016-02-30' } }],
    [
      'filters.dimensions',
      { metric: 'exclusions', filters: { dimensions: [{ name: 'reason', values: ['PP'] }] } },
    ],
    ['filters.phases', { metric: 'exclusions', filters: { phases: ['XX'] } }],
    [
      'period.grain',
      {
        metric: 'incidents',
        groupBy: ['school', 'sex'],
        period: { grain: 'TERM', academicYears: ['201617'] },
      },
    ],
    [
      'period.grain',
      {
        metric: 'incidents',
        ...{ groupBy: ['fsm'], filters: { schools: [ash] } },
        period: { grain: 'HALF_TERM', academicYears: ['201617'] },
      },
    ],
    [
      'period.grain',
      {
        ...{ metric: 'incident_rate', groupBy: ['authority', 'fsm'] },
        period: { grain: 'WEEK', from: '2016-10-03', to: '2016-10-30' },
      },
    ],
    ['first', { metric: 'exclusions', first: 5001 }],
    ['first', { metric: 'exclusions', first: -1 }],
  ])('%s is named', async (field, asked) => {
    expect(await world.refusal(asked)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field,
      rule: expect.any(String),
    })
  })
})

test('characteristics of pupils are told of a whole authority by half-term, of its schools by year', async () => {
  const half = { grain: 'HALF_TERM', academicYears: ['201617'] }
  expect(
    await world.refusal({ metric: 'incidents', groupBy: ['authority', 'sex'], period: half }),
  ).toBeUndefined()
  expect(await world.refusal({ metric: 'incidents', groupBy: ['school', 'sex'] })).toBeUndefined()
})

describe('pages', () => {
  const asked: Asked = { metric: 'exclusion_rate', groupBy: ['school'] }

  test('pages follow one another without gap or overlap, and say how many rows there are', async () => {
    const whole = await world.figures(asked, world.key)
    expect(whole.totalCount).toBe(5)
    const seen: FigureRow[] = []
    let after: string | undefined
    do {
      const page = await world.figures({ ...asked, first: 2, ...(after && { after }) }, world.key)
      expect(page.totalCount).toBe(whole.totalCount)
      seen.push(...page.rows)
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor! : undefined
    } while (after)
    expect(seen).toEqual(whole.rows)
  })

  test('a cursor of another question, another scope or another hand is refused', async () => {
    const endCursor = (await world.figures({ ...asked, first: 1 }, world.key)).pageInfo.endCursor!
    const other = { ...asked, metric: 'incident_rate', groupBy: ['school'], after: endCursor }
    expect(await world.refusal(other, world.key)).toMatchObject({ field: 'after' })
    const flipped = `${endCursor.slice(0, -1)}${endCursor.endsWith('A') ? 'B' : 'A'}`
    expect(await world.refusal({ ...asked, after: flipped }, world.key)).toMatchObject({ field: 'after' })
    const { errors } = await world.gateway.ask(world.lead, query, {
      ...asked,
      period: { academicYears: ['201617'] },
      after: endCursor,
    })
    expect(errors?.[0]?.extensions).toMatchObject({ field: 'after' })
  })
})

describe('compareSchools', () => {
  const compare = (args: string, who = world.key) =>
    world.gateway.ask(who, `{ compareSchools(${args}) { asOf rows { ${fields} } benchmark { ${fields} } } }`)

  test('one row a school, with numerator, denominator and interval; the benchmark is the authority’s own figure', async () => {
    const { data } = await compare('metric: "exclusion_rate", period: { academicYears: ["201617"] }')
    expect(data.compareSchools.rows.map((row: FigureRow) => [row.schoolUrn, row.status])).toEqual([
      [ash, 'OK'],
      [birch, 'OK'],
      [cedar, 'OK'],
      [dale, 'NOT_APPLICABLE'],
      [fir, 'OK'],
      [gorse, 'OK'],
    ])
    expect(data.compareSchools.rows[3]).toMatchObject({
      symbol: 'z',
      numerator: null,
      denominator: null,
      value: null,
    })
    const { rows } = await world.figures({ metric: 'exclusion_rate', groupBy: ['authority'] }, world.key)
    expect(data.compareSchools.benchmark).toEqual(rows[0])
  })

  test('a school lead gets its own school and no benchmark', async () => {
    const { data } = await compare(
      'metric: "exclusion_rate", period: { academicYears: ["201617"] }',
      world.lead,
    )
    expect(data.compareSchools).toMatchObject({ rows: [{ schoolUrn: ash }], benchmark: null })
  })

  test('several periods are refused', async () => {
    const { errors } = await compare(
      'metric: "exclusion_rate", period: { grain: TERM, academicYears: ["201617"] }',
    )
    expect(errors?.[0]?.extensions).toMatchObject({ field: 'period' })
  })
})
