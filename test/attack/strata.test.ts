import { expect, test } from 'vitest'
import { toldByExpected } from './strata.ts'

test('expected events counted by three characteristics would tell small strata of a school: they are fitted to singles instead', async () => {
  const told = await toldByExpected({ years: 3, roll: 60, metrics: 4, schools: 1 })
  expect(told.protected).toBeGreaterThan(10)
  expect(told.exposed).toBeGreaterThan(5)
}, 60_000)
