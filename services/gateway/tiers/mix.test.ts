import fc from 'fast-check'
import { expect, test } from 'vitest'
import { authorityMix, type Mixed, wholeOrNothing } from './mix.ts'

const shown = (counts: readonly number[]) => wholeOrNothing(counts).status !== 'SUPPRESSED'

test.each([
  [[80, 15, 5], true],
  [[80, 15, 4], false],
  [[80, 15, 0], true],
  [[3, 0, 0], false],
  [[9, 0, 0], false],
  [[40, 1, 0], false],
])('of %j all parts are shown: %s', (counts, fit) => {
  expect(shown(counts)).toBe(fit)
})

const count = fc.oneof(fc.nat(8), fc.nat(60))
const school = fc.tuple(count, count, count)
const schools = fc
  .array(school, { minLength: 1, maxLength: 8 })
  .map((all) => all.map((tiers, i): Mixed => ({ school: i + 1, tiers })))

test('what is left of the authority when the shown schools are taken away is fit to be shown, or nothing', () => {
  let closed = 0
  fc.assert(
    fc.property(schools, (all) => {
      const authority = authorityMix(all)
      if (!authority || !shown(authority)) return
      closed++
      const seen = all.filter(({ tiers }) => shown(tiers))
      const rest = authority.map((n, t) => seen.reduce((left, { tiers }) => left - tiers[t]!, n))
      expect(rest.every((n) => n === 0) || shown(rest)).toBe(true)
      // One hidden school would be the rest itself.
      expect(all.length - seen.length).not.toBe(1)
    }),
    { numRuns: 5_000 },
  )
  expect(closed).toBeGreaterThan(100)
})
