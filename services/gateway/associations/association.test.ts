import { pearson, spearman } from '@cairn/statistics'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairnshire, cairnshire, schools } from '../comparisons/cairnshire.ts'
import type { Row } from '../figures/answer.ts'
import { associate } from './association.ts'

let world: Cairnshire
beforeAll(async () => {
  world = await cairnshire()
})
afterAll(() => world.gateway.close())

const correlation = '{ value lower upper confidence method }'
const everything = `{ metricX metricY timePeriod timeIdentifier status reason n pearson ${correlation} spearman ${correlation}
  points { schoolUrn schoolName x y responseRateX responseRateY } suppressed caution profile asOf }`
const subscale = `[{ name: "instrument", values: ["resilience-wheel@1"] }, { name: "subscale", values: ["bonding"] }]`
const ask = (more = '', who?: string) =>
  world.asked(
    `association(metricX: "test_rate", metricY: "wellbeing_score", dimensionsY: ${subscale}, period: { academicYears: ["201617"] }${more}) ${everything}`,
    who,
  )

test('both correlations and their intervals are those of packages/statistics over the schools that are shown', async () => {
  const found = await ask()
  const xs = found.points.map(({ x }: any) => x)
  const ys = found.points.map(({ y }: any) => y)
  expect(found).toMatchObject({
    status: 'OK',
    reason: null,
    n: schools.length,
    suppressed: [],
    profile: 'standard@1',
  })
  expect(found.pearson).toMatchObject({ value: (pearson(xs, ys) as any).value, confidence: 0.95 })
  expect(found.spearman).toMatchObject({ lower: (spearman(xs, ys) as any).lower })
  expect(found.caution).toContain('not pupils')
  expect(found.points[0]).toMatchObject({ responseRateX: null, responseRateY: expect.closeTo(60, 0) })
})

test('fewer than ten schools have no correlation, and the answer says why', async () => {
  expect(await ask(', phase: "PS"')).toMatchObject({
    ...{ status: 'NOT_APPLICABLE', n: 8, pearson: null, spearman: null },
    reason: expect.stringContaining('fewer than 10'),
  })
})

test('a refused second metric leaves nothing running behind: no rejection that nobody handles', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    for (let i = 0; i < 10; i++)
      expect(
        await world.refusal(
          `association(metricX: "test_rate", metricY: "nope", period: { academicYears: ["201617"] }) ${everything}`,
        ),
      ).toMatchObject({ field: 'metric' })
    await new Promise((resolve) => setTimeout(resolve, 200))
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(unhandled).toEqual([])
})

const row = (urn: number, value: number | null): Row =>
  ({ schoolUrn: urn, schoolName: `${urn}`, value, status: value === null ? 'SUPPRESSED' : 'OK' }) as Row

test('a school with a hidden figure is in no point and no correlation, and is named as held back', () => {
  const value = fc.option(fc.double({ min: 0, max: 9, noNaN: true }))
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 30 }), (pairs) => {
      const found = associate(
        pairs.map(([x], i) => row(i, x)),
        pairs.map(([, y], i) => row(i, y)),
      )
      const shown = pairs.flatMap((pair, i) => (pair.includes(null) ? [] : [i]))
      expect(found.pairs.map(({ urn }) => urn).sort((a, b) => a - b)).toEqual(shown)
      expect([...found.suppressed, ...shown].sort((a, b) => a - b)).toEqual(pairs.map((_, i) => i))
      if (shown.length < 10) expect(found.pearson).toBeNull()
    }),
  )
})
