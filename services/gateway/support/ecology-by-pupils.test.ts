import 'reflect-metadata'
import type { CellSum } from '@cairn/warehouse'
import { expect, test } from 'vitest'
import type { AskedBy } from './by-pupils.ts'
import { sharesOf } from './ecology-by-pupils.ts'
import { factorTable } from './factors-by-pupils.ts'

const by = { isOwnSchool: false, pupilsBy: 'sex' } as AskedBy

/** Of five schools alike. */
const cellsOf = (counts: readonly (readonly [kind: string, value: string, n: number])[]): CellSum[] =>
  [1, 2, 3, 4, 5].flatMap((group) =>
    counts.map(([kind, value, n]) => ({
      ...{
        authority: 855,
        group,
        period: 2016,
        values: [kind, value],
        n,
        sx: 50 * n,
        sxx: 2_600 * n,
        schools: 1,
      },
    })),
  )
const safe = cellsOf(
  ['individual', 'family', 'community'].flatMap((level) => [
    [level, 'F', 20] as const,
    [level, 'M', 20] as const,
  ]),
)

test('levels are told by value as parts of all that the value’s pupils had', () => {
  const { of, held, shown } = sharesOf(by, safe)
  expect(of('family', 'F')).toMatchObject({ numerator: 100, denominator: 300, status: 'OK' })
  expect(of('societal', 'F')).toMatchObject({ numerator: 0, denominator: 300 })
  expect([held.size, [...shown]]).toEqual([0, ['F', 'M']])
})

test('a level on which nobody had anything tells nothing of the others, where all of them are few', () => {
  const few = cellsOf([
    ['individual', 'F', 20],
    ['individual', 'M', 1],
    ['family', 'F', 20],
  ])
  const { of, shown } = sharesOf(by, few)
  for (const level of ['individual', 'family', 'community', 'societal'])
    for (const value of ['F', 'M']) expect(of(level, value)).toMatchObject({ denominator: null })
  expect(shown.size).toBe(0)
})

test('sessions are told of no level that its interventions are not told of, nor of one alone beside it', () => {
  const { held } = sharesOf(by, safe, new Set(['family']))
  expect(held.has('family')).toBe(true)
  expect(held.size).toBe(2)
})

test('factors are one table: one of which a value has few hides all of them', () => {
  const factors = ['individual', 'family', 'community']
  expect(factorTable(by, factors, safe)).toMatchObject({ isHeld: false })
  const few = [...safe, ...cellsOf([['family', 'unknown', 1]])]
  expect(factorTable(by, factors, few)).toMatchObject({ isHeld: true, shown: new Set() })
  expect(factorTable(by, factors, safe, true)).toMatchObject({ isHeld: true })
})
