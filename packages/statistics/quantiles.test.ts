import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gammaLower, gammaUpper, gammaUpperQuantile } from './gamma.ts'
import { chiSquareQuantile, gammaQuantile, logGamma, normalCdf, normalQuantile, tQuantile } from './index.ts'

/** Expected values were computed with 40 digits (mpmath), by bisection on the distribution functions. */
const PRECISION = 1e-11

function expectClose(actual: number, expected: number, relative = PRECISION): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-300))
}

const CHI_SQUARE = [
  [0.025, 1, 0.000982069117175256],
  [0.025, 2, 0.05063561596857975],
  [0.975, 9, 19.022767798641635],
  [0.5, 3, 2.365973884375338],
  [0.999, 20, 45.31474661812586],
  [1e-6, 7.5, 0.1074491777412381],
  [0.975, 2000, 2125.8423024497756],
] as const

const STUDENT = [
  [0.975, 1, 12.706204736174705],
  [0.975, 2, 4.302652729749464],
  [0.975, 9, 2.2621571627982053],
  [0.995, 3, 5.840909309733357],
  [0.999, 27, 3.4210336212293053],
  [0.6, 5.5, 0.26589945713791735],
  [0.975, 1000, 1.9623390808264085],
  [0.99999, 30, 5.054032421446494],
] as const

const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true })
const tail = fc.double({ min: -200, max: -0.31, noNaN: true }).map((exponent) => 10 ** exponent)
const shape = fc.double({ min: -1, max: 6, noNaN: true }).map((exponent) => 10 ** exponent)

describe('normal', () => {
  test.each([
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.6, 0.253347103135799],
    [0.0001, -3.719016485455681],
    [1e-12, -7.034483825301132],
  ])('quantile at %d', (p, z) => expectClose(normalQuantile(p), z))

  test('the quantile inverts the distribution function, and mirrors at one half', () => {
    fc.assert(
      fc.property(tail, (p) => {
        expectClose(normalCdf(normalQuantile(p)), p, 1e-9)
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 - 1 }), (k) => {
        expect(normalQuantile(k / 2 ** 20)).toBe(0 - normalQuantile(1 - k / 2 ** 20))
      }),
    )
  })
})

describe('gamma and chi-square', () => {
  test.each(CHI_SQUARE)('chi-square quantile at %d with %d degrees of freedom', (p, df, x) =>
    expectClose(chiSquareQuantile(p, df), x),
  )

  test('a gamma variable of shape 1 is exponential', () => {
    fc.assert(fc.property(probability, (p) => expectClose(gammaQuantile(p, 1), -Math.log1p(-p), 1e-10)))
    fc.assert(fc.property(tail, (q) => expectClose(gammaUpperQuantile(q, 1), -Math.log(q), 1e-10)))
  })

  test('either quantile inverts its own tail over shapes of ten to the -1 to 6', () => {
    fc.assert(
      fc.property(shape, fc.double({ min: -50, max: -0.31, noNaN: true }), (a, exponent) => {
        const p = 10 ** exponent
        const low = gammaQuantile(p, a)
        // what the nearest numbers to x differ by in probability
        const slack = (x: number) => 1e-9 + 1e-12 * (a + x)
        if (low > 1e-300) expectClose(gammaLower(a, low), p, slack(low))
        const high = gammaUpperQuantile(p, a)
        expectClose(gammaUpper(a, high), p, slack(high))
      }),
    )
  })

  test('the incomplete gamma functions are the sums of Poisson probabilities', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (a, x) => {
          let term = Math.exp(-x)
          let sum = 0
          for (let k = 0; k < a; k++) {
            sum += term
            term *= x / (k + 1)
          }
          expectClose(gammaUpper(a, x), sum, 1e-11)
        },
      ),
    )
  })

  test.each([
    [0.1, 2.252712651734206],
    [0.5, Math.log(Math.PI) / 2],
    [14.5, 23.86276584168909],
    [100, 359.1342053695754],
    [1_000_000, 12815504.569147611],
  ])('ln gamma of %d', (x, value) => expectClose(logGamma(x), value, 1e-13))

  test('ln gamma follows its recurrence', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 50, noNaN: true }), (x) => {
        expect(logGamma(x + 1)).toBeCloseTo(logGamma(x) + Math.log(x), 11)
      }),
    )
  })
})

describe("Student's t", () => {
  test.each(STUDENT)('quantile at %d with %d degrees of freedom', (p, df, t) =>
    expectClose(tQuantile(p, df), t),
  )

  test('one degree of freedom is Cauchy, two have a closed form', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.49, noNaN: true }), (p) => {
        expectClose(tQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), 1e-10)
        expectClose(tQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 1e-10)
      }),
    )
  })

  test('more degrees of freedom bring it down to the normal quantile, without a step where methods change', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.55, max: 0.9999, noNaN: true }), (p) => {
        const freedoms = [1, 3, 10, 100, 10_000, 199_999, 200_000, 200_001, 1e7, 1e15]
        const quantiles = freedoms.map((df) => tQuantile(p, df))
        for (const [index, t] of quantiles.entries())
          if (index > 0) expect(t).toBeLessThan(quantiles[index - 1]! * (1 + 1e-11))
        expectClose(quantiles.at(-1)!, normalQuantile(p), 1e-12)
        // the expansion's first two terms, at 200,000: what is left out is of the order 1e-15
        const z = normalQuantile(p)
        expectClose(quantiles[6]!, z + (z ** 3 + z) / 8e5, 1e-9)
      }),
    )
  })

  test('its density integrates to the probability that it was asked for', () => {
    for (const [p, df] of [
      [0.9, 4],
      [0.975, 7],
      [0.999, 12],
    ] as const) {
      const density = (t: number) =>
        (Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2)) / Math.sqrt(df * Math.PI)) *
        (1 + (t * t) / df) ** (-(df + 1) / 2)
      expect(0.5 + simpson(density, 0, tQuantile(p, df))).toBeCloseTo(p, 11)
    }
  })
})

test.each([
  ['p', () => normalQuantile(0)],
  ['p', () => normalQuantile(1)],
  ['p', () => tQuantile(Number.NaN, 3)],
  ['df', () => tQuantile(0.9, 0)],
  ['df', () => chiSquareQuantile(0.9, -1)],
  ['shape', () => gammaQuantile(0.5, 1e12)],
  ['x', () => logGamma(0)],
])('an argument outside the domain is refused by name: %s', (argument, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'STATISTICS_DOMAIN', argument }))
})

function simpson(f: (x: number) => number, from: number, to: number): number {
  const steps = 2_000
  const h = (to - from) / steps
  let sum = f(from) + f(to)
  for (let k = 1; k < steps; k++) sum += f(from + k * h) * (k % 2 === 1 ? 4 : 2)
  return (sum * h) / 3
}
