import { weekIndex } from '@cairn/mtss'
import { insertFacts, insertRecommendations } from '@cairn/warehouse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation } from '../installation.ts'

const authority = 855
const schools = [855_101, 855_102]
const larger = 856
const largerSchools = [1, 2, 3, 4].map((n) => 856_100 + n)
let gateway: Installation
let analyst: string
let lead: string
let largerAnalyst: string
const uuid = (n: number) => `00000000-0000-4000-8855-${String(n).padStart(12, '0')}`
const week = (n: number) => weekIndex('2025-09-01') + n

/** A pupil's tiers: [week, tier, recommended, assigned (0: by the rules)]. */
type Told = readonly (readonly [from: number, tier: number, recommended: number, assigned: number])[]

beforeAll(async () => {
  gateway = await installation({
    authorities: [
      { code: authority, name: 'Cairnshire' },
      { code: larger, name: 'Dalesshire' },
    ],
    schools: [
      ...schools.map((urn, i) => ({ urn, authority, name: `School ${i}`, phase: 'PS' as const })),
      ...largerSchools.map((urn) => ({
        urn,
        authority: larger,
        name: `School ${urn}`,
        phase: 'PS' as const,
      })),
    ],
  })
  analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  lead = await gateway.keyOf('lead', 'school_lead', [authority], [schools[0]!])
  largerAnalyst = await gateway.keyOf('larger', 'analyst', [larger])
  let next = 0
  const row = (school: number, told: Told, sex: string, domain = 'semh') => {
    const none = told.map(() => 0)
    const column = (i: 0 | 1 | 2 | 3) => told.map((entry) => (i === 0 ? week(entry[0]) : entry[i]))
    const episodes = [column(0), column(1), none, column(2), column(3), told.map(() => []), none]
    const context = [[week(0)], [school], ['8'], [sex], ['N'], ['unknown'], ['unknown']]
    const code = schools.includes(school) ? authority : larger
    return [code, domain, uuid(next++), '1', week(60), '1', ...episodes, ...context]
  }
  const many = (n: number, school: number, told: Told, sex = 'F') =>
    Array.from({ length: n }, () => row(school, told, sex))
  const rows = [...schools, ...largerSchools].flatMap((school) => [
    ...many(40, school, [[0, 1, 1, 0]]),
    ...many(40, school, [[0, 1, 1, 0]], 'M'),
    // Ten weeks in tier 2, as recommended and decided; then tier 1; half of them are back within two terms.
    ...many(10, school, [
      [0, 1, 1, 0],
      [5, 2, 2, 2],
      [15, 1, 1, 1],
    ]),
    ...many(
      10,
      school,
      [
        [0, 1, 1, 0],
        [5, 2, 2, 2],
        [15, 1, 1, 1],
        [20, 2, 2, 0],
      ],
      'M',
    ),
    // A person went further than the rules.
    ...many(12, school, [
      [0, 1, 1, 0],
      [5, 3, 2, 3],
    ]),
  ])
  // In another domain two decisions were against the rules: too few to tell.
  const few = Array.from({ length: 30 }, (_, i) =>
    row(schools[0]!, [[5, 2, i < 28 ? 2 : 1, 2]], 'F', 'behaviour'),
  )
  // In a third, one school has four pupils and the other the rest.
  const alone = [
    ...Array.from({ length: 40 }, (_, i) => {
      const told: Told =
        i < 20
          ? [[0, 1, 1, 0]]
          : [
              [0, 1, 1, 0],
              [10, 2, 2, 0],
            ]
      return row(schools[0]!, told, 'F', 'attendance')
    }),
    ...Array.from({ length: 4 }, () => row(schools[1]!, [[0, 1, 1, 0]], 'F', 'attendance')),
  ]
  await insertRecommendations(gateway.warehouse, [...rows, ...few, ...alone])
  const exit = (n: number, school: number, reason: string) =>
    JSON.stringify([
      ...[authority, '2025-12-15', school, uuid(500 + n), 1, n, '2025-12-15', null, []],
      ...['semh', reason, 'mental_health_lead'],
    ])
  const exits = schools.flatMap((school, s) =>
    Array.from({ length: 20 }, (_, i) => exit(s * 20 + i, school, i < 14 ? 'goal_met' : 'left_school')),
  )
  await insertFacts(gateway.warehouse, 'tier_exit', exits.join('\n'))
})
afterAll(() => gateway?.close())

const of = `authority: ${authority}, domain: "semh"`
const ofLarger = `authority: ${larger}, domain: "semh"`
const ask = async (key: string, query: string) => {
  const { data, errors } = await gateway.ask(key, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}

test('a mix by sex adds up to the total, for each school and for all', async () => {
  const { tierMix } = await ask(
    analyst,
    `tierMix(${of}, week: "2025-10-27", pupilsBy: SEX) { nominal rows { schoolUrn value label pupils tier1 tier2 tier3 status } }`,
  )
  expect(tierMix.nominal).toEqual([80, 15, 5])
  expect(tierMix.rows.filter((row: any) => row.schoolUrn === null)).toEqual(
    [
      ...[{ value: null, label: null, pupils: 224, tier1: 160, tier2: 40, tier3: 24 }],
      ...[{ value: 'F', label: 'Female', pupils: 124, tier1: 80, tier2: 20, tier3: 24 }],
      ...[{ value: 'M', label: 'Male', pupils: 100, tier1: 80, tier2: 20, tier3: 0 }],
    ].map((row) => ({ ...row, schoolUrn: null, status: 'OK' })),
  )
})

test('a movement and those who entered add up to the mixes of both weeks', async () => {
  const query = (of: string) =>
    `tierMovement(${of}, week: "2025-10-27", later: "2026-07-27") { pupils entered left status }`
  const { tierMovement } = await ask(largerAnalyst, query(ofLarger))
  expect(tierMovement).toEqual({
    // Of the 80 in tier 2, 40 are back in it; 40 fell.
    pupils: [
      [320, 0, 0],
      [40, 40, 0],
      [0, 0, 48],
    ],
    ...{ entered: [0, 0, 0], left: [0, 0, 0], status: 'OK' },
  })
  // Between other ends it would bind this one.
  for (const [week, later, field] of [
    ['2025-10-27', '2026-05-25', 'later'],
    ['2025-12-29', '2026-07-27', 'week'],
  ]) {
    const { errors } = await gateway.ask(
      largerAnalyst,
      `{ tierMovement(${ofLarger}, week: "${week}", later: "${later}") { status } }`,
    )
    expect(errors?.[0]?.extensions).toMatchObject({ field })
  }
  // Of two schools each lead would know the other's.
  expect((await ask(analyst, query(of))).tierMovement).toMatchObject({ pupils: null, status: 'SUPPRESSED' })
})

test('a movement is held back with a mix that it adds up to', async () => {
  const at = `authority: ${authority}, domain: "attendance", week: "2025-10-27"`
  const { tierMovement, tierMix } = await ask(
    analyst,
    `tierMovement(${at}, later: "2026-07-27") { pupils entered left status } tierMix(${at}) { rows { schoolUrn status } }`,
  )
  expect(tierMix.rows.at(-1)).toEqual({ schoolUrn: null, status: 'SUPPRESSED' })
  expect(tierMovement).toEqual({ pupils: null, entered: null, left: null, status: 'SUPPRESSED' })
})

const timeIn = (of: string, day = '2026-07-27') =>
  `timeInTier(${of}, week: "${day}") { schoolUrn tier n medianWeeks lowerQuartileWeeks upperQuartileWeeks status }`

test('time in tier is told with quartiles and n, of the own school, and across schools of all together', async () => {
  // Four schools, week 47: 40 and 40 stays of ten weeks in tier 2, 40 that began in week 20 go on.
  expect((await ask(largerAnalyst, timeIn(ofLarger))).timeInTier).toMatchObject([
    { schoolUrn: null, tier: 1, n: 528, status: 'OK' },
    {
      ...{ schoolUrn: null, tier: 2, n: 120, status: 'OK' },
      ...{ medianWeeks: 10, lowerQuartileWeeks: 10, upperQuartileWeeks: 28 },
    },
    // All of them go on.
    { schoolUrn: null, tier: 3, n: 48, medianWeeks: 43, status: 'OK' },
  ])
  const { timeInTier } = await ask(lead, timeIn(of, '2026-05-25'))
  expect(timeInTier.map((row: any) => row.schoolUrn)).toEqual(Array(3).fill(schools[0]))
  expect(timeInTier[2]).toMatchObject({ tier: 3, n: 12, medianWeeks: 34 })
  expect((await ask(analyst, timeIn(of))).timeInTier.map((row: any) => row.n)).toEqual([null, null, null])
})

test('across schools what only grows is told as years end, where it grew by enough', async () => {
  const [next] = (await ask(largerAnalyst, timeIn(ofLarger, '2026-07-27'))).timeInTier
  expect(next).toMatchObject({ n: 528, status: 'OK' })
  const { errors } = await gateway.ask(largerAnalyst, `{ ${timeIn(ofLarger, '2026-05-25')} }`)
  expect(errors?.[0]?.extensions).toMatchObject({
    field: 'week',
    rule: expect.stringContaining('2026-07-27'),
  })
})

test('exits are shares of all exits, by reason', async () => {
  const { tierExits } = await ask(
    analyst,
    `tierExits(${of}, from: "2025-07-28", to: "2026-08-02") { schoolUrn reason label exits of value status }`,
  )
  expect(tierExits).toHaveLength(6)
  expect(tierExits.slice(-2)).toMatchObject([
    { schoolUrn: null, reason: 'goal_met', exits: 28, of: 40, value: 70, status: 'OK' },
    { schoolUrn: null, reason: 'left_school', exits: 12, of: 40 },
  ])
})

test('re-entry within two terms is of falls that are two terms old', async () => {
  const query = (of: string, day: string) =>
    `tierReEntry(${of}, week: "${day}") { schoolUrn numerator denominator value lower status }`
  const { tierReEntry } = await ask(largerAnalyst, query(ofLarger, '2026-07-27'))
  expect(tierReEntry).toMatchObject([{ schoolUrn: null, numerator: 40, denominator: 80, value: 50 }])
  expect((await ask(lead, query(of, '2026-07-27'))).tierReEntry).toMatchObject([
    { schoolUrn: schools[0], numerator: 10, denominator: 20, status: 'OK' },
  ])
  expect((await ask(lead, query(of, '2025-12-29'))).tierReEntry).toEqual([])
  // Of two schools each lead would know the other's.
  expect((await ask(analyst, query(of, '2026-07-27'))).tierReEntry).toMatchObject([{ status: 'SUPPRESSED' }])
})

test('what people assigned is told beside what the rules recommended, with kappa', async () => {
  const agreementOf = async (key: string, code: number) =>
    (
      await ask(
        key,
        `tierAgreement(authority: ${code}, domain: "semh", week: "2025-08-01", later: "2026-07-27") { decisions agreed { numerator denominator value } kappa status }`,
      )
    ).tierAgreement
  // Rows: recommended 1 (20 falls in each school), recommended 2: 20 alike, 12 to tier 3.
  const told = (schools: number) => ({
    decisions: [
      [20, 0, 0],
      [0, 20, 12],
      [0, 0, 0],
    ].map((row) => row.map((n) => n * schools)),
    agreed: { numerator: 40 * schools, denominator: 52 * schools },
    status: 'OK',
  })
  const tierAgreement = await agreementOf(largerAnalyst, larger)
  expect(tierAgreement).toMatchObject(told(4))
  const byChance = (20 * 20 + 32 * 20) / 52 ** 2
  expect(tierAgreement.kappa).toBeCloseTo((40 / 52 - byChance) / (1 - byChance), 12)
  expect(await agreementOf(lead, authority)).toMatchObject(told(1))
  // Of two schools each lead would know the other's.
  expect(await agreementOf(analyst, authority)).toEqual({
    ...{ decisions: null, kappa: null, status: 'SUPPRESSED' },
    agreed: { numerator: null, denominator: null, value: null },
  })
})

test('nine decisions of which one cell is small are withheld whole, and kappa with them', async () => {
  const { tierAgreement } = await ask(
    lead,
    `tierAgreement(authority: ${authority}, domain: "behaviour", week: "2025-08-01", later: "2026-07-27") { decisions kappa agreed { value status } status symbol }`,
  )
  expect(tierAgreement).toMatchObject({ status: 'SUPPRESSED', symbol: 'c', decisions: null, kappa: null })
  expect(tierAgreement.agreed).toEqual({ value: null, status: 'SUPPRESSED' })
})

test.each([
  ['tierExits', `${of}, from: "2025-12-31", to: "2025-12-01"`, '{ reason }', 'to'],
  ['tierAgreement', `${of}, week: "2025-08-01", later: "2025-07-28"`, '{ kappa }', 'later'],
  ['timeInTier', `${of}, week: "yesterday"`, '{ n }', 'week'],
  ['tierReEntry', `authority: ${authority}, domain: "academics", week: "2026-07-27"`, '{ value }', 'domain'],
])('%s refuses a bad argument by name', async (name, args, fields, field) => {
  const { errors } = await gateway.ask(analyst, `{ ${name}(${args}) ${fields} }`)
  expect(errors?.[0]?.extensions).toMatchObject({ field })
})

test('every answer about tiers says the last week that they are worked out to', async () => {
  const at = `${of}, week: "2027-10-20"`
  const answer = await ask(
    lead,
    `tierMix(${at}) { upTo } tierMovement(${of}, week: "2025-10-27", later: "2027-10-20") { upTo }
     tierAgreement(${at}, later: "2027-10-20") { upTo } timeInTier(${at}) { upTo } tierReEntry(${at}) { upTo }`,
  )
  const upTo = '2026-10-26'
  const { timeInTier, tierReEntry, ...whole } = answer
  expect(whole).toEqual({ tierMix: { upTo }, tierMovement: { upTo }, tierAgreement: { upTo } })
  for (const rows of [timeInTier, tierReEntry]) {
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every((row: any) => row.upTo === upTo)).toBe(true)
  }
  const nobody = `authority: 999, domain: "semh", week: "2025-10-27"`
  expect(await ask(analyst, `tierMix(${nobody}) { upTo }`)).toEqual({ tierMix: { upTo: null } })
})

test('readers across schools ask as at the ends of half-terms that have closed, whoever leads a school about any week', async () => {
  const refusal = async (field: string) =>
    (await gateway.ask(analyst, `{ ${field} }`)).errors?.[0]?.extensions
  // In the middle of a half-term, and in one that is still to come.
  for (const day of ['2025-10-20', '2027-10-25']) {
    const at = `${of}, week: "${day}"`
    for (const field of [
      `tierMix(${at}) { upTo }`,
      `tierMovement(${at}, later: "2027-12-20") { upTo }`,
      `timeInTier(${at}) { n }`,
      `tierReEntry(${at}) { value }`,
      `tierAgreement(${at}, later: "2027-12-20") { kappa }`,
    ])
      expect(await refusal(field)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'week' })
    await ask(lead, `tierMix(${at}) { upTo } timeInTier(${at}) { n }`)
  }
  expect((await refusal(`tierMix(${of}, week: "2025-10-20") { upTo }`))!.rule).toContain('2026-05-25')
  const exits = (from: string, to: string) =>
    refusal(`tierExits(${of}, from: "${from}", to: "${to}") { exits }`)
  expect(await exits('2025-07-28', '2026-07-31')).toMatchObject({ field: 'to' })
  expect(await exits('2025-11-03', '2026-08-02')).toMatchObject({ field: 'from' })
  expect(await exits('2025-07-29', '2026-08-02')).toMatchObject({ field: 'from' })
  expect(await exits('2025-07-28', '2026-01-04')).toMatchObject({ field: 'to' })
  // Two years, less each of them.
  expect(await exits('2024-07-29', '2026-08-02')).toMatchObject({ field: 'to' })
  expect(await exits('2025-07-28', '2026-08-02')).toBeUndefined()
})

test('who reads some schools across an authority is told no tiers: what is held back goes by all of them', async () => {
  const some = await gateway.keyOf('some', 'commissioner', [larger], largerSchools.slice(0, 3))
  for (const field of [
    `tierMix(${ofLarger}, week: "2025-10-27") { upTo }`,
    `tierMovement(${ofLarger}, week: "2025-10-27", later: "2026-07-27") { upTo }`,
    timeIn(ofLarger),
    `tierReEntry(${ofLarger}, week: "2026-07-27") { value }`,
    `tierExits(${ofLarger}, from: "2025-07-28", to: "2026-08-02") { exits }`,
    `tierAgreement(${ofLarger}, week: "2025-08-01", later: "2026-07-27") { kappa }`,
  ])
    expect((await gateway.ask(some, `{ ${field} }`)).errors?.[0]?.extensions).toMatchObject({
      ...{ code: 'BAD_USER_INPUT', field: 'authority' },
    })
})
