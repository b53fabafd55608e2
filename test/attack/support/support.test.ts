import { expect, test } from 'vitest'
import { attackWithout } from '../api/gateway-rules.ts'
import { attackSupport } from './attack.ts'

test('what readers across schools are told of support tells of no school’s few, not to leads either, pupils told apart or not', async () => {
  const found = await attackSupport({ seed: 1, isShort: true })
  expect(found[0]!.secrets).toBeGreaterThan(200)
  expect(found[0]!.numbers).toBeGreaterThan(50)
  for (const { exposed, exposedToLeads, leaks } of found)
    expect({ exposed, exposedToLeads, leaks }).toEqual({ exposed: 0, exposedToLeads: 0, leaks: [] })
}, 300_000)

test('judged each by itself, the values of pupils told apart would tell of them', async () => {
  const { exposed, exposedToLeads } = await attackWithout('values all or none', { programs: 0, seed: 1 })
  expect(exposed + exposedToLeads).toBeGreaterThan(0)
}, 300_000)
