import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasValidCheckLetter, isClearOfUpn, isUpnShaped } from './upn.ts'

const upn = 'Z855400125001'
const shaped = fc.stringMatching(/^[A-HJ-NP-RT-Z]\d{11}[A-Z0-9]$/)
const notLetterOrDigit = fc.constantFrom('', ' ', '/', '-', '_', '.', ':', '"', '\n', 'é', '€')

describe('a UPN-shaped token', () => {
  it.each([
    upn,
    upn.toLowerCase(),
    'Y85540012501A',
    `urn:pupil/${upn}`,
    `the pupil ${upn}.`,
    `_${upn}_`,
    `line\n${upn}`,
    'Z 855 4001 25 001',
    'Z-855-4001-25-001',
    'Z855 4001 25001',
    'Ｚ８５５４００１２５００１',
    'Z8554\u200b00125001',
    '%5A855400125001',
    `a%20${upn}`,
  ])('is found in %j', (text) => {
    expect(isUpnShaped(text)).toBe(true)
  })

  it.each([
    'I855400125001',
    'Z85540012500',
    'Z8554001250011',
    'AZ855400125001',
    'k1:0123456789abcdef0123456789abcdef',
    '2025-10-06T10:15:00.000Z',
    't-20251006-1015',
    'P-2025-10-06-1234',
    'T20251006-101500',
    'e-202510061015',
    'incident-202510061',
    'E10000018',
  ])('is not seen in %j', (text) => {
    expect(isUpnShaped(text)).toBe(false)
  })

  it('is found wherever it stands alone, in upper and lower case', () => {
    fc.assert(
      fc.property(shaped, notLetterOrDigit, notLetterOrDigit, fc.boolean(), (token, before, after, lower) => {
        expect(isUpnShaped(before + (lower ? token.toLowerCase() : token) + after)).toBe(true)
      }),
    )
  })

  it('is not seen in UUIDs, plain or with a short prefix, nor in timestamps', () => {
    for (let i = 0; i < 20_000; i++) {
      const id = randomUUID()
      expect(
        isUpnShaped(id) ||
          isUpnShaped(`e-${id}`) ||
          isUpnShaped(`E${id}`) ||
          isUpnShaped(id.replaceAll('-', ' ')),
      ).toBe(false)
    }
    // Milliseconds since 1970 have 13 digits since 2001; a letter and 12 digits would have the very shape.
    const date = fc.date({ min: new Date('2002-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(date, fc.constantFrom('', 'T', 'e-', 'E ', 'evt_'), (at, prefix) => {
        expect(isUpnShaped(`${prefix}${at.toISOString()}`)).toBe(false)
        expect(isUpnShaped(`${prefix}${at.getTime()}`)).toBe(false)
      }),
    )
  })

  it('is not seen in a UUID of digits alone, the likeliest to mislead', () => {
    const digits = fc.stringMatching(/^([a-f]\d{7}|\d{8})-\d{4}-\d{4}-[ab\d]\d{3}-\d{12}$/)
    fc.assert(
      fc.property(digits, fc.constantFrom('', 'e-', 'E'), (id, prefix) => {
        expect(isUpnShaped(prefix + id)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the check letter', () => {
  it.each([
    ['B801200005001', true],
    ['A801200005001', false],
    ['P207000016049', true],
    ['Q207000016049', false],
    ['Z855400125001', true],
    ['L856500126042', true],
    ['K857400124999', true],
    ['Y85540012501A', true],
    ['nonsense', false],
  ])('of %s: %s', (text, valid) => {
    expect(hasValidCheckLetter(text)).toBe(valid)
  })
})

it('a JSON text that is called clear holds no UPN in any string or name', () => {
  const holder = fc.oneof(
    fc
      .constantFrom(
        upn,
        `\n${upn}`,
        `"${upn}`,
        'Ｚ８５５４００１２５００１',
        `%20${upn}`,
        `\u0001${upn.toLowerCase()}`,
      )
      .map((text) => [text]),
    fc.jsonValue(),
    shaped.map((token) => ({ [token]: 1 })),
  )
  const strings = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : value !== null && typeof value === 'object'
        ? Object.entries(value).flatMap(([name, item]) => [name, ...strings(item)])
        : []
  fc.assert(
    fc.property(holder, (value) => {
      if (isClearOfUpn(JSON.stringify(value))) expect(strings(value).some(isUpnShaped)).toBe(false)
    }),
    { numRuns: 1000 },
  )
  expect(isClearOfUpn('{"school":"812345","pupil":"k1:0123456789abcdef0123456789abcdef"}')).toBe(true)
})
