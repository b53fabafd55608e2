import fc from 'fast-check'
import { expect, test } from 'vitest'
import { suppressWithout } from './cube.ts'
import { auditPublished, type Exposure, type PublishedFigure, standard, suppress } from './index.ts'
import { disclosureOf } from './publication.ts'
import type { Rule } from './rules.ts'
import { smallCube } from './testing.ts'

type Pair = readonly [number, number]
const roll: Pair[] = Array.from({ length: 5 }, () => [100, 100])

function auditOf(cube: ReturnType<typeof smallCube>, figures: readonly PublishedFigure[]): Exposure[] {
  const work = auditPublished(cube, standard, figures)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}
const exposureOf = (found: readonly Exposure[], metric = 'hits') =>
  found.find((one) => one.metric === metric)!
const publishedWithout = (cube: ReturnType<typeof smallCube>, off: readonly Rule[]) =>
  disclosureOf(suppressWithout(cube, standard, new Set(off), false)).publication.figures

test('what the rules published exposes nothing, to anyone or to a lead, whatever was counted', () => {
  const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })), {
    minLength: 5,
    maxLength: 5,
  })
  fc.assert(
    fc.property(counts, fc.constantFrom('pupils' as const, 'events' as const), (hits, kind) => {
      const cube = smallCube(roll, hits, kind)
      const { publication } = suppress(cube, standard, { asLeads: true })
      const found = auditOf(cube, publication.figures)
      for (const { toPublic, toLeads } of found) expect([toPublic, toLeads]).toEqual([0, 0])
    }),
    { numRuns: 200 },
  )
})

test('a figure shown that had to be hidden is found, be it small itself or beside a small one', () => {
  const cube = smallCube(roll, [
    [2, 30],
    [20, 30],
    [25, 30],
    [30, 30],
    [35, 30],
  ])
  const { figures } = suppress(cube, standard, { asLeads: true }).publication
  expect(exposureOf(auditOf(cube, figures))).toMatchObject({ toPublic: 0, toLeads: 0 })
  expect(exposureOf(auditOf(cube, publishedWithout(cube, ['secondary', 'audit']))).toPublic).toBeGreaterThan(
    0,
  )
  const shown = figures.map((one): PublishedFigure => ({ ...one, status: 'published' }))
  expect(exposureOf(auditOf(cube, shown)).toPublic).toBeGreaterThan(0)
})

test('what only the lead of a school can work out is found as that lead', () => {
  // Of a hidden pair each of the two knows the other one's figure: the total less what is shown and the own.
  const cube = smallCube(roll, [
    [3, 0],
    [6, 0],
    [30, 0],
    [30, 0],
    [30, 0],
  ])
  const found = exposureOf(auditOf(cube, publishedWithout(cube, ['lead', 'sum', 'audit'])))
  expect(found.toLeads).toBeGreaterThan(0)
  const whole = suppress(cube, standard, { asLeads: true }).publication.figures
  expect(exposureOf(auditOf(cube, whole)).toLeads).toBe(0)
  const asPublic = exposureOf(auditOf(cube, publishedWithout(cube, ['lead'])))
  expect([asPublic.toPublic, asPublic.toLeads > 0]).toEqual([0, true])
})
