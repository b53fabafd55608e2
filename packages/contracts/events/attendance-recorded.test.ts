import fc from 'fast-check'
import { expect, it } from 'vitest'
import { validateEvent } from '../index.ts'

const day = (index: number) => new Date(Date.UTC(2025, 6, 1) + index * 86_400_000).toISOString().slice(0, 10)
const attendance = fc.record({
  from: fc.nat(60).map(day),
  to: fc.nat(120).map(day),
  attended: fc.nat(70),
  authorised: fc.nat(40),
  unauthorised: fc.nat(10),
  off: fc.constantFrom(0, 0, 0, -1, 1),
})

it('takes a span where, and only where, it lies in one year and half-term and its sessions fit and add up', () => {
  const outcomes = new Set<boolean>()
  fc.assert(
    fc.property(attendance, ({ off, ...given }) => {
      const { from, to, attended, authorised, unauthorised } = given
      const possible = attended + authorised + unauthorised + off
      const data = { school: '812345', pupil: 'P-1001', ...given, possible }
      const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
      const crosses = from < '2025-08-01' && to >= '2025-08-01'
      const right =
        off === 0 &&
        days >= 1 &&
        days <= 56 &&
        !crosses &&
        possible >= 1 &&
        possible <= Math.min(112, 2 * days)
      const event = { specversion: '1.0', id: 'e-1', source: 'urn:test', type: 'attendance.recorded', data }
      outcomes.add(right)
      expect('ok' in validateEvent(event)).toBe(right)
    }),
    { numRuns: 3_000 },
  )
  expect(outcomes.size).toBe(2)
})
