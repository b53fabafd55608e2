import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flawOfCorrection, rawRange, scoreRange } from './cross-rules.ts'
import { type InstrumentDefinition, scalesOf } from './definition.ts'
import { resilienceWheel2 } from './resilience-wheel.ts'
import { definitionRules } from './rules.ts'
import { definitionSchema } from './schema.ts'
import { sdq } from './sdq.ts'
import { instruments } from './shipped.ts'
import { swemwbs } from './swemwbs.ts'
import { definitions } from './testing.ts'
import { validateDefinition } from './validate.ts'

const schema = new Ajv2020({ strict: true, strictTypes: false }).compile(definitionSchema)

/** Rules that JSON Schema cannot say. */
const across = new Set(Object.keys(definitionRules))
for (const keyword of ['additionalProperties', 'enum', 'pattern', 'required', 'noDiagnosis'])
  across.delete(keyword)

/** A copy with the value at a JSON pointer replaced; undefined takes the field away. */
function changed(definition: unknown, pointer: string, value: unknown): unknown {
  const copy = structuredClone(definition) as any
  const path = pointer.split('/').slice(1)
  const last = path.pop()!
  const parent = path.reduce((at, part) => at[part], copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

describe('a definition is refused by field and rule', () => {
  it.each<
    [why: string, of: InstrumentDefinition, pointer: string, value: unknown, field: string, rule: string]
  >([
    ['without a licence', sdq, '/licence', undefined, '/licence', 'required'],
    ['with free text', sdq, '/comment', 'feels low', '/comment', 'additionalProperties'],
    ['with text on an item', sdq, '/items/0/text', 'I am …', '/items/0/text', 'additionalProperties'],
    ['with a diagnosis', sdq, '/diagnosis', 'F33.9', '/diagnosis', 'additionalProperties'],
    [
      'with a code of one in a title',
      sdq,
      '/subscales/0/title',
      'F33.9 mood',
      '/subscales/0/title',
      'noDiagnosis',
    ],
    ['with a code of one as an id', sdq, '/items/0/id', 'f33_9', '/items/0/id', 'noDiagnosis'],
    [
      'with a band named by one',
      swemwbs,
      '/bands/0/steps/0/label',
      'F32',
      '/bands/0/steps/0/label',
      'noDiagnosis',
    ],
    ['with the wording of somebody else', sdq, '/wording', { self: {} }, '/wording', 'ownWording'],
    [
      'with a level that there is not',
      resilienceWheel2,
      '/items/0/level',
      'galaxy',
      '/items/0/level',
      'enum',
    ],
    ['with an item twice', sdq, '/items/1/id', 'sdq_1', '/items/1/id', 'unique'],
    [
      'with an item of no subscale',
      sdq,
      '/items/1/subscales',
      ['luck'],
      '/items/1/subscales',
      'knownSubscale',
    ],
    ['with a range turned round', sdq, '/items/0/min', 7, '/items/0/min', 'minBelowMax'],
    [
      'with too few answers asked for',
      sdq,
      '/subscales/0/minAnswered',
      2,
      '/subscales/0/minAnswered',
      'halfAnswered',
    ],
    [
      'with sums that cannot be compared',
      sdq,
      '/subscales/0/prorate',
      undefined,
      '/subscales/0/prorate',
      'prorateSum',
    ],
    [
      'with a range that items do not reach',
      sdq,
      '/subscales/0/range/max',
      11,
      '/subscales/0/range',
      'rangeOfItems',
    ],
    ['with a total of other parts', sdq, '/totals/0/of', ['peer', 'luck'], '/totals/0/of', 'knownSubscale'],
    ['with a total of another range', sdq, '/totals/0/range/max', 50, '/totals/0/range', 'rangeOfItems'],
    [
      'with a lookup that lacks a value',
      sdq,
      '/items/25/values',
      [0, 0, 1],
      '/items/25/values',
      'valueForEach',
    ],
    ['with bands that end too early', sdq, '/bands/0/steps/3/upTo', 39, '/bands/0/steps', 'endsAtRange'],
    ['with bands out of order', sdq, '/bands/0/steps/1/upTo', 12, '/bands/0/steps', 'ascending'],
    [
      'with severity the wrong way',
      swemwbs,
      '/bands/0/steps/0/severity',
      0,
      '/bands/0/steps',
      'severityByPolarity',
    ],
    ['with two bands for one pupil', sdq, '/bands/1/scale', 'total_difficulties', '/bands/1', 'noOverlap'],
    [
      'with bands for nobody',
      swemwbs,
      '/bands/0/informants',
      ['staff'],
      '/bands/0/informants',
      'knownInformant',
    ],
    [
      'with a metric that is missing one',
      swemwbs,
      '/conversions/0/points/28',
      undefined,
      '/conversions/0/points/28',
      'type',
    ],
    ['with a metric that falls', swemwbs, '/conversions/0/points/3', 9, '/conversions/0/points', 'monotone'],
    ['that corrects a later one', sdq, '/corrects', 'sdq@2', '/corrects', 'corrects'],
    [
      'that corrects another instrument',
      { ...sdq, version: 2 },
      '/corrects',
      'swemwbs@1',
      '/corrects',
      'corrects',
    ],
    [
      'without items of a subscale',
      { ...sdq, needs: ['norms'] },
      '/subscales/5/id',
      'luck',
      '/items/25/subscales',
      'knownSubscale',
    ],
  ])('%s', (_, definition, pointer, value, field, rule) => {
    const given = changed(definition, pointer, value)
    const verdict = validateDefinition(given)
    expect(verdict).toHaveProperty('refused')
    const { refused } = verdict as { refused: { field: string; rule: string }[] }
    expect(refused).toContainEqual({ field, rule })
    // The published schema says the same wherever a rule is one of structure, and takes what breaks another.
    expect(schema(given)).toBe(refused.every((flaw) => across.has(flaw.rule)))
  })

  it('and a name that nobody defined is not repeated where it could be anything', () => {
    expect(validateDefinition({ ...sdq, 'Ann Other, 7B': 1 })).toEqual({
      refused: [{ field: '', rule: 'additionalProperties' }],
    })
  })

  it('whatever it is, without an error', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(validateDefinition(anything)).toHaveProperty('refused')
      }),
    )
  })
})

it('any sound definition, and every one that comes with Cairn, passes validator and schema alike', () => {
  for (const definition of instruments) {
    expect(validateDefinition(definition)).toEqual({ ok: definition })
    expect(schema(definition)).toBe(true)
    expect(validateDefinition(JSON.parse(JSON.stringify(definition)))).toEqual({ ok: definition })
  }
  fc.assert(
    fc.property(definitions, (definition) => {
      expect(validateDefinition(definition)).toEqual({ ok: definition })
      expect(schema(definition)).toBe(true)
    }),
  )
})

it('the bands that come with Cairn part the range of each informant: every score has exactly one', () => {
  for (const definition of instruments)
    for (const informant of definition.informants)
      for (const { id } of scalesOf(definition)) {
        const own = (definition.bands ?? []).filter(
          (one) => one.scale === id && (one.informants?.includes(informant) ?? true),
        )
        if (own.length === 0) continue
        const { min, max } = scoreRange(definition, id, informant)!
        expect(own).toHaveLength(1)
        const ends = own[0]!.steps.map(({ upTo }) => upTo)
        expect(ends).toEqual([...ends].sort((a, b) => a - b))
        expect(ends[0]).toBeGreaterThanOrEqual(min)
        expect(ends.at(-1)).toBe(max)
      }
})

it('only Cairn’s own instruments carry wording, and the others are score-only with their holder’s terms', () => {
  for (const { licence, scoreOnly, wording } of instruments) {
    expect(scoreOnly).toBe(licence.holder !== 'Cairn')
    if (scoreOnly) expect(wording).toBeUndefined()
    expect(licence.terms.length).toBeGreaterThan(10)
  }
})

it('the impact of teachers has the range of the three items that they see', () => {
  expect(rawRange(sdq, 'impact', 'staff')).toEqual({ min: 0, max: 6 })
  expect(rawRange(sdq, 'impact', 'parent')).toEqual({ min: 0, max: 10 })
})

describe('a correction', () => {
  const correction = { ...sdq, version: 2, corrects: 'sdq@1' }
  it('may change how answers are scored', () => {
    expect(flawOfCorrection(sdq, { ...correction, bands: [] })).toBeUndefined()
  })
  it.each([
    ['drop an item', { ...correction, items: sdq.items.slice(1) }, '/items'],
    ['narrow an item', { ...correction, items: sdq.items.map((i) => ({ ...i, max: 1 })) }, '/items'],
    ['drop an informant', { ...correction, informants: ['self', 'staff'] as const }, '/informants'],
    ['narrow the ages', { ...correction, ages: [{ ages: { from: 5, to: 9 } }] }, '/ages'],
    [
      'ask for the pupil’s age',
      {
        ...correction,
        conversions: [{ scale: 'peer', ages: { from: 2, to: 17 }, points: Array(11).fill(1) }],
      },
      '/conversions',
    ],
  ])('may not %s: a check-in that was scored would fall out of the figures', (_, by, field) => {
    expect(flawOfCorrection(sdq, by)).toEqual({ field, rule: 'takesWhatItCorrects' })
  })
})
