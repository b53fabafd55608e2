import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Cursors } from './cursor.ts'
import { pageOf } from './paging.ts'

const cursors = new Cursors(randomBytes(32))

test('a cursor gives its place back, for its own question alone', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (place, question, other) => {
      const wellFormed = Buffer.from(place).toString()
      const cursor = cursors.sign(place, question)
      expect(cursors.read(cursor, question, 'after')).toBe(wellFormed)
      if (other !== question) expect(() => cursors.read(cursor, other, 'after')).toThrow('after')
    }),
  )
})

test('a cursor that was changed in any letter, cut or lengthened is refused', () => {
  const cursor = cursors.sign('2016|855//812345', 'figures')
  const letter = fc.constantFrom(...'ABCDEFabcdef0189-_=. ')
  fc.assert(
    fc.property(fc.nat(cursor.length - 1), letter, (at, other) => {
      fc.pre(cursor[at] !== other)
      expect(() =>
        cursors.read(cursor.slice(0, at) + other + cursor.slice(at + 1), 'figures', 'after'),
      ).toThrow()
      expect(() => cursors.read(cursor.slice(0, at), 'figures', 'after')).toThrow()
      expect(() => cursors.read(cursor + other, 'figures', 'after')).toThrow()
    }),
  )
})

test('another installation’s cursor is refused', () => {
  const other = new Cursors(randomBytes(32)).sign('place', 'figures')
  expect(() => cursors.read(other, 'figures', 'after')).toThrow()
})

test('pages of any size, forwards or backwards, put together are the whole list', () => {
  const places = fc.uniqueArray(
    fc.string({ minLength: 1, maxLength: 4 }).map((s) => Buffer.from(s).toString('hex')),
  )
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 5 }), fc.boolean(), (list, size, backwards) => {
      const all = [...list].sort()
      const seen: string[] = []
      let cursor: string | undefined
      for (;;) {
        const args = backwards ? { last: size, before: cursor } : { first: size, after: cursor }
        const page = pageOf(all, (p) => p, args, { usual: 5, most: 5 }, cursors, 'q')
        expect(page.totalCount).toBe(all.length)
        if (backwards) seen.unshift(...page.items)
        else seen.push(...page.items)
        if (!(backwards ? page.hasPreviousPage : page.hasNextPage)) break
        cursor = backwards ? page.cursors[0] : page.cursors.at(-1)
      }
      expect(seen).toEqual(all)
    }),
  )
})
