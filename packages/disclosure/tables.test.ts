import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOpenTable, type ShownTable, standard, strict, type TableHistory, tablesToShow } from './index.ts'

const counts = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 5, maxLength: 5 })

test.each([standard, strict])(
  'a table that is shown leaves no number, and no rest of what it is a part of, few to anyone or to a school’s lead: $id',
  (profile) => {
    const isEnough = (of: readonly number[]) => {
      const sum = of.reduce((so, count) => so + count, 0)
      return sum === 0 || of.every((own) => sum - own >= profile.smallestCount)
    }
    let open = 0
    const cell = fc.record({ counts, more: fc.oneof(fc.constant([0, 0, 0, 0, 0]), counts) })
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 2 }), (cells) => {
        const all = cells.map(({ counts, more }) => ({ counts, of: counts.map((own, i) => own + more[i]!) }))
        if (!isOpenTable(all, profile)) return
        open++
        for (const { counts, more } of cells) expect([isEnough(counts), isEnough(more)]).toEqual([true, true])
      }),
      { numRuns: 2_000 },
    )
    expect(open).toBeGreaterThan(20)
  },
)

test.each([
  ['all of none of its schools', [[0, 0, 0, 0, 0]], undefined, true],
  ['enough of many', [[9, 9, 9, 9, 9]], undefined, true],
  ['four in all', [[1, 1, 1, 1, 0]], undefined, false],
  ['four without its largest school', [[9, 2, 1, 1, 0]], undefined, false],
  ['two schools alone', [[9, 9, 0, 0, 0]], undefined, false],
  ['one school that dominates', [[90, 5, 5, 0, 0]], undefined, false],
  ['a second cell that is few', [[9, 9, 9, 9, 9], [1, 0, 0, 0, 0]], undefined, false], // biome-ignore format: a row
  ['a rest of four', [[9, 9, 9, 9, 9]], [[10, 10, 10, 10, 9]], false],
  ['no rest', [[9, 9, 9, 9, 9]], [[9, 9, 9, 9, 9]], true],
  ['more than the whole', [[9, 9, 9, 9, 9]], [[8, 20, 20, 20, 20]], false],
] as const)('a table of %s', (_, cells, of, isOpen) => {
  const table = cells.map((counts, i) => ({ counts, ...(of && { of: of[i]! }) }))
  expect(isOpenTable(table, standard)).toBe(isOpen)
})

test('of a mean nine values are too few', () => {
  const nine = [{ counts: [9, 3, 3, 3, 0] }]
  expect(isOpenTable(nine, standard)).toBe(true)
  expect(isOpenTable(nine, standard, { isSample: true })).toBe(false)
})

const halfTerms = ['1', '2', '3', '4', '5', '6']
const tableOf = (n: number): ShownTable => new Map([['severity=1', { n }]])
const history: Omit<TableHistory, 'halfTerms' | 'decided' | 'now' | 'before'> = {
  ...{ adds: true, smallestCount: 5, mayChange: true },
  agrees: () => true,
}

/** Releases a year half-term by half-term. @param safe by half-term, and of the year @param moves how each moves later */
function releases(safe: readonly boolean[], moves: readonly number[]): Map<string, ShownTable>[] {
  let before = new Map<string, ShownTable>()
  return halfTerms.map((_, at) => {
    const closed = halfTerms.slice(0, at + 1)
    const isComplete = at === 5
    const now = new Map<string, ShownTable>()
    for (const [i, id] of closed.entries())
      if (safe[i]) now.set(id, tableOf(20 * (i + 1) + (i < at ? moves[i]! : 0)))
    if (isComplete && safe[6]) now.set('year', tableOf(999))
    before = tablesToShow({
      ...{ ...history, halfTerms: closed, decided: at, now, before },
      ...(isComplete && { year: 'year' }),
    })
    return before
  })
}

test('whichever half-terms are safe: what was shown stays shown, and the year never less all but one of its half-terms', () => {
  const safe = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 })
  fc.assert(
    fc.property(
      safe,
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 6, maxLength: 6 }),
      (is, moves) => {
        const all = releases(is, moves)
        for (const [at, one] of all.entries()) {
          const earlier = all[at - 1] ?? new Map()
          for (const [id, table] of earlier) {
            const moved = Math.abs(one.get(id)!.get('severity=1')!.n - table.get('severity=1').n)
            expect(moved === 0 || moved >= 5).toBe(true)
          }
          const shown = halfTerms.filter((id) => one.has(id)).length
          if (one.has('year')) expect([0, 6]).toContain(shown)
        }
        // With every half-term safe, all are shown and their sum is the year.
        if (is.slice(0, 6).every(Boolean)) {
          const last = all.at(-1)!
          const sum = halfTerms.reduce((so, id) => so + last.get(id)!.get('severity=1')!.n, 0)
          expect(last.get('year')!.get('severity=1')!.n).toBe(sum)
        }
      },
    ),
  )
})

test('a table that does not sum to what is released of the whole is not shown', () => {
  const now = new Map([...halfTerms.map((id) => [id, tableOf(20)] as const), ['year', tableOf(120)] as const])
  const shown = tablesToShow({
    ...{ ...history, halfTerms, decided: 0, now, before: new Map(), year: 'year' },
    agrees: (period) => period !== 'year',
  })
  expect([...shown.keys()]).toEqual(halfTerms)
})
