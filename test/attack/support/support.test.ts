import { expect, test } from 'vitest'
import { attackWithout } from '../api/gateway-rules.ts'
import { attackSupport } from './attack.ts'

test('what one reader is told of support in a year tells of no school’s few; without the schools held back beside it does', async () => {
  const [found] = await attackSupport({ seed: 1, isShort: true })
  expect(found!.secrets).toBeGreaterThan(200)
  expect(found!.numbers).toBeGreaterThan(200)
  expect({ exposed: found!.exposed, leaks: found!.leaks }).toEqual({ exposed: 0, leaks: [] })
  const without = await attackWithout('support among schools', { programs: 0, seed: 1 })
  expect(without.exposed).toBeGreaterThan(0)
}, 300_000)
