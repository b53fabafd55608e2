import { meanInterval, rate } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seed } from '../installation.ts'
import { type Asked, query } from './leicestershire.ts'
import {
  beside,
  cell,
  halfTerm,
  late,
  liveOf,
  oak,
  ofShire,
  ofTown,
  pine,
  type Shire,
  shire,
  sorrel,
  thorn,
  valuesOf,
  year,
} from './testing.ts'

let world: Shire
/** What happens before a query of the gateway. */
let interrupt: (name: string) => Promise<void> = async () => {}
const rows: Shire['rows'] = (asked, who) => world.rows(asked, who)
beforeAll(async () => {
  world = await shire((name) => interrupt(name))
})
afterAll(() => world.gateway.close())

describe('what a release holds', () => {
  test('comes from it, whatever cells say: counts, rates over its roll, and when it was closed', async () => {
    const asked = {
      metric: 'incident_rate',
      groupBy: ['school'],
      period: halfTerm(1),
      filters: { schools: [pine] },
    }
    const { data } = await world.gateway.ask(world.key, query, asked)
    expect(data.figures.asOf).toBe('2017-01-05T09:00:00.000Z')
    const { value, lower, upper } = rate(101, 1001, { per: 100 })
    expect(data.figures.rows).toMatchObject([
      {
        ...{ numerator: 101, denominator: 1001, status: 'OK', symbol: '', reason: null, rollCensus: null },
        ...{ release: '855/201617/1', profile: 'strict@1', schools: 1, schoolsWithoutRoll: 0 },
        definitionId: 'incidents@1 / headcount@1',
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
    const found = await rows({ ...asked, groupBy: ['school'], filters: { schools: [sorrel] } })
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
    const some = { metric: 'incident_rate', filters: { schools: [oak, thorn] }, period: halfTerm(1) }
    expect(await rows(some)).toMatchObject([{ numerator: 204, denominator: 2004, status: 'OK' }])
    // A part that is not available is left out, from below as from above.
    const beside = {
      metric: 'pupils_with_incident',
      filters: { schools: [sorrel, thorn] },
      period: halfTerm(1),
    }
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
    const [found] = await rows({ ...scores, filters: { schools: [oak, pine] } })
    const expected = meanInterval(41, 41 * 50, 41 * 2600)
    expect(found).toMatchObject({ n: 41, schools: 2, method: 'Student’s t interval of a mean' })
    for (const part of ['value', 'lower', 'upper'] as const)
      expect(found![part]).toBeCloseTo(expected[part], 10)
    // One that has no score at all adds nothing, the first of them too.
    expect(await rows({ ...scores, filters: { schools: [sorrel, thorn] } })).toMatchObject([
      { n: 24, value: 50 },
    ])
    const days = { metric: 'days_to_resolution', period: halfTerm(1) }
    expect(await rows(days)).toMatchObject([{ n: 155, value: 9 }])
    expect(await rows({ ...days, filters: { schools: [pine] } })).toMatchObject([{ n: 31, value: 4 }])
    expect(await rows({ ...days, filters: { schools: [oak, pine] } })).toMatchObject([
      { status: 'NOT_RELEASED', reason: 'a median is not summed from those of parts' },
    ])
  })

  test('a reader of single schools gets their released rows, and no authority’s', async () => {
    const bi = await world.gateway.keyOf('bi', 'bi', [855], ofShire)
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
    await world.release(866, 2015, { through: 6 }, [cell('exclusions', 0, 'year', 2015, 500)])
    await world.release(866, 2015, { through: 6, number: 2 }, [cell('exclusions', 0, 'year', 2015, 510)])
    const asked = { metric: 'exclusions', groupBy: ['authority'], filters: { authorities: [866] } }
    expect(await rows({ ...asked, period: { academicYears: ['201516'] } }, world.commissioner)).toMatchObject(
      [{ n: 510, release: '866/201516/2' }],
    )
  })
})

test('a row is of one release, also where the next one comes while it is read', async () => {
  let isFirst = true
  interrupt = async (name) => {
    if (name !== 'released_cells' || !isFirst) return
    isFirst = false
    await world.release(866, 2014, { through: 6, number: 2 }, ofOne(2000))
  }
  await world.release(866, 2014, { through: 6 }, ofOne(1000))
  const asked = {
    metric: 'exclusion_rate',
    filters: { authorities: [866] },
    period: { academicYears: ['201415'] },
  }
  const found = await rows(asked, world.commissioner)
  interrupt = async () => {}
  expect(isFirst).toBe(false)
  expect(found).toMatchObject([{ numerator: 2000, denominator: 20_000, release: '866/201415/2' }])
})

const ofOne = (n: number) => [
  cell('exclusions', 0, 'year', 2014, n),
  cell('headcount', 0, 'year', 2014, n * 10),
  ...ofTown.map((school) => cell('headcount', school, 'year', 2014, n)),
]

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
      'Autumn term of 2016/17 of authority 855 has not been released',
    ],
    [
      'a school in a metric that is released of whole authorities',
      { metric: 'incidents_resolved', groupBy: ['school'], period: halfTerm(1) },
      'of this metric releases have the whole authority alone',
    ],
    [
      'pupils of a year that lasts',
      { metric: 'pupils_with_incident', groupBy: ['authority'] },
      'Academic year of 2016/17 of authority 855 has not been released',
    ],
    [
      'a week of an authority whose half-term lasts',
      {
        metric: 'incidents',
        groupBy: ['authority'],
        period: { grain: 'WEEK', from: '2017-01-09', to: '2017-01-15' },
      },
      'Week of 2017-01-09 of 2016/17 of authority 855 has not been released',
    ],
  ])('%s is not told, and the row says why', async (_, asked, reason) => {
    const schools = { filters: { schools: [oak] } }
    const found = await rows({ ...asked, ...(asked.groupBy?.includes('school') && schools) })
    expect(found.length).toBeGreaterThan(0)
    for (const one of found)
      expect(one).toMatchObject({
        status: 'NOT_RELEASED',
        symbol: 'x',
        n: null,
        value: null,
        release: null,
        reason: expect.stringContaining(reason),
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
    const [both] = await rows({ metric: 'incidents', filters: { schools: [oak, late] }, period: halfTerm(1) })
    expect(both).toMatchObject({ status: 'OK', n: 100, schools: 1, schoolsWithoutRoll: 1 })
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
      world.gateway.warehouse,
      ofShire.flatMap((school, i) => liveOf(855, school, incidents + i)),
    )
  expect(await sources()).toEqual(before)
}, 120_000)

describe('aggregates stand for figures that are published already', () => {
  const exclusions = { metric: 'incidents', period: halfTerm(1) }

  test('they are told as counted, each by itself', async () => {
    const asked = { ...exclusions, groupBy: ['authority'], filters: { authorities: [877] } }
    expect(await rows(asked, world.commissioner)).toMatchObject([
      { n: 7, status: 'OK', profile: 'aggregate@1', release: null, reason: null },
    ])
  })

  test('… and stand in no figure of an authority that has schools', async () => {
    const own = { ...exclusions, groupBy: ['school'], filters: { schools: [beside] } }
    expect(await rows(own)).toMatchObject([{ schoolUrn: beside, n: 7, profile: 'aggregate@1' }])
    expect(await rows({ ...exclusions, groupBy: ['authority'] })).toMatchObject([{ n: 510, schools: 5 }])
  })
})
