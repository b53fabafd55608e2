import { meanInterval, rate } from '@cairn/statistics'
import type { ReleasedFigure } from '@cairn/warehouse'
import { writeRelease } from '@cairn/warehouse/closing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'
import { type Asked, query } from './leicestershire.ts'
import type { FigureRow } from './types.ts'

const [ash, birch, cedar, dale, elm] = [855101, 855102, 855103, 855104, 855105]
const ofShire = [ash, birch, cedar, dale, elm]
const ofTown = [866101, 866102, 866103, 866104, 866105, 866106]
/** A school that came after the release, and the aggregates of an authority that has nothing else and of one that has. */
const [late, alone, beside] = [855109, 877999, 855999]
const byWeek = [20161003, 20161107, 20170109]

let gateway: Installation
let key: string
let commissioner: string

beforeAll(async () => {
  gateway = await installation({
    authorities: [855, 866, 877].map((code) => ({ code, name: `Authority ${code}` })),
    schools: [
      ...ofShire.map(
        (urn, i) => ({ urn, authority: 855, name: `${urn}`, phase: i < 3 ? 'PS' : 'SS' }) as const,
      ),
      { urn: late, authority: 855, name: 'Late', phase: 'SP' },
      ...ofTown.map((urn) => ({ urn, authority: 866, name: `${urn}`, phase: 'PS' }) as const),
      { urn: alone, authority: 877, name: 'All of 877', phase: 'PS', aggregate: true },
      { urn: beside, authority: 855, name: 'All of 855', phase: 'PR', aggregate: true },
    ],
    now: () => Date.parse('2017-02-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  key = await gateway.keyOf('analyst', 'analyst', [855])
  commissioner = await gateway.keyOf('commissioner', 'commissioner', [855, 866, 877])
  await seed(gateway.warehouse, [
    ...ofTown.flatMap((school) => liveOf(866, school, 40)),
    ...ofShire.flatMap((school) => liveOf(855, school, 40)),
    ...[alone, beside].flatMap((school) => liveOf(Math.floor(school / 1000), school, 7)),
  ])
  await release(855, 2016, { through: 2 }, releasedOfShire)
})
afterAll(() => gateway.close())

/** What happened so far: as many incidents in each of three weeks, one a half-term. */
const liveOf = (authority: number, school: number, incidents: number): SeedCell[] => [
  { authority, school, metric: 'headcount', period: 20161003, counts: { '': 203, 'census=autumn': 203 } },
  ...byWeek.flatMap((period): SeedCell[] => [
    { authority, school, metric: 'incidents', period, counts: { '': incidents } },
    { authority, school, metric: 'incidents_resolved', period, counts: { '': Math.max(0, incidents - 12) } },
    { authority, school, metric: 'sessions_delivered', period, counts: { '': incidents } },
  ]),
  ...[2016].map(
    (period): SeedCell => ({
      ...{
        authority,
        school,
        metric: 'pupils_with_incident',
        period,
        grain: 'year',
        counts: { '': incidents },
      },
    }),
  ),
]

/** Far from what cells say, so that it is seen where a row comes from. Hidden where there is no value. */
const releasedOfShire: ReleasedFigure[] = [
  ...ofShire.flatMap((school, i) => [
    cell('headcount', school, 'year', 2016, 1000 + i),
    cell('incidents', school, 'half_term', 201601, 100 + i),
    cell('incidents', school, 'half_term', 201602, school === cedar ? undefined : 50),
    cell('pupils_with_incident', school, 'half_term', 201601, school === dale ? 'x' : 60),
    {
      ...cell('wellbeing_score', school, 'half_term', 201601, 20 + i, 'instrument=sdq;subscale=peer'),
      ...{ sx: (20 + i) * 50, sxx: (20 + i) * 2600 },
    },
    { ...cell('days_to_resolution', school, 'half_term', 201601, 31), median: 3 + i },
  ]),
  cell('headcount', 0, 'year', 2016, 5010),
  cell('headcount', 0, 'year', 2016, 400, 'sex=F'),
  cell('headcount', 0, 'year', 2016, 4000, 'sex=M'),
  cell('headcount', 0, 'year', 2016, undefined, 'sex=U'),
  cell('pupils_with_incident', 0, 'half_term', 201601, 410, 'sex=F'),
  cell('pupils_with_incident', 0, 'half_term', 201601, 20, 'sex=M'),
  cell('pupils_with_incident', 0, 'half_term', 201601, 10, 'sex=U'),
  cell('incidents', 0, 'half_term', 201601, 510),
  cell('incidents', 0, 'half_term', 201602, 271),
  cell('incidents', 0, 'week', 20161003, 77),
  cell('pupils_with_incident', 0, 'half_term', 201601, undefined),
  cell('incidents', 0, 'half_term', 201601, 300, 'severity=1'),
  cell('incidents', 0, 'half_term', 201601, undefined, 'severity=2'),
  { ...cell('days_to_resolution', 0, 'half_term', 201601, 155), median: 9 },
]

function cell(
  metric: string,
  school: number,
  grain: ReleasedFigure['grain'],
  period: number,
  value: number | 'x' | undefined,
  by = '',
): ReleasedFigure {
  const place = { metric, outcome: '', school, grain, period, by }
  if (value === 'x') return { ...place, status: 'unavailable' }
  return value === undefined ? { ...place, status: 'hidden' } : { ...place, status: 'published', value }
}

async function release(
  authority: number,
  year: number,
  { through, number = 1 }: { through: number; number?: number },
  figures: ReleasedFigure[],
): Promise<void> {
  const shape = { authority: `${authority}`, academicYear: '', schools: [], characteristics: [], pairs: [] }
  const info = {
    ...{
      authority,
      year,
      number,
      digest: `${number}`,
      profile: 'strict@1',
      closedAt: '2017-01-05T09:00:00.000Z',
    },
    ...{ offset: 0, schools: 5, figures: figures.length, shape: '', through, isComplete: through === 6 },
    definitions: new Map(figures.map(({ metric }) => [metric, `${metric}@1`])),
  }
  const basis = { shape: { ...shape, halfTerms: [], weeks: [] }, denominators: new Map(), metrics: [] }
  await writeRelease(gateway.warehouse, info, figures, basis)
}

const halfTerm = (...index: number[]) => ({ grain: 'HALF_TERM', academicYears: ['201617'], index })
const year = { academicYears: ['201617'] }

async function rows(asked: Asked, who = key): Promise<FigureRow[]> {
  const { data, errors } = await gateway.ask(who, query, { period: year, ...asked })
  expect(errors).toBeUndefined()
  return data.figures.rows
}
const valuesOf = (found: readonly FigureRow[]) => found.map(({ status, value }) => [status, value])

describe('what a release holds', () => {
  test('comes from it, whatever cells say: counts, rates over its roll, and when it was closed', async () => {
    const asked = {
      metric: 'incident_rate',
      groupBy: ['school'],
      period: halfTerm(1),
      filters: { schools: [birch] },
    }
    const { data } = await gateway.ask(key, query, asked)
    expect(data.figures.asOf).toBe('2017-01-05T09:00:00.000Z')
    const { value, lower, upper } = rate(101, 1001, { per: 100 })
    expect(data.figures.rows).toMatchObject([
      {
        ...{ numerator: 101, denominator: 1001, status: 'OK', symbol: '', reason: null, rollCensus: null },
        ...{ release: '855/201617/1', profile: 'strict@1', schools: 1, schoolsWithoutRoll: 0 },
        ...{
          value: expect.closeTo(value, 10),
          lower: expect.closeTo(lower, 10),
          upper: expect.closeTo(upper, 10),
        },
      },
    ])
    expect(await rows({ metric: 'incidents', groupBy: ['authority'], period: halfTerm(1) })).toMatchObject([
      { n: 510, schools: 5, schoolsWithoutRoll: 1, release: '855/201617/1' },
    ])
  })

  test('a figure that is hidden or not available there is so here, and none is counted in its place', async () => {
    const asked = { metric: 'pupils_with_incident', period: halfTerm(1) }
    expect(await rows(asked)).toMatchObject([
      { status: 'SUPPRESSED', symbol: 'c', n: null, release: '855/201617/1' },
    ])
    const found = await rows({ ...asked, groupBy: ['school'], filters: { schools: [dale] } })
    expect(found).toMatchObject([{ status: 'NOT_AVAILABLE', symbol: 'x', n: null, release: '855/201617/1' }])
  })

  test('a list of schools or a phase is the sum of its parts, and held back with any of them', async () => {
    const phases = (index: number) =>
      rows({ metric: 'incidents', groupBy: ['phase'], period: halfTerm(index) })
    expect(await phases(1)).toMatchObject([
      { phase: 'PS', n: 303, schools: 3, status: 'OK' },
      { phase: 'SS', n: 207, schools: 2 },
      { phase: 'SP', status: 'NOT_RELEASED' },
      { phase: 'PR', profile: 'aggregate@1' },
    ])
    expect(await phases(2)).toMatchObject([
      { phase: 'PS', status: 'SUPPRESSED', n: null },
      { n: 100 },
      {},
      {},
    ])
    const some = { metric: 'incident_rate', filters: { schools: [ash, elm] }, period: halfTerm(1) }
    expect(await rows(some)).toMatchObject([{ numerator: 204, denominator: 2004, status: 'OK' }])
    // A part that is not available is left out, from below as from above.
    const beside = { metric: 'pupils_with_incident', filters: { schools: [dale, elm] }, period: halfTerm(1) }
    expect(await rows(beside)).toMatchObject([{ n: 60, schools: 1, schoolsWithoutRoll: 0 }])
  })

  test('by dimensions: as the release has them, and one row that says so where it has none', async () => {
    const bySex = { metric: 'pupils_with_incident_share', groupBy: ['authority', 'sex'], period: halfTerm(1) }
    // More than the whole is no share: pupils came after the census. A hidden roll hides its share.
    expect(valuesOf(await rows(bySex))).toEqual([
      ['NOT_AVAILABLE', null],
      ['OK', 0.5],
      ['SUPPRESSED', null],
    ])
    const severities = await rows({
      metric: 'incidents',
      groupBy: ['authority', 'severity'],
      period: halfTerm(1),
    })
    expect(severities.map((one) => [one.dimensions[0]!.value, one.status, one.value])).toEqual([
      ['1', 'OK', 300],
      ['2', 'SUPPRESSED', null],
    ])
    const kept = { name: 'severity', values: ['1'] }
    const one = {
      metric: 'incidents',
      groupBy: ['severity'],
      filters: { dimensions: [kept] },
      period: halfTerm(1),
    }
    expect(valuesOf(await rows(one))).toEqual([['OK', 300]])
    expect(
      await rows({ metric: 'incidents', groupBy: ['authority', 'location'], period: halfTerm(1) }),
    ).toMatchObject([{ dimensions: [], status: 'NOT_RELEASED', reason: 'this breakdown is not in releases' }])
  })

  test('means are pooled from n, Σx and Σx²; a median is told as it was released, and of no sum', async () => {
    const scores = { metric: 'wellbeing_score', groupBy: ['instrument', 'subscale'], period: halfTerm(1) }
    const [found] = await rows({ ...scores, filters: { schools: [ash, birch] } })
    const expected = meanInterval(41, 41 * 50, 41 * 2600)
    expect(found).toMatchObject({ n: 41, schools: 2, method: 'Student’s t interval of a mean' })
    for (const part of ['value', 'lower', 'upper'] as const)
      expect(found![part]).toBeCloseTo(expected[part], 10)
    const days = { metric: 'days_to_resolution', period: halfTerm(1) }
    expect(await rows(days)).toMatchObject([{ n: 155, value: 9 }])
    expect(await rows({ ...days, filters: { schools: [birch] } })).toMatchObject([{ n: 31, value: 4 }])
    expect(await rows({ ...days, filters: { schools: [ash, birch] } })).toMatchObject([
      { status: 'NOT_RELEASED', reason: 'a median is not summed from those of parts' },
    ])
  })

  test('a reader of single schools gets their released rows, and no authority’s', async () => {
    const bi = await gateway.keyOf('bi', 'bi', [855], ofShire)
    const asked = { metric: 'incidents', period: halfTerm(1), groupBy: ['school'] }
    expect((await rows(asked, bi)).map(({ n }) => n)).toEqual([100, 101, 102, 103, 104])
    // Five schools are all that there are: their sum, and not the authority's own figure, which may tell more.
    expect(await rows({ ...asked, groupBy: [], period: halfTerm(2) }, bi)).toMatchObject([
      { status: 'SUPPRESSED' },
    ])
    expect(await rows({ metric: 'incidents', period: halfTerm(3) }, bi)).toMatchObject([
      { status: 'NOT_RELEASED' },
    ])
  })

  test('the newest release alone is read', async () => {
    await release(866, 2015, { through: 6 }, [cell('exclusions', 0, 'year', 2015, 500)])
    await release(866, 2015, { through: 6, number: 2 }, [cell('exclusions', 0, 'year', 2015, 510)])
    const asked = { metric: 'exclusions', groupBy: ['authority'], filters: { authorities: [866] } }
    expect(await rows({ ...asked, period: { academicYears: ['201516'] } }, commissioner)).toMatchObject([
      { n: 510, release: '866/201516/2' },
    ])
  })
})

describe('what no release holds', () => {
  test.each<[string, Asked, string]>([
    [
      'a school in an open period',
      { metric: 'incidents', groupBy: ['school'], period: halfTerm(3) },
      'Half-term 3 of 2016/17 of authority 855 has not been released',
    ],
    [
      'a school’s week',
      {
        metric: 'incidents',
        groupBy: ['school'],
        period: { grain: 'WEEK', from: '2016-10-03', to: '2016-10-09' },
      },
      'schools’ weeks are not published',
    ],
    [
      'a metric that is in none',
      { metric: 'sessions_delivered', groupBy: ['school'], period: halfTerm(1) },
      'this metric is not in releases',
    ],
    [
      'pupils of a term',
      {
        metric: 'pupils_with_incident',
        groupBy: ['authority'],
        period: { grain: 'TERM', academicYears: ['201617'], index: [1] },
      },
      'of this metric releases have no figures by term',
    ],
    [
      'a year of which half-terms are released',
      { metric: 'incidents', groupBy: ['authority'] },
      'Academic year of 2016/17 of authority 855 has not been released',
    ],
  ])('%s is not told, and the row says why', async (_, asked, reason) => {
    const schools = { filters: { schools: [ash] } }
    const found = await rows({ ...asked, ...(asked.groupBy?.includes('school') && schools) })
    expect(found.length).toBeGreaterThan(0)
    for (const one of found)
      expect(one).toMatchObject({
        status: 'NOT_RELEASED',
        symbol: 'x',
        n: null,
        value: null,
        release: null,
        reason,
      })
  })

  test('a school that no release has says so, and stays out of every sum', async () => {
    const [own] = await rows({
      metric: 'incidents',
      filters: { schools: [late] },
      groupBy: ['school'],
      period: halfTerm(1),
    })
    expect(own).toMatchObject({
      status: 'NOT_RELEASED',
      reason: expect.stringContaining('no roll when the year was first released'),
    })
    const [both] = await rows({ metric: 'incidents', filters: { schools: [ash, late] }, period: halfTerm(1) })
    expect(both).toMatchObject({ status: 'OK', n: 100, schools: 1, schoolsWithoutRoll: 1 })
  })

  test('a whole authority is provisional: rounded to 10, value and interval from what was rounded', async () => {
    const asked = { metric: 'incident_rate', groupBy: ['authority'], filters: { authorities: [866] } }
    const { value, lower } = rate(720, 1220, { per: 100 })
    expect(await rows(asked, commissioner)).toMatchObject([
      {
        ...{
          numerator: 720,
          denominator: 1220,
          status: 'PROVISIONAL',
          symbol: 'p',
          profile: 'provisional@1',
        },
        ...{ release: null, schools: 6, reason: expect.stringContaining('rounded to 10') },
        ...{ value: expect.closeTo(value, 10), lower: expect.closeTo(lower, 10) },
      },
    ])
  })

  test('… over the roll that a release has, exact, where there is one', async () => {
    const asked = { metric: 'incident_rate', groupBy: ['authority'], period: halfTerm(3) }
    expect(await rows(asked)).toMatchObject([
      { numerator: 200, denominator: 5010, status: 'PROVISIONAL', schools: 5 },
    ])
  })

  test('… and held back where it is not safe by itself', async () => {
    const asked = {
      metric: 'incidents',
      groupBy: ['authority'],
      filters: { authorities: [866] },
      period: halfTerm(4),
    }
    const cells = (each: readonly number[]) =>
      seed(
        gateway.warehouse,
        ofTown.map(
          (school, i): SeedCell => ({
            ...{ authority: 866, school, metric: 'incidents', period: 20170130, counts: { '': each[i]! } },
          }),
        ),
      )
    const period = { grain: 'WEEK', from: '2017-01-30', to: '2017-02-05' }
    const told = async (each: readonly number[]) => {
      await cells(each)
      return valuesOf(await rows({ ...asked, period }, commissioner))
    }
    expect(await told([30, 1, 1, 1, 0, 0])).toEqual([['SUPPRESSED', null]])
    expect(await told([30, 9, 0, 0, 0, 0])).toEqual([['SUPPRESSED', null]])
    expect(await told([86, 5, 5, 3, 1, 0])).toEqual([['SUPPRESSED', null]])
    expect(await told([30, 3, 3, 0, 0, 0])).toEqual([['PROVISIONAL', 40]])
    expect(await told([0, 0, 0, 0, 0, 0])).toEqual([['PROVISIONAL', 0]])
    // A part is held to its complement besides: all but a few of all incidents.
    const resolved = async (each: readonly number[]) => {
      await seed(
        gateway.warehouse,
        ofTown.map(
          (school, i): SeedCell => ({
            ...{
              authority: 866,
              school,
              metric: 'incidents_resolved',
              period: 20170130,
              counts: { '': each[i]! },
            },
          }),
        ),
      )
      return valuesOf(await rows({ ...asked, metric: 'incidents_resolved', period }, commissioner))
    }
    await cells([30, 30, 30, 30, 30, 30])
    expect(await resolved([30, 30, 30, 30, 28, 28])).toEqual([['SUPPRESSED', null]])
    expect(await resolved([25, 25, 30, 30, 25, 30])).toEqual([['PROVISIONAL', 170]])
  })

  test('several authorities are the sum of what each of them is told as, never rounded anew', async () => {
    const asked = { metric: 'incidents', filters: { authorities: [855, 866] }, period: halfTerm(1) }
    expect(await rows(asked, commissioner)).toMatchObject([
      {
        ...{ n: 510 + 240, status: 'PROVISIONAL', schools: 11, authorityCode: null },
        ...{ profile: 'provisional@1, strict@1', release: '855/201617/1' },
      },
    ])
  })
})

test('a row’s source goes by what it is of, never by its numbers', async () => {
  const sources = async () => {
    const found: unknown[] = []
    for (const metric of [
      'incidents',
      'incident_rate',
      'incidents_resolved',
      'pupils_with_incident',
      'headcount',
    ])
      for (const groupBy of [['school'], ['authority'], ['phase']])
        for (const period of metric === 'headcount' ? [year] : [year, halfTerm(1, 2, 3)])
          for (const one of await rows({ metric, groupBy, period, filters: { authorities: [855] } }))
            found.push([metric, one.timeIdentifier, one.authorityCode, one.schoolUrn, one.phase, one.release])
    return found
  }
  const before = await sources()
  for (const incidents of [12, 13, 400])
    await seed(
      gateway.warehouse,
      ofShire.flatMap((school, i) => liveOf(855, school, incidents + i)),
    )
  expect(await sources()).toEqual(before)
})

describe('aggregates stand for figures that are published already', () => {
  const exclusions = { metric: 'incidents', period: halfTerm(1) }

  test('they are told as counted, each by itself', async () => {
    const asked = { ...exclusions, groupBy: ['authority'], filters: { authorities: [877] } }
    expect(await rows(asked, commissioner)).toMatchObject([
      { n: 7, status: 'OK', profile: 'aggregate@1', release: null, reason: null },
    ])
  })

  test('… and stand in no figure of an authority that has schools', async () => {
    const own = { ...exclusions, groupBy: ['school'], filters: { schools: [beside] } }
    expect(await rows(own)).toMatchObject([{ schoolUrn: beside, n: 7, profile: 'aggregate@1' }])
    expect(await rows({ ...exclusions, groupBy: ['authority'] })).toMatchObject([{ n: 510, schools: 5 }])
  })
})
