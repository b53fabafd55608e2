import { describe, expect, it } from 'vitest'
import type { InstrumentDefinition } from './definition.ts'
import { rcads47 } from './rcads.ts'
import { type About, type Answers, type SubscaleScore, score } from './score.ts'
import { inForce, namesScoredWith, scorer } from './scorer.ts'
import { sdq, sdq2 } from './sdq.ts'
import { studentResilienceSurvey } from './student-resilience.ts'
import { swemwbs } from './swemwbs.ts'
import { validateDefinition } from './validate.ts'

function scored(
  definition: InstrumentDefinition,
  informant: string,
  answers: Answers,
  about?: About,
): Record<string, SubscaleScore> {
  const result = score(definition, informant, answers, about)
  if ('refused' in result) throw new Error(result.refused)
  return Object.fromEntries(result.subscales.map((one) => [one.id, one]))
}

/** The 25 answers, `of` for those named and `rest` for all others. */
const sdqAnswers = (rest: number, of: Readonly<Record<number, number>> = {}): Answers =>
  Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`sdq_${i + 1}`, of[i + 1] ?? rest]))

describe('SDQ', () => {
  it('in its second version scores alike, and change of the parents’ total is reliable from 6.82 points on', () => {
    expect(validateDefinition(sdq2)).not.toHaveProperty('refused')
    expect(scored(sdq2, 'self', sdqAnswers(1, { 3: 2 }))).toEqual(
      scored(sdq, 'self', sdqAnswers(1, { 3: 2 })),
    )
    const of = (scale: string) => sdq2.reliability!.filter((one) => one.scale === scale)
    const parent = of('total_difficulties').find(({ informants }) => informants?.includes('parent'))!
    expect(1.96 * Math.SQRT2 * parent.sd * Math.sqrt(1 - parent.reliability)).toBeCloseTo(6.82, 2)
    const informants = ['parent', 'self', 'staff']
    for (const { id } of sdq2.subscales.filter((one) => one.id !== 'impact'))
      expect(
        of(id)
          .flatMap((one) => one.informants ?? [])
          .sort(),
      ).toEqual(informants)
  })

  it('turns items 7, 11, 14, 21 and 25 round: all not true is 10 and no strength, all certainly true 30 and all', () => {
    const none = scored(sdq, 'parent', sdqAnswers(0))
    expect(none.total_difficulties!.score).toBe(10)
    expect(
      [none.emotional, none.conduct, none.hyperactivity, none.peer, none.prosocial].map((s) => s!.score),
    ).toEqual([0, 2, 4, 4, 0])
    const all = scored(sdq, 'parent', sdqAnswers(2))
    expect(all.total_difficulties!.score).toBe(30)
    expect(all.externalising!.score).toBe(8 + 6)
    expect(all.internalising!.score).toBe(10 + 6)
    expect(all.prosocial!.score).toBe(10)
  })

  it('prorates three or four of five answers: mean × 5, rounded half up; two of five are no score, and no total', () => {
    const { emotional } = scored(sdq, 'self', { sdq_3: 2, sdq_8: 1, sdq_13: 1 })
    expect(emotional).toMatchObject({ score: 7, answered: 3, missing: 2, prorated: true })
    // 2 of 4 answers is 2.5 of 5.
    const half = scored(sdq, 'self', { sdq_3: 1, sdq_8: 1, sdq_13: 0, sdq_16: 0 })
    expect(half.emotional!.score).toBe(3)
    const short = scored(
      sdq,
      'self',
      Object.fromEntries(
        Object.entries(sdqAnswers(1)).filter(([id]) => !['sdq_3', 'sdq_8', 'sdq_13'].includes(id)),
      ),
    )
    expect(short.emotional).toBeUndefined()
    expect(short.total_difficulties).toBeUndefined()
    expect(short.externalising).toMatchObject({ score: 10, prorated: false })
  })

  it('counts impact 0, 0, 1, 2, with two of the four parts of life for teachers', () => {
    const impact = { impact_distress: 3, impact_friends: 2, impact_classroom: 1 }
    expect(scored(sdq, 'staff', impact).impact).toMatchObject({ score: 3, severity: 3, prorated: false })
    const five = { ...impact, impact_home: 3, impact_leisure: 0 }
    expect(scored(sdq, 'parent', five).impact).toMatchObject({ score: 5, severity: 3 })
  })

  it('without the supplement misses nothing', () => {
    expect(score(sdq, 'parent', sdqAnswers(0))).toMatchObject({ missing: 0 })
    expect(score(sdq, 'parent', { sdq_1: 0 })).toMatchObject({ missing: 24 })
  })

  /** First score of each band: slightly raised, high, very high. Source: domain reference, section 4. */
  it.each([
    ['parent', 'total_difficulties', [14, 17, 20]],
    ['staff', 'total_difficulties', [12, 16, 19]],
    ['self', 'total_difficulties', [15, 18, 20]],
    ['parent', 'emotional', [4, 5, 7]],
    ['staff', 'emotional', [4, 5, 6]],
    ['self', 'emotional', [5, 6, 7]],
    ['parent', 'conduct', [3, 4, 6]],
    ['staff', 'conduct', [3, 4, 5]],
    ['self', 'conduct', [4, 5, 6]],
    ['parent', 'hyperactivity', [6, 8, 9]],
    ['staff', 'hyperactivity', [6, 8, 9]],
    ['self', 'hyperactivity', [6, 7, 8]],
    ['parent', 'peer', [3, 4, 5]],
    ['staff', 'peer', [3, 5, 6]],
    ['self', 'peer', [3, 4, 5]],
    ['parent', 'impact', [1, 2, 3]],
    ['staff', 'impact', [1, 2, 3]],
    ['self', 'impact', [1, 2, 3]],
  ])('bands of %s, %s begin at %j', (informant, scale, first) => {
    const { steps } = sdq.bands!.find((b) => b.scale === scale && b.informants![0] === informant)!
    expect(steps.map(({ severity }) => severity)).toEqual([0, 1, 2, 3])
    expect(steps.slice(0, 3).map(({ upTo }) => upTo + 1)).toEqual(first)
  })

  /** Last score of each band: very low, low, slightly lowered. */
  it.each([
    ['parent', [5, 6, 7]],
    ['staff', [3, 4, 5]],
    ['self', [4, 5, 6]],
  ])('prosocial bands of %s end at %j, and low is worse', (informant, last) => {
    const { steps } = sdq.bands!.find((b) => b.scale === 'prosocial' && b.informants![0] === informant)!
    expect(steps.map(({ severity }) => severity)).toEqual([3, 2, 1, 0])
    expect(steps.slice(0, 3).map(({ upTo }) => upTo)).toEqual(last)
  })
})

describe('SWEMWBS', () => {
  /** Answers that add up to a raw score. */
  const raw = (sum: number): Answers =>
    Object.fromEntries(
      Array.from({ length: 7 }, (_, i) => [`swemwbs_${i + 1}`, Math.floor(sum / 7) + (i < sum % 7 ? 1 : 0)]),
    )
  it.each([
    [7, 7.0],
    [8, 9.51],
    [16, 16.36],
    [20, 18.59],
    [21, 19.25],
    [22, 19.98],
    [29, 26.02],
    [30, 27.03],
    [31, 28.13],
    [34, 32.55],
    [35, 35.0],
  ])('raw %i is %f', (sum, metric) => {
    expect(scored(swemwbs, 'self', raw(sum)).wellbeing).toMatchObject({ raw: sum, score: metric })
  })
  it('low is 19.5 and less, high more than 27.5: raw 21, 22, 30 and 31', () => {
    expect([21, 22, 30, 31].map((sum) => scored(swemwbs, 'self', raw(sum)).wellbeing!.severity)).toEqual([
      2, 1, 1, 0,
    ])
  })
  it('needs all seven answers', () => {
    const { swemwbs_7: _, ...six } = raw(21)
    expect(score(swemwbs, 'self', six)).toMatchObject({ missing: 1, subscales: [] })
  })
})

describe('RCADS-47', () => {
  const all = (answer: number): Answers => Object.fromEntries(rcads47.items.map(({ id }) => [id, answer]))
  it('gives every item to one subscale: 9, 9, 7, 6, 6 and 10', () => {
    expect(rcads47.items.every(({ subscales }) => subscales.length === 1)).toBe(true)
    expect(rcads47.subscales.map(({ minAnswered }) => minAnswered)).toEqual([9, 9, 7, 6, 6, 10])
    const { total_anxiety, total_internalising, low_mood } = scored(rcads47, 'self', all(3))
    expect([total_anxiety, total_internalising, low_mood].map((s) => s!.score)).toEqual([111, 141, 30])
  })

  /** Norms of no population: two straight lines, to show how imported ones are used. */
  const withNorms: InstrumentDefinition = {
    ...rcads47,
    version: 2,
    needs: undefined as never,
    conversions: (['F', 'M'] as const).map((sex) => ({
      ...{ scale: 'low_mood', sex, ages: { from: 8, to: 18 } },
      points: Array.from({ length: 31 }, (_, i) => (sex === 'F' ? 35 : 40) + i),
    })),
    bands: [
      {
        scale: 'low_mood',
        steps: [
          { upTo: 64, label: 'below borderline', severity: 0 },
          { upTo: 69, label: 'borderline', severity: 1 },
          { upTo: 70, label: 'high', severity: 2 },
        ],
      },
    ],
  }

  it('is converted by age and sex once norms are imported, and a check-in that lacks them is refused', () => {
    const { needs: _, ...definition } = withNorms
    expect(validateDefinition(definition)).toEqual({ ok: definition })
    const of = (about: About) => scored(definition, 'self', all(3), about).low_mood
    expect(of({ age: 9, sex: 'F' })).toMatchObject({ raw: 30, score: 65, severity: 1 })
    expect(of({ age: 18, sex: 'M' })).toMatchObject({ score: 70, severity: 2 })
    const refused = (about: About) => score(definition, 'self', all(3), about)
    expect(refused({ sex: 'F' })).toEqual({ refused: 'ageNeeded', field: '/data/age' })
    expect(refused({ age: 9, sex: 'U' })).toEqual({ refused: 'sexNeeded', field: '/data/sex' })
    expect(refused({ age: 7, sex: 'F' })).toEqual({ refused: 'ageOfInstrument', field: '/data/age' })
  })
})

it('the Student Resilience Survey is counted and not scored, until its items are assigned', () => {
  expect(studentResilienceSurvey.items).toHaveLength(47)
  expect(studentResilienceSurvey.subscales).toHaveLength(12)
  expect(score(studentResilienceSurvey, 'self', { srs_1: 5 })).toMatchObject({ missing: 46, subscales: [] })
})

it('a check-in that names a definition is scored by the newest that puts it right', () => {
  const second = { ...swemwbs, version: 2, corrects: 'swemwbs@1', conversions: [] }
  const third = { ...second, version: 3, corrects: 'swemwbs@2' }
  const apart = { ...swemwbs, version: 4 }
  const all = [third, swemwbs, apart, second]
  const names = Object.fromEntries([...inForce(all)].map(([name, by]) => [name, by.version]))
  expect(names).toEqual({ 'swemwbs@1': 3, 'swemwbs@2': 3, 'swemwbs@3': 3, 'swemwbs@4': 4 })
  expect(namesScoredWith(all, 'swemwbs@2').sort()).toEqual(['swemwbs@1', 'swemwbs@2', 'swemwbs@3'])
  expect(namesScoredWith(all, 'other@1')).toEqual([])
  expect(scorer(all)('swemwbs@1', 'self', {})).toMatchObject({ definition: 'swemwbs@3' })
})
