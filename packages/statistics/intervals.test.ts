import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  byar,
  exactPoisson,
  meanInterval,
  medianFromHistogram,
  rate,
  StatisticsError,
  wilson,
} from './index.ts'

interface Vector {
  x: number
  n: number
  conf?: number
  value: number
  lower: number
  upper: number
}

const vectors: Record<'wilson' | 'rate_per_1000', Vector[]> = JSON.parse(
  readFileSync(new URL('./vectors.json', import.meta.url), 'utf8'),
)

function expectVector(actual: { value: number; lower: number; upper: number }, expected: Vector): void {
  for (const part of ['value', 'lower', 'upper'] as const)
    expect(Math.abs(actual[part] - expected[part])).toBeLessThanOrEqual(1e-9 * Math.max(1, expected[part]))
}

const counted = fc
  .tuple(fc.integer({ min: 1, max: 10_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, x: Math.round(n * share) }))

describe('wilson', () => {
  test.each(vectors.wilson)('published formula: $x of $n at $conf', (vector) =>
    expectVector(wilson(vector.x, vector.n, vector.conf), vector),
  )

  test('contains its value, stays within 0 and 1, and widens with confidence', () => {
    fc.assert(
      fc.property(counted, ({ x, n }) => {
        const { value, lower, upper } = wilson(x, n)
        const wide = wilson(x, n, 0.998)
        expect(value).toBe(x / n)
        expect(lower).toBeLessThanOrEqual(value)
        expect(upper).toBeGreaterThanOrEqual(value)
        expect(wide.lower).toBeGreaterThanOrEqual(0)
        expect(wide.upper).toBeLessThanOrEqual(1)
        expect(wide.lower).toBeLessThanOrEqual(lower)
        expect(wide.upper).toBeGreaterThanOrEqual(upper)
      }),
    )
  })

  test('the complement has the mirrored interval', () => {
    fc.assert(
      fc.property(counted, ({ x, n }) => {
        const one = wilson(x, n)
        const other = wilson(n - x, n)
        expect(other.lower).toBeCloseTo(1 - one.upper, 14)
        expect(other.upper).toBeCloseTo(1 - one.lower, 14)
      }),
    )
  })

  test('its limits are where the score test rejects: (p - L)² = z² L (1 - L) / n', () => {
    fc.assert(
      fc.property(counted, ({ x, n }) => {
        const { value, lower, upper } = wilson(x, n)
        for (const limit of [lower, upper])
          expect((value - limit) ** 2).toBeCloseTo((1.959963984540054 ** 2 * limit * (1 - limit)) / n, 10)
      }),
    )
  })

  test('rises with the count and narrows with the number of pupils', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const x = Math.floor((n - 1) * share)
          expect(wilson(x + 1, n).lower).toBeGreaterThan(wilson(x, n).lower)
          expect(wilson(x + 1, n).upper).toBeGreaterThanOrEqual(wilson(x, n).upper)
          const width = (k: number) => wilson(x * k, n * k).upper - wilson(x * k, n * k).lower
          expect(width(4)).toBeLessThan(width(1))
        },
      ),
    )
  })

  test('none and all meet 0 and 1 exactly, however many', () => {
    for (const n of [1, 7, 20, 1e6, Number.MAX_SAFE_INTEGER]) {
      expect(wilson(0, n)).toMatchObject({ value: 0, lower: 0 })
      expect(wilson(n, n)).toMatchObject({ value: 1, upper: 1 })
    }
  })
})

describe('Poisson counts and rates', () => {
  test.each(vectors.rate_per_1000)('published formulas: $x of $n per 1,000', (vector) =>
    expectVector(rate(vector.x, vector.n, { per: 1000 }), vector),
  )

  test('the exact limits leave half of what is left over in each tail', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 150 }), fc.constantFrom(0.9, 0.95, 0.998), (x, confidence) => {
        const { lower, upper } = exactPoisson(x, confidence)
        const half = (1 - confidence) / 2
        expect(poissonAtMost(x, upper)).toBeCloseTo(half, 11)
        if (x > 0) expect(1 - poissonAtMost(x - 1, lower)).toBeCloseTo(half, 11)
        else expect(lower).toBe(0)
      }),
    )
  })

  test('Byar is within 0.2 % of exact from 10 on, at 95 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1_000_000 }), (x) => {
        const exact = exactPoisson(x)
        const approximate = byar(x)
        expect(Math.abs(approximate.lower / exact.lower - 1)).toBeLessThan(0.002)
        expect(Math.abs(approximate.upper / exact.upper - 1)).toBeLessThan(0.002)
      }),
    )
  })

  test('a rate changes from exact to Byar at a count of 10', () => {
    for (const x of [0, 1, 9]) expect(rate(x, 1, { per: 1 })).toEqual({ value: x, ...exactPoisson(x) })
    for (const x of [10, 11, 5_000]) expect(rate(x, 1, { per: 1 })).toEqual({ value: x, ...byar(x) })
  })

  test('contains its value, rises with the count and scales with its unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 1_000_000 }), (x, n) => {
        const one = rate(x, n, { per: 100 })
        expect(one.lower).toBeLessThanOrEqual(one.value)
        expect(one.upper).toBeGreaterThan(one.value)
        const more = rate(x + 1, n, { per: 100 })
        expect(more.lower).toBeGreaterThan(one.lower)
        expect(more.upper).toBeGreaterThan(one.upper)
        expect(rate(x, n, { per: 1000 }).upper / one.upper).toBeCloseTo(10, 10)
      }),
    )
  })
})

describe('means', () => {
  test('from n, sum and sum of squares as from the values themselves', () => {
    const values = [12, 15, 9, 20, 14, 11, 17, 13, 10]
    const estimate = meanInterval(9, sum(values), sum(values.map((x) => x * x)))
    // t(0.975; 8) = 2.306004135204166; s² = 102.2222 / 8
    const sd = Math.sqrt((1725 - 121 ** 2 / 9) / 8)
    expect(estimate.value).toBeCloseTo(121 / 9, 12)
    expect(estimate.sd).toBeCloseTo(sd, 12)
    expect(estimate.upper - estimate.value).toBeCloseTo((2.306004135204166 * sd) / 3, 11)
    expect(estimate.value - estimate.lower).toBeCloseTo(estimate.upper - estimate.value, 12)
  })

  test('moving all values moves the interval, stretching them stretches it', () => {
    const score = fc.integer({ min: -100, max: 100 })
    fc.assert(
      fc.property(fc.array(score, { minLength: 2, maxLength: 60 }), score, (values, shift) => {
        const of = (list: number[]) => meanInterval(list.length, sum(list), sum(list.map((x) => x * x)))
        const base = of(values)
        const moved = of(values.map((x) => x + shift))
        const doubled = of(values.map((x) => 2 * x))
        expect(moved.lower).toBeCloseTo(base.lower + shift, 6)
        expect(moved.sd).toBeCloseTo(base.sd, 6)
        expect(doubled.upper).toBeCloseTo(2 * base.upper, 6)
        expect(base.lower).toBeLessThanOrEqual(base.value)
      }),
    )
  })

  test('values that are all alike have an interval of no width', () => {
    const { lower, upper, sd } = meanInterval(3, 0.3, 0.03)
    expect(sd).toBeCloseTo(0, 7)
    expect(upper - lower).toBeCloseTo(0, 7)
  })
})

describe('medians', () => {
  test('lower, upper and interpolated, as from the sorted values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b)
        const lower = sorted[Math.ceil(values.length / 2) - 1]!
        const upper = sorted[Math.floor(values.length / 2)]!
        const expected = { n: values.length, lower, upper, value: (lower + upper) / 2 }
        expect(medianFromHistogram(values.map((value) => ({ value, count: 1 })))).toEqual(expected)
        const counts = new Map<number, number>()
        for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
        const bins = [...counts].map(([value, count]) => ({ value, count }))
        expect(medianFromHistogram([...bins, { value: -5, count: 0 }])).toEqual(expected)
      }),
    )
  })
})

test.each([
  ['x', () => wilson(-1, 5)],
  ['x', () => wilson(2.5, 5)],
  ['x', () => wilson(6, 5)],
  ['n', () => wilson(0, 0)],
  ['confidence', () => wilson(1, 5, 1)],
  ['confidence', () => wilson(1, 5, 95)],
  ['x', () => exactPoisson(Number.NaN)],
  ['x', () => exactPoisson(1e9)],
  ['x', () => byar(0)],
  ['x', () => byar(1, 0.998)],
  ['n', () => rate(3, 0, { per: 100 })],
  ['per', () => rate(3, 10, { per: 0 })],
  ['n', () => meanInterval(1, 4, 16)],
  ['sumOfSquares', () => meanInterval(2, 10, 40)],
  ['sum', () => meanInterval(2, Number.POSITIVE_INFINITY, 40)],
  ['bins', () => medianFromHistogram([{ value: 3, count: 0 }])],
  ['count', () => medianFromHistogram([{ value: 3, count: -1 }])],
  ['value', () => medianFromHistogram([{ value: Number.NaN, count: 1 }])],
])('an argument outside the domain is refused by name: %s', (argument, call) => {
  expect(call).toThrow(StatisticsError)
  expect(call).toThrow(expect.objectContaining({ argument }))
})

/** P(X ≤ x) of a Poisson variable by summing its probabilities. */
function poissonAtMost(x: number, mean: number): number {
  let term = Math.exp(-mean)
  let total = 0
  for (let k = 0; k <= x; k++) {
    total += term
    term *= mean / (k + 1)
  }
  return total
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
