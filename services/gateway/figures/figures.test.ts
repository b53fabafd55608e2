import { byar, exactPoisson, meanInterval, medianFromHistogram, wilson } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ash, birch, cedar, dale, elm } from './leicestershire.ts'
import { type Leicestershire, leicestershire } from './testing.ts'
import type { FigureRow } from './types.ts'

let world: Leicestershire
beforeAll(async () => {
  world = await leicestershire()
})
afterAll(() => world.gateway.close())

describe('rates over the roll', () => {
  test("a rate equals the Department's published one to its digits, with Byar's interval", async () => {
    const row = (await world.rowsBySchool({ metric: 'exclusion_rate', groupBy: ['school'] })).get(
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
      profile: 'own-school@1',
      release: null,
      reason: null,
    })
  })

  test('the spring census counts, else the latest of the year, else the latest of the year before', async () => {
    const rows = await world.rowsBySchool({ metric: 'exclusion_rate', groupBy: ['school'] })
    expect(rows.get(ash)).toMatchObject({ denominator: 2283, rollCensus: '2017-01-16' })
    expect(rows.get(birch)).toMatchObject({ denominator: 400, rollCensus: '2017-05-15' })
    expect(rows.get(cedar)).toMatchObject({ denominator: 120, rollCensus: '2016-05-16' })
  })

  test('a school with a roll and no event is a true 0 with an exact interval', async () => {
    const row = (await world.rowsBySchool({ metric: 'exclusion_rate', groupBy: ['school'] })).get(
      birch,
    ) as FigureRow
    expect(row).toMatchObject({ value: 0, numerator: 0, lower: 0, status: 'OK' })
    expect(row.upper).toBeCloseTo((exactPoisson(0).upper / 400) * 100, 12)
  })

  test('of several authorities there is no total while one of them is not released, and the row says which', async () => {
    const commissioner = await world.gateway.keyOf('commissioner', 'commissioner', [855, 856])
    const asked = { metric: 'exclusion_rate', period: { academicYears: ['201617'] } }
    const reason = '2016/17 of authority 856 has not been released: half-term 6 closes on 2017-08-15'
    const { rows } = await world.figures(asked, commissioner)
    expect(rows).toMatchObject([{ status: 'NOT_RELEASED', numerator: null, value: null, reason }])
    const each = await world.figures({ ...asked, groupBy: ['authority'] }, commissioner)
    expect(each.rows).toMatchObject([
      {
        authorityCode: 855,
        status: 'OK',
        numerator: 62,
        denominator: 4003,
        schools: 5,
        schoolsWithoutRoll: 0,
      },
      { authorityCode: 856, status: 'NOT_RELEASED', value: null, reason },
    ])
  })

  test('every group with a roll has a row for every value of the code set in force, and of no other', async () => {
    const { rows, totalCount } = await world.figures({
      metric: 'exclusion_rate',
      groupBy: ['phase', 'exclusion_type', 'reason'],
      first: 500,
    })
    const reasons = new Set(rows.map((row: FigureRow) => row.dimensions[1]!.value))
    expect(reasons).toContain('PP')
    // The codes of 2026 cannot have been used in 2016/17.
    expect(reasons).not.toContain('MB')
    expect(totalCount).toBe(2 * reasons.size)
    expect(rows).toHaveLength(totalCount)
    const label = rows.find((row: FigureRow) => row.dimensions[1]!.value === 'PP')!.dimensions
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
    const { rows } = await world.figures({ metric: 'exclusion_rate', groupBy: ['exclusion_type'], filters })
    expect(rows).toMatchObject([{ numerator: 7, denominator: 2283, dimensions: [{ value: 'PERM' }] }])
  })

  test('terms, half-terms and weeks share the roll of their year; what lies ahead has no row', async () => {
    const terms = await world.figures({
      metric: 'incident_rate',
      groupBy: ['authority'],
      period: { grain: 'TERM', academicYears: ['2016/17'] },
    })
    expect(terms.rows).toMatchObject([
      { timeIdentifier: 'Autumn term', numerator: 40, denominator: 2283 },
      { timeIdentifier: 'Spring term', numerator: 20, denominator: 2283 },
    ])
    const halves = await world.figures({
      metric: 'incident_rate',
      groupBy: ['authority'],
      period: { grain: 'HALF_TERM', academicYears: ['201617'], index: [1, 2] },
    })
    expect(halves.rows).toMatchObject([
      { timeIdentifier: 'Half-term 1', numerator: 40 },
      { timeIdentifier: 'Half-term 2', numerator: 0 },
    ])
    const weeks = await world.figures({
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
    const rows = await world.rowsBySchool({ metric: 'exclusions', groupBy: ['school'] })
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
    const year = await world.figures({
      metric: 'pupils_with_incident_share',
      groupBy: ['school'],
      filters: { schools: [ash] },
    })
    const { value, lower, upper } = wilson(35, 2283)
    expect(year.rows[0]!.value).toBeCloseTo(value * 100, 12)
    expect(year.rows[0]!.lower).toBeCloseTo(lower * 100, 12)
    expect(year.rows[0]!.upper).toBeCloseTo(upper * 100, 12)
    const term = await world.figures({
      metric: 'pupils_with_incident',
      filters: { schools: [ash] },
      period: { grain: 'TERM', academicYears: ['201617'], index: [1] },
    })
    expect(term.rows).toMatchObject([{ value: 34 }])
  })

  test('a mean is that of all scores, with Student’s interval', async () => {
    const { rows } = await world.figures({ metric: 'wellbeing_score', groupBy: ['instrument', 'subscale'] })
    const expected = meanInterval(20, 1200, 75_000)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      n: 20,
      status: 'OK',
      method: 'Student’s t interval of a mean',
      schools: 1,
    })
    for (const part of ['value', 'lower', 'upper'] as const)
      expect(rows[0]![part]).toBeCloseTo(expected[part], 10)
  })

  test('the median is that of the histogram in cells', async () => {
    const { rows } = await world.figures({ metric: 'days_to_resolution', groupBy: ['authority'] })
    const { value } = medianFromHistogram([
      { value: 1, count: 10 },
      { value: 2, count: 12 },
      { value: 40, count: 8 },
    ])
    expect(rows).toMatchObject([{ value, n: 30, unit: 'days', status: 'OK' }])
  })

  test('a share of events is over the events of the same period', async () => {
    const { rows } = await world.figures({
      metric: 'incident_resolution_rate',
      period: { grain: 'TERM', academicYears: ['201617'] },
    })
    expect(rows).toMatchObject([
      { timeIdentifier: 'Autumn term', numerator: 30, denominator: 40, value: 75 },
      { timeIdentifier: 'Spring term', numerator: 0, denominator: 20, value: 0 },
    ])
  })

  test('the roll is one figure a year, and its parts are all the school’s own lead’s to see', async () => {
    const before = { academicYears: ['201415'] }
    const bySex = await world.figures(
      { metric: 'headcount', groupBy: ['sex'], period: before },
      world.leads.get(dale),
    )
    expect(bySex.rows).toMatchObject([
      { dimensions: [{ value: 'F', label: 'Female' }], value: 60 },
      { dimensions: [{ value: 'M' }], value: 38 },
      { dimensions: [{ value: 'U' }], value: 2, n: 2, symbol: '' },
    ])
    expect(
      await world.refusal({ metric: 'headcount', period: { grain: 'TERM', academicYears: ['201617'] } }),
    ).toMatchObject({
      field: 'period.grain',
    })
  })
})

describe('how fresh', () => {
  test('asOf is the oldest drain, and of different pupils it is known only once they are counted', async () => {
    const partition = world.gateway.log.partitionOf(855)
    const { ledger } = world.gateway.controlPlane
    const asOf = async (metric: string) => (await world.figures({ metric })).asOf
    expect(await asOf('exclusions')).toBeNull()
    const epoch = (await ledger.claim([partition], 'test')).get(partition)!.epoch
    const drainedAt = Date.parse('2017-01-31T08:00:00Z')
    await ledger.advance(new Map([[partition, { epoch, offset: 7, drained: 7, drainedAt }]]))
    expect(await asOf('exclusions')).toBe('2017-01-31T08:00:00.000Z')
    expect(await asOf('pupils_with_incident')).toBeNull()
    await ledger.advance(new Map([[partition, { epoch, settled: 7 }]]))
    expect(await asOf('pupils_with_incident')).toBe('2017-01-31T08:00:00.000Z')
    const { data } = await world.gateway.ask(
      world.key,
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
