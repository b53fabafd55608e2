import { byar, exactPoisson, meanInterval, medianFromHistogram, wilson } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, seed } from '../installation.ts'
import type { FigureRow } from './types.ts'

const [ash, birch, cedar, dale, elm] = [812301, 812302, 812303, 812304, 812305]
let gateway: Installation
let key: string

beforeAll(async () => {
  gateway = await installation({
    authorities: [
      { code: 855, name: 'Leicestershire' },
      { code: 856, name: 'Leicester' },
    ],
    schools: [
      { urn: ash, authority: 855, name: 'Ash', phase: 'SS' },
      { urn: birch, authority: 855, name: 'Birch', phase: 'PS' },
      { urn: cedar, authority: 855, name: 'Cedar', phase: 'PS' },
      { urn: dale, authority: 855, name: 'Dale', phase: 'SP', closeDate: '2015-08-31' },
      { urn: elm, authority: 856, name: 'Elm', phase: 'PS' },
    ],
    now: () => Date.parse('2017-02-01T12:00:00Z'),
  })
  const at = (school: number, metric: string, period: number, counts: Record<string, number>) =>
    ({ authority: school === elm ? 856 : 855, school, metric, period, counts }) as const
  await seed(gateway.warehouse, [
    // Ash: autumn, spring and summer of the year; spring counts.
    at(ash, 'headcount', 20161003, { '': 2000, 'census=autumn': 2000 }),
    at(ash, 'headcount', 20170116, {
      '': 2283,
      'census=spring': 2283,
      'sex=F': 1200,
      'sex=M': 1081,
      'sex=U': 2,
    }),
    at(ash, 'headcount', 20170515, { '': 2400, 'census=summer': 2400 }),
    // Birch: no spring census; the latest of the year counts. Cedar: none this year; the latest of the year before.
    at(birch, 'headcount', 20161003, { '': 390, 'census=autumn': 390 }),
    at(birch, 'headcount', 20170515, { '': 400, 'census=summer': 400 }),
    at(cedar, 'headcount', 20160118, { '': 100, 'census=spring': 100 }),
    at(cedar, 'headcount', 20160516, { '': 120, 'census=summer': 120 }),
    at(ash, 'exclusions', 20161003, {
      '': 27,
      'exclusion_type=SUSP': 20,
      'exclusion_type=PERM': 7,
      'reason=PP': 27,
      'exclusion_type=SUSP;reason=PP': 20,
      'exclusion_type=PERM;reason=PP': 7,
    }),
    at(elm, 'exclusions', 20161003, {
      '': 50,
      'exclusion_type=SUSP': 50,
      'reason=DB': 50,
      'exclusion_type=SUSP;reason=DB': 50,
    }),
    at(ash, 'incidents', 20161003, { '': 40, 'role=target': 40 }),
    at(ash, 'incidents', 20170109, { '': 20 }),
    at(ash, 'incidents_resolved', 20161003, { '': 30, 'days=1': 10, 'days=2': 12, 'days=40': 8 }),
    { ...at(ash, 'pupils_with_incident', 20161003, { '': 30 }), grain: 'week' },
    { ...at(ash, 'pupils_with_incident', 201601, { '': 34 }), grain: 'term' },
    { ...at(ash, 'pupils_with_incident', 2016, { '': 35 }), grain: 'year' },
    {
      ...at(ash, 'wellbeing_score', 20161003, {}),
      counts: { 'instrument=resilience-wheel@1;subscale=bonding': [20, 1200, 75_000] },
    },
    {
      ...at(birch, 'wellbeing_score', 20161010, {}),
      counts: { 'instrument=resilience-wheel@1;subscale=bonding': [30, 1500, 78_000] },
    },
  ])
  key = await gateway.keyOf('analyst', 'analyst', [855])
})
afterAll(() => gateway.close())

interface Asked {
  metric: string
  groupBy?: string[]
  period?: object
  filters?: object
  first?: number
  after?: string
}
const fields = `metricId timePeriod timeIdentifier authorityCode authorityName schoolUrn schoolName phase
  dimensions { name value label } n numerator denominator value lower upper confidence method unit per status symbol
  schools schoolsWithoutRoll rollCensus profile`
const query = `query($metric: String!, $groupBy: [String!], $period: PeriodInput!, $filters: FigureFilters, $first: Int, $after: String) {
  figures(metric: $metric, groupBy: $groupBy, period: $period, filters: $filters, first: $first, after: $after) {
    totalCount asOf pageInfo { hasNextPage hasPreviousPage startCursor endCursor } rows { ${fields} } } }`

const figures = async (asked: Asked) => {
  const { data, errors } = await gateway.ask(key, query, { period: { academicYears: ['201617'] }, ...asked })
  expect(errors).toBeUndefined()
  return data.figures
}
const refusal = async (asked: Asked) => {
  const { errors } = await gateway.ask(key, query, { period: { academicYears: ['201617'] }, ...asked })
  return errors?.[0]?.extensions
}
const rowsBy = async (asked: Asked, name: 'schoolUrn') =>
  new Map((await figures(asked)).rows.map((row: FigureRow) => [row[name], row]))

describe('rates over the roll', () => {
  test("a rate equals the Department's published one to its digits, with Byar's interval", async () => {
    const row = (await rowsBy({ metric: 'exclusion_rate', groupBy: ['school'] }, 'schoolUrn')).get(
      ash,
    ) as FigureRow
    expect(row.value).toBeCloseTo(1.182654402, 9)
    const { lower, upper } = byar(27)
    expect(row.lower).toBeCloseTo((lower / 2283) * 100, 12)
    expect(row.upper).toBeCloseTo((upper / 2283) * 100, 12)
    expect(row).toMatchObject({
      timePeriod: '201617',
      timeIdentifier: 'Academic year',
      authorityCode: 855,
      authorityName: 'Leicestershire',
      schoolName: 'Ash',
      phase: 'SS',
      n: 27,
      numerator: 27,
      denominator: 2283,
      confidence: 0.95,
      per: 100,
      unit: 'per 100 pupils',
      status: 'OK',
      symbol: '',
      schools: 1,
      schoolsWithoutRoll: 0,
      profile: 'interim@1',
    })
  })

  test('the spring census counts, else the latest of the year, else the latest of the year before', async () => {
    const rows = await rowsBy({ metric: 'exclusion_rate', groupBy: ['school'] }, 'schoolUrn')
    expect(rows.get(ash)).toMatchObject({ denominator: 2283, rollCensus: '2017-01-16' })
    expect(rows.get(birch)).toMatchObject({ denominator: 400, rollCensus: '2017-05-15' })
    expect(rows.get(cedar)).toMatchObject({ denominator: 120, rollCensus: '2016-05-16' })
  })

  test('a school with a roll and no event is a true 0 with an exact interval', async () => {
    const row = (await rowsBy({ metric: 'exclusion_rate', groupBy: ['school'] }, 'schoolUrn')).get(
      birch,
    ) as FigureRow
    expect(row).toMatchObject({ value: 0, numerator: 0, lower: 0, status: 'OK' })
    expect(row.upper).toBeCloseTo((exactPoisson(0).upper / 400) * 100, 12)
  })

  test('events of a school without a roll are left out of the rate, and the school is told of', async () => {
    const commissioner = await gateway.keyOf('commissioner', 'commissioner', [855, 856])
    const all = await gateway.ask(commissioner, query, {
      metric: 'exclusion_rate',
      period: { academicYears: ['201617'] },
    })
    expect(all.data.figures.rows).toMatchObject([
      {
        numerator: 27,
        denominator: 2803,
        schools: 3,
        schoolsWithoutRoll: 1,
        authorityCode: null,
        schoolUrn: null,
      },
    ])
    const each = await gateway.ask(commissioner, query, {
      metric: 'exclusion_rate',
      groupBy: ['authority'],
      period: { academicYears: ['201617'] },
    })
    expect(each.data.figures.rows).toMatchObject([{ authorityCode: 855 }])
  })

  test('every group with a roll has a row for every value of the code set in force, and of no other', async () => {
    const { rows, totalCount } = await figures({
      metric: 'exclusion_rate',
      groupBy: ['phase', 'exclusion_type', 'reason'],
      first: 500,
    })
    const reasons = new Set(rows.map((row: FigureRow) => row.dimensions[1]!.value))
    expect(reasons).toContain('PP')
    // The codes of 2026 cannot have been used in 2016/17.
    expect(reasons).not.toContain('MB')
    expect(totalCount).toBe(2 * 2 * reasons.size)
    expect(rows).toHaveLength(totalCount)
    const label = rows.find((row: FigureRow) => row.dimensions[1]!.value === 'PP').dimensions
    expect(label).toEqual([
      { name: 'exclusion_type', value: 'SUSP', label: 'Suspension' },
      { name: 'reason', value: 'PP', label: 'Physical assault against a pupil' },
    ])
    expect(rows.filter((row: FigureRow) => row.value !== 0)).toMatchObject([
      { numerator: 20 },
      { numerator: 7 },
    ])
  })

  test('a filter keeps the values it names and changes no number', async () => {
    const filters = {
      phases: ['SS'],
      schools: [ash, elm],
      dimensions: [{ name: 'exclusion_type', values: ['PERM'] }],
    }
    const { rows } = await figures({ metric: 'exclusion_rate', groupBy: ['exclusion_type'], filters })
    expect(rows).toMatchObject([{ numerator: 7, denominator: 2283, dimensions: [{ value: 'PERM' }] }])
  })

  test('terms, half-terms and weeks share the roll of their year; what lies ahead has no row', async () => {
    const terms = await figures({
      metric: 'incident_rate',
      groupBy: ['authority'],
      period: { grain: 'TERM', academicYears: ['2016/17'] },
    })
    expect(terms.rows).toMatchObject([
      { timeIdentifier: 'Autumn term', numerator: 40, denominator: 2803 },
      { timeIdentifier: 'Spring term', numerator: 20, denominator: 2803 },
    ])
    const halves = await figures({
      metric: 'incident_rate',
      groupBy: ['authority'],
      period: { grain: 'HALF_TERM', academicYears: ['201617'], index: [1, 2] },
    })
    expect(halves.rows).toMatchObject([
      { timeIdentifier: 'Half-term 1', numerator: 40 },
      { timeIdentifier: 'Half-term 2', numerator: 0 },
    ])
    const weeks = await figures({
      metric: 'incident_rate',
      groupBy: ['authority'],
      period: { grain: 'WEEK', from: '2016-10-03', to: '2016-10-16' },
    })
    expect(weeks.rows).toMatchObject([
      { timeIdentifier: 'Week of 2016-10-03', numerator: 40, timePeriod: '201617' },
      { timeIdentifier: 'Week of 2016-10-10', numerator: 0 },
    ])
  })
})

describe('other kinds of metric', () => {
  test('a count shows the count, hides nothing that is a true 0, and is complete where there is a roll', async () => {
    const rows = await rowsBy({ metric: 'exclusions', groupBy: ['school'] }, 'schoolUrn')
    expect(rows.get(ash)).toMatchObject({
      n: 27,
      value: 27,
      numerator: null,
      denominator: null,
      method: null,
    })
    expect(rows.get(birch)).toMatchObject({ n: 0, value: 0, status: 'OK', schools: 0 })
    // Closed before the year began, without a roll: it says nothing.
    expect(rows.has(dale)).toBe(false)
  })

  test('different pupils come from the period itself and are never summed over weeks', async () => {
    const year = await figures({
      metric: 'pupils_with_incident_share',
      groupBy: ['school'],
      filters: { schools: [ash] },
    })
    const { value, lower, upper } = wilson(35, 2283)
    expect(year.rows[0].value).toBeCloseTo(value * 100, 12)
    expect(year.rows[0].lower).toBeCloseTo(lower * 100, 12)
    expect(year.rows[0].upper).toBeCloseTo(upper * 100, 12)
    const term = await figures({
      metric: 'pupils_with_incident',
      filters: { schools: [ash] },
      period: { grain: 'TERM', academicYears: ['201617'], index: [1] },
    })
    expect(term.rows).toMatchObject([{ value: 34 }])
  })

  test('the mean of several schools is the mean of all scores, with Student’s interval', async () => {
    const { rows } = await figures({ metric: 'wellbeing_score', groupBy: ['instrument', 'subscale'] })
    const expected = meanInterval(50, 2700, 153_000)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      n: 50,
      status: 'OK',
      method: 'Student’s t interval of a mean',
      schools: 2,
    })
    for (const part of ['value', 'lower', 'upper'] as const)
      expect(rows[0][part]).toBeCloseTo(expected[part], 10)
  })

  test('the median is that of the histogram in cells', async () => {
    const { rows } = await figures({ metric: 'days_to_resolution', groupBy: ['authority'] })
    const { value } = medianFromHistogram([
      { value: 1, count: 10 },
      { value: 2, count: 12 },
      { value: 40, count: 8 },
    ])
    expect(rows).toMatchObject([{ value, n: 30, unit: 'days', status: 'OK' }])
  })

  test('a share of events is over the events of the same period', async () => {
    const { rows } = await figures({
      metric: 'incident_resolution_rate',
      period: { grain: 'TERM', academicYears: ['201617'] },
    })
    expect(rows).toMatchObject([
      { timeIdentifier: 'Autumn term', numerator: 30, denominator: 40, value: 75 },
      { timeIdentifier: 'Spring term', numerator: 0, denominator: 20, value: 0 },
    ])
  })

  test('the roll is one figure a year, and its parts are held to the small-number rule', async () => {
    const bySex = await figures({ metric: 'headcount', groupBy: ['sex'], filters: { schools: [ash] } })
    expect(bySex.rows).toMatchObject([
      { dimensions: [{ value: 'F', label: 'Female' }], value: 1200 },
      { dimensions: [{ value: 'M' }], value: 1081 },
      { dimensions: [{ value: 'U' }], value: null, n: null, symbol: 'c' },
    ])
    expect(
      await refusal({ metric: 'headcount', period: { grain: 'TERM', academicYears: ['201617'] } }),
    ).toMatchObject({
      field: 'period.grain',
    })
  })
})

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
    ['first', { metric: 'exclusions', first: 5001 }],
    ['first', { metric: 'exclusions', first: -1 }],
  ])('%s is named', async (field, asked) => {
    expect(await refusal(asked)).toMatchObject({ code: 'BAD_USER_INPUT', field, rule: expect.any(String) })
  })
})

describe('pages', () => {
  const asked: Asked = { metric: 'exclusion_rate', groupBy: ['school', 'exclusion_type'] }

  test('pages follow one another without gap or overlap, and say how many rows there are', async () => {
    const whole = await figures(asked)
    const seen: object[] = []
    let after: string | undefined
    do {
      const page = await figures({ ...asked, first: 2, ...(after && { after }) })
      expect(page.totalCount).toBe(whole.totalCount)
      seen.push(...page.rows)
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined
    } while (after)
    expect(seen).toEqual(whole.rows)
  })

  test('a cursor of another question, another scope or another hand is refused', async () => {
    const { endCursor } = (await figures({ ...asked, first: 1 })).pageInfo
    const other = { ...asked, metric: 'incident_rate', groupBy: ['school'], after: endCursor }
    expect(await refusal(other)).toMatchObject({ field: 'after' })
    const flipped = `${endCursor.slice(0, -1)}${endCursor.endsWith('A') ? 'B' : 'A'}`
    expect(await refusal({ ...asked, after: flipped })).toMatchObject({ field: 'after' })
    const lead = await gateway.keyOf('lead', 'school_lead', [855], [ash])
    const { errors } = await gateway.ask(lead, query, {
      ...asked,
      period: { academicYears: ['201617'] },
      after: endCursor,
    })
    expect(errors?.[0]?.extensions).toMatchObject({ field: 'after' })
  })
})

describe('compareSchools', () => {
  const compare = (args: string, who = key) =>
    gateway.ask(who, `{ compareSchools(${args}) { asOf rows { ${fields} } benchmark { ${fields} } } }`)

  test('one row a school, with numerator, denominator and interval; the benchmark is the authority’s own figure', async () => {
    const { data } = await compare('metric: "exclusion_rate", period: { academicYears: ["201617"] }')
    expect(data.compareSchools.rows.map((row: FigureRow) => [row.schoolUrn, row.status])).toEqual([
      [ash, 'OK'],
      [birch, 'OK'],
      [cedar, 'OK'],
      [dale, 'NOT_APPLICABLE'],
    ])
    expect(data.compareSchools.rows[3]).toMatchObject({
      symbol: 'z',
      numerator: null,
      denominator: null,
      value: null,
    })
    const { rows } = await figures({ metric: 'exclusion_rate', groupBy: ['authority'] })
    expect(data.compareSchools.benchmark).toEqual(rows[0])
  })

  test('a school lead gets its own school and no benchmark', async () => {
    const lead = await gateway.keyOf('lead2', 'school_lead', [855], [ash])
    const { data } = await compare('metric: "exclusion_rate", period: { academicYears: ["201617"] }', lead)
    expect(data.compareSchools).toMatchObject({ rows: [{ schoolUrn: ash }], benchmark: null })
  })

  test('several periods are refused', async () => {
    const { errors } = await compare(
      'metric: "exclusion_rate", period: { grain: TERM, academicYears: ["201617"] }',
    )
    expect(errors?.[0]?.extensions).toMatchObject({ field: 'period' })
  })
})

describe('how fresh', () => {
  test('asOf is the oldest drain, and of different pupils it is known only once they are counted', async () => {
    const partition = gateway.log.partitionOf(855)
    const { ledger } = gateway.controlPlane
    const asOf = async (metric: string) => (await figures({ metric })).asOf
    expect(await asOf('exclusions')).toBeNull()
    const epoch = (await ledger.claim([partition], 'test')).get(partition)!.epoch
    const drainedAt = Date.parse('2017-01-31T08:00:00Z')
    await ledger.advance(new Map([[partition, { epoch, offset: 7, drained: 7, drainedAt }]]))
    expect(await asOf('exclusions')).toBe('2017-01-31T08:00:00.000Z')
    expect(await asOf('pupils_with_incident')).toBeNull()
    await ledger.advance(new Map([[partition, { epoch, settled: 7 }]]))
    expect(await asOf('pupils_with_incident')).toBe('2017-01-31T08:00:00.000Z')
    const { data } = await gateway.ask(
      key,
      '{ freshness { authority inFiguresUpTo settled waiting caughtUp newestAcceptedAt } }',
    )
    expect(data.freshness).toEqual([
      {
        authority: 855,
        inFiguresUpTo: '2017-01-31T08:00:00.000Z',
        settled: true,
        waiting: 0,
        caughtUp: true,
        newestAcceptedAt: null,
      },
    ])
  })
})
