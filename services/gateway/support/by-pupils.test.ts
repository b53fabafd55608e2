import { meanInterval } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Installation } from '../installation.ts'
import {
  ash,
  authority,
  by,
  contextsOf,
  meanOf,
  type Pupil,
  points,
  pupils,
  pupilsTold,
  schools,
  sessions,
  supportedSince,
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

const deliveredOf = ({ school }: Pupil) => sessions[schools.indexOf(school)]! * 10
const isHigh = (answer: number) => answer <= 2
/** Years by number, what is not known last. */
const valuesInOrder = <Row extends { pupils: { value: string } }>(rows: readonly Row[]): Row[] =>
  rows.toSorted(
    (a, b) => Number(a.pupils.value) - Number(b.pupils.value) || (a.pupils.value === 'unknown' ? 1 : -1),
  )

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

  test('waits and who has had support, by the same day', async () => {
    const { screeningToSupport } = await ask(
      `screeningToSupport(${period}, pupilsBy: NC_YEAR) { values { pupils { value } medianWeeks { n value status } supported { numerator denominator } } }`,
    )
    const want = by(
      (pupil) => pupil.ncYear[isHigh(pupil.before) ? 0 : 1],
      (own) => {
        const high = own.filter(({ before, after }) => isHigh(before) || isHigh(after))
        const numerator = high.filter(({ before }) => isHigh(before)).length
        // From 10 to 22 September.
        const medianWeeks = { n: numerator, value: 12 / 7, status: 'OK' }
        return {
          medianWeeks: numerator > 0 ? medianWeeks : { n: null, value: null, status: 'NOT_APPLICABLE' },
          supported: { numerator, denominator: high.length },
        }
      },
    )
    expect(screeningToSupport.values).toEqual(
      valuesInOrder(want.map(([value, row]) => ({ pupils: { value }, ...row }))),
    )
    expect(want.filter(([, { medianWeeks }]) => medianWeeks.n).length).toBeGreaterThan(2)
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

describe('waits beside unmet need', () => {
  const both = `unmetNeed(${period}, pupilsBy: SEX) { values { unmet { denominator } } }
    screeningToSupport(${period}, pupilsBy: SEX) { supported { denominator } values { pupils { value } medianWeeks { n } supported { denominator } } }`
  const isTold = ({ values }: any) => values.every((row: any) => row.supported.denominator !== null)

  test('where a few had support already, values of unmet need are told and those of waits are not', async () => {
    expect(isTold((await ask(both)).screeningToSupport)).toBe(true)
    // One girl more in each of three schools, who has had support since August.
    const girls = schools.slice(0, 3).map((school, s) => ({ ...pupils[0]!, school, at: 900 + s, sex: 'F' }))
    await insertHappened(
      gateway.warehouse,
      authority,
      girls.flatMap((girl) => [...contextsOf(girl), ...supportedSince(girl, '2016-08-22')]),
    )
    const { unmetNeed, screeningToSupport } = await ask(both)
    expect(unmetNeed.values.every((row: any) => row.unmet.denominator !== null)).toBe(true)
    expect(isTold(screeningToSupport)).toBe(false)
    for (const { medianWeeks, supported } of screeningToSupport.values)
      expect([medianWeeks.n, supported.denominator]).toEqual([null, null])
    // Of all pupils as well: three are what both of them differ by.
    expect(screeningToSupport.supported.denominator).toBeNull()
  })
})
