import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { needOf } from './cube.ts'
import { standard } from './index.ts'
import { addLine, emptySystem } from './lines.ts'
import { hide } from './mend.ts'

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
  expect(audit(system, needOf(standard, 'events'), most, new Set(), false)).toBe(what)
  expect(system.hidden[6]).toBeGreaterThan(0)
})
