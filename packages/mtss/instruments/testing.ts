import fc from 'fast-check'
import { type InstrumentDefinition, type Item, itemsOf, type Subscale } from './definition.ts'
import type { Answers } from './score.ts'

/** Any sound definition, for tests: items of any range, some turned round, some weighted, some in two subscales, of each method. */
export const definitions: fc.Arbitrary<InstrumentDefinition> = fc
  .record({
    methods: fc.array(fc.constantFrom('sum' as const, 'mean' as const, 'lookup' as const), {
      minLength: 1,
      maxLength: 4,
    }),
    /** Only sums of items that are alike can be prorated; those of others need all answers. */
    prorate: fc.constantFrom('round' as const, 'exact' as const, undefined),
    items: fc.array(
      fc.record({
        min: fc.integer({ min: -5, max: 5 }),
        span: fc.integer({ min: 1, max: 10 }),
        reverse: fc.boolean(),
        weight: fc.constantFrom(undefined, 1, 2, 3),
        values: fc.array(fc.integer({ min: -3, max: 9 }), { minLength: 11, maxLength: 11 }),
        of: fc.nat(3),
        also: fc.nat(3),
      }),
      { minLength: 4, maxLength: 20 },
    ),
  })
  .map(({ methods, prorate, items }): InstrumentDefinition => {
    const full = items.map(({ reverse, weight, values, of, also, ...own }, index): Item => {
      const { min, span } = prorate === undefined ? own : items[0]!
      const first = of % methods.length
      const second = also % methods.length
      const lookup = methods[first] === 'lookup'
      // An item of a lookup has values, and so counts for no other method.
      const subscales = (methods[second] === 'lookup') === lookup ? [first, second] : [first]
      return {
        ...{ id: `item_${index}`, min, max: min + span },
        subscales: [...new Set(subscales)].map((i) => `s_${i}`),
        ...(weight === undefined ? {} : { weight }),
        ...(lookup
          ? { values: prorate ? [-3, 9, ...values].slice(0, span + 1) : values.slice(0, span + 1) }
          : { reverse }),
      }
    })
    const base: InstrumentDefinition = {
      id: 'any',
      version: 1,
      title: 'Any',
      informants: ['self'],
      licence: { holder: 'Nobody', terms: 'For tests.' },
      scoreOnly: true,
      items: full,
      subscales: [],
    }
    const subscales = methods.flatMap((method, i): Subscale[] => {
      const own = itemsOf(base, `s_${i}`, 'self')
      if (own.length === 0) return []
      const add = (end: (item: Item) => number) =>
        own.reduce((sum, item) => sum + end(item) * (item.weight ?? 1), 0)
      const range = {
        mean: { min: 0, max: 100 },
        sum: { min: add(({ min }) => min), max: add(({ max }) => max) },
        lookup: {
          min: add(({ values = [0] }) => Math.min(...values)),
          max: add(({ values = [0] }) => Math.max(...values)),
        },
      }[method]
      return [
        {
          ...{ id: `s_${i}`, title: 'A subscale', method, range, polarity: 'higher is better' },
          minAnswered: method === 'mean' || prorate ? Math.ceil(own.length / 2) : own.length,
          ...(method === 'mean' || !prorate ? {} : { prorate }),
        },
      ]
    })
    return { ...base, subscales }
  })

/** A definition and answers to some of its items. */
export const answered: fc.Arbitrary<{ definition: InstrumentDefinition; answers: Answers }> =
  definitions.chain((definition) =>
    fc
      .tuple(
        ...definition.items.map(({ min, max }) => fc.option(fc.integer({ min, max }), { nil: undefined })),
      )
      .map((values) => ({
        definition,
        answers: Object.fromEntries(
          definition.items.flatMap(({ id }, index) => {
            const value = values[index]
            return value === undefined ? [] : [[id, value]]
          }),
        ),
      })),
  )
