import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  baseOf,
  type Overrides,
  ownSchool,
  stampOf,
  standard,
  strict,
  strictestOf,
  symbolFor,
  tighten,
} from './index.ts'

const own = { authority: 855, version: 2 }

test('an authority may tighten, and its stamp says so', () => {
  const tightened = tighten(standard, { smallestCount: 7, largestShare: 0.8 }, own)
  expect(tightened).toMatchObject({ smallestCount: 7, largestShare: 0.8, smallestDenominator: 10 })
  expect(stampOf(tightened)).toBe('standard-855@2')
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
  expect(() => tighten(standard, overrides, own)).toThrow(
    expect.objectContaining({ name: 'DisclosureError', field }),
  )
})

test.each([
  ['overrides', standard, {}],
  ['overrides', standard, { smallestCount: 5 }],
  ['id', standard, { id: 'strict' }],
  ['version', standard, { version: 9 }],
  ['roundTo', ownSchool, { roundTo: 5 }],
  ['smallestSchools', ownSchool, { smallestSchools: 5 }],
])('nor change what is no threshold, or none at all: %s', (field, profile, overrides) => {
  expect(() => tighten(profile, overrides as Overrides, own)).toThrow(
    expect.objectContaining({ name: 'DisclosureError', field }),
  )
})

test('of what a stamp is a form is known, and of nothing else', () => {
  const stamps = ['standard@1', 'standard-855@2', 'strict-855@1', 'own-school-855@1', 'standardised@1']
  expect(stamps.map((stamp) => baseOf(stamp)?.id)).toEqual([
    ...['standard', 'standard', 'strict', undefined, undefined],
  ])
})

test('what several authorities hold back is held back of all of them, and the stamp names each', () => {
  const thresholds = fc.record({
    smallestDenominator: fc.integer({ min: 6, max: 30 }),
    smallestCount: fc.integer({ min: 2, max: 30 }),
    smallestSample: fc.integer({ min: 6, max: 30 }),
  })
  fc.assert(
    fc.property(thresholds, thresholds, (one, other) => {
      const each = [one, other].map((t, i) => tighten(ownSchool, t, { authority: 855 + i, version: 1 }))
      const all = strictestOf(each)
      expect(stampOf(all)).toBe('own-school-855@1+own-school-856@1')
      for (const { smallestCount, smallestDenominator, smallestSample } of each)
        expect([
          all.smallestCount >= smallestCount,
          all.smallestDenominator >= smallestDenominator,
          all.smallestSample >= smallestSample,
        ]).toEqual([true, true, true])
    }),
  )
  expect(strictestOf([ownSchool, ownSchool])).toBe(ownSchool)
})

test('rounding may only become coarser, in multiples', () => {
  expect(tighten(strict, { roundTo: 10 }, own).roundTo).toBe(10)
  expect(() => tighten(strict, { roundTo: 7 }, own)).toThrow(expect.objectContaining({ field: 'roundTo' }))
})

test.each([
  ['c', { status: 'hidden', denominator: 0 }],
  ['x', { status: 'unavailable' }],
  ['z', { status: 'published', value: 0, denominator: 0 }],
  ['low', { status: 'published', value: 0.04, denominator: 9000, decimals: 1 }],
  ['', { status: 'published', value: 0, denominator: 90, decimals: 1 }],
  ['u', { status: 'published', value: 3, denominator: 90, unreliable: true }],
] as const)('%s marks %o', (symbol, figure) => expect(symbolFor(figure)).toBe(symbol))
