import type { Score } from '@cairn/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InstrumentDefinition, itemsOf } from './definition.ts'
import { resilienceWheel, resilienceWheel2 } from './resilience-wheel.ts'
import { type Answers, score } from './score.ts'
import { scorer } from './scorer.ts'
import { instruments } from './shipped.ts'
import { answered } from './testing.ts'
import { validateDefinition } from './validate.ts'

function subscalesOf(result: ReturnType<typeof score>) {
  if ('refused' in result) throw new Error(result.refused)
  return result.subscales
}

const turned = (definition: InstrumentDefinition): InstrumentDefinition => ({
  ...definition,
  items: definition.items.map((item) =>
    item.values
      ? { ...item, values: [...item.values].reverse() }
      : { ...item, reverse: !(item.reverse ?? false) },
  ),
})

const mirrored = (definition: InstrumentDefinition, answers: Answers): Answers =>
  Object.fromEntries(
    definition.items.flatMap(({ id, min, max }) => (id in answers ? [[id, min + max - answers[id]!]] : [])),
  )

describe('a score', () => {
  it('lies within the range of its subscale, for any sound definition and any answers within range', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        expect(validateDefinition(definition)).toEqual({ ok: definition })
        for (const { id, score: scored } of subscalesOf(score(definition, 'self', answers))) {
          const { range } = definition.subscales.find((one) => one.id === id)!
          expect(scored).toBeGreaterThanOrEqual(range.min - 1e-9)
          expect(scored).toBeLessThanOrEqual(range.max + 1e-9)
        }
      }),
    )
  })

  it('of items turned round and answers turned round is the same', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        expect(score(turned(definition), 'self', mirrored(definition, answers))).toEqual(
          score(definition, 'self', answers),
        )
      }),
    )
  })

  it('of a mean and its mirror image add up to 100', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        const means = new Set(definition.subscales.filter((s) => s.method === 'mean').map(({ id }) => id))
        const mirror = subscalesOf(score(turned(definition), 'self', answers))
        for (const [index, subscale] of subscalesOf(score(definition, 'self', answers)).entries())
          if (means.has(subscale.id)) expect(subscale.score + mirror[index]!.score).toBeCloseTo(100, 9)
      }),
    )
  })

  it('does not depend on the order of the answers', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        const reversed = Object.fromEntries(Object.entries(answers).reverse())
        expect(score(definition, 'self', reversed)).toEqual(score(definition, 'self', answers))
      }),
    )
  })

  it('is there exactly where as many items are answered as the definition asks for', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        const scored = new Set(subscalesOf(score(definition, 'self', answers)).map(({ id }) => id))
        for (const { id, minAnswered } of definition.subscales) {
          const given = itemsOf(definition, id, 'self').filter((item) => item.id in answers).length
          expect(scored.has(id)).toBe(given >= minAnswered)
        }
      }),
    )
  })

  it('of a sum is the weighted mean of the answers times all weights, rounded half up where the definition says so', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        for (const one of subscalesOf(score(definition, 'self', answers))) {
          const { method, prorate } = definition.subscales.find(({ id }) => id === one.id)!
          if (method === 'mean') continue
          const items = itemsOf(definition, one.id, 'self')
          const worth = items.flatMap(({ id, min, max, reverse, values, weight = 1 }) => {
            const answer = answers[id]
            if (answer === undefined) return []
            const value = values ? values[answer - min]! : reverse ? min + max - answer : answer
            return [{ value: value * weight, weight }]
          })
          const all = items.reduce((sum, { weight = 1 }) => sum + weight, 0)
          const sum = worth.reduce((a, { value }) => a + value, 0)
          const exact = (sum * all) / worth.reduce((a, { weight }) => a + weight, 0)
          expect(one.prorated).toBe(worth.length < items.length)
          expect(one.missing).toBe(items.length - worth.length)
          expect(one.raw).toBe(!one.prorated ? sum : prorate === 'round' ? Math.floor(exact + 0.5) : exact)
        }
      }),
    )
  })
})

describe('the Resilience Wheel', () => {
  const all = (answer: number) => Object.fromEntries(resilienceWheel.items.map(({ id }) => [id, answer]))

  it('has exactly six subscales of three items, in both versions', () => {
    for (const { subscales, items, totals } of [resilienceWheel, resilienceWheel2]) {
      expect(subscales.map(({ id }) => id)).toEqual([
        'bonding',
        'boundaries',
        'life_skills',
        'caring_support',
        'high_expectations',
        'meaningful_participation',
      ])
      expect(items).toHaveLength(18)
      expect(totals).toBeUndefined()
    }
  })

  it.each([
    [1, 0, 4],
    [2, 25, 3],
    [3, 50, 2],
    [4, 75, 1],
    [5, 100, 0],
  ])('answered %i throughout scores %i in all six, and stands in band %i', (answer, expected, severity) => {
    for (const [definition, band] of [
      [resilienceWheel, -1],
      [resilienceWheel2, severity],
    ] as const) {
      const subscales = subscalesOf(score(definition, 'self', all(answer)))
      expect(subscales.map((subscale) => subscale.score)).toEqual(Array(6).fill(expected))
      expect(subscales.map((subscale) => subscale.severity)).toEqual(Array(6).fill(band))
    }
  })

  it('takes the mean of the answered items: 2 and 5 of three are 62.5, one of three is no score', () => {
    expect(score(resilienceWheel, 'staff', { bonding_1: 2, bonding_3: 5, boundaries_1: 5 })).toEqual({
      definition: 'resilience-wheel@1',
      missing: 15,
      factors: [],
      subscales: [
        {
          ...{ id: 'bonding', score: 62.5, raw: 62.5, answered: 2, missing: 1 },
          ...{ prorated: false, severity: -1 },
        },
      ],
    })
  })

  it('has a wording for each item, in a pupil’s, a staff and a parent version', () => {
    const ids = resilienceWheel2.items.map(({ id }) => id)
    for (const informant of resilienceWheel2.informants)
      expect(Object.keys(resilienceWheel2.wording![informant]!)).toEqual(ids)
  })

  it('speaks of every factor of the domain reference, and of all four ecological levels', () => {
    const tags = new Set(resilienceWheel2.items.flatMap((item) => item.tags ?? []))
    const wanted = [
      ...['relationships', 'self_esteem', 'coping', 'self_awareness', 'positive_relationships'],
      ...['growth_mindset', 'optimism', 'self_efficacy', 'emotional_regulation'],
    ]
    expect(wanted.filter((tag) => !tags.has(tag))).toEqual([])
    expect(new Set(resilienceWheel2.items.map(({ level }) => level)).size).toBe(4)
  })
})

describe('a check-in is refused', () => {
  const shipped: Score = scorer(instruments)
  const anyWheel = 'resilience-wheel@1'
  it.each([
    ['of an instrument that is not there', 'other@1', 'self', {}, 'knownInstrument', '/data/instrument'],
    [
      'of a version that is not there',
      ...['resilience-wheel@9', 'self', {}, 'knownInstrument', '/data/instrument'],
    ],
    [
      'by an informant whom it is not for',
      ...[anyWheel, 'peer', {}, 'informantOfInstrument', '/data/informant'],
    ],
    [
      'with an item that it does not have, unnamed',
      ...[anyWheel, 'self', { ann_other: 3 }, 'itemOfInstrument', '/data/answers'],
    ],
    [
      'with an item of another informant’s version',
      ...['sdq@1', 'staff', { impact_home: 1 }, 'itemOfInstrument', '/data/answers'],
    ],
    [
      'with an answer out of range',
      ...[anyWheel, 'self', { bonding_1: 6 }, 'rangeOfItem', '/data/answers/bonding_1'],
    ],
    [
      'with a name that every object has',
      ...[anyWheel, 'self', { constructor: 3 }, 'itemOfInstrument', '/data/answers'],
    ],
  ] as [string, string, string, Record<string, number>, string, string][])(
    '%s',
    (_, instrument, informant, answers, refused, field) => {
      expect(shipped(instrument, informant, answers)).toEqual({ refused, field })
    },
  )

  it('at an age that the informant’s version is not for', () => {
    expect(shipped('sdq@1', 'self', {}, { age: 10 })).toEqual({
      refused: 'ageOfInstrument',
      field: '/data/age',
    })
    expect(shipped('sdq@1', 'parent', {}, { age: 10 })).toMatchObject({ subscales: [] })
  })
})
