import { meanInterval } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation } from '../installation.ts'
import { type Happened, insertHappened, supportOf } from './testing.ts'

const authority = 855
const schools = [1, 2, 3, 4, 5, 6, 7].map((n) => 855_100 + n)
const [ash] = schools as [number]
const year = 2016
/** Of 10 planned. */
const sessions = [10, 9, 8, 5, 4, 10, 3]
let gateway: Installation
let analyst: string
let lead: string

/** A pupil as it is to come out: what was sent of it, and what it is before and from December on. */
interface Pupil {
  readonly school: number
  readonly at: number
  readonly before: number
  readonly after: number
  readonly sex: string
  readonly sen: string
  readonly ncYear: readonly [autumn: string, december: string]
}

/** 32 pupils a school. Two in all have a plan (E), so that nothing may be told by SEN; of one in eight nothing is known, but in Ash. */
const isUnknown = (s: number, i: number) => s > 0 && i % 8 === 7

const pupils: Pupil[] = schools.flatMap((school, s) =>
  Array.from({ length: 32 }, (_, i) => ({
    ...{ school, at: s * 100 + i, before: 1 + (i % 3), after: 2 + ((i * 7) % 4) },
    sex: isUnknown(s, i) ? 'unknown' : i % 4 < 2 ? 'F' : 'M',
    sen: isUnknown(s, i) ? 'unknown' : i === 0 && s < 2 ? 'E' : i % 5 < 2 ? 'K' : 'N',
    ncYear: (isUnknown(s, i) ? ['unknown', 'unknown'] : i % 2 ? ['7', '8'] : ['8', '9']) as [string, string],
  })),
)

function contextsOf({ school, at, sex, sen, ncYear }: Pupil): Happened[] {
  if (sex === 'unknown') return []
  const pupil = `00000000-0000-4000-8${authority}-${String(at).padStart(12, '0')}`
  return ([`${year}-09-01`, `${year}-12-04`] as const).map((effectiveFrom, i) => ({
    ...{ type: 'pupil.context.changed', id: `context-${at}-${i}` },
    data: { school: String(school), pupil, effectiveFrom, sex, senProvision: sen, ncYear: ncYear[i] },
  }))
}

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Leicestershire' }],
    schools: schools.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS' })),
    now: () => Date.parse('2017-09-01'),
  })
  analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  lead = await gateway.keyOf('lead', 'school_lead', [authority], [ash])
  for (const [s, school] of schools.entries()) {
    const own = pupils.filter((pupil) => pupil.school === school)
    const answers = own.map(({ before, after }) => [before, after] as const)
    const support = supportOf({
      ...{ authority, school, from: s * 100, answers, year, sessions: sessions[s]!, tier: 2 },
    })
    const ratings = support
      .filter(({ type }) => type === 'plan.created')
      .flatMap(({ id, data }, i): Happened[] =>
        [2, 4 + (i % 5)].map((rating, r) => ({
          ...{ type: 'goal.rated', id: `${id}-g${r}` },
          data: {
            ...{ school: data.school, pupil: data.pupil, plan: { source: 'urn:test', id }, goal: 'g1' },
            ...{ ratedOn: `${year}-1${r}-10`, rating, informant: 'self' },
          },
        })),
      )
    await insertHappened(gateway.warehouse, authority, [...support, ...ratings, ...own.flatMap(contextsOf)])
  }
})
afterAll(() => gateway?.close())

const period = 'period: { academicYears: ["201617"] }'
const ask = async (query: string, key = analyst) => {
  const { data, errors } = await gateway.ask(key, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}
const refusal = async (query: string, key = analyst) => {
  const { errors } = await gateway.ask(key, `{ ${query} }`)
  return [errors?.[0]?.extensions.field, errors?.[0]?.extensions.rule]
}

/** By value, of those that count. */
function by<T>(whatIs: (pupil: Pupil) => string, count: (own: readonly Pupil[]) => T): [string, T][] {
  const values = [...new Set(pupils.map(whatIs))].sort()
  return values.map((value) => [value, count(pupils.filter((pupil) => whatIs(pupil) === value))])
}
const meanOf = (own: readonly Pupil[], number: (pupil: Pupil) => number) =>
  own.reduce((sum, pupil) => sum + number(pupil), 0) / own.length
const points = (answer: number) => (answer - 1) * 25
const deliveredOf = ({ school }: Pupil) => sessions[schools.indexOf(school)]! * 10
const isHigh = (answer: number) => answer <= 2

describe('figures by a characteristic equal those of plain code over the pupils', () => {
  const sex = (pupil: Pupil) => pupil.sex

  test('unmet need, by what a pupil was on the day of the first check-in with high need', async () => {
    const fields =
      '{ unmet { denominator } values { pupils { value } unmet { numerator denominator status } } }'
    for (const [name, whatIs] of [
      ['SEX', sex],
      ['NC_YEAR', (pupil: Pupil) => pupil.ncYear[isHigh(pupil.before) ? 0 : 1]],
    ] as const) {
      const { unmetNeed } = await ask(`unmetNeed(${period}, pupilsBy: ${name}) ${fields}`)
      const want = by(whatIs, (own) => {
        const high = own.filter(({ before, after }) => isHigh(before) || isHigh(after))
        const denominator = high.length
        // In December their intervention was over.
        return { numerator: high.filter(({ before }) => !isHigh(before)).length, denominator, status: 'OK' }
      })
      expect(new Map(unmetNeed.values.map((row: any) => [row.pupils.value, row.unmet]))).toEqual(
        new Map(want),
      )
      expect(unmetNeed.unmet.denominator).toBe(want.reduce((so, [, { denominator }]) => so + denominator, 0))
    }
  })

  test('effect, reliable change by the spread of all', async () => {
    const { interventionEffect } = await ask(
      `interventionEffect(${period}, pupilsBy: SEX) { rows { kind subscale pupils { value label } n before after improved unchanged deteriorated status } }`,
    )
    const all = pupils.map(({ before }) => points(before))
    const mean = all.reduce((a, b) => a + b, 0) / all.length
    const sd = Math.sqrt(all.reduce((so, x) => so + (x - mean) ** 2, 0) / (all.length - 1))
    const reliable = 1.959963985 * Math.SQRT2 * sd * Math.sqrt(0.2)
    const want = by(sex, (own) => {
      const moved = own.map(({ before, after }) => points(after) - points(before))
      return {
        n: own.length,
        improved: moved.filter((x) => x > reliable).length,
        deteriorated: moved.filter((x) => x < -reliable).length,
        before: meanOf(own, ({ before }) => points(before)),
      }
    })
    expect(interventionEffect.rows.map((row: any) => row.pupils.label)).toEqual([
      'Female',
      'Male',
      'Not known',
    ])
    for (const [i, [value, figures]] of want.entries()) {
      const { before, improved, deteriorated, ...numbers } = figures
      const row = interventionEffect.rows[i]
      expect(row).toMatchObject({
        kind: 'cbt',
        subscale: 'bonding',
        pupils: { value },
        ...numbers,
        status: 'OK',
      })
      expect(row.before).toBeCloseTo(before, 10)
      if (row.improved !== null) expect(row).toMatchObject({ improved, deteriorated })
    }
    // All values' counts of reliable change are shown, or none of them.
    expect(new Set(interventionEffect.rows.map((row: any) => row.improved === null)).size).toBe(1)
  })

  test('fidelity, dose and the share at the bar', async () => {
    const { fidelity } = await ask(
      `fidelity(${period}, pupilsBy: SEX) { kind pupils { value } sessions { n value lower } dose { n value } atBar { numerator denominator } lowFidelity }`,
    )
    const want = by(sex, (own) => {
      const delivered = own.map(deliveredOf)
      const sums = delivered.reduce(([sx, sxx], x) => [sx! + x, sxx! + x * x], [0, 0])
      const { value, lower } = meanInterval(own.length, sums[0]!, sums[1]!)
      return {
        sessions: { n: own.length, value: expect.closeTo(value, 9), lower: expect.closeTo(lower!, 9) },
        dose: { n: own.length, value: expect.closeTo(value * 3, 9) },
        atBar: { numerator: delivered.filter((x) => x >= 80).length, denominator: own.length },
        lowFidelity: value < 80,
      }
    })
    expect(fidelity).toEqual(want.map(([value, row]) => ({ kind: 'cbt', pupils: { value }, ...row })))
  })

  test('goals', async () => {
    const { goalProgress } = await ask(
      `goalProgress(${period}, pupilsBy: SEX) { area pupils { value } rating { n value } progress { value status } }`,
    )
    const last = ({ at }: Pupil) => 4 + ((at % 100) % 5)
    const want = by(sex, (own) => ({
      rating: { n: own.length, value: expect.closeTo(meanOf(own, last), 9) },
      progress: { value: expect.closeTo(meanOf(own, last) - 2, 9), status: 'OK' },
    }))
    expect(goalProgress).toEqual(want.map(([value, row]) => ({ area: 'coping', pupils: { value }, ...row })))
  })

  test('plans, a row for each domain and value', async () => {
    const { planCompliance } = await ask(
      `planCompliance(${period}, pupilsBy: SEX) { rows { domain pupils { value } reviewedOnTime { numerator denominator } withLivePlan { numerator denominator } } }`,
    )
    const want = by(sex, (own) => ({
      reviewedOnTime: {
        numerator: own.filter(({ at }) => at % 2 === 1).length,
        denominator: own.length,
      },
      withLivePlan: { numerator: own.length, denominator: own.length },
    }))
    const semh = planCompliance.rows.filter(({ domain }: any) => domain === 'semh')
    expect(planCompliance.rows).toHaveLength(3 * want.length)
    const unknown = want.find(([value]) => value === 'unknown')![1]
    // Reviews fall on every other pupil, and those not known are all of them odd.
    expect(unknown.reviewedOnTime.numerator).toBe(unknown.reviewedOnTime.denominator)
    expect(semh).toEqual(want.map(([value, row]) => ({ domain: 'semh', pupils: { value }, ...row })))
  })
})

describe('of an authority all values are shown or none', () => {
  test('two pupils of one value hide the table, and no row says which value it was', async () => {
    const { unmetNeed, fidelity, interventionEffect, planCompliance } = await ask(
      `unmetNeed(${period}, pupilsBy: SEN) { unmet { denominator } values { pupils { value } unmet { denominator status } } }
       fidelity(${period}, pupilsBy: SEN) { pupils { value } sessions { n } dose { n } atBar { denominator } }
       interventionEffect(${period}, pupilsBy: SEN) { rows { pupils { value } n improved } }
       planCompliance(${period}, pupilsBy: SEN) { rows { domain pupils { value } withLivePlan { denominator } } }`,
    )
    const values = ['N', 'K', 'E', 'unknown']
    expect(unmetNeed.unmet.denominator).toBeGreaterThan(100)
    expect(unmetNeed.values).toEqual(
      values.map((value) => ({ pupils: { value }, unmet: { denominator: null, status: 'SUPPRESSED' } })),
    )
    expect(fidelity).toEqual(
      values.map((value) => ({
        ...{ pupils: { value }, sessions: { n: null }, dose: { n: null }, atBar: { denominator: null } },
      })),
    )
    expect(interventionEffect.rows).toEqual(
      values.map((value) => ({ pupils: { value }, n: null, improved: null })),
    )
    for (const row of planCompliance.rows) expect(row.withLivePlan.denominator).toBeNull()
  })

  test('a value that nobody has stands for nobody, and is no number held back', async () => {
    const { fidelity } = await ask(
      `fidelity(${period}, pupilsBy: FSM) { pupils { value label } sessions { n status } }`,
    )
    expect(fidelity).toEqual([
      { pupils: { value: 'unknown', label: 'Not known' }, sessions: { n: pupils.length, status: 'OK' } },
    ])
  })
})

describe('who is told, and of what', () => {
  test('a school’s lead sees the own school’s table; nobody else a school’s, nor that of some schools', async () => {
    const other = await gateway.keyOf('other', 'school_lead', [authority], [schools[1]!])
    const some = await gateway.keyOf('some', 'commissioner', [authority], schools.slice(0, 5))
    const of = (more = '') => `fidelity(${period}, pupilsBy: SEX ${more}) { pupils { value } dose { n } }`
    for (const more of ['', `, school: ${ash}`])
      expect((await ask(of(more), lead)).fidelity).toEqual([
        { pupils: { value: 'F' }, dose: { n: 16 } },
        { pupils: { value: 'M' }, dose: { n: 16 } },
      ])
    // Half a dozen of one value hide the others, of a school too.
    const { unmetNeed } = await ask(
      `unmetNeed(${period}, pupilsBy: SEN) { values { unmet { denominator } } }`,
      lead,
    )
    expect(unmetNeed.values.map((row: any) => row.unmet.denominator)).toEqual([null, null, null, null])
    expect((await ask(of(`, school: ${ash}`), other)).fidelity).toEqual([])
    const own = ['school', 'left out: a school’s support is told to its own lead']
    const whole = ['authority', 'one of which you may see all schools']
    expect(await refusal(of(`, school: ${ash}`))).toEqual(own)
    expect(await refusal(of(), some)).toEqual(whole)
    expect(await refusal(of(`, school: ${ash}`), some)).toEqual(whole)
  })

  test.each([
    [
      'period.grain',
      'unmetNeed(period: { grain: TERM, academicYears: ["201617"], index: [1] }, pupilsBy: SEX) { cutOff }',
    ],
    ['cutOff', `unmetNeed(${period}, pupilsBy: SEX, cutOff: 41) { cutOff }`],
    ['weeks', `unmetNeed(${period}, pupilsBy: SEX, weeks: 7) { cutOff }`],
    ['subscales', `unmetNeed(${period}, pupilsBy: SEX, subscales: ["bonding"]) { cutOff }`],
    ['windowWeeks', `interventionEffect(${period}, pupilsBy: SEX, windowWeeks: 13) { windowWeeks }`],
    ['sd', `interventionEffect(${period}, pupilsBy: SEX, sd: 20) { windowWeeks }`],
    [
      'reliability',
      `interventionEffect(${period}, pupilsBy: SEX, reliability: 0.9, reliabilitySource: "a manual") { windowWeeks }`,
    ],
  ])(
    '%s makes no second table of the same pupils, nor a second figure across schools',
    async (field, query) => {
      expect((await refusal(query, lead))[0]).toBe(field)
      expect((await refusal(query))[0]).toBe(field)
      expect((await refusal(query.replace(', pupilsBy: SEX', '')))[0]).toBe(field)
      await ask(query.replace(', pupilsBy: SEX', ''), lead)
    },
  )
})
