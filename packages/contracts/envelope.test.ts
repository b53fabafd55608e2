import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, contentHash, identityOf, validateEvent } from './index.ts'

const data = { school: '812345', pupil: 'P-1001' }
const event = { specversion: '1.0', id: 'e-1', source: 'urn:mis:812345', type: 'pupil.erased', data }
const refusalsOf = (change: Record<string, unknown>) => {
  const result = validateEvent({ ...event, ...change })
  return 'refused' in result ? result.refused.map(({ field, rule }) => [field, rule]) : 'ok'
}

describe('attributes of a CloudEvent', () => {
  it.each([
    [{ specversion: '0.3' }, '/specversion', 'specversion'],
    [{ specversion: undefined }, '/specversion', 'required'],
    [{ id: '' }, '/id', 'minLength'],
    [{ id: undefined }, '/id', 'required'],
    [{ id: 7 }, '/id', 'type'],
    [{ id: 'x'.repeat(129) }, '/id', 'maxLength'],
    [{ id: 'two words' }, '/id', 'pattern'],
    [{ source: '' }, '/source', 'minLength'],
    [{ source: 'urn:a b' }, '/source', 'pattern'],
    [{ source: 'urn:a\nb' }, '/source', 'pattern'],
    [{ source: 'urn:%zz' }, '/source', 'pattern'],
    [{ type: 'unheard.of' }, '/type', 'knownType'],
    [{ type: '' }, '/type', 'minLength'],
    [{ time: 'yesterday' }, '/time', 'timestamp'],
    [{ time: '2025-10-06' }, '/time', 'timestamp'],
    [{ datacontenttype: 'text/xml' }, '/datacontenttype', 'json'],
    [{ version: 0 }, '/version', 'version'],
    [{ version: 1.5 }, '/version', 'version'],
    [{ version: '01' }, '/version', 'version'],
    [{ version: '9007199254740992' }, '/version', 'version'],
    [{ version: true }, '/version', 'version'],
    [{ dataschema: 'urn:cairn:schema:checkin.submitted:1' }, '/dataschema', 'dataschema'],
    [{ dataschema: 'urn:cairn:schema:pupil.erased:2' }, '/dataschema', 'knownVersion'],
    [{ subject: 'Ann Other' }, '/subject', 'pattern'],
    [{ data: undefined }, '/data', 'required'],
    [{ data: undefined, data_base64: 'e30=' }, '/data', 'jsonData'],
    [{ Upper: 'x' }, '', 'attributeName'],
    [{ toolongattributename1: 'x' }, '', 'attributeName'],
    [{ nested: {} }, '', 'extension'],
    [{ extension: 'Z855400125001' }, '', 'upn'],
    [{ z855400125001: 'x' }, '', 'upn'],
  ])('%j is refused by name and rule', (change, field, rule) => {
    expect(refusalsOf(change)).toEqual([[field, rule]])
  })

  it.each([
    {},
    { version: 3 },
    { version: '9007199254740991' },
    { version: null, time: null },
    { dataschema: 'urn:cairn:schema:pupil.erased:1' },
    { datacontenttype: 'application/json; charset=utf-8', time: '2025-10-06T10:00:00.123+01:00' },
    { subject: 'school/812345', traceparent: '00-abc', source: '/mis/812345?x=%20y' },
  ])('%j is accepted', (change) => {
    expect(refusalsOf(change)).toBe('ok')
  })

  it.each([null, 7, 'text', [], [event]])('%j is no event', (raw) => {
    expect(validateEvent(raw)).toMatchObject({ refused: [{ field: '', rule: 'cloudEvent' }] })
  })
})

describe('a refusal', () => {
  it('repeats the name of an unknown field only where it is a plain identifier', () => {
    const fieldFor = (name: string) => refusalsOf({ data: { ...data, [name]: 1 } })
    expect(fieldFor('comment')).toEqual([['/data/comment', 'additionalProperties']])
    for (const name of ['Z855400125001', 'Ann Other', 'P1001', 'p-1', '<b>', 'x'.repeat(41), '__proto__x9'])
      expect(fieldFor(name)).toEqual([['/data', 'additionalProperties']])
  })

  it('never repeats a value or an unsafe name, whatever was sent', () => {
    const secret = fc.stringMatching(/^[A-Z]{3}9[A-Za-z0-9]{8}$/)
    fc.assert(
      fc.property(secret, fc.constantFrom('school', 'pupil', 'other'), fc.boolean(), (text, name, asName) => {
        const result = validateEvent({
          ...event,
          data: asName ? { [text]: { [text]: 1 } } : { ...data, [name]: [text] },
        })
        expect('refused' in result).toBe(true)
        expect(JSON.stringify(result)).not.toContain(text)
      }),
    )
  })

  it('answers any JSON at all', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void validateEvent(value)))
    fc.assert(fc.property(fc.jsonValue(), (value) => void validateEvent({ ...event, data: value })))
  })
})

describe('identity and content', () => {
  it('of an event are stable', () => {
    const hex = createHash('sha256').update('urn:mis:812345\ne-1').digest('hex')
    expect(identityOf('urn:mis:812345', 'e-1').replaceAll('-', '')).toBe(hex.slice(0, 32))
    expect(contentHash('pupil.erased', 1, 1, '{}')).toBe(
      createHash('sha256')
        .update('{"data":{},"major":1,"type":"pupil.erased","version":1}')
        .digest('hex')
        .slice(0, 16),
    )
  })

  it('do not depend on the order of fields, and canonical JSON means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(reversed(value))).toBe(text)
      }),
    )
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  const result = Object.create(null)
  for (const [name, item] of Object.entries(value).reverse()) result[name] = reversed(item)
  return result
}
