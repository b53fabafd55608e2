import fc from 'fast-check'
import { expect, test } from 'vitest'
import { audit, exposed, exposedToLeads, propagate, publicBounds } from './audit.ts'
import { needOf, suppressWithout } from './cube.ts'
import { DisclosureError } from './error.ts'
import { standard, suppress } from './index.ts'
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

test('a figure that many lines give away costs a cell of each, and not every row of every school', () => {
  const lines = 100
  const system = emptySystem(1 + 3 * lines)
  system.value[0] = 3
  hide(system, 0, 'primary')
  for (let line = 0; line < lines; line++) {
    const [total, part] = [1 + 3 * line, 2 + 3 * line]
    system.value.set([13, 10, 10], total)
    system.owner.fill(line, total, total + 3)
    addLine(system, { kind: 'sum', family: 'derived', total, parts: [0, part] })
  }
  const most = new Float64Array(1 + 3 * lines).fill(1000)
  expect(toEnd(audit(system, needOf(standard, 'events'), most, new Set(), false))).toBe('closed')
  expect(system.hidden.filter((is) => is > 0)).toHaveLength(1 + lines)
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

const events = needOf(standard, 'events')

test('where lines cannot hold, bounds that would creep on by one are stopped, and nothing is taken to be safe', () => {
  const [part, total, one] = [0, 1, 2]
  const system = emptySystem(3)
  system.value.set([50_000_000, 50_000_000, 1])
  for (const cell of [part, total]) hide(system, cell, 'primary')
  // At most the total, and one more than it.
  addLine(system, { kind: 'union', family: 'derived', total, parts: [part] })
  addLine(system, { kind: 'sum', family: 'derived', total: part, parts: [total, one] })
  const most = new Float64Array(3).fill(100_000_000)
  expect(() => publicBounds(system, most)).toThrow(DisclosureError)
  expect(() => toEnd(audit(system, events, most, new Set(), false))).toThrow(DisclosureError)
})

/** Sums and unions over cells that come before them, the latter as long as they hold. */
const systems = fc
  .record({
    roots: fc.array(fc.nat(9), { minLength: 3, maxLength: 4 }),
    made: fc.array(fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.boolean()), {
      minLength: 3,
      maxLength: 12,
    }),
    hidden: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
  })
  .map(({ roots, made, hidden }) => (factor: number) => {
    const values = roots.map((n) => n * factor)
    const lines = made.flatMap(([a, b, c, isUnion]) => {
      const parts = [...new Set([a, b, c].map((n) => n % values.length))]
      if (parts.length < 2) return []
      const own = parts.map((part) => values[part]!)
      const total = values.push(isUnion ? Math.max(...own) : own.reduce((so, n) => so + n, 0)) - 1
      return [
        { kind: isUnion ? ('union' as const) : ('sum' as const), family: 'derived' as const, total, parts },
      ]
    })
    const system = emptySystem(values.length)
    system.value.set(values)
    for (const line of lines) addLine(system, line)
    for (const cell of values.keys()) if (hidden[cell]) hide(system, cell, 'primary')
    return system
  })

test('where lines hold, bounds settle at the same whatever the size of the figures, and hold the truth', () => {
  fc.assert(
    fc.property(systems, (make) => {
      const factor = 50_000_000
      const [small, large] = [make(1), make(factor)]
      const of = (system: typeof small, most: number) =>
        publicBounds(system, new Float64Array(system.value.length).fill(most))
      const [before, after] = [of(small, 2 ** 14), of(large, 2 ** 14 * factor)]
      expect([...after.low]).toEqual([...before.low].map((n) => n * factor))
      expect([...after.high]).toEqual([...before.high].map((n) => n * factor))
      const again = { low: after.low.slice(), high: after.high.slice() }
      propagate(large, again, large.lines.keys())
      expect(again).toEqual(after)
      for (const [cell, value] of large.value.entries()) {
        expect(after.low[cell]).toBeLessThanOrEqual(value)
        expect(after.high[cell]).toBeGreaterThanOrEqual(value)
      }
    }),
    { numRuns: 500 },
  )
})

test.each([50_000_000, 900_000_000])(
  'schools with %i events or pupils are decided in as few rounds as small ones',
  (n) => {
    const hits: [number, number][] = [
      [n, 3],
      [n, 2],
      [2, n],
      [n, n],
      [4, 1],
    ]
    const roll = hits.map((): [number, number] => [10 * n, 10 * n])
    for (const kind of ['events', 'pupils'] as const) {
      const { publication, withheld } = suppress(smallCube(roll, hits, kind), standard, { asLeads: true })
      expect(withheld).toEqual([])
      expect(publication.figures.some(({ status }) => status === 'hidden')).toBe(true)
    }
  },
)

test('figures that no bound begins above are refused', () => {
  const cube = smallCube(
    Array.from({ length: 5 }, (): [number, number] => [2 ** 38, 2 ** 38]),
    Array.from({ length: 5 }, (): [number, number] => [10, 10]),
  )
  expect(() => suppress(cube, standard)).toThrow(DisclosureError)
})
