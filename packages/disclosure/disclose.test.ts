import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cell, disclose, live } from './index.ts'

const status = (cell: Cell) => disclose([cell], live)[0]!.status
const few = fc.integer({ min: 1, max: 4 })
const many = fc.integer({ min: 5, max: 1_000_000 })
const ratio = fc.constantFrom('rate' as const, 'proportion' as const)
const kind = fc.constantFrom(
  'count' as const,
  'rate' as const,
  'proportion' as const,
  'mean' as const,
  'median' as const,
)
const part = fc.option(fc.oneof(fc.integer({ min: 0, max: 30 }), many), { nil: undefined })
const cell: fc.Arbitrary<Cell> = fc.record({ kind, n: part, numerator: part, denominator: part })

describe('the rule for single cells', () => {
  test.each<[string, Cell]>([
    ['SUPPRESSED', { kind: 'rate', numerator: 1, denominator: 500 }],
    ['SUPPRESSED', { kind: 'rate', numerator: 4, denominator: 500 }],
    ['OK', { kind: 'rate', numerator: 5, denominator: 500 }],
    ['OK', { kind: 'rate', numerator: 0, denominator: 10 }],
    ['SUPPRESSED', { kind: 'rate', numerator: 0, denominator: 9 }],
    ['SUPPRESSED', { kind: 'rate', numerator: 30, denominator: 9 }],
    ['OK', { kind: 'rate', numerator: 600, denominator: 500 }],
    ['SUPPRESSED', { kind: 'proportion', numerator: 499, denominator: 500 }],
    ['SUPPRESSED', { kind: 'proportion', numerator: 496, denominator: 500 }],
    ['OK', { kind: 'proportion', numerator: 495, denominator: 500 }],
    ['OK', { kind: 'proportion', numerator: 500, denominator: 500 }],
    ['OK', { kind: 'count', n: 0 }],
    ['SUPPRESSED', { kind: 'count', n: 1 }],
    ['SUPPRESSED', { kind: 'count', n: 4 }],
    ['OK', { kind: 'count', n: 5 }],
    ['OK', { kind: 'count', numerator: 5 }],
    ['SUPPRESSED', { kind: 'count', n: 7, denominator: 9 }],
    ['SUPPRESSED', { kind: 'count', n: 97, denominator: 100 }],
    ['SUPPRESSED', { kind: 'mean', n: 9 }],
    ['OK', { kind: 'mean', n: 10 }],
    ['SUPPRESSED', { kind: 'median', n: 9 }],
    ['SUPPRESSED', { kind: 'median', n: 0 }],
    ['OK', { kind: 'median', n: 10 }],
    ['SUPPRESSED', { kind: 'mean', n: 40, numerator: 40, denominator: 43 }],
    ['NOT_APPLICABLE', { kind: 'rate', numerator: 12 }],
    ['NOT_APPLICABLE', { kind: 'rate', numerator: 0, denominator: 0 }],
    ['NOT_APPLICABLE', { kind: 'proportion', numerator: 0 }],
    ['SUPPRESSED', { kind: 'rate', numerator: 3 }],
  ])('%s: %o', (expected, given) => expect(status(given)).toBe(expected))

  test('a small denominator hides its cell whatever stands above it', () => {
    fc.assert(
      fc.property(kind, part, part, fc.integer({ min: 1, max: 9 }), (kind, n, numerator, denominator) => {
        expect(status({ kind, n, numerator, denominator })).toBe('SUPPRESSED')
      }),
    )
  })

  test('few, and all but a few, are hidden however many there are in all', () => {
    fc.assert(
      fc.property(ratio, few, many, (kind, small, rest) => {
        expect(status({ kind, numerator: small, denominator: small + rest })).toBe('SUPPRESSED')
        expect(status({ kind, numerator: rest, denominator: small + rest })).toBe('SUPPRESSED')
        expect(status({ kind, numerator: small })).toBe('SUPPRESSED')
      }),
    )
  })

  test('what is shown has nothing small in it', () => {
    fc.assert(
      fc.property(cell, (given) => {
        fc.pre(status(given) !== 'SUPPRESSED')
        const small = (value: number | undefined, below: number) =>
          value !== undefined && value > 0 && value < below
        const { kind, n, numerator, denominator } = given
        expect(small(numerator, 5)).toBe(false)
        expect(small(denominator, 10)).toBe(false)
        if (numerator !== undefined && denominator !== undefined)
          expect(small(denominator - numerator, 5)).toBe(false)
        if (kind === 'count') expect(small(n, 5)).toBe(false)
        if (kind === 'mean' || kind === 'median') expect(n).toBeGreaterThanOrEqual(10)
      }),
    )
  })

  test('large numbers far from one another are shown', () => {
    fc.assert(
      fc.property(ratio, many, many, (kind, numerator, complement) => {
        expect(status({ kind, numerator, denominator: numerator + complement })).toBe('OK')
      }),
    )
  })

  test('a part that is no number from 0, or a cell without its figure, is held back', () => {
    const odd = fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY)
    fc.assert(
      fc.property(kind, odd, fc.constantFrom('n', 'numerator', 'denominator'), (kind, value, name) => {
        expect(status({ kind, n: 50, numerator: 50, denominator: 100, [name]: value })).toBe('SUPPRESSED')
        expect(status({ kind, denominator: 100 })).toBe('SUPPRESSED')
      }),
    )
  })

  test('each cell is judged alone, in order, and stamped with the profile', () => {
    fc.assert(
      fc.property(fc.array(cell), (cells) => {
        const together = disclose(cells, live)
        expect(together).toEqual(cells.flatMap((one) => disclose([one], live)))
        const symbols = { OK: '', SUPPRESSED: 'c', NOT_APPLICABLE: 'z' }
        for (const one of together) {
          expect(one.symbol).toBe(symbols[one.status])
          expect(one.profile).toBe('live@1')
        }
      }),
    )
  })

  test('a stricter profile never shows what a milder one hides', () => {
    const stricter = {
      ...live,
      id: 'stricter',
      smallestDenominator: 20,
      smallestCount: 10,
      smallestSample: 30,
    }
    fc.assert(
      fc.property(cell, (given) => {
        fc.pre(status(given) === 'SUPPRESSED')
        expect(disclose([given], stricter)[0]!.status).toBe('SUPPRESSED')
      }),
    )
  })
})
