import { eventTypes, validateEvent } from '@cairn/contracts'
import { describe, expect, test } from 'vitest'
import { rowReader } from './csv-event.ts'

const read = (row: Record<string, string>, type: string) =>
  rowReader('rows.csv', { type, source: 'urn:test' })({ ce_id: 'e-1', ...row }, 2)

/** Data as one row of CSV: paths as columns, lists of codes in one cell. */
function flat(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return [[path, value.join(';')]]
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([name, item]) => flat(item, path === '' ? name : `${path}.${name}`))
}

describe('a row of CSV', () => {
  for (const [name, type] of eventTypes)
    for (const [i, data] of type.examples.valid.entries()) {
      test(`becomes the event that it was written from: ${name}, example ${i + 1}`, () => {
        const event = read(Object.fromEntries(flat(data)), name)
        expect(event.data).toEqual(data)
        expect(validateEvent(event)).toHaveProperty('ok')
      })
    }

  test('leaves out a field whose cell is empty, but for a list that must be there', () => {
    const { data } = read(
      { school: '899001', pupil: '', type: 'PERM', startsOn: '2025-10-06', reasons: '', sessions: '' },
      'exclusion.recorded',
    )
    expect(data).toEqual({ school: '899001', type: 'PERM', startsOn: '2025-10-06', reasons: [] })
  })

  test('passes a cell on as text where it is not what the field asks for, so that the endpoint names it', () => {
    const { data } = read({ school: '899001', sessions: 'two' }, 'exclusion.recorded')
    expect(data).toMatchObject({ sessions: 'two' })
  })

  test('takes a column called __proto__ as a field like any other', () => {
    const { data } = read({ '__proto__.polluted': 'yes' }, 'exclusion.recorded')
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  test('is refused without an id', () => {
    expect(() =>
      rowReader('rows.csv', { type: 'exclusion.recorded', source: 's' })({ school: '1' }, 2),
    ).toThrow('ce_id')
  })
})
