import type { Role } from '@cairn/control-plane'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsRecords, isScope, narrow, type Scope, scopeKey } from './index.ts'
import { Scope as ScopeClass } from './scope.ts'
import { testScope } from './testing.ts'

const codes = fc.array(fc.integer({ min: 100, max: 110 }), { maxLength: 6 })
const urns = fc.array(fc.integer({ min: 100_000, max: 100_010 }), { maxLength: 6 })
const role = fc.constantFrom<Role>('analyst', 'commissioner', 'school_lead', 'bi')
const scopes = fc
  .tuple(codes, fc.oneof(urns, fc.constant('all' as const)), role)
  .map(([authorities, schools, role]) => testScope(authorities, schools, role))
const narrowings = fc.record({ authorities: codes, schools: urns }, { requiredKeys: [] })

/** Whether a scope lets a row of this school in this authority through: what every reader's WHERE says. */
const sees = (scope: Scope, authority: number, school: number) =>
  scope.authorities.includes(authority) && (scope.schools === 'all' || scope.schools.includes(school))

test('narrowing shows exactly the rows that lie in both the scope and the question: never one more', () => {
  fc.assert(
    fc.property(scopes, narrowings, (scope, asked) => {
      const narrowed = narrow(scope, asked)
      for (let authority = 100; authority <= 110; authority++) {
        for (let school = 100_000; school <= 100_010; school++) {
          const wanted =
            (asked.authorities?.includes(authority) ?? true) && (asked.schools?.includes(school) ?? true)
          expect(sees(narrowed, authority, school)).toBe(sees(scope, authority, school) && wanted)
        }
      }
      expect(narrowed).toMatchObject({ role: scope.role, readerId: scope.readerId })
    }),
  )
})

test('narrowing again with anything at all never brings back what was taken away', () => {
  fc.assert(
    fc.property(scopes, narrowings, narrowings, (scope, first, second) => {
      const once = narrow(scope, first)
      const twice = narrow(once, second)
      expect(twice.authorities.every((one) => once.authorities.includes(one))).toBe(true)
      const kept = once.schools
      if (kept === 'all') return
      expect(twice.schools).not.toBe('all')
      expect([...twice.schools].every((one) => kept.includes(Number(one)))).toBe(true)
    }),
  )
})

test('an empty list in a question means nothing, not everything', () => {
  expect(narrow(testScope([855]), { authorities: [] }).authorities).toEqual([])
  expect(narrow(testScope([855]), { schools: [] }).schools).toEqual([])
})

test('a scope cannot be made, copied, extended or changed outside this package', () => {
  const scope = testScope([855], [100_001])
  expect(isScope(scope)).toBe(true)
  expect(isScope(narrow(scope, {}))).toBe(true)
  const copies = [
    { ...scope },
    structuredClone(scope),
    JSON.parse(JSON.stringify(scope)),
    Object.create(scope),
  ]
  for (const forged of [...copies, Object.create(ScopeClass.prototype), null, undefined, 'scope']) {
    expect(isScope(forged)).toBe(false)
  }
  // @ts-expect-error a literal of the same shape is no Scope
  const literal: Scope = {
    authorities: [855],
    schools: 'all',
    role: 'analyst',
    readerId: 'x',
  }
  expect(isScope(literal)).toBe(false)
  expect(() => (scope.authorities as number[]).push(856)).toThrow(TypeError)
  expect(() => (scope.schools as number[]).push(100_002)).toThrow(TypeError)
  expect(() => Object.assign(scope, { authorities: [856] })).toThrow(TypeError)
})

test('two scopes share a cache key exactly where they show the same rows under the same rules', () => {
  fc.assert(
    fc.property(scopes, scopes, (a, b) => {
      const content = ({ authorities, schools, role }: Scope) => ({ authorities, schools, role })
      const same = JSON.stringify(content(a)) === JSON.stringify(content(b))
      expect(scopeKey(a) === scopeKey(b)).toBe(same)
    }),
  )
  expect(scopeKey(testScope([856, 855, 856], [100_002, 100_001]))).toBe(
    scopeKey(testScope([855, 856], [100_001, 100_002])),
  )
})

test('records are held by a school’s lead of the own schools alone: few schools make no lead', () => {
  fc.assert(
    fc.property(scopes, narrowings, (scope, asked) => {
      expect(holdsRecords(scope)).toBe(scope.role === 'school_lead' && scope.schools !== 'all')
      // Asking for one school makes no lead of a reader who is none.
      if (scope.role !== 'school_lead') expect(holdsRecords(narrow(scope, asked))).toBe(false)
    }),
  )
})
