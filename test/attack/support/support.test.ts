import { expect, test } from 'vitest'
import { attackWithout } from '../api/gateway-rules.ts'
import { attackSupport } from './attack.ts'

test('what readers across schools are told of support tells of no school’s few, not to leads either; with schools’ rows it does', async () => {
  const found = await attackSupport({ seed: 1 })
  expect(found[0]!.secrets).toBeGreaterThan(200)
  expect(found[0]!.numbers).toBeGreaterThan(50)
  for (const { exposed, exposedToLeads, leaks } of found)
    expect({ exposed, exposedToLeads, leaks }).toEqual({ exposed: 0, exposedToLeads: 0, leaks: [] })
  const without = await attackWithout('support to its lead', { programs: 0, seed: 1 })
  expect(without.exposed + without.exposedToLeads).toBeGreaterThan(0)
}, 300_000)
