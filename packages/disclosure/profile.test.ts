import { expect, test } from 'vitest'
import { ownSchool, stampOf, standard, strict, symbolFor, tighten } from './index.ts'

test('an authority may tighten, and its stamp says so', () => {
  const own = tighten(standard, { smallestCount: 7, largestShare: 0.8 })
  expect(own).toMatchObject({ smallestCount: 7, largestShare: 0.8, smallestDenominator: 10 })
  expect(stampOf(own)).not.toBe(stampOf(standard))
  expect([standard, strict, ownSchool].map(stampOf)).toEqual(['standard@1', 'strict@1', 'own-school@1'])
})

test.each([
  ['smallestCount', { smallestCount: 4 }],
  ['smallestDenominator', { smallestDenominator: 9 }],
  ['largestShare', { largestShare: 0.9 }],
  ['smallestSchools', { smallestSchools: 3 }],
  ['smallestCount', { smallestCount: Number.NaN }],
  ['smallestCount', { smallestCount: 5.5 }],
])('an authority may not loosen: %s', (field, overrides) => {
  expect(() => tighten(standard, overrides)).toThrow(
    expect.objectContaining({ name: 'DisclosureError', field }),
  )
})

test('rounding may only become coarser, in multiples', () => {
  expect(tighten(strict, { roundTo: 10 }).roundTo).toBe(10)
  expect(() => tighten(strict, { roundTo: 7 })).toThrow(expect.objectContaining({ field: 'roundTo' }))
})

test.each([
  ['c', { status: 'hidden', denominator: 0 }],
  ['x', { status: 'unavailable' }],
  ['z', { status: 'published', value: 0, denominator: 0 }],
  ['low', { status: 'published', value: 0.04, denominator: 9000, decimals: 1 }],
  ['', { status: 'published', value: 0, denominator: 90, decimals: 1 }],
  ['u', { status: 'published', value: 3, denominator: 90, unreliable: true }],
] as const)('%s marks %o', (symbol, figure) => expect(symbolFor(figure)).toBe(symbol))
