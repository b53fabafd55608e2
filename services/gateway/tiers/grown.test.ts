import 'reflect-metadata'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayTellGrown } from './grown.ts'

/** By school what came in each of three years: [returned, stayed]. */
const years = fc.array(
  fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 4, 6, 12), fc.constantFrom(0, 3, 8, 20)), {
    minLength: 3,
    maxLength: 3,
  }),
  { minLength: 4, maxLength: 7 },
)

test('of any two years that are told neither the one nor what came in between is few, without any one school either', () => {
  let told = 0
  fc.assert(
    fc.property(years, (schools) => {
      const asAt = (year: number) =>
        schools.map((came) => [0, 1].map((i) => came.slice(0, year).reduce((so, one) => so + one[i]!, 0)))
      const mapOf = (counts: readonly number[][]) => new Map(counts.map((parts, school) => [school, parts]))
      const open = [1, 2, 3].filter((year) => mayTellGrown(mapOf(asAt(year)), mapOf(asAt(year - 1))))
      for (const later of open)
        for (const earlier of [0, ...open].filter((year) => year < later))
          for (const lead of [-1, ...schools.keys()])
            for (const part of [0, 1]) {
              const of = (year: number) =>
                asAt(year).reduce((so, parts, school) => so + (school === lead ? 0 : parts[part]!), 0)
              const grown = of(later) - of(earlier)
              told++
              expect(grown === 0 || grown >= 5).toBe(true)
            }
    }),
    { numRuns: 500 },
  )
  expect(told).toBeGreaterThan(1_000)
})
