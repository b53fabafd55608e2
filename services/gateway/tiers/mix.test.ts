import 'reflect-metadata'
import { testScope } from '@cairn/access/testing'
import type { TierTableRow } from '@cairn/warehouse'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PupilsBy } from '../support/by-pupils.ts'
import { closed, type SchoolCounts } from './closed.ts'
import { mixRows, shownMovement, wholeOrNothing } from './mix.ts'

test.each([
  [[80, 15, 5], true],
  [[80, 15, 4], false],
  [[80, 15, 0], true],
  [[3, 0, 0], false],
  [[9, 0, 0], false],
  [[40, 1, 0], false],
])('of %j all parts are shown: %s', (counts, fit) => {
  expect(wholeOrNothing(counts).status !== 'SUPPRESSED').toBe(fit)
})

const outcomes = ['1', '2', '3']
const count = fc.oneof(fc.nat(8), fc.nat(60))
const tiers = fc.tuple(count, count, count)
/** Schools with girls and boys by tier, and what they add up to. */
const schools = fc.array(fc.tuple(tiers, tiers), { minLength: 1, maxLength: 7 }).map((all): SchoolCounts[] =>
  all.flatMap(([girls, boys], i) => {
    const sum = girls.map((n, t) => n + boys[t]!)
    return [
      { school: i + 1, by: '', value: '', counts: sum },
      { school: i + 1, by: 'sex', value: 'F', counts: girls },
      { school: i + 1, by: 'sex', value: 'M', counts: boys },
    ]
  }),
)

/** One hidden part of a shown whole is the whole less the others. */
const isOpen = (whole: number | null, parts: readonly (number | null)[]) =>
  whole !== null && whole > 0 && parts.filter((part) => part === null).length === 1

test('no number that is held back is a shown total less the shown parts beside it: of tiers, of values, of schools', () => {
  let shown = 0
  let hidden = 0
  fc.assert(
    fc.property(schools, fc.boolean(), (rows, together) => {
      const found = closed(rows, outcomes, together)
      const numbers = [...new Set(rows.map(({ school }) => school)), ...(together ? [0] : [])]
      expect(found.find(0) !== undefined).toBe(together)
      for (const school of numbers) {
        const of = (value: string) => found.find(school, value && 'sex', value)!
        const parts = ['', 'F', 'M'].map(of)
        for (const { counts, whole } of parts) expect(isOpen(whole, counts)).toBe(false)
        for (const t of [0, 1, 2])
          expect(isOpen(of('').counts[t]!, [of('F').counts[t]!, of('M').counts[t]!])).toBe(false)
      }
      if (together)
        for (const value of ['', 'F', 'M'])
          for (const t of [0, 1, 2]) {
            const at = (school: number) => found.find(school, value && 'sex', value)!.counts[t]!
            expect(isOpen(at(0), numbers.filter(Boolean).map(at))).toBe(false)
          }
      for (const { school, by, value, counts } of rows)
        found.find(school, by, value)!.counts.forEach((n, t) => {
          if (n === null) hidden++
          else {
            shown++
            expect(n).toBe(counts[t])
            expect(n === 0 || n >= 5).toBe(true)
          }
        })
    }),
    { numRuns: 1_000 },
  )
  expect(shown).toBeGreaterThan(1_000)
  expect(hidden).toBeGreaterThan(1_000)
})

const table: TierTableRow[] = [1, 2, 3, 4].flatMap((school) => {
  const row = (by: TierTableRow['by'], value: string, mix: TierTableRow['tiers']) => ({
    ...{ authority: 901, school, by, value, tiers: mix },
  })
  return [
    row('', '', [80, 20, 10]),
    row('sex', 'F', [40, 10, 5]),
    row('sex', 'M', [40, 10, 5]),
    row('fsm', 'unknown', [80, 20, 10]),
  ]
})

test('a mix has a row a school and value, and the authority’s for those who see all of it', () => {
  const all = mixRows(table, testScope([901]), PupilsBy.SEX)
  expect(all.map(({ schoolUrn, value }) => [schoolUrn, value])).toEqual(
    [1, 2, 3, 4, null].flatMap((school) => [null, 'F', 'M'].map((value) => [school, value])),
  )
  expect(all.at(-1)).toMatchObject({
    label: 'Male',
    pupils: 220,
    tier1: 160,
    tier2: 40,
    tier3: 20,
    status: 'OK',
  })
  const some = mixRows(table, testScope([901], [1, 2, 3, 4], 'commissioner'))
  expect(some.map(({ schoolUrn }) => schoolUrn)).toEqual([1, 2, 3, 4])
})

test('a movement is shown where all that it adds up to is shown of both mixes, and else nothing of it', () => {
  const mixOf = (...schools: readonly TierTableRow['tiers'][]): TierTableRow[] =>
    schools.map((tiers, i) => ({ authority: 901, school: i + 1, by: '', value: '', tiers }))
  // In each of three schools five each entered, moved or stayed: rows of 10 before, columns of 15 after.
  const counts = [0, 5, 5, 0, 0, 5, 5, 0, 0, 5, 5, 0, 0, 0, 0, 0]
  const three = [counts, counts, counts]
  const same = (tiers: TierTableRow['tiers']) => mixOf(tiers, tiers, tiers)
  const [week, later] = [same([10, 10, 0]), same([15, 15, 0])]
  const [all, each] = [testScope([901]), testScope([901], [1, 2, 3], 'school_lead')]
  for (const scope of [all, each])
    expect(shownMovement(three, [week, later], scope)).toMatchObject({
      ...{ status: 'OK', entered: [15, 15, 0], left: [0, 0, 0] },
      pupils: [
        [15, 15, 0],
        [15, 15, 0],
        [0, 0, 0],
      ],
    })
  // Four in tier 2 are held back, of the authority and of each school, in either week.
  const few = mixOf([20, 2, 0], [15, 1, 0], [10, 1, 0])
  for (const mixes of [
    [week, few],
    [few, later],
  ])
    for (const scope of [all, each])
      expect(shownMovement(three, mixes, scope)).toMatchObject({
        ...{ status: 'SUPPRESSED', symbol: 'c', pupils: null, entered: null, left: null },
      })
  // Three who entered are the mix less the rest of the movement; of two schools each lead knows the other's.
  const entered = [counts.with(1, 3), counts.with(1, 0), counts.with(1, 0)]
  for (const bySchool of [entered, [counts, counts, counts.with(1, 0)]])
    expect(shownMovement(bySchool, [week, later], all)).toMatchObject({ status: 'SUPPRESSED', pupils: null })
})
