import { describe, expect, it } from 'vitest'
import { eventTypes, type FactContext, type JsonSchema, validateEvent } from '../index.ts'

const context: FactContext = { score: () => ({ subscales: [{ id: 'bonding', score: 62.5 }] }) }
const envelope = (type: string, data: unknown) => ({
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:test',
  type,
  data,
})

for (const type of eventTypes.values()) {
  describe(type.type, () => {
    it.each(type.examples.valid)('accepts its valid example %#', (data) => {
      expect(validateEvent(envelope(type.type, data))).toMatchObject({ ok: { data }, type })
    })

    it.each(type.examples.invalid)('refuses $why', ({ data, field, rule }) => {
      expect(validateEvent(envelope(type.type, data))).toEqual({
        refused: [{ field, rule, message: expect.not.stringMatching('does not keep this rule') }],
      })
    })

    it('has several examples of each kind', () => {
      expect(type.examples.valid.length).toBeGreaterThanOrEqual(2)
      expect(type.examples.invalid.length).toBeGreaterThanOrEqual(2)
    })

    it('is closed at every level, so that nothing uncoded can be sent', () => {
      expect(openObjects(type.schema, '')).toEqual([])
    })

    it('has no field for free text', () => {
      expect(freeTexts(type.schema, '')).toEqual([])
    })

    const { makes } = type
    if (makes.kind !== 'fact') return
    it('makes a row with a value for each column', () => {
      for (const data of type.examples.valid) {
        const row = makes.fact.row(data, context)
        const types = Object.values(makes.fact.columns)
        expect(row).toHaveLength(types.length)
        for (const [index, column] of types.entries())
          expect(Array.isArray(row[index]), `${column}`).toBe(column.startsWith('Array('))
      }
    })

    it('stands at its school on a day', () => {
      for (const data of type.examples.valid) {
        const place = makes.fact.place(data)
        expect(place.school).toBe(Number(data.school))
        expect(place.day).toMatch(/^20\d\d-\d\d-\d\d$/)
      }
    })
  })
}

const propertiesOf = (schema: JsonSchema) =>
  Object.entries({
    ...(schema.properties as Record<string, JsonSchema> | undefined),
    ...(schema.items ? { '*': schema.items as JsonSchema } : {}),
  })

function openObjects(schema: JsonSchema, at: string): string[] {
  const extra = schema.additionalProperties
  const open = schema.type === 'object' && (extra === undefined || extra === true)
  return [
    ...(open ? [at] : []),
    ...propertiesOf(schema).flatMap(([name, each]) => openObjects(each, `${at}/${name}`)),
  ]
}

/** Strings that are neither codes, nor of a given form, nor pupil identifiers. */
function freeTexts(schema: JsonSchema, at: string): string[] {
  const free = schema.type === 'string' && !schema.enum && !schema.pattern && !schema.pupil
  return [
    ...(free ? [at] : []),
    ...propertiesOf(schema).flatMap(([name, each]) => freeTexts(each, `${at}/${name}`)),
  ]
}
