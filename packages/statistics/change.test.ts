import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assurance,
  clinicalCutOff,
  clustering,
  type FeatureValues,
  hedgesG,
  hedgesJ,
  nearest,
  pairedHedgesG,
  pearson,
  reliableChange,
  spearman,
  variationIcon,
  xmr,
} from './index.ts'

/** Common cause around 0: moving ranges of 2, limits at ∓5.32, inner lines at ∓3.55. */
const calm = Array.from({ length: 30 }, (_, k) => (k % 2 === 0 ? 1 : -1))
const causes = (values: number[]) => xmr(values).points.map((point) => point.specialCause)

describe('XmR', () => {
  test('limits lie 2.66 mean moving ranges away, and a jump is screened out of them', () => {
    const [phase] = xmr(calm).phases
    expect(phase).toMatchObject({ mean: 0, meanMovingRange: 2, screenedRanges: 0, trialLimits: false })
    expect(phase!.upper).toBeCloseTo(5.32, 12)
    expect(phase!.innerLower).toBeCloseTo((-2 * 5.32) / 3, 12)
    const jumped = [...calm, 41]
    expect(xmr(jumped).phases[0]).toMatchObject({ screenedRanges: 1, meanMovingRange: 2 })
    expect(xmr(jumped, { screen: false }).phases[0]!.meanMovingRange).toBeCloseTo((29 * 2 + 42) / 30, 12)
  })

  test('each rule marks its own points, and none marks a calm series', () => {
    expect(causes(calm).every((cause) => cause === null)).toBe(true)
    expect(causes([...calm, 41]).at(-1)).toBe('outside')
    const six = [...calm, 0.5, 0.4, 0.5, 0.4, 0.5, 0.6]
    // 1 at the end of calm is -1, so that six above the mean are no run, and a seventh makes one
    expect(causes(six).slice(30)).toEqual(Array(6).fill(null))
    expect(causes([...six, 0.5]).slice(30)).toEqual(Array(7).fill('run'))
    const rising = [...calm, -2, -1.5, -1, -0.5, 0.5, 1]
    expect(causes(rising).slice(30)).toEqual(Array(6).fill(null))
    expect(causes([...rising, 1.5]).slice(30)).toEqual(Array(7).fill('trend'))
  })

  test('two of three near a limit need all three on one side, and only the two are marked', () => {
    expect(causes([...calm, 4.6, 1, 4.6]).slice(30)).toEqual(['two in three', null, 'two in three'])
    expect(causes([...calm, 4.6, -1, 4.6]).slice(30)).toEqual([null, null, null])
  })

  test('outside goes before trend, trend before two in three, two in three before run', () => {
    const climb = [...calm, -2, -1, 1, 2, 3, 4.9, 30]
    expect(causes(climb).slice(30)).toEqual([...Array(6).fill('trend'), 'outside'])
    const high = causes([...calm, 0.8, 1, 4.8, 4.7, 1, 0.8, 1])
    expect(high.slice(30)).toEqual(['run', 'run', 'two in three', 'two in three', 'run', 'run', 'run'])
  })

  test('shift and scale move the lines with them and change no mark', () => {
    const series = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 60 })
    fc.assert(
      fc.property(
        series,
        fc.integer({ min: -9, max: 9 }),
        fc.constantFrom(0.25, 2, 8),
        (values, shift, scale) => {
          const base = xmr(values)
          const moved = xmr(values.map((value) => value * scale + shift))
          expect(moved.phases[0]!.upper).toBeCloseTo(base.phases[0]!.upper * scale + shift, 8)
          expect(moved.phases[0]!.mean).toBeCloseTo(base.phases[0]!.mean * scale + shift, 8)
          const mirrored = xmr(values.map((value) => -value))
          expect(mirrored.points.map((p) => p.specialCause)).toEqual(base.points.map((p) => p.specialCause))
        },
      ),
    )
    const marked = [...calm, 4.6, 1, 4.6, -9, 0.5, 0.4]
    expect(causes(marked.map((value) => value * 4 + 3))).toEqual(causes(marked))
  })

  test('a constant series has no special cause, whatever rounding does to its mean', () => {
    for (const value of [0, 0.1, 0.7, 1e9 / 3])
      expect(causes(Array(13).fill(value))).toEqual(Array(13).fill(null))
  })

  test('rebasing gives new limits and no rule looks across; fewer than 13 points are trial limits', () => {
    const stepped = [...calm, ...calm.slice(0, 12).map((value) => value + 20)]
    expect(xmr(stepped).points.some((point) => point.specialCause !== null)).toBe(true)
    const rebased = xmr(stepped, { rebaseAt: [30] })
    expect(rebased.points.every((point) => point.specialCause === null)).toBe(true)
    expect(rebased.phases.map(({ mean, trialLimits }) => [mean, trialLimits])).toEqual([
      [0, false],
      [20, true],
    ])
    expect(rebased.warnings).toHaveLength(1)
    expect([12, 13].map((n) => xmr(calm.slice(0, n)).warnings.length)).toEqual([1, 0])
  })

  test('icons follow the latest point and polarity, assurance the latest limits', () => {
    const high = xmr([...calm, 41])
    expect(variationIcon(xmr(calm), 'neutral')).toBe('common cause')
    expect(variationIcon(high, 'higher is better')).toBe('improvement high')
    expect(variationIcon(high, 'lower is better')).toBe('concern high')
    expect(variationIcon(high, 'neutral')).toBe('neutral high')
    const targets = (polarity: 'higher is better' | 'lower is better') =>
      [-6, 0, 6].map((target) => assurance(xmr(calm), target, polarity))
    expect(targets('higher is better')).toEqual(['consistently passes', 'inconsistent', 'consistently fails'])
    expect(targets('lower is better')).toEqual(['consistently fails', 'inconsistent', 'consistently passes'])
  })
})

describe("Hedges' g", () => {
  test('by hand: a difference of one pooled deviation in two groups of 30', () => {
    const g = hedgesG({ n: 30, mean: 12, sd: 2 }, { n: 30, mean: 10, sd: 2 })
    expect(g.value).toBeCloseTo(0.9870035810279764, 12)
    expect(g.standardError).toBeCloseTo(0.9870035810279764 * Math.sqrt(60 / 900 + 1 / 120), 12)
  })

  test('swapping groups turns its sign; J rises to 1', () => {
    const group = fc.record({
      n: fc.integer({ min: 2, max: 1e6 }),
      mean: fc.integer({ min: -50, max: 50 }),
      sd: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(group, group, (a, b) => {
        const g = hedgesG(a, b)
        expect(hedgesG(b, a).value).toBeCloseTo(-g.value, 10)
        expect(g.lower).toBeLessThan(g.value)
        expect(hedgesJ(a.n + 1)).toBeGreaterThan(hedgesJ(a.n))
        expect(hedgesJ(a.n)).toBeLessThan(1)
      }),
    )
  })

  test('paired: a half correlation is assumed and said, and with it the spread is that of the differences', () => {
    const scores = { n: 20, before: { mean: 10, sd: 3 }, after: { mean: 13, sd: 5 } }
    const assumed = pairedHedgesG(scores)
    expect(assumed).toMatchObject({ correlation: 0.5, correlationAssumed: true })
    expect(assumed.value).toBeCloseTo((hedgesJ(19) * 3) / Math.sqrt(9 + 25 - 15), 12)
    const known = pairedHedgesG({ ...scores, correlation: 0.9 })
    expect(known.correlationAssumed).toBe(false)
    expect(known.standardError).toBeLessThan(assumed.standardError)
  })
})

describe('reliable change', () => {
  const options = { sd: 6, reliability: 0.82, polarity: 'lower is better' } as const
  const norms = { clinical: { mean: 18, sd: 6 }, functional: { mean: 8, sd: 4 } }

  test('by hand, with its three categories', () => {
    const change = reliableChange(20, 10, options)
    expect(change.index).toBeCloseTo(-10 / (Math.SQRT2 * 6 * Math.sqrt(0.18)), 12)
    expect(change).toMatchObject({ category: 'reliable improvement', clinicallySignificant: null })
    expect(reliableChange(10, 20, options).category).toBe('reliable deterioration')
    expect(reliableChange(20, 14, options).category).toBe('no reliable change')
    expect(reliableChange(20, 10, { ...options, polarity: 'higher is better' }).category).toBe(
      'reliable deterioration',
    )
  })

  test('clinically significant only across the cut-off, and only with norms', () => {
    expect(clinicalCutOff(norms)).toBeCloseTo((6 * 8 + 4 * 18) / 10, 12)
    expect(reliableChange(20, 10, { ...options, norms }).clinicallySignificant).toBe(true)
    expect(reliableChange(30, 20, { ...options, norms }).clinicallySignificant).toBe(false)
    expect(reliableChange(11, 1, { ...options, norms }).clinicallySignificant).toBe(false)
  })
})

describe('clustering', () => {
  const cluster = (values: number[]) => ({
    n: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    sumOfSquares: values.reduce((a, b) => a + b * b, 0),
  })

  test('by hand over unequal schools', () => {
    // means 2 and 6, grand mean 3.6: MSB = 3 · 1.6² + 2 · 2.4² = 19.2, MSW = (2 + 2) / 3, n₀ = 5 - 13/5 = 2.4
    const ours = clustering([cluster([1, 2, 3]), cluster([5, 7])])
    const icc = (19.2 - 4 / 3) / (19.2 + (1.4 * 4) / 3)
    expect(ours).toMatchObject({ kind: 'estimate' })
    if (ours.kind === 'not applicable') return expect.unreachable()
    expect(ours.intraclassCorrelation).toBeCloseTo(icc, 12)
    expect(ours.designEffect).toBeCloseTo(1 + (13 / 5 - 1) * icc, 12)
  })

  test('schools alike within give 1, schools alike between no design effect, and no spread no figure', () => {
    expect(clustering([cluster([1, 1]), cluster([4, 4])])).toMatchObject({
      intraclassCorrelation: 1,
      designEffect: 2,
    })
    expect(clustering([cluster([1, 3]), cluster([1, 3])])).toMatchObject({ designEffect: 1 })
    expect(clustering([cluster([2, 2]), cluster([2, 2])]).kind).toBe('not applicable')
    expect(clustering([cluster([2]), cluster([3])]).kind).toBe('not applicable')
  })
})

describe('correlation', () => {
  test('by hand, with the Fisher interval', () => {
    const ours = pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    const margin = 1.959963984540054 / Math.SQRT2
    expect(ours).toMatchObject({ n: 5 })
    if (ours.kind === 'not applicable') return expect.unreachable()
    expect(ours.value).toBeCloseTo(0.8, 12)
    expect(ours.lower).toBeCloseTo(Math.tanh(Math.atanh(0.8) - margin), 12)
    expect(spearman([1, 2, 2, 9], [1, 2, 2, 3])).toMatchObject({ kind: 'estimate' })
  })

  test('is symmetric and bounded; ranks do not care how far apart values are', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -40, max: 40 })), {
      minLength: 4,
      maxLength: 50,
    })
    fc.assert(
      fc.property(pairs, (list) => {
        const [xs, ys] = [list.map(([x]) => x), list.map(([, y]) => y)]
        const [one, other] = [pearson(xs, ys), pearson(ys, xs)]
        if (one.kind === 'not applicable' || other.kind === 'not applicable') {
          expect(one).toEqual(other)
          return
        }
        expect(one.value).toBeCloseTo(other.value, 12)
        expect(one.lower).toBeLessThanOrEqual(one.value + 1e-12)
        expect(one.upper).toBeLessThanOrEqual(1)
        expect(
          spearman(
            xs.map((x) => x ** 3),
            ys,
          ),
        ).toEqual(spearman(xs, ys))
      }),
    )
  })

  test('too few pairs and a side that does not vary are not applicable', () => {
    expect(pearson([1, 2, 3], [1, 2, 3]).kind).toBe('not applicable')
    expect(spearman([1, 1, 1, 1], [1, 2, 3, 4]).kind).toBe('not applicable')
  })
})

describe('similar schools', () => {
  const features = [
    { id: 'pupils', kind: 'number', weight: 1 },
    { id: 'phase', kind: 'category', weight: 2 },
  ] as const
  const school = { pupils: 200, phase: 'primary' }
  const candidate = (id: string, values: FeatureValues) => ({ id, values })

  test('nearest first, with what the distance is made of', () => {
    const found = nearest(
      school,
      [
        candidate('far', { pupils: 400, phase: 'secondary' }),
        candidate('twin', school),
        candidate('bigger', { pupils: 400, phase: 'primary' }),
      ],
      features,
    )
    expect(found.map(({ id }) => id)).toEqual(['twin', 'bigger', 'far'])
    expect(found[0]!.distance).toBe(0)
    // among 200, 400, 200, 400: variance 40000/3, so δ² = 3 and the mismatch, weighted 2, is 4
    expect(found[2]!.distance).toBeCloseTo(Math.sqrt((3 + 4) / 3), 12)
    expect(found[2]!.contributions.map(({ feature }) => feature)).toEqual(['phase', 'pupils'])
    expect(found[2]!.contributions[0]!.share).toBeCloseTo(4 / 7, 12)
  })

  test('an unknown feature is named and left out; nothing in common leaves the school out', () => {
    const found = nearest(
      school,
      [candidate('partly', { pupils: null, phase: 'primary' }), candidate('unknown', {})],
      features,
    )
    expect(found).toMatchObject([{ id: 'partly', distance: 0, missing: ['pupils'] }])
  })

  test('the unit of a number changes no distance', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 20 }), (sizes) => {
        const of = (unit: number) =>
          nearest(
            { ...school, pupils: 200 * unit },
            sizes.map((size, id) => ({ id, values: { pupils: size * unit, phase: 'primary' } })),
            features,
          )
        const [one, other] = [of(1), of(8)]
        for (const [k, { distance }] of one.entries()) expect(other[k]!.distance).toBeCloseTo(distance, 10)
      }),
    )
  })
})

test.each([
  ['values', () => xmr([])],
  ['values', () => xmr([1, Number.NaN])],
  ['rebaseAt', () => xmr([1, 2, 3], { rebaseAt: [2] })],
  ['target', () => assurance(xmr([1, 2]), Number.NaN, 'neutral')],
  ['df', () => hedgesJ(1)],
  ['sd', () => hedgesG({ n: 5, mean: 1, sd: 0 }, { n: 5, mean: 1, sd: 0 })],
  ['n', () => hedgesG({ n: 1, mean: 1, sd: 1 }, { n: 5, mean: 1, sd: 1 })],
  [
    'correlation',
    () => pairedHedgesG({ n: 5, before: { mean: 1, sd: 1 }, after: { mean: 1, sd: 1 }, correlation: 1 }),
  ],
  ['reliability', () => reliableChange(1, 2, { sd: 1, reliability: 1, polarity: 'lower is better' })],
  ['clusters', () => clustering([])],
  [
    'sumOfSquares',
    () =>
      clustering([
        { n: 2, sum: 4, sumOfSquares: 1 },
        { n: 2, sum: 4, sumOfSquares: 9 },
      ]),
  ],
  ['ys', () => pearson([1, 2], [1])],
  ['features', () => nearest({}, [], [])],
  ['pupils', () => nearest({ pupils: 'many' }, [], [{ id: 'pupils', kind: 'number', weight: 1 }])],
])('an argument outside the domain is refused by name: %s', (argument, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'STATISTICS_DOMAIN', argument }))
})
