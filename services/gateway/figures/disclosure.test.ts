import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'

const urns = Array.from({ length: 8 }, (_, i) => 812301 + i)
let gateway: Installation
let key: string
let lead: string

beforeAll(async () => {
  gateway = await installation({
    authorities: [
      { code: 855, name: 'Leicestershire' },
      { code: 856, name: 'Leicester' },
    ],
    schools: [
      ...urns.map((urn, i) => ({
        ...{ urn, authority: 855, name: `School ${i}`, phase: i < 5 ? ('PS' as const) : ('SS' as const) },
      })),
      { urn: 812401, authority: 856, name: 'Elsewhere', phase: 'PS' as const },
    ],
    now: () => Date.parse('2017-12-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  key = await gateway.keyOf('analyst', 'analyst', [855])
  lead = await gateway.keyOf('lead', 'school_lead', [855], [urns[0]!])
  await seed(gateway.warehouse, yearOf(2016, closed))
  await gateway.release({ authority: 855, year: 2016 })
})
afterAll(() => gateway.close())

/** What an academic year's cells come to, by school. */
interface World {
  readonly exclusions: readonly number[]
  readonly roll: readonly number[]
  /** Of all incidents, as many. */
  readonly resolved: readonly number[]
}

/** Of the year that was released: the second school's count is small, and all others could be shown by themselves. */
const closed: World = {
  exclusions: [20, 3, 30, 0, 41, 17, 25, 9],
  roll: [300, 320, 280, 190, 400, 900, 1100, 700],
  resolved: [10, 10, 10, 10, 10, 10, 10, 10],
}

const first = { 2016: 20161003, 2017: 20171002 }

function yearOf(year: 2016 | 2017, { exclusions, roll, resolved }: World): SeedCell[] {
  const census = { 2016: 20170116, 2017: 20171002 }[year]
  return urns.flatMap((school, i): SeedCell[] => {
    const at = (metric: string, period: number, counts: SeedCell['counts']): SeedCell => ({
      ...{ authority: 855, school, metric, period, counts },
    })
    const n = exclusions[i]!
    return [
      at('headcount', census, { '': roll[i]!, 'census=spring': roll[i]! }),
      at('exclusions', first[year], { '': n, 'exclusion_type=SUSP': n, 'sex=F': n }),
      at('incidents', first[year], { '': 30 }),
      at('incidents_resolved', first[year], { '': resolved[i]!, 'days=3': resolved[i]! }),
      at('wellbeing_score', first[year], {
        'instrument=resilience-wheel@1;subscale=bonding': [12, 12 * 50, 12 * 2600],
      }),
    ]
  })
}

const row = `metricId timePeriod timeIdentifier authorityCode schoolUrn schoolName phase dimensions { name value label }
  n numerator denominator value lower upper confidence method unit per status symbol schools schoolsWithoutRoll rollCensus
  responseRate profile release reason`
const page = `{ totalCount asOf pageInfo { hasNextPage hasPreviousPage startCursor endCursor } rows { ${row} } }`

const questions = (year: string): string[] => {
  const period = `period: { academicYears: ["${year}"] }`
  const figures = (metric: string, more = '', when = period) =>
    `figures(metric: "${metric}", ${more} ${when}) ${page}`
  const bySchool = 'groupBy: ["school"],'
  return [
    ...[
      'exclusions',
      'exclusion_rate',
      'incidents_resolved',
      'incident_resolution_rate',
      'headcount',
    ].flatMap((metric) => [
      figures(metric, `${bySchool} first: 2,`),
      figures(metric),
      figures(metric, 'groupBy: ["phase"],'),
    ]),
    figures('days_to_resolution', bySchool),
    figures('wellbeing_score', 'groupBy: ["school", "instrument", "subscale"],'),
    figures('exclusion_rate', 'groupBy: ["school", "exclusion_type"],'),
    figures('exclusion_rate', 'groupBy: ["authority", "sex"],'),
    figures('exclusions', `groupBy: ["authority"], filters: { schools: [${urns.slice(0, 3)}] },`),
    figures('exclusions', 'groupBy: ["authority"],', `period: { grain: TERM, academicYears: ["${year}"] }`),
    figures('exclusions', '', `period: { grain: WEEK, academicYears: ["${year}"] }`),
    `compareSchools(metric: "exclusion_rate", orderBy: VALUE, ${period}) { rows { ${row} } suppressed benchmark { ${row} } asOf }`,
    `trend(metric: "exclusion_rate", period: { grain: HALF_TERM, academicYears: ["${year}"] }) { points { ${row} } suppressed asOf }`,
  ]
}

async function answers(year: string, who = key): Promise<string[]> {
  const found: string[] = []
  for (const field of questions(year)) {
    const { text, errors } = await gateway.ask(who, `{ ${field} }`)
    expect(errors).toBeUndefined()
    found.push(text)
  }
  return found
}

const size = fc.integer({ min: 0, max: 200 })
const eight = fc.array(size, { minLength: 8, maxLength: 8 })
const anyWorld = fc.record({ exclusions: eight, roll: eight, resolved: eight })

test('of an open period readers across schools get the same answers to the last byte, whatever happened in it', async () => {
  const of = async (world: World) => {
    await seed(gateway.warehouse, yearOf(2017, world))
    return answers('201718')
  }
  await fc.assert(
    fc.asyncProperty(anyWorld, anyWorld, async (one, two) => {
      expect(await of(two)).toEqual(await of(one))
    }),
    { numRuns: 4 },
  )
}, 180_000)

test('the worlds are worth comparing: one more event of a school changes what its lead is told', async () => {
  await seed(gateway.warehouse, yearOf(2017, closed))
  const before = await answers('201718', lead)
  const exclusions = closed.exclusions.with(0, closed.exclusions[0]! + 1)
  await seed(gateway.warehouse, yearOf(2017, { ...closed, exclusions }))
  expect(await answers('201718', lead)).not.toEqual(before)
})

test('no event moves a released row, whatever it counts: its year’s answers stay as they are to the last byte', async () => {
  const before = await answers('201617')
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      await seed(gateway.warehouse, yearOf(2016, world))
      expect(await answers('201617')).toEqual(before)
    }),
    { numRuns: 3 },
  )
})

test('a row that is held back has no number at all, and says so', async () => {
  const { data } = await gateway.ask(
    key,
    `{ figures(metric: "exclusion_rate", groupBy: ["school"], period: { academicYears: ["201617"] }) ${page} }`,
  )
  expect(data.figures.totalCount).toBe(8)
  const heldBack = data.figures.rows.filter(({ status }: any) => status === 'SUPPRESSED')
  expect(heldBack.map(({ schoolUrn }: any) => schoolUrn)).toContain(urns[1])
  expect(heldBack.length).toBeGreaterThan(1)
  for (const held of heldBack) {
    expect(held).toMatchObject({
      ...{ symbol: 'c', profile: 'standard@1', timePeriod: '201617', release: '855/201617/1' },
      reason: 'held back, by itself or to protect another figure',
    })
    const { authorityCode, schoolUrn, per, ...rest } = held
    expect(Object.values(rest).filter((value) => typeof value === 'number')).toEqual([])
    expect([authorityCode, per, urns.includes(schoolUrn)]).toEqual([855, 100, true])
  }
})

test('of an open period no reader across schools gets a school’s row, however large it is, and its lead does', async () => {
  await seed(gateway.warehouse, yearOf(2017, closed))
  const ask = async (who: string, filters = '') => {
    const asked = `figures(metric: "exclusion_rate", groupBy: ["school"], ${filters} period: { academicYears: ["201718"] })`
    return (await gateway.ask(who, `{ ${asked} ${page} }`)).data.figures.rows
  }
  const few = await gateway.keyOf('few', 'bi', [855], urns.slice(0, 2))
  const rows = [
    ...(await ask(key)),
    ...(await ask(key, `filters: { schools: [${urns[0]}] }, `)),
    ...(await ask(few)),
  ]
  expect(rows).toHaveLength(8 + 1 + 2)
  for (const one of rows) {
    expect(one).toMatchObject({
      ...{ status: 'NOT_RELEASED', symbol: 'x', release: null, profile: 'standard@1' },
      reason: '2017/18 of authority 855 has not been released: half-term 6 closes on 2018-08-15',
    })
    const { authorityCode: _, schoolUrn: __, per: ___, ...rest } = one
    expect(Object.values(rest).filter((value) => typeof value === 'number')).toEqual([])
  }
  expect(await ask(lead)).toMatchObject([
    {
      schoolUrn: urns[0],
      numerator: 20,
      denominator: 300,
      status: 'OK',
      profile: 'own-school@1',
      release: null,
    },
  ])
})

test('the benchmark is held to the same rule as the rows', async () => {
  await seed(gateway.warehouse, yearOf(2017, closed))
  const asked = 'compareSchools(metric: "exclusion_rate", period: { academicYears: ["201718"] })'
  const { data } = await gateway.ask(key, `{ ${asked} { benchmark { ${row} } funnel { status } } }`)
  expect(data.compareSchools).toMatchObject({
    benchmark: { status: 'NOT_RELEASED', value: null, numerator: null, denominator: null, n: null },
    funnel: { status: 'NOT_APPLICABLE' },
  })
})

test('what a school’s lead may not see of the own school is told by nothing either', async () => {
  const of = async (pupils: number, scores: number) => {
    const at = { authority: 855, school: urns[0]! }
    await seed(gateway.warehouse, [
      { ...at, metric: 'headcount', period: 20171002, counts: { '': pupils, 'census=spring': pupils } },
      {
        ...{ ...at, metric: 'wellbeing_score', period: 20171002 },
        counts: { 'instrument=resilience-wheel@1;subscale=bonding': [scores, scores * 50, scores * 2600] },
      },
    ])
    return answers('201718', lead)
  }
  const one = await of(1, 1)
  expect(await of(4, 4)).toEqual(one)
  expect(await of(4, 5)).not.toEqual(one)
})

test('a response rate stands beside no row that is held back', async () => {
  const rates = async (scored: number) => {
    const at = { authority: 855, school: urns[0]! }
    await seed(gateway.warehouse, [
      { ...at, metric: 'headcount', period: 20171002, counts: { '': 300, 'census=spring': 300 } },
      { ...at, metric: 'pupils_checked_in', period: 2017, grain: 'year', counts: { '': 150 } },
      {
        ...{ ...at, metric: 'wellbeing_score', period: 20171002 },
        counts: { 'instrument=resilience-wheel@1;subscale=bonding': [scored, scored * 50, scored * 2600] },
      },
    ])
    const groupBy = '["school", "instrument", "subscale"]'
    const { data } = await gateway.ask(
      lead,
      `{ figures(metric: "wellbeing_score", groupBy: ${groupBy}, period: { academicYears: ["201718"] }) { rows { status responseRate } } }`,
    )
    return data.figures.rows
  }
  expect(await rates(4)).toEqual([{ status: 'SUPPRESSED', responseRate: null }])
  expect(await rates(10)).toEqual([{ status: 'OK', responseRate: 50 }])
})

test('a school’s lead is told under the authority’s own form of own-school, which each row and me are stamped with', async () => {
  const { profiles } = gateway.controlPlane
  await profiles.tighten(856, 'own-school', { smallestCount: 3 })
  await profiles.tighten(856, 'standard', { smallestCount: 30 })
  const at = { authority: 856, school: 812401 }
  const there = await gateway.keyOf('elsewhere', 'school_lead', [856], [812401])
  const rowWith = async (exclusions: number, who = there, school: Partial<SeedCell> = at) => {
    await seed(gateway.warehouse, [
      { ...at, ...school, metric: 'headcount', period: 20171002, counts: { '': 300, 'census=spring': 300 } },
      { ...at, ...school, metric: 'exclusions', period: 20171002, counts: { '': exclusions } },
    ])
    const asked = 'figures(metric: "exclusions", period: { academicYears: ["201718"] })'
    const { data } = await gateway.ask(who, `{ ${asked} { rows { status n profile } } me { profile } }`)
    expect(data.me.profile).toBe(data.figures.rows[0].profile)
    return data.figures.rows[0]
  }
  const profile = 'own-school-856@1'
  expect(await rowWith(2)).toEqual({ status: 'SUPPRESSED', n: null, profile })
  expect(await rowWith(3)).toEqual({ status: 'OK', n: 3, profile })
  const own = await rowWith(2, lead, { authority: 855, school: urns[0]! })
  expect(own).toEqual({ status: 'OK', n: 2, profile: 'own-school@1' })
})
