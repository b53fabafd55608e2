import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Margin, rake } from './index.ts'

/** A table of 3 × 4, row by row. */
const cells = Array.from({ length: 12 }, (_, i) => i)
const rows = cells.map((i) => Math.floor(i / 4))
const columns = cells.map((i) => i % 4)
const amounts = (length: number) =>
  fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { minLength: length, maxLength: length })
const marginOf = (table: readonly number[], of: readonly number[]): Margin => {
  const sums: number[] = []
  for (const [i, n] of table.entries()) sums[of[i]!] = (sums[of[i]!] ?? 0) + n
  return { of, sums }
}
const fitted = (seed: readonly number[], margins: readonly Margin[]) => {
  const found = rake(seed, margins)
  if (found.kind !== 'fitted') throw new Error(found.reason)
  return found.cells
}

describe('raking', () => {
  test('has the margins that it was given and the odds ratios of its seed', () => {
    fc.assert(
      fc.property(amounts(12), amounts(12), (seed, other) => {
        const wanted = [marginOf(other, rows), marginOf(other, columns)]
        const found = fitted(seed, wanted)
        for (const { of, sums } of wanted)
          for (const [part, sum] of marginOf(found, of).sums.entries())
            expect(sum / sums[part]!).toBeCloseTo(1, 7)
        const odds = (table: readonly number[], a: number, b: number) =>
          (table[a]! * table[b + 4]!) / (table[b]! * table[a + 4]!)
        for (const [a, b] of [
          [0, 1],
          [1, 3],
          [4, 6],
        ] as const)
          expect(odds(found, a, b) / odds(seed, a, b)).toBeCloseTo(1, 6)
      }),
    )
  })

  test('of a seed that has the margins already it is the seed', () => {
    fc.assert(
      fc.property(amounts(12), (seed) => {
        const found = fitted(seed, [marginOf(seed, rows), marginOf(seed, columns)])
        for (const [i, n] of seed.entries()) expect(found[i]! / n).toBeCloseTo(1, 8)
      }),
    )
  })

  test('of a seed of ones two margins are independent: each cell is the product of its shares', () => {
    fc.assert(
      fc.property(amounts(12), (other) => {
        const [r, c] = [marginOf(other, rows), marginOf(other, columns)]
        const total = other.reduce((so, n) => so + n, 0)
        const found = fitted(
          cells.map(() => 1),
          [r, c],
        )
        for (const i of cells)
          expect(found[i]).toBeCloseTo((r.sums[rows[i]!]! * c.sums[columns[i]!]!) / total, 8)
      }),
    )
  })

  test('where zeros of the seed leave no such table there is none, and it says so', () => {
    const seed = [1, 0, 0, 1]
    const [r, c] = [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ]
    expect(
      rake(seed, [
        { of: r, sums: [3, 1] },
        { of: c, sums: [1, 3] },
      ]),
    ).toMatchObject({ kind: 'not applicable' })
    expect(
      rake(seed, [
        { of: r, sums: [3, 1] },
        { of: c, sums: [3, 1] },
      ]),
    ).toMatchObject({ cells: [3, 0, 0, 1] })
  })

  test.each([
    ['seed', () => rake([-1], [])],
    ['margins', () => rake([1, 1], [{ of: [0], sums: [1] }])],
    ['margins', () => rake([1, 1], [{ of: [0, 1], sums: [1] }])],
    ['margins', () => rake([1, 1], [{ of: [0, 1], sums: [1, Number.NaN] }])],
  ])('an argument outside the domain is refused by name: %s', (argument, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'STATISTICS_DOMAIN', argument }))
  })
})
