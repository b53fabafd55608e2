import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, seed } from '../installation.ts'
import { insertHappened, supportOf } from './testing.ts'

/** Pupils of each school, by what is wrong with it. */
const authorities = {
  told: { code: 851, pupils: [24, 20, 18, 16, 12] },
  'one school has nearly all': { code: 852, pupils: [180, 10, 10, 10] },
  'two contribute': { code: 853, pupils: [40, 40, 0, 0, 0] },
  'the rest without one school is few': { code: 854, pupils: [24, 4, 4] },
}
const untold = Object.keys(authorities).slice(1)
const urnOf = (code: number, i: number) => code * 1_000 + 101 + i
const scored = (what: string) => `instrument=resilience-wheel@2;${what};informant=self`
/** Half-terms of 2016/17 in its three terms. */
const [autumn, spring, summer] = [20161003, 20170116, 20170508]
const byTerms = 855
const waiting = 856
let gateway: Installation
let reader: string
let lead: string
let some: string

/** What would stand in the cells of a school with `n` of everything. */
const cellsOf = (n: number) => ({
  wellbeing_score: { [scored('subscale=bonding')]: [n, n * 50, n * 2_600] },
  factor_score: {
    [scored('factor=coping')]: [n, n * 50, n * 2_600],
    [scored('factor=level.family')]: [n, n * 50, n * 2_600],
  },
  low_level_scores: { [scored('factor=level.family')]: n / 2 },
  goal_rating: { 'goal_area=coping': [n, n * 5, n * 30] },
  goal_progress: { 'goal_area=coping': [n, n * 2, n * 9] },
  intervention_dose: { 'type=cbt': [n, n * 270, n * 80_000] },
  session_fidelity: { 'type=cbt': [n, n * 90, n * 9_000] },
  minute_fidelity: { 'type=cbt': [n, n * 90, n * 9_000] },
  interventions_ended: { 'type=cbt': n },
  interventions_with_fidelity: { 'type=cbt': n / 2 },
  interventions_started: { 'ecological_level=family': n, 'ecological_level=individual': 2 * n },
  sessions_delivered: { 'ecological_level=family': n, 'ecological_level=individual': 2 * n },
})

beforeAll(async () => {
  const all = [
    ...Object.values(authorities),
    ...[byTerms, waiting].map((code) => ({ code, pupils: [0, 0, 0, 0, 0] })),
  ]
  gateway = await installation({
    authorities: all.map(({ code }) => ({ code, name: `Authority ${code}` })),
    schools: all.flatMap(({ code, pupils }) =>
      pupils.map((_, i) => ({ urn: urnOf(code, i), authority: code, name: `School ${i}`, phase: 'SS' })),
    ),
    now: () => Date.parse('2017-09-01'),
    limits: { perKey: 1_000_000, perAddress: 1_000_000 },
  })
  reader = await gateway.keyOf(
    ...(['reader', 'commissioner'] as const),
    all.map(({ code }) => code),
  )
  const { code } = authorities.told
  lead = await gateway.keyOf('lead', 'school_lead', [code], [urnOf(code, 0)])
  some = await gateway.keyOf(
    ...(['some', 'commissioner', [code]] as const),
    [0, 1, 2, 3].map((i) => urnOf(code, i)),
  )
  for (const { code, pupils } of all)
    for (const [i, n] of pupils.entries()) {
      if (n === 0) continue
      const answers = Array.from({ length: n }, (_, p) => [1, 2 + (p % 3)] as const)
      const of = { authority: code, school: urnOf(code, i), from: i * 1_000, answers, year: 2016, tier: 2 }
      await insertHappened(gateway.warehouse, code, supportOf({ ...of, sessions: 9 }))
      await seed(
        gateway.warehouse,
        Object.entries(cellsOf(n)).map(([metric, counts]) => ({
          ...{ authority: code, school: urnOf(code, i), metric, period: autumn },
          counts: counts as unknown as Record<string, number>,
        })),
      )
    }
  // Check-ins of each term: enough of four schools, or of one alone.
  const [enough, few] = [
    [20, 20, 20, 20, 0],
    [30, 0, 0, 0, 0],
  ] as const
  const terms: Record<string, readonly (readonly number[])[]> = {
    bonding: [enough, enough, enough],
    boundaries: [enough, few, enough],
    life_skills: [enough, enough, few],
    caring_support: [few, enough, enough],
  }
  await seed(
    gateway.warehouse,
    [0, 1, 2, 3, 4].flatMap((i) =>
      [autumn, spring, summer].map((period, term) => ({
        ...{ authority: byTerms, school: urnOf(byTerms, i), metric: 'wellbeing_score', period },
        counts: Object.fromEntries(
          Object.entries(terms).map(([element, of]) => {
            const n = of[term]![i]!
            return [scored(`subscale=${element}`), [n, n * 50, n * 2_600]] as const
          }),
        ),
      })),
    ),
  )
  // In the first school three have high need while they have support already.
  for (const i of [0, 1, 2, 3, 4]) {
    const of = { authority: waiting, school: urnOf(waiting, i), year: 2016, sessions: 9 }
    const waited = Array.from({ length: 20 }, () => [1, 3] as const)
    const had = Array.from({ length: i === 0 ? 3 : 0 }, () => [3, 3] as const)
    const already = supportOf({ ...of, from: 100 * i + 50, answers: had })
    const low = already
      .filter(({ id }) => id.endsWith('-before'))
      .map((checkIn) => ({
        ...{ ...checkIn, id: `${checkIn.id}-low` },
        data: {
          ...{ ...checkIn.data, submittedOn: '2016-10-15' },
          answers: { bonding_1: 1, bonding_2: 1, bonding_3: 1 },
        },
      }))
    const support = supportOf({ ...of, from: 100 * i, answers: waited })
    await insertHappened(gateway.warehouse, waiting, [...support, ...already, ...low])
  }
  // One kind is few; of the others the second is the smaller, in the same schools.
  const kinds = { cbt: [30, 30, 30, 30, 30], counselling: [12, 12, 12, 12, 12], mentoring: [4, 0, 0, 0, 0] }
  await seed(
    gateway.warehouse,
    [0, 1, 2, 3, 4].flatMap((i) => {
      const at = (countOf: (n: number) => unknown) =>
        Object.fromEntries(Object.entries(kinds).map(([type, of]) => [`type=${type}`, countOf(of[i]!)]))
      const counts = {
        intervention_dose: at((n) => [n, n * 270, n * 80_000]),
        session_fidelity: at((n) => [n, n * 90, n * 9_000]),
        minute_fidelity: at((n) => [n, n * 90, n * 9_000]),
        interventions_ended: at((n) => n),
        interventions_with_fidelity: at((n) => n / 2),
      }
      return Object.entries(counts).map(([metric, of]) => ({
        ...{ authority: byTerms, school: urnOf(byTerms, i), metric, period: autumn },
        counts: of as Record<string, number>,
      }))
    }),
  )
})
afterAll(() => gateway?.close())

const year = 'period: { academicYears: ["201617"] }'
const refusal = async (key: string, query: string) => {
  const { errors } = await gateway.ask(key, `{ ${query} }`)
  const { field, rule } = errors?.[0]?.extensions ?? {}
  return [field, rule]
}

describe.each<[string, (of: string) => string, (data: any) => number | null]>([
  [
    'resilienceWheel',
    (of) => `resilienceWheel(${of}) { elements { n } }`,
    (data) => data.resilienceWheel.elements[0].n,
  ],
  [
    'protectiveFactors',
    (of) => `protectiveFactors(${of}) { factor n }`,
    (data) => data.protectiveFactors.find((row: any) => row.factor === 'coping').n,
  ],
  [
    'planCompliance: reviews',
    (of) => `planCompliance(${of}) { rows { reviewedOnTime { denominator } } }`,
    (data) => data.planCompliance.rows[0].reviewedOnTime.denominator,
  ],
  [
    'planCompliance: pupils',
    (of) => `planCompliance(${of}) { rows { withLivePlan { denominator } } }`,
    (data) => data.planCompliance.rows[0].withLivePlan.denominator,
  ],
  [
    'unmetNeed',
    (of) => `unmetNeed(${of}) { unmet { denominator } }`,
    (data) => data.unmetNeed.unmet.denominator,
  ],
  [
    'screeningToSupport',
    (of) => `screeningToSupport(${of}) { medianWeeks { n } }`,
    (data) => data.screeningToSupport.medianWeeks.n,
  ],
  [
    'screeningToSupport: pupils',
    (of) => `screeningToSupport(${of}) { supported { denominator } }`,
    (data) => data.screeningToSupport.supported.denominator,
  ],
  [
    'interventionEffect',
    (of) => `interventionEffect(${of}) { rows { n } }`,
    (data) => data.interventionEffect.rows[0].n,
  ],
  [
    'interventionEffect: counts of reliable change',
    (of) => `interventionEffect(${of}) { rows { improved } }`,
    (data) => data.interventionEffect.rows[0].improved,
  ],
  [
    'goalProgress',
    (of) => `goalProgress(${of}) { progress { n } }`,
    (data) => data.goalProgress[0].progress.n,
  ],
  ['fidelity', (of) => `fidelity(${of}) { minutes { n } }`, (data) => data.fidelity[0].minutes.n],
  ['fidelity: dose', (of) => `fidelity(${of}) { dose { n } }`, (data) => data.fidelity[0].dose.n],
  [
    'fidelity: share at the bar',
    (of) => `fidelity(${of}) { atBar { denominator } }`,
    (data) => data.fidelity[0].atBar.denominator,
  ],
  [
    'ecologicalProfile',
    (of) => `ecologicalProfile(${of}) { strength { n } }`,
    (data) => data.ecologicalProfile[1].strength.n,
  ],
  [
    'ecologicalProfile: need',
    (of) => `ecologicalProfile(${of}) { need { denominator } }`,
    (data) => data.ecologicalProfile[1].need.denominator,
  ],
  [
    'ecologicalProfile: interventions',
    (of) => `ecologicalProfile(${of}) { interventions { numerator } }`,
    (data) => data.ecologicalProfile[1].interventions.numerator,
  ],
])('%s', (name, query, numberOf) => {
  const at = (code: number, more = '') => query(`authority: ${code}, ${year} ${more}`)
  const told = async (key: string, of: string) => {
    const { data, errors } = await gateway.ask(key, `{ ${of} }`)
    expect(errors).toBeUndefined()
    return numberOf(data)
  }

  test('an authority is told where many schools contribute', async () => {
    const { code, pupils } = authorities.told
    expect(await told(reader, at(code))).toBe(pupils.reduce((a, b) => a + b, 0))
  })

  test.each(untold)('it is held back where %s', async (why) => {
    expect(await told(reader, at(authorities[why as keyof typeof authorities].code))).toBeNull()
  })

  test('a school is told to its own lead alone', async () => {
    const { code, pupils } = authorities.told
    const own = urnOf(code, 0)
    expect(await told(lead, at(code, `, school: ${own}`))).toBe(pupils[0])
    expect(await told(lead, at(code))).toBe(pupils[0])
    expect(await refusal(reader, at(code, `, school: ${own}`))).toEqual([
      'school',
      'left out: a school’s support is told to its own lead',
    ])
    expect(await refusal(some, at(code))).toEqual(['authority', 'one of which you may see all schools'])
  })

  test('an authority is told by the year; its wheel and factors by the term too', async () => {
    const of = (grain: string) =>
      query(`authority: 851, period: { grain: ${grain}, academicYears: ["201617"], index: [1] }`)
    const hasTerms = ['resilienceWheel', 'protectiveFactors'].includes(name)
    const rule = `ACADEMIC_YEAR${hasTerms ? ' or TERM' : ''}, for readers across schools`
    expect(await refusal(reader, of('HALF_TERM'))).toEqual(['period.grain', rule])
    if (hasTerms) expect(await told(reader, of('TERM'))).toBe(90)
    else expect(await refusal(reader, of('TERM'))).toEqual(['period.grain', rule])
    expect((await gateway.ask(lead, `{ ${of('HALF_TERM')} }`)).errors).toBeUndefined()
  })
})

test('of a year’s terms all are told or none, and the year only where it gives no term away that was told before', async () => {
  const numbersOf = async (period: string) => {
    const { data, errors } = await gateway.ask(
      reader,
      `{ resilienceWheel(authority: ${byTerms}, ${period}) { elements { element n } } }`,
    )
    expect(errors).toBeUndefined()
    return data.resilienceWheel.elements.slice(0, 4).map(({ n }: { n: number | null }) => n)
  }
  const term = (index: number) =>
    numbersOf(`period: { grain: TERM, academicYears: ["201617"], index: [${index}] }`)
  // Of the third element two terms may have been told before the last one closed, which is one school's.
  expect(await numbersOf(year)).toEqual([240, 190, null, 190])
  for (const index of [1, 2, 3]) expect(await term(index)).toEqual([80, null, null, null])
})

test('a kind of few hides the smallest other, so that neither is what another way of telling apart leaves', async () => {
  const { data } = await gateway.ask(
    reader,
    `{ fidelity(authority: ${byTerms}, ${year}) { kind sessions { n } dose { n } atBar { numerator } } }`,
  )
  const none = { sessions: { n: null }, dose: { n: null }, atBar: { numerator: null } }
  const told = new Map(data.fidelity.map(({ kind, ...row }: { kind: string }) => [kind, row]))
  expect(told).toEqual(
    new Map<string, unknown>([
      ['cbt', { sessions: { n: 150 }, dose: { n: 150 }, atBar: { numerator: 75 } }],
      ['counselling', none],
      ['mentoring', none],
    ]),
  )
})

test('waits are not told where unmet need, told beside them, would leave a few', async () => {
  const { data } = await gateway.ask(
    reader,
    `{ screeningToSupport(authority: ${waiting}, ${year}) { supported { denominator } medianWeeks { n } }
       unmetNeed(authority: ${waiting}, ${year}) { unmet { denominator } } }`,
  )
  expect(data).toEqual({
    screeningToSupport: { supported: { denominator: null }, medianWeeks: { n: null } },
    unmetNeed: { unmet: { denominator: 103 } },
  })
})
