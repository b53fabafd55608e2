import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { InstrumentDefinition } from './definition.ts'
import { resilienceWheel2 } from './resilience-wheel.ts'
import { score } from './score.ts'
import { validateDefinition } from './validate.ts'

const answer = fc.integer({ min: 1, max: 5 })
const ids = resilienceWheel2.items.map(({ id }) => id)
/** Any items answered, one at least. */
const answers: fc.Arbitrary<Record<string, number>> = fc
  .array(fc.tuple(fc.constantFrom(...ids), answer), { minLength: 1, maxLength: 40 })
  .map((all) => Object.fromEntries(all))

function factorsOf(definition: InstrumentDefinition, given: Record<string, number>): Map<string, number> {
  const result = score(definition, 'self', given)
  if ('refused' in result) throw new Error(result.refused)
  return new Map(result.factors.map(({ id, score }) => [id, score]))
}

it('a factor is the mean of its answered items, and is left out where less than half were answered', () => {
  fc.assert(
    fc.property(answers, (given) => {
      const found = factorsOf(resilienceWheel2, given)
      const tags = new Set(
        resilienceWheel2.items.flatMap(({ tags = [], subscales }) =>
          tags.filter((t) => !subscales.includes(t)),
        ),
      )
      for (const tag of tags) {
        const items = resilienceWheel2.items.filter((item) => item.tags?.includes(tag))
        const points = items.flatMap(({ id }) => (given[id] === undefined ? [] : [(given[id]! - 1) * 25]))
        if (points.length * 2 < items.length) expect(found.has(tag)).toBe(false)
        else expect(found.get(tag)).toBeCloseTo(points.reduce((a, b) => a + b, 0) / points.length, 10)
      }
      for (const [id, value] of found) {
        expect(tags.has(id) || id.startsWith('level.')).toBe(true)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(100)
      }
    }),
    { numRuns: 2_000 },
  )
})

it('whether an item is put the other way round does not change a factor', () => {
  const turned = {
    ...resilienceWheel2,
    items: resilienceWheel2.items.map((item, i) => (i % 2 ? { ...item, reverse: true } : item)),
  }
  fc.assert(
    fc.property(answers, (given) => {
      const other = Object.fromEntries(
        Object.entries(given).map(([id, one]) => [id, ids.indexOf(id) % 2 ? 6 - one : one]),
      )
      expect(factorsOf(turned, other)).toEqual(factorsOf(resilienceWheel2, given))
    }),
  )
})

it('all factors of the domain reference have a score where all was answered, all levels too, and no element twice', () => {
  const all = factorsOf(resilienceWheel2, Object.fromEntries(ids.map((id) => [id, 4])))
  expect([...all.keys()].sort()).toEqual([
    ...['belonging', 'coping', 'emotional_regulation', 'growth_mindset', 'level.community', 'level.family'],
    ...['level.individual', 'level.societal', 'optimism', 'positive_relationships', 'relationships'],
    ...['self_awareness', 'self_efficacy', 'self_esteem', 'trusted_adult'],
  ])
  expect(new Set(all.values())).toEqual(new Set([75]))
})

it('much of a difficulty is little strength: its items count the other way', () => {
  const difficult: InstrumentDefinition = {
    ...resilienceWheel2,
    id: 'worries',
    bands: [],
    wording: {},
    subscales: resilienceWheel2.subscales.map((one) => ({ ...one, polarity: 'lower is better' })),
  }
  expect(validateDefinition(difficult)).toHaveProperty('ok')
  expect(
    factorsOf(difficult, {
      bonding_1: 5,
      bonding_2: 5,
      bonding_3: 5,
      caring_support_1: 5,
      caring_support_2: 5,
    }).get('level.family'),
  ).toBe(0)
})
