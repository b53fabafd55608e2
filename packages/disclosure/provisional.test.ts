import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { provisionally, type SchoolPart } from './index.ts'

const size = fc.oneof(fc.constant(0), fc.nat(6), fc.nat(40), fc.nat(900))
const counts = fc.array(
  size.map((count): SchoolPart => ({ count })),
  { maxLength: 12 },
)
const shares = fc.array(
  fc.tuple(size, size).map(([count, rest]): SchoolPart => ({ count, among: count + rest })),
  { maxLength: 12 },
)
const each = (count: number, schools: number): SchoolPart[] =>
  Array.from({ length: schools }, () => ({ count }))
const sum = (parts: readonly number[]) => parts.reduce((all, one) => all + one, 0)
const withoutLargest = (parts: readonly number[]) => sum(parts) - Math.max(...parts)

describe('what is hidden', () => {
  test.each<[string, SchoolPart[], boolean]>([
    ['fewer than five schools', each(30, 4), false],
    ['fewer than three that contribute', [...each(30, 2), ...each(0, 5)], false],
    ['more than 85 % from one', [{ count: 86 }, ...each(2, 7)], false],
    ['fewer than five without the largest', [{ count: 4 }, ...each(1, 4), { count: 0 }], false],
    ['a denominator below ten', Array.from({ length: 9 }, () => ({ count: 0, among: 1 })), false],
    ['a denominator that hangs on one school', [{ count: 0, among: 999 }, ...each(0, 4)], false],
    [
      'all but a few of the others',
      [{ count: 5, among: 90 }, ...Array.from({ length: 4 }, () => ({ count: 19, among: 20 }))],
      true,
    ],
    ['what is no number from 0', [...each(30, 5), { count: Number.NaN }], false],
    ['what is below 0', [...each(30, 5), { count: -1 }], false],
  ])('%s', (_, schools, isPart) => {
    expect(provisionally(schools, isPart)).toBeUndefined()
  })

  test('events are not held to their complement, a part is', () => {
    const schools = Array.from({ length: 5 }, () => ({ count: 20, among: 21 }))
    expect(provisionally(schools, true)).toBeUndefined()
    expect(provisionally(schools, false)).toEqual({ count: 100, among: 110 })
  })
})

test('a true 0 is shown as 0, and nothing else is', () => {
  expect(provisionally(each(0, 5), false)).toEqual({ count: 0 })
  fc.assert(
    fc.property(counts, (schools) => {
      const found = provisionally(schools, false)
      if (found) expect(found.count === 0).toBe(sum(schools.map(({ count }) => count)) === 0)
    }),
  )
})

test('whichever school is taken away, at least five are left in every number that is not 0', () => {
  let shown = 0
  fc.assert(
    fc.property(shares, (schools) => {
      if (!provisionally(schools, true)) return
      shown++
      const parts = [
        schools.map(({ count }) => count),
        schools.map(({ among }) => among!),
        schools.map(({ count, among }) => among! - count),
      ]
      for (const part of parts) if (sum(part) > 0) expect(withoutLargest(part)).toBeGreaterThanOrEqual(5)
    }),
    { numRuns: 2_000 },
  )
  expect(shown).toBeGreaterThan(200)
})

test('what is shown is a multiple of ten within five of the truth, and hides any difference of fewer than ten', () => {
  let equal = 0
  fc.assert(
    fc.property(shares, fc.nat(9), fc.nat(11), (schools, more, at) => {
      const found = provisionally(schools, false)
      if (!found) return
      const truth = sum(schools.map(({ count }) => count))
      expect([found.count % 10, found.among! % 10]).toEqual([0, 0])
      expect(Math.abs(found.count - truth)).toBeLessThanOrEqual(5)
      // Two answers that say the same leave a difference of up to nine open: for each one some truth has it.
      const low = { count: found.count - 5 }
      const later = schools.map((one, i) =>
        i === at % schools.length ? { ...one, count: one.count + more } : one,
      )
      const next = provisionally(later, false)
      if (next?.count !== found.count) return
      equal++
      expect(truth + more - low.count).toBeLessThanOrEqual(9)
    }),
    { numRuns: 1_000 },
  )
  expect(equal).toBeGreaterThan(50)
})

test('neither the order of the schools nor how often it is asked changes what is shown', () => {
  fc.assert(
    fc.property(shares, fc.boolean(), (schools, isPart) => {
      expect(provisionally(schools.toReversed(), isPart)).toEqual(provisionally(schools, isPart))
    }),
  )
})

test('rounding keeps a part within its whole', () => {
  fc.assert(
    fc.property(shares, (schools) => {
      const found = provisionally(schools, true)
      if (found) expect(found.count).toBeLessThanOrEqual(found.among!)
    }),
  )
})
