import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storedCells } from '../chaos/compare.ts'
import { type Sums, supportCells } from './cells-by-hand.ts'
import { current, historyOf } from './history.ts'
import { type OwnedWorld, ownedWorld } from './owned.ts'

let { world, owner, unused } = {} as OwnedWorld

beforeAll(async () => {
  ;({ world, owner, unused } = await ownedWorld())
})
afterAll(() => world?.close())

/** Metrics of check-ins are no part of this. */
const others = ['check_ins', 'wellbeing_score', 'pupils_checked_in', 'factor_score', 'low_level_scores']

test('figures of support stand in the week of what they follow and equal a count by hand, in any order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 1, max: 25 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (seed, pupils, share) => {
        const authority = unused()
        const events = historyOf(authority, seed, pupils)
        // In two portions, so that a follow-up is drained before and after what it follows.
        const first = Math.round(share * events.length)
        for (const portion of [events.slice(0, first), events.slice(first)]) {
          world.append(...portion)
          for (const batch of world.batches(owner)) await owner.write([batch], owner.read([batch]))
          await owner.drain()
        }
        const want = supportCells(current(world.log.filter((e) => e.authority === authority)))
        const have = new Map<string, Sums>(
          [...(await storedCells(world.warehouse, [authority]))].flatMap(([key, sums]) => {
            const [, metric, , school, week, breakdown] = key.split('|')
            return others.includes(metric!)
              ? []
              : [[`${metric}|${school}|${week}|${breakdown}`, sums] as const]
          }),
        )
        expect([...have.keys()].sort()).toEqual([...want.keys()].sort())
        for (const [key, sums] of want) {
          expect([key, have.get(key)!.n]).toEqual([key, sums.n])
          expect(have.get(key)!.sx).toBeCloseTo(sums.sx, 6)
          expect(have.get(key)!.sxx).toBeCloseTo(sums.sxx, 6)
        }
      },
    ),
    { numRuns: 4, endOnFailure: true },
  )
}, 180_000)
