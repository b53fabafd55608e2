import { meanInterval, wilson } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, seed } from '../installation.ts'

const authority = 855
const schools = [855_101, 855_102, 855_103, 855_104]
const [ash, birch, cedar, dale] = schools as [number, number, number, number]
let gateway: Installation
let analyst: string
let lead: string
const wheel = (factor: string, informant = 'self') =>
  `instrument=resilience-wheel@2;factor=${factor};informant=${informant}`

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Leicestershire' }],
    schools: schools.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS' })),
  })
  analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  lead = await gateway.keyOf('lead', 'school_lead', [authority], [ash])
  const cell = (school: number, metric: string, period: number, counts: object) => ({
    ...{ authority, school, metric, period, counts: counts as Record<string, number> },
  })
  await seed(gateway.warehouse, [
    cell(ash, 'factor_score', 20161003, {
      [wheel('coping')]: [40, 2000, 110_000],
      [wheel('coping', 'staff')]: [40, 3000, 230_000],
      [wheel('optimism')]: [9, 450, 22_600],
      [wheel('level.family')]: [40, 1600, 80_000],
    }),
    cell(birch, 'factor_score', 20161003, { [wheel('coping')]: [10, 700, 50_000] }),
    ...[cedar, dale].map((urn) =>
      cell(urn, 'factor_score', 20161003, { [wheel('coping')]: [25, 1350, 80_000] }),
    ),
    // The term before.
    ...[ash, birch, cedar].map((urn) =>
      cell(urn, 'factor_score', 20160509, { [wheel('coping')]: [20, 900, 41_000] }),
    ),
    cell(ash, 'low_level_scores', 20161003, { [wheel('level.family')]: 24 }),
    cell(ash, 'interventions_started', 20161003, {
      ...{
        'ecological_level=individual': 60,
        'ecological_level=family': 3,
        'ecological_level=community': 20,
      },
    }),
    cell(ash, 'sessions_delivered', 20161003, {
      ...{ 'ecological_level=individual': 300, 'ecological_level=family': 100 },
    }),
  ])
})
afterAll(() => gateway?.close())

const term = 'period: { grain: TERM, academicYears: ["201617"], index: [1] }'
const ask = async (query: string, key = lead) => {
  const { data, errors } = await gateway.ask(key, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}
const refusal = async (query: string) =>
  (await gateway.ask(lead, `{ ${query} }`)).errors?.[0]?.extensions.field

describe('protective factors', () => {
  const factors = async (key?: string) =>
    (await ask(`protectiveFactors(${term}) { set factor label n value lower upper sd change status }`, key))
      .protectiveFactors

  test('mean, n, sd and interval are those of all check-ins, and change is against the term before', async () => {
    const coping = (await factors(analyst)).find((row: any) => row.factor === 'coping')
    const { value, lower, upper } = meanInterval(100, 5400, 320_000)
    expect(coping).toMatchObject({ set: 'protective', label: 'Coping', n: 100, value: 54, status: 'OK' })
    expect([coping.value, coping.lower, coping.upper]).toEqual([value, lower, upper])
    expect(coping.sd).toBeCloseTo(Math.sqrt((320_000 - 5400 ** 2 / 100) / 99), 10)
    expect(coping.change).toBeCloseTo(54 - 45, 10)
  })

  test('every factor of the three sets has a row, whether anybody answered or not, and a few check-ins tell nothing', async () => {
    const rows = await factors()
    expect(rows.map(({ set, factor }: any) => `${set} ${factor}`)).toEqual([
      ...['protective relationships', 'protective self_esteem', 'protective coping'],
      ...['concepts self_awareness', 'concepts coping', 'concepts positive_relationships'],
      ...['concepts growth_mindset', 'internal optimism', 'internal self_efficacy'],
      ...['internal emotional_regulation', 'other belonging', 'other trusted_adult'],
    ])
    const optimism = rows.find((row: any) => row.factor === 'optimism')
    expect(optimism).toMatchObject({ n: null, value: null, sd: null, change: null, status: 'SUPPRESSED' })
    expect(rows[2]).toMatchObject({ n: 40, value: 50 })
  })

  test('an instrument without tags is refused by name', async () => {
    expect(await refusal(`protectiveFactors(${term}, instrument: "resilience-wheel@1") { factor }`)).toBe(
      'instrument',
    )
  })
})

describe('the ecological profile', () => {
  const fields =
    '{ level strength { n value } need { numerator denominator value lower } interventions { numerator denominator status } sessions { numerator denominator value status } }'

  test('need stands beside support on each of four levels', async () => {
    const { ecologicalProfile: rows } = await ask(`ecologicalProfile(${term}) ${fields}`)
    expect(rows.map(({ level }: any) => level)).toEqual(['individual', 'family', 'community', 'societal'])
    const family = rows[1]
    expect(family.strength).toEqual({ n: 40, value: 40 })
    expect(family.need).toMatchObject({ numerator: 24, denominator: 40, value: 60 })
    expect(family.need.lower).toBeCloseTo(wilson(24, 40).lower * 100, 10)
    expect(family.sessions).toMatchObject({ numerator: 100, denominator: 400, value: 25 })
    expect(rows[3].sessions).toMatchObject({ numerator: 0, denominator: 400 })
  })

  test('three interventions on one level do not follow from the other levels and the total', async () => {
    const { ecologicalProfile: rows } = await ask(`ecologicalProfile(${term}) ${fields}`)
    const hidden = rows.filter((row: any) => row.interventions.numerator === null)
    expect(rows[1].interventions.status).toBe('SUPPRESSED')
    expect(hidden.length).toBeGreaterThan(1)
  })

  test('an instrument without levels is refused by name', async () => {
    expect(await refusal(`ecologicalProfile(${term}, instrument: "swemwbs@1") { level }`)).toBe('instrument')
  })
})
