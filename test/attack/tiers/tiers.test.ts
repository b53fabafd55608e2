import { expect, test } from 'vitest'
import { attackWithout } from '../api/gateway-rules.ts'
import { attackTiers } from './attack.ts'

test('what readers across schools are told of tiers tells of no school’s few, not to leads either', async () => {
  const found = await attackTiers({ seed: 2, linear: 5, isShort: true })
  for (const { leaks, exposed, exposedSince, exposedToLeads, exposedSinceToLeads, ...one } of found) {
    expect(leaks).toEqual([])
    expect(exposed + exposedSince + exposedToLeads + exposedSinceToLeads).toBe(0)
    expect(one.secrets).toBeGreaterThan(1_000)
    expect(one.numbers).toBeGreaterThan(1_000)
    expect(one.linear).toEqual({ asked: 5, exposed: 0 })
  }
}, 300_000)

test('once exits and decisions may be asked of any half-terms, those of two spans tell of one between them', async () => {
  const { exposed, exposedToLeads } = await attackWithout('tiers by year', { programs: 0, seed: 2 })
  expect(exposed).toBeGreaterThan(10)
  expect(exposedToLeads).toBeGreaterThan(10)
}, 300_000)
