import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'

const urns = [812301, 812302, 812303, 812304]
let gateway: Installation
let key: string

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: urns.map((urn, i) => ({ urn, authority: 855, name: `School ${i}`, phase: 'PS' })),
    now: () => Date.parse('2017-09-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  key = await gateway.keyOf('analyst', 'analyst', [855])
})
afterAll(() => gateway.close())

/** What is hidden differs between two worlds; what is shown does not. */
interface World {
  /** Exclusions of each school: 1 to 4, in all worlds of the same sum. */
  readonly few: readonly number[]
  /** Pupils on a roll of fewer than 10. */
  readonly tiny: number
  /** Check-ins of a school, fewer than 10. */
  readonly sample: number
}

function cellsOf({ few, tiny, sample }: World): SeedCell[] {
  const at = (school: number, metric: string, period: number, counts: SeedCell['counts']): SeedCell => ({
    authority: 855,
    school,
    metric,
    period,
    counts,
  })
  const subscale = 'instrument=resilience-wheel@1;subscale=bonding'
  return [
    ...urns.slice(0, 3).map((urn) => at(urn, 'headcount', 20170116, { '': 300, 'census=spring': 300 })),
    at(urns[3]!, 'headcount', 20170116, { '': tiny, 'census=spring': tiny }),
    ...urns
      .slice(0, 3)
      .map((urn, i) => at(urn, 'exclusions', 20161003, { '': few[i]!, 'exclusion_type=SUSP': few[i]! })),
    // Seven of ten is hidden by its complement, however it comes about.
    at(urns[0]!, 'incidents', 20161003, { '': 20 }),
    at(urns[0]!, 'incidents_resolved', 20161003, { '': 20 - few[0]!, 'days=3': 20 - few[0]! }),
    at(urns[1]!, 'wellbeing_score', 20161003, { [subscale]: [sample, sample * 50, sample * 2600] }),
  ]
}

/** Three counts from 1 to 4 with the sum 7: the authority's total is the same and is shown. */
const world = fc
  .tuple(
    fc.constantFrom([1, 2, 4], [4, 2, 1], [2, 2, 3], [3, 3, 1], [1, 4, 2], [4, 1, 2]),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([few, tiny, sample]): World => ({ few, tiny, sample }))

const row = `metricId timePeriod timeIdentifier authorityCode schoolUrn schoolName phase dimensions { name value label }
  n numerator denominator value lower upper confidence method unit per status symbol schools schoolsWithoutRoll rollCensus profile`
const period = 'period: { academicYears: ["201617"] }'
const asked = [
  ...[
    'exclusions',
    'exclusion_rate',
    'incidents_resolved',
    'incident_resolution_rate',
    'days_to_resolution',
  ].map((metric) => `figures(metric: "${metric}", groupBy: ["school"], first: 2, ${period})`),
  `figures(metric: "exclusion_rate", groupBy: ["school", "exclusion_type"], ${period})`,
  `figures(metric: "exclusion_rate", groupBy: ["authority"], filters: { schools: [812301, 812302, 812303] }, ${period})`,
  `figures(metric: "headcount", groupBy: ["school"], ${period})`,
  `figures(metric: "wellbeing_score", groupBy: ["school", "instrument", "subscale"], ${period})`,
]
const page = `{ totalCount asOf pageInfo { hasNextPage hasPreviousPage startCursor endCursor } rows { ${row} } }`

async function answersOf(one: World): Promise<string[]> {
  await seed(gateway.warehouse, cellsOf(one))
  const answers: string[] = []
  for (const field of asked) answers.push((await gateway.ask(key, `{ ${field} ${page} }`)).text)
  answers.push(
    (
      await gateway.ask(
        key,
        `{ compareSchools(metric: "exclusion_rate", ${period}) { rows { ${row} } asOf } }`,
      )
    ).text,
  )
  return answers
}

test('two worlds that differ in hidden numbers alone give the same answers to the last byte', async () => {
  await fc.assert(
    fc.asyncProperty(world, world, async (one, two) => {
      expect(await answersOf(two)).toEqual(await answersOf(one))
    }),
    { numRuns: 8 },
  )
})

test('a row that is held back has no number at all, and says so', async () => {
  await seed(gateway.warehouse, cellsOf({ few: [1, 2, 4], tiny: 9, sample: 9 }))
  const { data } = await gateway.ask(
    key,
    `{ figures(metric: "exclusion_rate", groupBy: ["school"], ${period}) ${page} }`,
  )
  expect(data.figures.totalCount).toBe(4)
  for (const held of data.figures.rows) {
    expect(held).toMatchObject({
      status: 'SUPPRESSED',
      symbol: 'c',
      profile: 'interim@1',
      timePeriod: '201617',
    })
    const { authorityCode, schoolUrn, per, ...rest } = held
    expect(Object.values(rest).filter((value) => typeof value === 'number')).toEqual([])
    expect([authorityCode, per, urns.includes(schoolUrn)]).toEqual([855, 100, true])
  }
})

test('the benchmark is held to the same rule as the rows', async () => {
  await seed(gateway.warehouse, [
    ...cellsOf({ few: [1, 1, 1], tiny: 9, sample: 9 }),
    ...[1, 2].map((i) => ({
      authority: 855,
      school: urns[i]!,
      metric: 'exclusions',
      period: 20161003,
      counts: {},
    })),
  ])
  const { data } = await gateway.ask(
    key,
    `{ compareSchools(metric: "exclusion_rate", ${period}) { benchmark { ${row} } } }`,
  )
  expect(data.compareSchools.benchmark).toMatchObject({
    status: 'SUPPRESSED',
    value: null,
    numerator: null,
    denominator: null,
    n: null,
  })
})

test('the two worlds are worth comparing: a number that is shown does change the answer', async () => {
  const base: World = { few: [1, 2, 4], tiny: 9, sample: 9 }
  const before = await answersOf(base)
  expect(await answersOf({ ...base, sample: 10 })).not.toEqual(before)
})

test('a response rate stands beside no row that is held back, and nowhere that its own row is', async () => {
  const scored = (sample: number, checkedIn: number) =>
    seed(gateway.warehouse, [
      ...cellsOf({ few: [1, 2, 4], tiny: 9, sample }),
      {
        ...{ authority: 855, school: urns[1]!, metric: 'pupils_checked_in', period: 2016 },
        ...{ grain: 'year' as const, counts: { '': checkedIn } },
      },
    ])
  const rates = async () => {
    const groupBy = '["school", "instrument", "subscale"]'
    const { data } = await gateway.ask(
      key,
      `{ figures(metric: "wellbeing_score", groupBy: ${groupBy}, ${period}) { rows { schoolUrn status responseRate } } }`,
    )
    return data.figures.rows.filter(({ schoolUrn }: any) => schoolUrn === urns[1])
  }
  await scored(9, 150)
  expect(await rates()).toEqual([{ schoolUrn: urns[1], status: 'SUPPRESSED', responseRate: null }])
  await scored(10, 150)
  expect(await rates()).toEqual([{ schoolUrn: urns[1], status: 'OK', responseRate: 50 }])
  // All but two: its own row is held back.
  await scored(10, 298)
  expect(await rates()).toEqual([{ schoolUrn: urns[1], status: 'OK', responseRate: null }])
})
