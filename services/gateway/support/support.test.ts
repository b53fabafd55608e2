import { resilienceWheel } from '@cairn/mtss'
import { hedgesJ, meanInterval, medianFromHistogram, reliableChange, wilson } from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, seed } from '../installation.ts'
import { insertHappened, supportOf } from './testing.ts'

const authority = 855
const [ash, birch, cedar] = [855_101, 855_102, 855_103]
let gateway: Installation
/** Leads' of each school: how a figure is worked out shows in one; what is told across schools is in among.test.ts. */
let ashKey: string
let birchKey: string
let cedarKey: string

/** Answers of 24 pupils before and after; 1 to 5 is 0 to 100. */
const ashAnswers = Array.from({ length: 24 }, (_, i) => [1 + (i % 3), 2 + ((i * 7) % 4)] as const)
const birchAnswers = Array.from({ length: 9 }, () => [1, 5] as const)

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Leicestershire' }],
    schools: [ash, birch, cedar].map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS' })),
    now: () => Date.parse('2017-09-01'),
  })
  ashKey = await gateway.keyOf('ash', 'school_lead', [authority], [ash])
  birchKey = await gateway.keyOf('birch', 'school_lead', [authority], [birch])
  cedarKey = await gateway.keyOf('cedar', 'school_lead', [authority], [cedar])
  await insertHappened(gateway.warehouse, authority, [
    ...supportOf({ authority, school: ash, from: 0, answers: ashAnswers, year: 2016, sessions: 9, tier: 2 }),
    ...supportOf({ authority, school: birch, from: 100, answers: birchAnswers, year: 2016, sessions: 2 }),
  ])
  // Check-ins with bands, of pupils who never had support.
  const unsupported = Array.from({ length: 40 }, (_, i) => ({
    ...{ type: 'checkin.submitted', id: `banded-${i}` },
    data: {
      ...{ school: String(cedar), pupil: `00000000-0000-4000-8777-${String(i).padStart(12, '0')}` },
      ...{ instrument: 'resilience-wheel@2', informant: 'self', submittedOn: '2017-03-12' },
      answers: Object.fromEntries([1, 2, 3].map((n) => [`bonding_${n}`, 1 + (i % 4)])),
    },
  }))
  await insertHappened(gateway.warehouse, authority, unsupported)
  const wheel = (subscale: string) => `instrument=resilience-wheel@2;subscale=${subscale};informant=self`
  const cell = (metric: string, period: number, counts: object) => ({
    ...{ authority, school: ash, metric, period, counts: counts as Record<string, number> },
  })
  await seed(gateway.warehouse, [
    cell('wellbeing_score', 20161003, {
      [wheel('bonding')]: [40, 2000, 110_000],
      [wheel('boundaries')]: [9, 450, 22_600],
    }),
    cell('wellbeing_score', 20160509, { [wheel('bonding')]: [20, 900, 41_000] }),
    cell('goal_rating', 20161003, { 'goal_area=coping': [24, 120, 700], 'goal_area=learning': [4, 8, 20] }),
    cell('goal_progress', 20161003, { 'goal_area=coping': [24, 48, 120], 'goal_area=learning': [4, 4, 6] }),
    cell('intervention_dose', 20160919, {
      'type=cbt': [24, 6480, 1_749_600],
      'type=mentoring': [12, 1200, 130_000],
    }),
    cell('session_fidelity', 20160919, {
      'type=cbt': [24, 2160, 194_400],
      'type=mentoring': [11, 770, 60_000],
    }),
    cell('minute_fidelity', 20160919, {
      'type=cbt': [24, 2160, 194_400],
      'type=mentoring': [11, 700, 50_000],
    }),
    cell('interventions_ended', 20160919, { 'type=cbt': 24, 'type=mentoring': 11 }),
    cell('interventions_with_fidelity', 20160919, { 'type=cbt': 16, 'type=mentoring': 2 }),
  ])
})
afterAll(() => gateway?.close())

const period = 'period: { academicYears: ["201617"] }'
const ask = async (query: string, reader = ashKey) => {
  const { data, errors } = await gateway.ask(reader, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}
const refusal = async (query: string) => {
  const { errors } = await gateway.ask(ashKey, `{ ${query} }`)
  return errors?.[0]?.extensions.field
}

describe('the effect of an intervention', () => {
  const rows =
    'rows { kind subscale n before after change g gLower gUpper improved unchanged deteriorated fidelity lowFidelity cautions status }'
  const effect = async (more = '') =>
    (
      await ask(
        `interventionEffect(${period}, school: ${ash} ${more}) { reliability reliabilitySource ${rows} }`,
      )
    ).interventionEffect

  test('g with its interval, reliable change and fidelity equal the published formulas over the pupils', async () => {
    const points = (answer: number) => (answer - 1) * 25
    const pre = ashAnswers.map(([before]) => points(before))
    const post = ashAnswers.map(([, after]) => points(after))
    const n = pre.length
    const meanOf = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / n
    const cov = (xs: readonly number[], ys: readonly number[]) =>
      xs.reduce((sum, x, i) => sum + (x - meanOf(xs)) * (ys[i]! - meanOf(ys)), 0) / (n - 1)
    const [sdPre, sdPost] = [Math.sqrt(cov(pre, pre)), Math.sqrt(cov(post, post))]
    const r = cov(pre, post) / sdPre / sdPost
    const diffs = post.map((x, i) => x - pre[i]!)
    const d = (meanOf(diffs) / Math.sqrt(cov(diffs, diffs))) * Math.sqrt(2 * (1 - r))
    const j = hedgesJ(n - 1)
    const se = j * Math.sqrt((1 / n + d ** 2 / (2 * n)) * 2 * (1 - r))
    const [row] = (await effect()).rows
    expect(row).toMatchObject({ kind: 'cbt', subscale: 'bonding', n, status: 'OK', lowFidelity: false })
    expect(row.before).toBeCloseTo(meanOf(pre), 10)
    expect(row.change).toBeCloseTo(meanOf(diffs), 10)
    expect(row.g).toBeCloseTo(j * d, 8)
    expect(row.gLower).toBeCloseTo(j * d - 1.959963985 * se, 6)
    expect(row.gUpper).toBeCloseTo(j * d + 1.959963985 * se, 6)
    expect(row.fidelity).toBeCloseTo(90, 10)
    const categories = pre.map(
      (before, i) =>
        reliableChange(before, post[i]!, { sd: sdPre, reliability: 0.8, polarity: 'higher is better' })
          .category,
    )
    const count = (category: string) => categories.filter((each) => each === category).length
    expect(count('reliable improvement')).toBeGreaterThan(4)
    const mix = {
      improved: count('reliable improvement'),
      unchanged: count('no reliable change'),
      deteriorated: count('reliable deterioration'),
    }
    const hidden = Object.values(mix).some((part) => part > 0 && part < 5)
    expect(row).toMatchObject(hidden ? { improved: null, unchanged: null, deteriorated: null } : mix)
  })

  test('a mix of outcomes is shown whole or not at all', async () => {
    // A threshold so high that nobody changed: 24 unchanged, and both others a true 0.
    const [none] = (await effect(', sd: 1000')).rows
    expect(none).toMatchObject({ improved: 0, unchanged: 24, deteriorated: 0 })
    const [some] = (await effect(', sd: 60')).rows
    const shown = [some.improved, some.unchanged, some.deteriorated]
    expect(
      shown.every((part: unknown) => part === null) || shown.every((part: unknown) => part !== null),
    ).toBe(true)
  })

  test('pupils chosen at tier 2 or 3 carry a caution about regression to the mean', async () => {
    const [row] = (await effect()).rows
    expect(row.cautions.join(' ')).toContain('tier 2 or 3')
    expect(row.cautions.join(' ')).not.toContain('80 %')
  })

  test('fewer than 10 pupils are held back, every number of them', async () => {
    const found = await ask(`interventionEffect(${period}, school: ${birch}) { ${rows} }`, birchKey)
    expect(found.interventionEffect.rows).toEqual([
      {
        ...{ kind: 'cbt', subscale: 'bonding', status: 'SUPPRESSED', cautions: [] },
        ...{ n: null, before: null, after: null, change: null, g: null, gLower: null, gUpper: null },
        ...{ improved: null, unchanged: null, deteriorated: null, fidelity: null, lowFidelity: null },
      },
    ])
  })

  test('reliability and standard deviation are those of the instrument’s definition, where it has them', async () => {
    await gateway.controlPlane.instruments.import({
      ...{ ...resilienceWheel, version: 9, bands: [] },
      reliability: [{ scale: 'bonding', reliability: 0.91, sd: 18, source: 'Local study, 2016' }],
    })
    const answers = [ashAnswers, ashAnswers, ashAnswers].flat()
    const of = { authority, school: cedar, from: 300, answers, year: 2016, sessions: 9 }
    await insertHappened(gateway.warehouse, authority, supportOf(of), 'resilience-wheel@9')
    const asked = `${period}, school: ${cedar}, instrument: "resilience-wheel@9"`
    const told = 'rows { subscale reliability reliabilitySource sd n improved unchanged deteriorated }'
    const { interventionEffect } = await ask(`interventionEffect(${asked}) { ${told} }`, cedarKey)
    const points = (answer: number) => (answer - 1) * 25
    const norms = { sd: 18, reliability: 0.91, polarity: 'higher is better' } as const
    const categories = answers.map(
      ([before, after]) => reliableChange(points(before), points(after), norms).category,
    )
    const count = (category: string) => categories.filter((one) => one === category).length
    expect(interventionEffect.rows).toEqual([
      {
        ...{ subscale: 'bonding', reliability: 0.91, reliabilitySource: 'Local study, 2016', sd: 18, n: 72 },
        improved: count('reliable improvement'),
        unchanged: count('no reliable change'),
        deteriorated: count('reliable deterioration'),
      },
    ])
  })

  test('a reliability is taken only with its source, and the one assumed says that it is', async () => {
    expect(await effect()).toMatchObject({
      reliability: 0.8,
      reliabilitySource: expect.stringContaining('Assumed'),
    })
    expect(await refusal(`interventionEffect(${period}, reliability: 0.9) { reliability }`)).toBe(
      'reliabilitySource',
    )
    expect(await effect(', reliability: 0.9, reliabilitySource: "Manual, table 3"')).toMatchObject({
      ...{ reliability: 0.9, reliabilitySource: 'Manual, table 3' },
    })
    expect(await refusal(`interventionEffect(${period}, instrument: "nope@1") { reliability }`)).toBe(
      'instrument',
    )
  })

  test('by target domain it is the effect matrix', async () => {
    const { rows: found } = await effect(', by: TARGET_DOMAIN')
    expect(found).toMatchObject([{ kind: 'cognitive', subscale: 'bonding', n: 24 }])
  })
})

describe('the wheel', () => {
  test('six elements always, in order, with what is small held back and the change since the term before', async () => {
    const at = async (index: number, year: string) =>
      (
        await ask(
          `resilienceWheel(period: { grain: TERM, academicYears: ["${year}"], index: [${index}] }) { weakest elements { element n value lower upper change status } }`,
        )
      ).resilienceWheel
    const wheel = await at(1, '201617')
    expect(wheel.elements.map((e: any) => e.element)).toEqual([
      ...['bonding', 'boundaries', 'life_skills', 'caring_support', 'high_expectations'],
      'meaningful_participation',
    ])
    const { value, lower, upper } = meanInterval(40, 2000, 110_000)
    const [bonding, boundaries] = wheel.elements
    expect(bonding).toMatchObject({ n: 40, value, status: 'OK', change: 5 })
    expect(bonding.lower).toBeCloseTo(lower, 10)
    expect(bonding.upper).toBeCloseTo(upper, 10)
    expect(boundaries).toEqual({
      ...{ element: 'boundaries', n: null, value: null, lower: null, upper: null, change: null },
      status: 'SUPPRESSED',
    })
    expect(wheel.weakest).toBeNull()
    expect((await at(3, '201516')).elements[0]).toMatchObject({ n: 20, value: 45, change: null })
  })
})

describe('delivery, plans and need', () => {
  test('fidelity is held against the bar, kind by kind', async () => {
    const { fidelity } = await ask(
      `fidelity(${period}) { kind sessions { n value } minutes { value } atBar { numerator denominator value lower status } dose { value } lowFidelity }`,
    )
    expect(fidelity).toMatchObject([
      {
        ...{ kind: 'cbt', sessions: { n: 24, value: 90 }, lowFidelity: false, dose: { value: 270 } },
        atBar: { numerator: 16, denominator: 24, status: 'OK' },
      },
      {
        ...{ kind: 'mentoring', sessions: { n: 11, value: 70 }, lowFidelity: true, dose: { value: 100 } },
        atBar: { numerator: null, denominator: null, value: null, lower: null, status: 'SUPPRESSED' },
      },
    ])
    expect(fidelity[0].atBar.lower).toBeCloseTo(wilson(16, 24).lower * 100, 10)
  })

  test('goals show where they stand and how far they came; few are held back', async () => {
    const { goalProgress } = await ask(
      `goalProgress(${period}) { area rating { n value } progress { value status } }`,
    )
    expect(goalProgress).toMatchObject([
      { area: 'coping', rating: { n: 24, value: 5 }, progress: { value: 2, status: 'OK' } },
      { area: 'learning', rating: { n: null, value: null }, progress: { value: null, status: 'SUPPRESSED' } },
    ])
  })

  test('plans: reviews on time, up to date, and pupils at tier 2 with a live plan', async () => {
    const { planCompliance } = await ask(
      `planCompliance(${period}, school: ${ash}) { asOf rows { domain reviewedOnTime { numerator denominator value status } upToDate { value } withLivePlan { numerator denominator } } }`,
    )
    expect(planCompliance.asOf).toBe('2017-09-01')
    expect(planCompliance.rows).toMatchObject([
      {
        domain: 'semh',
        reviewedOnTime: { numerator: 12, denominator: 24, value: 50, status: 'OK' },
        ...{ upToDate: { value: 100 }, withLivePlan: { numerator: 24, denominator: 24 } },
      },
      { domain: 'behaviour', reviewedOnTime: { value: null, status: 'NOT_APPLICABLE' } },
      { domain: 'attendance', reviewedOnTime: { value: null, status: 'NOT_APPLICABLE' } },
    ])
  })

  const needOf = async (when: string) => {
    const asked = `period: { academicYears: ["201617"] ${when} }, school: ${ash}, subscales: ["bonding"]`
    return ask(
      `screeningToSupport(${asked}) { medianWeeks { n value status } supported { numerator denominator value } cutOff }
       unmetNeed(${asked}) { unmet { numerator denominator value } }`,
    )
  }

  test('waits are counted from the first check-in of the period with high need', async () => {
    const high = ashAnswers.filter(([before]) => (before - 1) * 25 <= 40).length
    const { screeningToSupport, unmetNeed } = await needOf('grain: HALF_TERM index: [1]')
    const { value } = medianFromHistogram([{ value: 12 / 7, count: high }])
    expect(screeningToSupport).toMatchObject({
      ...{ medianWeeks: { n: high, value }, cutOff: null },
      supported: { numerator: high, denominator: high, value: 100 },
    })
    expect(unmetNeed.unmet).toMatchObject({ numerator: 0, denominator: high, value: 0 })
  })

  test('where the definition has bands, its most severe third is high need: of the wheel’s fifths the two lowest', async () => {
    const asked = `${period}, school: ${cedar}, instrument: "resilience-wheel@2"`
    const fields = '{ unmet { numerator denominator } cutOff }'
    const data = await ask(
      `bands: unmetNeed(${asked}) ${fields} score: unmetNeed(${asked}, cutOff: 40) ${fields}`,
      cedarKey,
    )
    // Answers of 1 and 2 are 0 and 25 points, of 3 and more 50 and more.
    expect(data.bands).toEqual({ unmet: { numerator: 20, denominator: 20 }, cutOff: null })
    expect(data.score).toEqual({ ...data.bands, cutOff: 40 })
    expect(await refusal(`unmetNeed(${period}, instrument: "student-resilience-survey@1") { cutOff }`)).toBe(
      'cutOff',
    )
  })

  test('few who wait hide those who do not, and the median with them', async () => {
    // Two more have high need in December, when their intervention is over.
    const { screeningToSupport, unmetNeed } = await needOf('')
    expect(screeningToSupport).toMatchObject({
      medianWeeks: { n: null, value: null, status: 'SUPPRESSED' },
      supported: { numerator: null, denominator: null, value: null },
    })
    expect(unmetNeed.unmet).toEqual({ numerator: null, denominator: null, value: null })
  })

  test('one period is asked for, and weeks are none', async () => {
    expect(await refusal('planCompliance(period: { academicYears: ["201617", "201718"] }) { asOf }')).toBe(
      'period.academicYears',
    )
    expect(await refusal('planCompliance(period: { grain: TERM, academicYears: ["201617"] }) { asOf }')).toBe(
      'period.index',
    )
    expect(
      await refusal('planCompliance(period: { grain: WEEK, from: "2016-10-03", to: "2016-10-09" }) { asOf }'),
    ).toBe('period.grain')
  })

  test('a school lead sees the own school alone', async () => {
    const { interventionEffect, planCompliance } = await ask(
      `interventionEffect(${period}) { rows { kind } }
       planCompliance(${period}, school: ${ash}) { rows { withLivePlan { status } } }`,
      cedarKey,
    )
    expect(interventionEffect.rows).toEqual([])
    for (const row of planCompliance.rows) expect(row.withLivePlan.status).toBe('NOT_APPLICABLE')
  })
})
