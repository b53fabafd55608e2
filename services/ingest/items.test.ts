import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf, isDeeperThan, itemsOf } from './items.ts'
import { defaultLimits } from './limits.ts'
import { Problem } from './problem.ts'

const many = 1_000
/** JSON as people write it: with blanks between. */
const spaced = (value: unknown, indent: number) => JSON.stringify(value, null, indent)

describe('the elements of a batch', () => {
  it('are those that a JSON parser sees, whatever strings, escapes and blanks they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(3), (values, indent) => {
        const elements = elementsOf(` ${spaced(values, indent)}\n`, many).map(({ text }) => JSON.parse(text!))
        expect(elements).toEqual(JSON.parse(JSON.stringify(values)))
      }),
    )
  })

  it('of any text at all are found, or the batch is broken: never anything else', () => {
    const texts = fc.string({
      unit: fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', ':', '1', ' '),
      maxLength: 30,
    })
    fc.assert(
      fc.property(texts, (text) => {
        let elements: unknown[] | undefined
        try {
          elements = elementsOf(`[${text}]`, many).map((item) => JSON.parse(item.text!))
        } catch (error) {
          expect(error instanceof Problem || error instanceof SyntaxError).toBe(true)
        }
        expect(elements).toEqual(parsed(`[${text}]`))
      }),
      { numRuns: 2_000 },
    )
  })

  it('stop at the limit of items', () => {
    expect(elementsOf(`[${'1,'.repeat(5_000)}1]`, 10)).toHaveLength(11)
  })
})

it('depth is measured outside of strings', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, limit) => {
      expect(isDeeperThan(limit, JSON.stringify(value))).toBe(depthOf(value) > limit)
    }),
  )
})

it('lines are those that end with a line feed, blank ones left out', () => {
  const bytes = Buffer.from('{"a":1}\r\n\n  \n{"b":"é"}\n{"c":3}')
  const broken = Buffer.concat([bytes, Buffer.from([0x0a, 0xff])])
  const lines = (body: Buffer) => itemsOf('ndjson', {}, body, defaultLimits).map(({ text }) => text?.trim())
  expect(lines(bytes)).toEqual(['{"a":1}', '{"b":"é"}', '{"c":3}'])
  expect(lines(broken)).toEqual(['{"a":1}', '{"b":"é"}', '{"c":3}', undefined])
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
