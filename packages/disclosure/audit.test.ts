import fc from 'fast-check'
import { expect, test } from 'vitest'
import { audit, exposed, exposedToLeads, publicBounds } from './audit.ts'
import { needOf, suppressWithout } from './cube.ts'
import { standard } from './index.ts'
import { addLine, emptySystem } from './lines.ts'
import { hide } from './mend.ts'
import { toEnd } from './steps.ts'
import { smallCube } from './testing.ts'

/** A protected 3, given away by a shown 9 less 6 through more cells than the audit looks along. */
function chain(owner: number) {
  const [last, known, shown] = [4, 5, 6]
  const system = emptySystem(7)
  system.value.set([3, 3, 3, 3, 3, 6, 9])
  system.fixed.set([0, 1, 1, 1, 1, 1, 0])
  system.owner[shown] = owner
  for (let cell = 0; cell <= last; cell++) hide(system, cell, 'primary')
  for (let cell = 0; cell < last; cell++) {
    addLine(system, { kind: 'sum', family: 'derived', total: cell + 1, parts: [cell] })
  }
  addLine(system, { kind: 'sum', family: 'derived', total: shown, parts: [last, known] })
  return system
}

test.each([
  ['a school', 0, 'schools withheld'],
  ['the authority', -1, 'nothing published'],
])('where hiding nearby does not help, what %s shows is taken away', (_, owner, what) => {
  const system = chain(owner)
  const most = new Float64Array(7).fill(1000)
  expect(toEnd(audit(system, needOf(standard, 'events'), most, new Set(), false))).toBe(what)
  expect(system.hidden[6]).toBeGreaterThan(0)
})

test('what leads can tell is the same, whether passed on from what anyone can tell or worked out for each from the start', () => {
  const school = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
  let seen = 0
  fc.assert(
    fc.property(fc.array(school, { minLength: 5, maxLength: 5 }), (hits) => {
      const cube = smallCube(
        hits.map(() => [30, 30]),
        hits,
      )
      const without = new Set(['lead', 'audit'] as const)
      const { layer, need, most } = suppressWithout(cube, standard, without, false).metrics[0]!
      const { system } = layer
      const found = toEnd(exposedToLeads(system, need, publicBounds(system, most), most))
      const anew = new Set<number>()
      for (const lead of cube.shape.schools.keys()) {
        const hidden = system.hidden.map((is, cell) => (system.owner[cell] === lead ? 0 : is))
        const knows = { ...system, hidden }
        for (const cell of exposed(knows, need, publicBounds(knows, most), most, { lead })) anew.add(cell)
      }
      seen += anew.size
      expect([...found].sort()).toEqual([...anew].sort())
    }),
    { numRuns: 300, seed: 1 },
  )
  expect(seen).toBeGreaterThan(100)
})
