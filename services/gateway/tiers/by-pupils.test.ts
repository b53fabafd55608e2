import { weekIndex } from '@cairn/mtss'
import { insertFacts, insertRecommendations } from '@cairn/warehouse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation } from '../installation.ts'
import { type Happened, insertHappened } from '../support/testing.ts'

const authority = 857
const schools = [1, 2, 3, 4, 5, 6].map((n) => 857_100 + n)
const [ash] = schools as [number]
let gateway: Installation
let analyst: string
let lead: string
let some: string

type Told = readonly (readonly [from: string, tier: number, recommended: number, assigned: number])[]
const first = ['2025-09-08', 1, 1, 0] as const

/** What becomes of pupils over two academic years: of each pattern twenty in every school. */
const patterns: readonly Told[] = [
  [first],
  // A fall that is two terms old at the end of the first year, and one that was followed by a return.
  [first, ['2025-11-03', 2, 2, 2], ['2026-01-26', 1, 2, 1]],
  [first, ['2025-11-03', 2, 2, 2], ['2026-01-26', 1, 1, 1], ['2026-04-20', 2, 2, 0]],
  [first, ['2026-10-05', 3, 2, 3]],
  // Falls that are two terms old in the second year.
  [first, ['2025-11-03', 2, 2, 2], ['2026-06-01', 1, 1, 1], ['2026-09-14', 2, 2, 0]],
  [first, ['2026-10-05', 2, 2, 2], ['2027-01-04', 1, 1, 1]],
  // Stays of year 7 that began in the second year: a value that does not grow is not told again.
  [
    ['2026-08-10', 1, 1, 0],
    ['2026-08-31', 2, 2, 2],
    ['2026-12-07', 1, 1, 1],
  ],
]

interface Pupil {
  readonly school: number
  readonly at: number
  readonly sex: string
  readonly sen: string
  readonly told: Told
}

/** Two in all have a plan (E), so that nothing may be told by SEN. */
const pupils: Pupil[] = schools.flatMap((school, s) =>
  Array.from({ length: 140 }, (_, i) => ({
    ...{ school, at: s * 1_000 + i, told: patterns[i % 7]! },
    sex: ['F', 'M', 'F', 'M', 'unknown'][Math.floor(i / 7) % 5]!,
    sen: i === 1 && s < 2 ? 'E' : 'N',
  })),
)
const uuid = (at: number) => `00000000-0000-4000-8${authority}-${String(at).padStart(12, '0')}`
/** Of all of them on one day, so that a stay that began before it is of year 7. */
const yearMoved = '2026-09-07'

/** Who left tier 2 or 3 by a decision, and why. */
const exits = pupils.filter(({ told }) => told.length > 2)
const reasonOf = ({ at }: Pupil) => (at % 4 === 3 ? 'left_school' : at % 4 === 2 ? 'declined' : 'goal_met')

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Dalesshire' }],
    schools: schools.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS' })),
    now: () => Date.parse('2027-09-20'),
  })
  analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  lead = await gateway.keyOf('lead', 'school_lead', [authority], [ash])
  some = await gateway.keyOf('some', 'commissioner', [authority], schools.slice(0, 5))
  await insertRecommendations(
    gateway.warehouse,
    pupils.map(({ school, at, sex, sen, told }) => {
      const none = told.map(() => 0)
      const column = (i: 1 | 2 | 3) => told.map((entry) => entry[i])
      const from = told.map(([day]) => weekIndex(day))
      const episodes = [from, column(1), none, column(2), column(3), told.map(() => []), none]
      const twice = (value: unknown) => [value, value]
      const years = [weekIndex('2025-09-01'), weekIndex(yearMoved)]
      const context = [
        years,
        twice(school),
        ['7', '8'],
        twice(sex),
        twice(sen),
        twice('white'),
        twice('none'),
      ]
      return [authority, 'semh', uuid(at), '1', weekIndex('2027-08-30'), '1', ...episodes, ...context]
    }),
  )
  const contexts = pupils.flatMap(({ school, at, sex, sen }): Happened[] =>
    sex === 'unknown'
      ? []
      : [
          {
            ...{ type: 'pupil.context.changed', id: `context-${at}` },
            data: {
              ...{ school: String(school), pupil: uuid(at), effectiveFrom: '2025-09-01' },
              ...{ sex, senProvision: sen },
            },
          },
        ],
  )
  await insertHappened(gateway.warehouse, authority, contexts)
  await insertFacts(
    gateway.warehouse,
    'tier_exit',
    exits
      .map((pupil, n) =>
        JSON.stringify([
          ...[authority, '2025-12-15', pupil.school, uuid(500_000 + n), 1, n, '2025-12-15', null],
          ...[[uuid(pupil.at)], 'semh', reasonOf(pupil), 'mental_health_lead'],
        ]),
      )
      .join('\n'),
  )
})
afterAll(() => gateway?.close())

const of = `authority: ${authority}, domain: "semh"`
const ask = async (query: string, key = analyst) => {
  const { data, errors } = await gateway.ask(key, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}
const refusal = async (query: string, key = analyst) =>
  (await gateway.ask(key, `{ ${query} }`)).errors?.[0]?.extensions.field
const lastWeeks = ['2026-07-27', '2027-07-26'] as const

/** Each stay that began up to a week, by plain loops. */
function staysUpTo(last: string, own: readonly Pupil[] = pupils) {
  const end = weekIndex(last)
  return own.flatMap(({ told, sex, sen }) => {
    const begun = told.filter(([day]) => weekIndex(day) <= end)
    return begun.map(([day, tier], i) => {
      const next = begun[i + 1]
      const weeks = (next ? weekIndex(next[0]) : end + 1) - weekIndex(day)
      return {
        ...{ tier, sex, sen, weeks, ncYear: day < yearMoved ? '7' : '8' },
        isFall: i > 0 && tier === 1 && weekIndex(day) + 26 <= end,
        isReturned: next !== undefined && weeks <= 26,
      }
    })
  })
}
type Stay = ReturnType<typeof staysUpTo>[number]

function medianOf(weeks: readonly number[]): number {
  const sorted = weeks.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

describe('told by a characteristic, tiers over time equal a count by plain code', () => {
  test.each([
    ['SEX', ['F', 'M', 'unknown'], (stay: Stay) => stay.sex],
    ['NC_YEAR', ['7', '8'], (stay: Stay) => stay.ncYear],
  ] as const)('weeks in a tier by %s, as at the week that a stay began in', async (name, values, whatIs) => {
    for (const last of lastWeeks) {
      const { timeInTier } = await ask(
        `timeInTier(${of}, week: "${last}", pupilsBy: ${name}) { schoolUrn pupils { value } tier n medianWeeks status }`,
      )
      const there = values.filter((value) => staysUpTo(last).some((stay) => whatIs(stay) === value))
      expect(timeInTier).toEqual(
        [1, 2, 3].flatMap((tier) =>
          there.map((value) => {
            const own = staysUpTo(last).filter((stay) => stay.tier === tier && whatIs(stay) === value)
            const medianWeeks = own.length > 0 ? medianOf(own.map(({ weeks }) => weeks)) : null
            return { schoolUrn: null, pupils: { value }, tier, n: own.length, medianWeeks, status: 'OK' }
          }),
        ),
      )
      expect(there.length).toBeGreaterThan(last === lastWeeks[0] && name === 'NC_YEAR' ? 0 : 1)
    }
  })

  test('falls and returns', async () => {
    for (const last of lastWeeks) {
      const { tierReEntry } = await ask(
        `tierReEntry(${of}, week: "${last}", pupilsBy: SEX) { schoolUrn pupils { value label } numerator denominator status }`,
      )
      expect(tierReEntry).toEqual(
        ['F', 'M', 'unknown'].map((sex) => {
          const falls = staysUpTo(last).filter((stay) => stay.isFall && stay.sex === sex)
          return {
            ...{ schoolUrn: null, pupils: { value: sex, label: expect.any(String) }, status: 'OK' },
            numerator: falls.filter(({ isReturned }) => isReturned).length,
            denominator: falls.length,
          }
        }),
      )
    }
  })

  test('decisions that were recommended', async () => {
    const { tierAgreement } = await ask(
      `tierAgreement(${of}, week: "2025-08-01", later: "2026-07-31", pupilsBy: SEX) { values { pupils { value } agreed { numerator denominator } } agreed { denominator } }`,
    )
    const decided = pupils.flatMap(({ told, sex }) =>
      told.filter(([day, , , given]) => given > 0 && day < '2026-08-01').map((entry) => ({ sex, entry })),
    )
    expect(tierAgreement.values).toEqual(
      ['F', 'M', 'unknown'].map((value) => {
        const own = decided.filter(({ sex }) => sex === value)
        const numerator = own.filter(({ entry: [, , recommended, given] }) => recommended === given).length
        return { pupils: { value }, agreed: { numerator, denominator: own.length } }
      }),
    )
    expect(tierAgreement.agreed.denominator).toBe(decided.length)
  })

  test('exits by reason, as at the day of the decision', async () => {
    const { tierExits } = await ask(
      `tierExits(${of}, from: "2025-07-28", to: "2026-08-02", pupilsBy: SEX) { pupils { value } reason exits of value status }`,
    )
    expect(tierExits).toHaveLength(9)
    for (const reason of ['goal_met', 'declined', 'left_school'])
      expect(tierExits.filter((row: any) => row.reason === reason)).toEqual(
        ['F', 'M', 'unknown'].map((value) => {
          const all = exits.filter(({ sex }) => sex === value)
          const own = all.filter((pupil) => reasonOf(pupil) === reason).length
          return {
            ...{ pupils: { value }, reason, exits: own, of: all.length, status: 'OK' },
            value: (own / all.length) * 100,
          }
        }),
      )
  })
})

const all = (name: string) =>
  `timeInTier(${of}, week: "2026-07-27", pupilsBy: ${name}) { schoolUrn pupils { value } tier n medianWeeks }
   tierReEntry(${of}, week: "2026-07-27", pupilsBy: ${name}) { schoolUrn pupils { value } denominator }
   tierExits(${of}, from: "2025-07-28", to: "2026-08-02", pupilsBy: ${name}) { schoolUrn pupils { value } exits of }
   tierAgreement(${of}, week: "2025-08-01", later: "2026-07-31", pupilsBy: ${name}) { values { pupils { value } agreed { denominator } } }`

test('two pupils of one value hide the tables that they are in, and no row says which value it was', async () => {
  const { timeInTier, tierReEntry, tierExits, tierAgreement } = await ask(all('SEN'))
  const values = ['N', 'K', 'E', 'unknown']
  expect(tierReEntry).toEqual(
    values.map((value) => ({ schoolUrn: null, pupils: { value }, denominator: null })),
  )
  expect(tierAgreement.values).toEqual(
    values.map((value) => ({ pupils: { value }, agreed: { denominator: null } })),
  )
  expect(tierExits).toHaveLength(3 * 4)
  for (const { exits, of } of tierExits) expect([exits, of]).toEqual([null, null])
  for (const { tier, n, medianWeeks } of timeInTier)
    if (tier < 3) expect([n, medianWeeks]).toEqual([null, null])
})

test('a school’s lead sees the own school’s tables, and readers of some schools none', async () => {
  const { timeInTier, tierReEntry, tierExits, tierAgreement } = await ask(all('SEX'), lead)
  const own = pupils.filter(({ school }) => school === ash)
  const girls = staysUpTo('2026-07-27', own).filter(({ sex }) => sex === 'F')
  expect(timeInTier[0]).toMatchObject({ schoolUrn: ash, pupils: { value: 'F' }, tier: 1 })
  expect(timeInTier[0].n).toBe(girls.filter(({ tier }) => tier === 1).length)
  for (const rows of [timeInTier, tierReEntry, tierExits])
    expect(new Set(rows.map(({ schoolUrn }: any) => schoolUrn))).toEqual(new Set([ash]))
  expect(tierReEntry.map(({ denominator }: any) => denominator)).not.toContain(2 * 140)
  expect(tierAgreement.values.length).toBeGreaterThan(1)
  for (const question of all('SEX').split('\n')) expect(await refusal(question, some)).toBe('authority')
})

test.each([
  ['week', `timeInTier(${of}, week: "2026-05-25", pupilsBy: SEX) { n }`],
  ['week', `tierReEntry(${of}, week: "2026-10-26", pupilsBy: SEX) { value }`],
  ['later', `tierAgreement(${of}, week: "2025-08-01", later: "2026-05-25", pupilsBy: SEX) { kappa }`],
  ['week', `tierAgreement(${of}, week: "2025-11-03", later: "2026-07-31", pupilsBy: SEX) { kappa }`],
  ['to', `tierExits(${of}, from: "2025-07-28", to: "2026-05-31", pupilsBy: SEX) { exits }`],
  ['from', `tierExits(${of}, from: "2025-11-03", to: "2026-08-02", pupilsBy: SEX) { exits }`],
])('%s makes no second table of the same pupils: whole years alone', async (field, query) => {
  for (const key of [analyst, lead]) expect(await refusal(query, key)).toBe(field)
  await ask(query.replace(', pupilsBy: SEX', ''), lead)
})

test('days of a lead are whole weeks too', async () => {
  const exits = (from: string, to: string) =>
    `tierExits(${of}, from: "${from}", to: "${to}", pupilsBy: SEX) { exits }`
  expect(await refusal(exits('2025-07-29', '2026-08-02'), lead)).toBe('from')
  expect(await refusal(exits('2025-07-28', '2026-08-01'), lead)).toBe('to')
})

test('a lead who asks about a year that goes on is told of stays as long as they are known', async () => {
  const own = staysUpTo(
    '2027-08-30',
    pupils.filter(({ school }) => school === ash),
  ).filter(({ tier }) => tier === 2)
  for (const by of [', pupilsBy: SEX', '']) {
    const { timeInTier } = await ask(
      `timeInTier(${of}, week: "2028-07-31"${by}) { tier n upperQuartileWeeks }`,
      lead,
    )
    const weeks = own
      .filter(({ sex }) => !by || sex === 'F')
      .map((stay) => stay.weeks)
      .sort((a, b) => a - b)
    // Some of those that go on; linear between order statistics.
    const place = 0.75 * (weeks.length - 1)
    const [low, high] = [weeks[Math.floor(place)]!, weeks[Math.ceil(place)]!]
    expect(timeInTier.find(({ tier }: any) => tier === 2)).toMatchObject({
      ...{ n: weeks.length, upperQuartileWeeks: low + (place % 1) * (high - low) },
    })
    expect(high).toBeGreaterThan(45)
  }
})
