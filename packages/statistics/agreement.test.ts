import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cohensKappa } from './agreement.ts'

test.each([
  // Worked by hand: po = 35/50, pe = 0.5 × 0.6 + 0.5 × 0.4.
  [
    [
      [20, 5],
      [10, 15],
    ],
    0.7,
    0.4,
  ],
  [
    [
      [0, 10],
      [10, 0],
    ],
    0,
    -1,
  ],
  [
    [
      [8, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    1,
    1,
  ],
])('of %j per cent agreement and kappa are those worked out by hand', (counts, agreed, kappa) => {
  const found = cohensKappa(counts)
  expect(found.agreed).toBeCloseTo(agreed, 12)
  expect(found.kappa).toBeCloseTo(kappa, 12)
})

const margin = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 3 })

test('judges who do not look at each other agree as chance would have it: kappa is 0', () => {
  fc.assert(
    fc.property(margin, margin, (one, other) => {
      expect(cohensKappa(one.map((a) => other.map((b) => a * b))).kappa).toBeCloseTo(0, 10)
    }),
  )
})

test('it matters not who of the two is called first', () => {
  fc.assert(
    fc.property(fc.array(margin, { minLength: 3, maxLength: 3 }), (counts) => {
      const turned = counts.map((_, j) => counts.map((row) => row[j]!))
      expect(cohensKappa(turned).kappa).toBeCloseTo(cohensKappa(counts).kappa, 12)
    }),
  )
})

test.each([[[]], [[[1, 2]]], [[[-1]]], [[[0]]]])('%j is refused by name', (counts) => {
  expect(() => cohensKappa(counts as number[][])).toThrow(/counts/)
})
