import { resilienceWheel2 } from '@cairn/mtss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, seed } from '../installation.ts'
import {
  ash,
  authority,
  by,
  meanOf,
  type Pupil,
  points,
  pupilId,
  pupils,
  pupilsTold,
  schools,
  sessions,
} from './pupils/testing.ts'
import { insertHappened } from './testing.ts'

let gateway: Installation
let analyst: string
let lead: string

beforeAll(async () => {
  const told = await pupilsTold()
  gateway = told.gateway
  analyst = told.analyst
  lead = told.lead
  // What staff answered to every item, in autumn.
  await insertHappened(
    gateway.warehouse,
    authority,
    pupils.map(({ school, at, before }) => ({
      ...{ type: 'checkin.submitted', id: `staff-${at}` },
      data: {
        ...{ school: String(school), pupil: pupilId(at), instrument: 'resilience-wheel@2' },
        ...{ informant: 'staff', submittedOn: '2016-10-05' },
        answers: Object.fromEntries(resilienceWheel2.items.map(({ id }) => [id, before])),
      },
    })),
  )
})
afterAll(() => gateway?.close())

const period = 'period: { academicYears: ["201617"] }'
const ask = async (query: string, key = analyst) => {
  const { data, errors } = await gateway.ask(key, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}

/** A check-in in September, and one in December. */
const checkins = pupils.flatMap((pupil) =>
  ([pupil.before, pupil.after] as const).map((answer, i) => ({
    ...{ pupil, score: points(answer), ncYear: pupil.ncYear[i]! },
  })),
)
type Checkin = (typeof checkins)[number]
const mean = (own: readonly Checkin[]) => own.reduce((so, { score }) => so + score, 0) / own.length
const sdOf = (own: readonly Checkin[]) =>
  Math.sqrt(own.reduce((so, { score }) => so + (score - mean(own)) ** 2, 0) / (own.length - 1))
const grouped = (whatIs: (checkin: Checkin) => string) =>
  [...new Set(checkins.map(whatIs))]
    .sort()
    .map((value) => [value, checkins.filter((one) => whatIs(one) === value)] as const)

const factors = async (name: string, key = analyst, when = period) => {
  const { protectiveFactors } = await ask(
    `protectiveFactors(${when}, pupilsBy: ${name}) { set factor pupils { value label } n value sd change status }`,
    key,
  )
  return protectiveFactors.filter(
    ({ set, factor }: any) => set === 'protective' && factor === 'relationships',
  )
}

test.each([
  ['SEX', (one: Checkin) => one.pupil.sex],
  ['NC_YEAR', (one: Checkin) => one.ncYear],
] as const)(
  'factors by %s equal those of plain code, as at the day of each check-in',
  async (name, whatIs) => {
    const want = grouped(whatIs)
    expect(await factors(name)).toEqual(
      want.map(([value, own]) => ({
        ...{ set: 'protective', factor: 'relationships', status: 'OK', change: null },
        ...{ pupils: { value, label: expect.any(String) }, n: own.length },
        ...{ value: expect.closeTo(mean(own), 9), sd: expect.closeTo(sdOf(own), 9) },
      })),
    )
    expect(want.length).toBeGreaterThan(2)
  },
)

test('all values of a factor are shown or none, and the lead sees the own school’s', async () => {
  expect((await factors('SEN')).map(({ n, status }: any) => [n, status])).toEqual(
    ['N', 'K', 'E', 'unknown'].map(() => [null, 'SUPPRESSED']),
  )
  expect((await factors('SEX', lead)).map(({ pupils, n }: any) => [pupils.value, n])).toEqual([
    ['F', 32],
    ['M', 32],
  ])
})

test('need and support by level and value equal a count by hand', async () => {
  const { ecologicalProfile } = await ask(
    `ecologicalProfile(${period}, informant: "staff", pupilsBy: SEX) { level pupils { value } strength { n value } need { numerator denominator }
       interventions { numerator denominator } sessions { numerator denominator } }`,
  )
  const deliveredOf = (own: readonly Pupil[]) =>
    own.reduce((so, { school }) => so + sessions[schools.indexOf(school)]!, 0)
  for (const level of ['individual', 'family'])
    expect(ecologicalProfile.filter((row: any) => row.level === level)).toMatchObject(
      by(
        ({ sex }) => sex,
        (own) => {
          const onLevel = own.filter((pupil) => pupil.level === level)
          return {
            interventions: { numerator: onLevel.length, denominator: own.length },
            sessions: { numerator: deliveredOf(onLevel), denominator: deliveredOf(own) },
          }
        },
      ).map(([value, row]) => ({ pupils: { value }, ...row })),
    )
  for (const level of ['individual', 'family', 'community', 'societal'])
    expect(ecologicalProfile.filter((row: any) => row.level === level)).toMatchObject(
      by(
        ({ sex }) => sex,
        (own) => ({
          strength: {
            n: own.length,
            value: expect.closeTo(
              meanOf(own, ({ before }) => points(before)),
              9,
            ),
          },
          need: { numerator: own.filter(({ before }) => before <= 2).length, denominator: own.length },
        }),
      ).map(([value, row]) => ({ pupils: { value }, ...row })),
    )
  expect(ecologicalProfile).toHaveLength(4 * 3)
})

test('a profile of which a value is too few tells nothing of need, interventions or sessions', async () => {
  const { ecologicalProfile } = await ask(
    `ecologicalProfile(${period}, informant: "staff", pupilsBy: SEN) { level strength { n } need { denominator } interventions { denominator } sessions { denominator } }`,
  )
  expect(ecologicalProfile).toHaveLength(4 * 4)
  for (const { level: _, ...figures } of ecologicalProfile)
    expect(figures).toEqual({
      ...{ strength: { n: null }, need: { denominator: null } },
      ...{ interventions: { denominator: null }, sessions: { denominator: null } },
    })
})

test('many sessions of a few interventions are told of no value', async () => {
  const few = schools
    .slice(0, 4)
    .flatMap((school) => pupils.filter((one) => one.school === school).slice(0, 2))
  await insertHappened(
    gateway.warehouse,
    authority,
    few.map(({ school, at }) => ({
      ...{ type: 'pupil.context.changed', id: `ethnicity-${at}` },
      data: {
        ...{ school: String(school), pupil: pupilId(at), effectiveFrom: '2016-09-12', ethnicity: 'WBRI' },
      },
    })),
  )
  const { ecologicalProfile } = await ask(
    `ecologicalProfile(${period}, pupilsBy: ETHNICITY) { interventions { denominator } sessions { denominator } }`,
  )
  for (const { interventions, sessions } of ecologicalProfile)
    expect([interventions.denominator, sessions.denominator]).toEqual([null, null])
})

test('factors are told by no value where the year is held back for the sake of its terms', async () => {
  const cells = (n: number, period: number, of = schools) =>
    seed(
      gateway.warehouse,
      of.map((school) => ({
        ...{ authority, school, metric: 'factor_score', period },
        counts: {
          'instrument=resilience-wheel@2;factor=relationships;informant=self': [n, n * 50, n * 3_000],
        },
      })),
    )
  const status = async () =>
    (await ask(`protectiveFactors(${period}) { set factor status }`)).protectiveFactors.find(
      ({ factor }: any) => factor === 'relationships',
    ).status
  await cells(60, 20160926)
  expect(await status()).toBe('OK')
  expect((await factors('SEX')).map(({ status }: any) => status)).toEqual(['OK', 'OK', 'OK'])
  // Four check-ins of one school in summer: the year less the other terms.
  await cells(4, 20170605, [ash])
  expect(await status()).toBe('SUPPRESSED')
  expect((await factors('SEX')).map(({ n }: any) => n)).toEqual([null, null, null, null])
})

test.each(['protectiveFactors', 'ecologicalProfile'])('%s by pupils is of an academic year', async (name) => {
  const when = 'period: { grain: TERM, academicYears: ["201617"], index: [1] }'
  for (const key of [analyst, lead]) {
    const { errors } = await gateway.ask(key, `{ ${name}(${when}, pupilsBy: SEX) { label } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ field: 'period.grain' })
  }
})
