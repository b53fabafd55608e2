import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  directlyStandardisedRate,
  directlyStandardisedRateOfRepeats,
  funnelOfProportions,
  funnelOfRates,
  funnelProportionLimits,
  funnelRatioLimits,
  indirectlyStandardisedRatio,
  inequality,
  isApplicable,
  judgeBenchmark,
  quantileGroups,
  rate,
  rateRatio,
  ratioSignificance,
  riskRatio,
} from './index.ts'

const strata = fc.array(
  fc.record({
    x: fc.integer({ min: 4, max: 400 }),
    n: fc.integer({ min: 400, max: 9_000 }),
    weight: fc.integer({ min: 1, max: 900 }),
  }),
  { minLength: 3, maxLength: 12 },
)

function estimated<T extends object>(result: T) {
  if (!isApplicable(result)) throw new Error('expected an estimate')
  return result as Exclude<T, { kind: 'not applicable' }>
}

describe('directly standardised rates', () => {
  test('with one stratum the rate and its limits are the crude ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 5_000 }), fc.integer({ min: 1, max: 9_000 }), (x, n) => {
        const ours = estimated(directlyStandardisedRate([{ x, n, weight: 7 }], { per: 100 }))
        const crude = rate(x, n, { per: 100 })
        for (const key of ['value', 'lower', 'upper'] as const)
          expect(ours[key] / crude[key]).toBeCloseTo(1, 9)
      }),
    )
  })

  test('a worked case: two strata weighted 3 to 1', () => {
    const two = [
      { x: 20, n: 200, weight: 3 },
      { x: 30, n: 100, weight: 1 },
    ]
    const ours = estimated(directlyStandardisedRate(two, { per: 1 }))
    // 0.75 · 0.1 + 0.25 · 0.3; V = (9 · 20 / 200² + 30 / 100²) / 16
    expect(ours.value).toBeCloseTo(0.15, 14)
    const byar50 = rate(50, 1, { per: 1 })
    const scale = Math.sqrt((9 * 20) / 200 ** 2 / 16 + 30 / 100 ** 2 / 16) / Math.sqrt(50)
    expect(ours.lower).toBeCloseTo(0.15 + scale * (byar50.lower - 50), 12)
    expect(ours.upper).toBeCloseTo(0.15 + scale * (byar50.upper - 50), 12)
  })

  test('repeats by one pupil widen the interval and leave the rate; single events change nothing', () => {
    fc.assert(
      fc.property(strata, fc.integer({ min: 2, max: 5 }), (list, times) => {
        const of = (events: number) =>
          estimated(
            directlyStandardisedRateOfRepeats(
              list.map(({ x, n, weight }) => ({ n, weight, pupilsByEvents: [[events, x]] as const })),
              { per: 1000 },
            ),
          )
        const independent = (factor: number) =>
          estimated(
            directlyStandardisedRate(
              list.map((s) => ({ ...s, x: s.x * factor })),
              { per: 1000 },
            ),
          )
        expect(of(1)).toEqual(independent(1))
        const repeated = of(times)
        expect(repeated.value / independent(times).value).toBeCloseTo(1, 10)
        expect(repeated.upper).toBeGreaterThan(independent(times).upper)
        expect(repeated.lower).toBeLessThan(independent(times).lower)
      }),
    )
  })

  test('below 10 events it is not applicable, and no error', () => {
    const of = (x: number) => directlyStandardisedRate([{ x, n: 50, weight: 1 }], { per: 1 }).kind
    expect([of(0), of(9), of(10)]).toEqual(['not applicable', 'not applicable', 'estimate'])
  })
})

test('a school that is its own reference is as expected: the ratio is 1 and inside its interval', () => {
  fc.assert(
    fc.property(strata, (list) => {
      const observed = list.reduce((sum, { x }) => sum + x, 0)
      const ours = indirectlyStandardisedRatio(
        observed,
        list.map(({ x, n }) => ({ n, referenceX: x, referenceN: n })),
      )
      expect(ours.value).toBeCloseTo(1, 10)
      expect(ours.lower).toBeLessThan(1)
      expect(ours.upper).toBeGreaterThan(1)
    }),
  )
})

describe('funnels', () => {
  test('limits of a proportion narrow with n, nest, hold the baseline and stay within 0 and 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1e6 }), (a, n) => {
        const small = funnelProportionLimits(a, n)
        const large = funnelProportionLimits(a, 4 * n)
        expect(large.upper3s - large.lower3s).toBeLessThanOrEqual(small.upper3s - small.lower3s)
        const ordered = [0, small.lower3s, small.lower2s, a, small.upper2s, small.upper3s, 1]
        expect(ordered).toEqual(ordered.toSorted((p, q) => p - q))
      }),
    )
  })

  test('a point is outside the ratio limits exactly where its own interval excludes 1', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 900, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (expected, factor) => {
          const observed = Math.round(expected * factor)
          const limits = funnelRatioLimits(expected)
          const label = ratioSignificance(observed, expected)
          const ratio = observed / expected
          expect(ratio > limits.upper3s).toBe(label === 'High (0.001)')
          expect(ratio < limits.lower3s).toBe(label === 'Low (0.001)')
          expect(ratio > limits.upper2s).toBe(label.startsWith('High'))
          expect(ratio < limits.lower2s).toBe(label.startsWith('Low'))
        },
      ),
    )
  })

  test('points carry their labels; a standardised rate below 10 events carries none', () => {
    const proportions = funnelOfProportions([
      { x: 50, n: 1000 },
      { x: 100, n: 1000 },
      { x: 10, n: 1000 },
      { x: 53, n: 1000 },
    ])
    expect(proportions.baseline).toBeCloseTo(213 / 4000, 14)
    expect(proportions.points.map((point) => point.significance)).toEqual([
      ...['Not significant', 'High (0.001)', 'Low (0.001)', 'Not significant'],
    ])
    const rates = (standardised: boolean) =>
      funnelOfRates(
        [
          { x: 9, n: 10 },
          { x: 100, n: 1000 },
        ],
        { per: 100, standardised },
      ).points.map((point) => point.significance)
    expect(rates(false)).toEqual(['High (0.001)', 'Not significant'])
    expect(rates(true)).toEqual(['not applicable', 'Not significant'])
  })
})

test('quantile groups are of even size, ties share one, and inverting mirrors them', () => {
  expect(quantileGroups([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  expect(quantileGroups([10, 20, 30], 3, { invert: true })).toEqual([3, 2, 1])
  expect(quantileGroups([1, 2], 5)).toEqual([null, null])
  expect(quantileGroups([4, 4, 4, 4, 9], 5)).toEqual([1, 1, 1, 1, 5])
  const distinct = fc.uniqueArray(fc.integer(), { minLength: 10, maxLength: 200 })
  fc.assert(
    fc.property(distinct, fc.integer({ min: 2, max: 10 }), (values, k) => {
      const groups = quantileGroups(values, k)
      const counts = Array.from({ length: k }, (_, g) => groups.filter((group) => group === g + 1).length)
      expect(Math.min(...counts)).toBeGreaterThan(0)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }),
  )
})

describe('inequality', () => {
  const groupsOf = (values: number[], half = 0.01) =>
    values.map((value) => ({ population: 100, value, lower: value - half, upper: value + half }))

  test('means on a line give its ends: five equal groups from 2 to 10 rise by 10', () => {
    const ours = inequality(groupsOf([2, 4, 6, 8, 10]), { kind: 'mean', seed: 1, draws: 4_000 })
    expect(ours.slopeIndex.value).toBeCloseTo(10, 12)
    expect(ours.relativeIndex?.value).toBeCloseTo(11, 10)
    // Var(slope) = se² / Σ (b - 1/2)² = se² / 0.4, se = 0.01 / 1.96
    const { lower, upper } = ours.slopeIndex
    expect((upper - lower) / 2).toBeCloseTo(0.01 * Math.sqrt(2.5), 3)
    expect(upper).toBeGreaterThan(10)
    expect(lower).toBeLessThan(10)
  })

  test('log and logit scales meet their closed forms at the ends', () => {
    const growth = [0, 1, 2, 3, 4].map((k) => Math.exp(1 + (k + 0.5) / 5))
    const rates = inequality(groupsOf(growth), { kind: 'rate', seed: 1, draws: 100 })
    expect(rates.slopeIndex.value).toBeCloseTo(Math.exp(2) - Math.E, 10)
    expect(rates.relativeIndex?.value).toBeCloseTo(Math.E, 10)
    const logistic = [0, 1, 2, 3, 4].map((k) => 1 / (1 + Math.exp(1 - (k + 0.5) / 5)))
    const shares = inequality(groupsOf(logistic), { kind: 'proportion', seed: 1, draws: 100 })
    expect(shares.slopeIndex.value).toBeCloseTo(0.5 - 1 / (1 + Math.E), 10)
  })

  test('reversing the order turns the sign and inverts the ratio; one seed gives one interval', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 0.9, noNaN: true }), { minLength: 5, maxLength: 10 }),
        fc.constantFrom('proportion', 'rate', 'mean' as const),
        (values, kind) => {
          const run = (list: number[]) => inequality(groupsOf(list), { kind, seed: 5, draws: 200 })
          const forward = run(values)
          const backward = run(values.toReversed())
          expect(backward.slopeIndex.value).toBeCloseTo(-forward.slopeIndex.value, 9)
          if (forward.relativeIndex && backward.relativeIndex)
            expect(forward.relativeIndex.value * backward.relativeIndex.value).toBeCloseTo(1, 9)
          expect(run(values)).toEqual(forward)
        },
      ),
      { numRuns: 40 },
    )
  })
})

test('a benchmark on the limit is within; outside it polarity decides', () => {
  const interval = { lower: 2, upper: 4 }
  expect([2, 3, 4].map((b) => judgeBenchmark(interval, b, 'higher is better'))).toEqual(
    Array(3).fill('similar'),
  )
  expect(judgeBenchmark(interval, 1, 'higher is better')).toBe('better')
  expect(judgeBenchmark(interval, 1, 'lower is better')).toBe('worse')
  expect(judgeBenchmark(interval, 5, 'lower is better')).toBe('better')
  expect([1, 5].map((b) => judgeBenchmark(interval, b, 'neutral'))).toEqual(['higher', 'lower'])
})

describe('risk ratios', () => {
  test('a published formula by hand: 30 of 100 against 15 of 100', () => {
    const ours = estimated(riskRatio({ x: 30, n: 100 }, { x: 15, n: 100 }))
    const margin = 1.959963984540054 * Math.sqrt(1 / 30 - 1 / 100 + 1 / 15 - 1 / 100)
    expect(ours).toMatchObject({ value: 2, corrected: false })
    expect(ours.lower).toBeCloseTo(2 * Math.exp(-margin), 12)
    expect(ours.upper).toBeCloseTo(2 * Math.exp(margin), 12)
  })

  test('swapping the groups inverts it; the interval holds the estimate, with zero cells too', () => {
    const group = fc
      .integer({ min: 1, max: 1e6 })
      .chain((n) => fc.record({ n: fc.constant(n), x: fc.integer({ min: 0, max: n }) }))
    fc.assert(
      fc.property(group, group, (a, b) => {
        fc.pre(a.x + b.x > 0)
        const one = estimated(riskRatio(a, b))
        const other = estimated(riskRatio(b, a))
        expect(one.value * other.value).toBeCloseTo(1, 9)
        expect(one.upper * other.lower).toBeCloseTo(1, 9)
        expect(one.lower).toBeLessThan(one.value)
        expect(one.upper).toBeGreaterThan(one.value)
      }),
    )
    expect(estimated(riskRatio({ x: 0, n: 9 }, { x: 4, n: 9 })).corrected).toBe(true)
    expect(riskRatio({ x: 0, n: 9 }, { x: 0, n: 9 }).kind).toBe('not applicable')
  })

  test('of rates: 30 events of 100 against 15 of 100 by hand; swapped it is inverted, zero counts too', () => {
    const ours = estimated(rateRatio({ x: 30, n: 100 }, { x: 15, n: 100 }))
    const margin = 1.959963984540054 * Math.sqrt(1 / 30 + 1 / 15)
    expect(ours).toMatchObject({ value: 2, corrected: false })
    expect(ours.upper).toBeCloseTo(2 * Math.exp(margin), 12)
    const group = fc.record({ x: fc.integer({ min: 0, max: 9_000 }), n: fc.integer({ min: 1, max: 900 }) })
    fc.assert(
      fc.property(group, group, (a, b) => {
        fc.pre(a.x + b.x > 0)
        const one = estimated(rateRatio(a, b))
        const other = estimated(rateRatio(b, a))
        expect(one.value * other.value).toBeCloseTo(1, 9)
        expect(one.lower * other.upper).toBeCloseTo(1, 9)
        expect(one.corrected).toBe(a.x === 0 || b.x === 0)
      }),
    )
    expect(rateRatio({ x: 0, n: 9 }, { x: 0, n: 9 }).kind).toBe('not applicable')
  })
})

test.each([
  ['strata', () => directlyStandardisedRate([], { per: 1 })],
  ['n', () => directlyStandardisedRate([{ x: 1, n: 0, weight: 1 }], { per: 1 })],
  ['weight', () => directlyStandardisedRate([{ x: 1, n: 1, weight: 0 }], { per: 1 })],
  [
    'pupilsByEvents',
    () => directlyStandardisedRateOfRepeats([{ n: 1, weight: 1, pupilsByEvents: [[1, 2]] }], { per: 1 }),
  ],
  ['strata', () => indirectlyStandardisedRatio(3, [])],
  ['baseline', () => funnelProportionLimits(1.1, 5)],
  ['points', () => funnelOfProportions([])],
  ['x', () => funnelOfProportions([{ x: 3, n: 2 }])],
  ['expected', () => ratioSignificance(3, 0)],
  ['groups', () => quantileGroups([1], 1)],
  ['values', () => quantileGroups([Number.NaN, 1], 2)],
  ['groups', () => inequality([], { kind: 'mean', seed: 1 })],
  [
    'value',
    () =>
      inequality(Array(5).fill({ population: 1, value: 0, lower: 0, upper: 1 }), { kind: 'rate', seed: 1 }),
  ],
  ['benchmark', () => judgeBenchmark({ lower: 0, upper: 1 }, Number.NaN, 'neutral')],
  ['n', () => rateRatio({ x: 3, n: 0 }, { x: 1, n: 2 })],
  ['x', () => rateRatio({ x: 0.5, n: 2 }, { x: 1, n: 2 })],
  ['x', () => riskRatio({ x: 3, n: 2 }, { x: 1, n: 2 })],
  ['n', () => riskRatio({ x: 0, n: 0 }, { x: 1, n: 2 })],
])('an argument outside the domain is refused by name: %s', (argument, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'STATISTICS_DOMAIN', argument }))
})
