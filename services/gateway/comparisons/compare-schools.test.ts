import {
  directlyStandardisedRate,
  funnelOfProportions,
  funnelOfRates,
  indirectlyStandardisedRatio,
  judgeBenchmark,
  ratioToExpected,
} from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fields } from '../figures/leicestershire.ts'
import { type Cairnshire, cairnshire, nameOf, schools, type TestSchool } from './cairnshire.ts'

let world: Cairnshire
beforeAll(async () => {
  world = await cairnshire()
})
afterAll(() => world.gateway.close())

const limits = 'lower2s upper2s lower3s upper3s'
const standard = 'strata status symbol value lower upper confidence method observed expected reason'
const rows = `rows { ${fields} judgement funnel { ${limits} significance }
  standardisedRate { ${standard} } standardisedRatio { ${standard} } }`
const everything = `{ ${rows} benchmark { ${fields} } suppressed asOf
  funnel { status reason centre method curve { denominator ${limits} } } }`
const year = 'period: { academicYears: ["201617"] }'
const compare = (args: string, who?: string) =>
  world.asked(`compareSchools(${args}, ${year}) ${everything}`, who)
const sum = (of: readonly number[]) => of.reduce((all, one) => all + one, 0)
const ofUrn = (answer: any) => new Map<number, any>(answer.rows.map((row: any) => [row.schoolUrn, row]))

describe('funnel', () => {
  test('where every school is shown, points, limits and labels of a rate equal those of packages/statistics', async () => {
    const answer = await compare('metric: "test_rate"')
    const points = schools.map(({ pupils, events }) => ({ x: sum(events), n: sum(pupils) }))
    const expected = funnelOfRates(points, { per: 100 })
    expect(answer.funnel).toMatchObject({
      status: 'OK',
      reason: null,
      centre: expect.closeTo(expected.baseline, 10),
    })
    const found = ofUrn(answer)
    for (const [i, { urn }] of schools.entries()) {
      const { lower2s, upper2s, lower3s, upper3s, significance, value } = expected.points[i]!
      expect(found.get(urn).value).toBeCloseTo(value, 10)
      expect(found.get(urn).funnel.significance).toBe(significance)
      for (const [name, limit] of Object.entries({ lower2s, upper2s, lower3s, upper3s }))
        expect(found.get(urn).funnel[name]).toBeCloseTo(limit, 10)
    }
    expect(new Set(answer.rows.map((row: any) => row.funnel.significance)).size).toBeGreaterThan(1)
  })

  test('… and so do those of a share, in per cent', async () => {
    const answer = await compare('metric: "test_share"')
    const expected = funnelOfProportions(
      schools.map(({ pupils, events }) => ({ x: sum(events), n: sum(pupils) })),
    )
    expect(answer.funnel.centre).toBeCloseTo(expected.baseline * 100, 10)
    const found = ofUrn(answer)
    for (const [i, { urn }] of schools.entries()) {
      expect(found.get(urn).funnel.significance).toBe(expected.points[i]!.significance)
      expect(found.get(urn).funnel.upper3s).toBeCloseTo(expected.points[i]!.upper3s * 100, 10)
    }
  })

  test('the curve covers every denominator that is shown, and narrows as it grows', async () => {
    const { funnel } = await compare('metric: "test_share"')
    const sizes = schools.map(({ pupils }) => sum(pupils))
    expect(funnel.curve[0].denominator).toBeLessThan(Math.min(...sizes))
    expect(funnel.curve.at(-1).denominator).toBeGreaterThan(Math.max(...sizes))
    const widths = funnel.curve.map((at: any) => at.upper3s - at.lower3s)
    expect(widths).toEqual(widths.toSorted((a: number, b: number) => b - a))
  })

  test('a mean has no funnel and says why; it is judged all the same', async () => {
    const answer = await compare(
      `metric: "wellbeing_score", dimensions: [{ name: "instrument", values: ["resilience-wheel@1"] }, { name: "subscale", values: ["bonding"] }]`,
    )
    expect(answer.funnel).toMatchObject({
      status: 'NOT_APPLICABLE',
      reason: expect.stringContaining('rates and shares'),
    })
    expect(new Set(answer.rows.map((row: any) => row.judgement))).toEqual(
      new Set(['better', 'similar', 'worse']),
    )
    for (const row of answer.rows) expect(row.responseRate).toBeCloseTo(60, 0)
  })
})

describe('benchmark', () => {
  test('a school is judged by its interval against the fixed benchmark, and polarity decides', async () => {
    const { rows: found, benchmark } = await compare('metric: "test_rate"')
    for (const { lower, upper, judgement } of found)
      expect(judgement).toBe(judgeBenchmark({ lower, upper }, benchmark.value, 'lower is better'))
    expect(benchmark).toMatchObject({ authorityCode: 855, status: 'OK' })
  })

  test('over all schools of a reader of one authority it is the authority’s figure', async () => {
    const one = await compare('metric: "test_rate"')
    const all = await compare('metric: "test_rate", against: ALL_SCHOOLS')
    expect(all.benchmark.value).toBe(one.benchmark.value)
    expect(all.benchmark.authorityCode).toBeNull()
  })
})

describe('standardised', () => {
  const primary = schools.filter(({ phase }) => phase === 'PS')
  /** Of a school, by each characteristic: pupils and events by value. */
  const partsOf = ({ pupils, events, fsm }: TestSchool) => {
    const [n, x] = [sum(pupils), sum(events)]
    return {
      nc_year: { pupils, events },
      sex: { pupils: [Math.floor(n / 2), Math.ceil(n / 2)], events: [Math.floor(x / 2), Math.ceil(x / 2)] },
      fsm: { pupils: [fsm, n - fsm], events: [Math.round(x * 0.4), x - Math.round(x * 0.4)] },
    }
  }
  type By = keyof ReturnType<typeof partsOf>
  const referenceBy = (name: By) =>
    [0, 1].map((i) => ({
      x: sum(primary.map((one) => partsOf(one)[name].events[i]!)),
      n: sum(primary.map((one) => partsOf(one)[name].pupils[i]!)),
    }))

  test('by one characteristic: equal to packages/statistics on the same numbers', async () => {
    const found = ofUrn(await compare('metric: "test_rate", phase: "PS", standardiseBy: ["nc_year"]'))
    const reference = referenceBy('nc_year')
    for (const { urn, events, pupils } of primary) {
      const rate = directlyStandardisedRate(
        [0, 1].map((i) => ({ x: events[i]!, n: pupils[i]!, weight: reference[i]!.n })),
        { per: 100 },
      )
      const ratio = indirectlyStandardisedRatio(
        sum(events),
        [0, 1].map((i) => ({ n: pupils[i]!, referenceX: reference[i]!.x, referenceN: reference[i]!.n })),
        { per: 100 },
      )
      const { standardisedRate, standardisedRatio } = found.get(urn)
      const shown = { status: 'OK', symbol: '', observed: sum(events), confidence: 0.95, strata: ['nc_year'] }
      expect(standardisedRate).toMatchObject(shown)
      expect(standardisedRatio).toMatchObject(shown)
      for (const part of ['value', 'lower', 'upper'] as const) {
        expect(standardisedRate[part]).toBeCloseTo((rate as any)[part], 10)
        expect(standardisedRatio[part]).toBeCloseTo(ratio[part], 10)
      }
      expect(standardisedRatio.expected).toBeCloseTo(ratio.expected, 10)
    }
  })

  test('the ratio by NC year, sex and FSM at once, by hand: characteristics that do not go together multiply', async () => {
    const found = ofUrn(await compare('metric: "test_rate", phase: "PS"'))
    const names = ['nc_year', 'sex', 'fsm'] as const
    for (const school of primary) {
      const [n, x] = [sum(school.pupils), sum(school.events)]
      const reference = referenceBy('nc_year')
      const crude = (n * sum(reference.map((one) => one.x))) / sum(reference.map((one) => one.n))
      const by = (name: By) =>
        sum(referenceBy(name).map((one, i) => (partsOf(school)[name].pupils[i]! * one.x) / one.n))
      const expected = names.reduce((so, name) => (so * by(name)) / crude, crude)
      const { standardisedRate, standardisedRatio } = found.get(school.urn)
      expect(standardisedRatio).toMatchObject({ status: 'OK', strata: names, observed: x })
      expect(standardisedRatio.expected).toBeCloseTo(expected, 8)
      const { value, lower, upper } = ratioToExpected(x, expected, { per: 100 })
      for (const [part, limit] of Object.entries({ value, lower, upper }))
        expect(standardisedRatio[part]).toBeCloseTo(limit, 8)
      expect(standardisedRate).toMatchObject({ status: 'OK', strata: ['nc_year'] })
    }
  })

  test('by some of them if asked; several at once leave no rate, and it says why; others are refused', async () => {
    const asked = async (by: string) =>
      (await compare(`metric: "incident_rate", standardiseBy: ${by}`)).rows[0] as any
    const one = await asked('["fsm"]')
    expect([one.standardisedRate.strata, one.standardisedRatio.strata]).toEqual([['fsm'], ['fsm']])
    for (const by of ['["fsm", "sex"]', '["fsm", "nc_year", "sex"]']) {
      const { standardisedRate, standardisedRatio } = await asked(by)
      expect(standardisedRatio.strata).toEqual(by.includes('nc') ? ['nc_year', 'sex', 'fsm'] : ['sex', 'fsm'])
      expect(standardisedRate).toMatchObject({
        ...{ status: 'NOT_APPLICABLE', symbol: 'z', value: null, strata: standardisedRatio.strata },
        reason: expect.stringContaining('few pupils'),
      })
    }
    for (const refused of ['["ethnicity"]', '["fsm", "ethnicity"]'])
      expect(
        await world.refusal(
          `compareSchools(metric: "incident_rate", standardiseBy: ${refused}, period: { academicYears: ["201617"] }) { asOf }`,
        ),
      ).toMatchObject({ field: 'standardiseBy', rule: 'some of: nc_year; sex; fsm' })
  })

  test('of a half-term there is none: characteristics of schools’ pupils are released by year', async () => {
    const { rows: found } = await world.asked(
      `compareSchools(metric: "test_rate", period: { grain: HALF_TERM, academicYears: ["201617"], index: [1] }) ${everything}`,
    )
    expect(found[0].standardisedRatio).toMatchObject({ status: 'NOT_APPLICABLE', strata: [] })
    expect(found[0].standardisedRatio.reason).toContain('by year alone')
  })

  test('two characteristics of pupils are told of the authority and of no school', async () => {
    const asked = (groupBy: string) =>
      `figures(metric: "incidents", groupBy: [${groupBy}], period: { academicYears: ["201617"] }) { rows { n } }`
    expect(await world.refusal(asked('"authority", "sex", "fsm"'))).toBeUndefined()
    expect(await world.refusal(asked('"school", "sex", "fsm"'))).toMatchObject({ field: 'groupBy' })
  })

  test('a metric that keeps no characteristic is not applicable, and says so', async () => {
    const answer = await compare('metric: "incident_resolution_rate"')
    for (const row of answer.rows)
      expect(row.standardisedRatio).toMatchObject({
        ...{ strata: [], status: 'NOT_APPLICABLE', symbol: 'z', value: null },
        reason: expect.stringContaining('keeps none'),
      })
  })
})

describe('order', () => {
  test('is by name, whatever the values, unless it is asked for', async () => {
    const byName = await compare('metric: "test_rate"')
    expect(byName.rows.map((row: any) => row.schoolName)).toEqual(
      schools.map(({ urn }) => nameOf(urn)).sort(),
    )
    const byValue = await compare('metric: "test_rate", orderBy: VALUE')
    const values = byValue.rows.map((row: any) => row.value)
    expect(values).toEqual(values.toSorted((a: number, b: number) => b - a))
  })
})

test('a school lead gets its own figure and nothing that tells of other schools', async () => {
  const lead = await world.gateway.keyOf('lead', 'school_lead', [855], [schools[0]!.urn])
  const answer = await compare('metric: "test_rate"', lead)
  expect(answer).toMatchObject({
    benchmark: null,
    funnel: { status: 'NOT_APPLICABLE', centre: null, curve: [] },
    rows: [{ schoolUrn: schools[0]!.urn, status: 'OK', judgement: null, funnel: null }],
  })
  expect(answer.rows[0].standardisedRatio).toMatchObject({ status: 'NOT_APPLICABLE', value: null })
})
