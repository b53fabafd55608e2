import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prefixesOverlap, prefixFault, sourceAllowed } from './sources.ts'

const segment = fc.stringMatching(/^[a-z0-9:._-]{1,4}$/).filter((s) => s !== '.' && s !== '..')
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

test('a prefix allows itself and whatever lies below it', () => {
  fc.assert(
    fc.property(path, path, (prefix, rest) => {
      expect(sourceAllowed([prefix], prefix)).toBe(true)
      expect(sourceAllowed([prefix], `${prefix}/${rest}`)).toBe(true)
    }),
  )
})

test('a prefix allows no source whose segments do not begin with its own', () => {
  fc.assert(
    fc.property(path, path, (prefix, source) => {
      const [mine, theirs] = [prefix.split('/'), source.split('/')]
      expect(sourceAllowed([prefix], source)).toBe(mine.every((part, i) => part === theirs[i]))
    }),
  )
})

test('a longer name with the same beginning is another source', () => {
  expect(sourceAllowed(['urn:mis/100001'], 'urn:mis/1000012')).toBe(false)
  expect(sourceAllowed(['urn:mis/100001'], 'urn:mis/100001-b')).toBe(false)
})

test('dot segments, encoded or not, backslashes, queries, fragments and blanks are never allowed', () => {
  const tricks = [
    'a/../b',
    'a/..',
    'a/./b',
    'a/%2e%2e/b',
    'a/%2E%2e/b',
    'a/b%2fc',
    'a/..%5Cb',
    'a\\..\\b',
    'a/b?x',
    'a/b#x',
  ]
  for (const source of [...tricks, 'a/ b', 'a/\u0000', 'a/\n', 'a/é', '']) {
    expect(sourceAllowed(['a', 'a/b', ''], source), JSON.stringify(source)).toBe(false)
  }
})

test('no prefixes allow nothing', () => {
  fc.assert(
    fc.property(path, (source) => {
      expect(sourceAllowed([], source)).toBe(false)
    }),
  )
})

test('two prefixes overlap exactly where some source is allowed by both', () => {
  fc.assert(
    fc.property(path, path, fc.array(segment, { maxLength: 3 }), (a, b, rest) => {
      const longer = a.length > b.length ? a : b
      const source = [longer, ...rest].join('/')
      expect(prefixesOverlap(a, b)).toBe(sourceAllowed([a], source) && sourceAllowed([b], source))
      expect(prefixesOverlap(a, b)).toBe(prefixesOverlap(b, a))
    }),
  )
})

test('a prefix that could never match, or says something else than it seems, is refused', () => {
  expect(prefixFault('urn:cairn:855/mis')).toBeUndefined()
  expect(prefixFault('https://mis.example/100001')).toBeUndefined()
  for (const prefix of ['', 'a/', 'a/../b', 'a/%2e%2e', 'a b', 'x'.repeat(201)]) {
    expect(prefixFault(prefix), prefix).toBeTypeOf('string')
  }
})
