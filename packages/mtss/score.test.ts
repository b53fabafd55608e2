import type { Score } from '@cairn/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flawsOf, type InstrumentDefinition, instruments, resilienceWheel, score, scorer } from './index.ts'

/** Any sound definition: items of any range, some turned round, some in two subscales. */
const definitions = fc
  .record({
    subscaleCount: fc.integer({ min: 1, max: 4 }),
    items: fc.array(
      fc.record({
        min: fc.integer({ min: -5, max: 5 }),
        span: fc.integer({ min: 1, max: 10 }),
        reverse: fc.boolean(),
        of: fc.nat(3),
        also: fc.nat(3),
      }),
      { minLength: 4, maxLength: 20 },
    ),
  })
  .map(({ subscaleCount, items }): InstrumentDefinition => {
    const full = items.map(({ min, span, reverse, of, also }, index) => ({
      id: `item_${index}`,
      min,
      max: min + span,
      reverse,
      subscales: [...new Set([`s${of % subscaleCount}`, `s${also % subscaleCount}`])],
    }))
    const ids = [...new Set(full.flatMap((item) => item.subscales))]
    return {
      id: 'any',
      version: 1,
      title: 'Any',
      informants: ['self'],
      items: full,
      subscales: ids.map((id) => ({
        id,
        title: id,
        method: 'mean',
        minAnswered: Math.ceil(full.filter((item) => item.subscales.includes(id)).length / 2),
        polarity: 'higher is better',
      })),
    }
  })

/** A definition and answers to some of its items. */
const answered = definitions.chain((definition) =>
  fc
    .tuple(...definition.items.map(({ min, max }) => fc.option(fc.integer({ min, max }), { nil: undefined })))
    .map((values) => ({
      definition,
      answers: Object.fromEntries(
        definition.items.flatMap(({ id }, index) =>
          values[index] === undefined ? [] : [[id, values[index]]],
        ),
      ) as Record<string, number>,
    })),
)

function subscalesOf(result: ReturnType<typeof score>) {
  if ('refused' in result) throw new Error(result.refused)
  return result.subscales
}

describe('a score', () => {
  it('lies between 0 and 100, for any definition and any answers within range', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        expect(flawsOf(definition)).toEqual([])
        for (const subscale of subscalesOf(score(definition, 'self', answers))) {
          expect(subscale.score).toBeGreaterThanOrEqual(0)
          expect(subscale.score).toBeLessThanOrEqual(100)
        }
      }),
    )
  })

  it('of items turned round and answers turned round is the same', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        const turned = {
          ...definition,
          items: definition.items.map((item) => ({ ...item, reverse: !item.reverse })),
        }
        const mirrored = Object.fromEntries(
          definition.items.flatMap(({ id, min, max }) =>
            id in answers ? [[id, min + max - answers[id]!]] : [],
          ),
        )
        expect(subscalesOf(score(turned, 'self', mirrored))).toEqual(
          subscalesOf(score(definition, 'self', answers)),
        )
      }),
    )
  })

  it('and its mirror image add up to 100', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        const turned = {
          ...definition,
          items: definition.items.map((item) => ({ ...item, reverse: !item.reverse })),
        }
        const mirror = subscalesOf(score(turned, 'self', answers))
        for (const [index, subscale] of subscalesOf(score(definition, 'self', answers)).entries())
          expect(subscale.score + mirror[index]!.score).toBeCloseTo(100, 9)
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

  it('is there exactly where at least half of the items are answered', () => {
    fc.assert(
      fc.property(answered, ({ definition, answers }) => {
        const scored = new Set(subscalesOf(score(definition, 'self', answers)).map(({ id }) => id))
        for (const { id } of definition.subscales) {
          const items = definition.items.filter((item) => item.subscales.includes(id))
          const given = items.filter((item) => item.id in answers).length
          expect(scored.has(id)).toBe(given * 2 >= items.length)
        }
      }),
    )
  })
})

describe('the Resilience Wheel', () => {
  const all = (answer: number) => Object.fromEntries(resilienceWheel.items.map(({ id }) => [id, answer]))

  it('has exactly six subscales of three items, and no flaw', () => {
    expect(resilienceWheel.subscales.map(({ id }) => id)).toEqual([
      'bonding',
      'boundaries',
      'life_skills',
      'caring_support',
      'high_expectations',
      'meaningful_participation',
    ])
    expect(resilienceWheel.items).toHaveLength(18)
    for (const definition of instruments) expect(flawsOf(definition)).toEqual([])
  })

  it.each([
    [1, 0],
    [2, 25],
    [3, 50],
    [4, 75],
    [5, 100],
  ])('answered %i throughout scores %i in all six', (answer, expected) => {
    const subscales = subscalesOf(score(resilienceWheel, 'self', all(answer)))
    expect(subscales.map((subscale) => subscale.score)).toEqual(Array(6).fill(expected))
  })

  it('takes the mean of the answered items: 2 and 5 of three are 62.5, one of three is no score', () => {
    expect(
      subscalesOf(score(resilienceWheel, 'staff', { bonding_1: 2, bonding_3: 5, boundaries_1: 5 })),
    ).toEqual([{ id: 'bonding', score: 62.5, answered: 2 }])
  })
})

describe('a check-in is refused', () => {
  const wheel: Score = scorer(instruments)
  it.each([
    [
      'of an instrument that is not there',
      'other@1',
      'self',
      { bonding_1: 3 },
      'knownInstrument',
      '/data/instrument',
    ],
    [
      'of a version that is not there',
      'resilience-wheel@2',
      'self',
      { bonding_1: 3 },
      'knownInstrument',
      '/data/instrument',
    ],
    [
      'by an informant whom it is not for',
      'resilience-wheel@1',
      'peer',
      { bonding_1: 3 },
      'informantOfInstrument',
      '/data/informant',
    ],
    [
      'with an item that it does not have, unnamed',
      'resilience-wheel@1',
      'self',
      { ann_other: 3 },
      'itemOfInstrument',
      '/data/answers',
    ],
    [
      'with an answer out of range',
      'resilience-wheel@1',
      'self',
      { bonding_1: 6 },
      'rangeOfItem',
      '/data/answers/bonding_1',
    ],
    [
      'with a name that every object has',
      'resilience-wheel@1',
      'self',
      { constructor: 3 },
      'itemOfInstrument',
      '/data/answers',
    ],
  ])('%s', (_, instrument, informant, answers, refused, field) => {
    expect(wheel(instrument, informant, answers as Record<string, number>)).toEqual({ refused, field })
  })
})

it('the flaws of a definition are named', () => {
  const broken: InstrumentDefinition = {
    ...resilienceWheel,
    items: [{ id: 'a', min: 5, max: 1, subscales: ['nowhere'] }],
    subscales: [resilienceWheel.subscales[0]!, resilienceWheel.subscales[0]!],
  }
  expect(flawsOf(broken)).toEqual(
    expect.arrayContaining([
      'a subscale has the id of another',
      'item a: min must be a whole number below max',
      'item a: no such subscale',
      'subscale bonding: minAnswered must be from half of its items to all of them',
    ]),
  )
})
