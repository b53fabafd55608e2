import { expect, test } from 'vitest'
import { attackApi } from './attack.ts'
import { attackReleases, releaseRules } from './rules.ts'
import { System } from './system.ts'

test('bounds are passed along: a total and its parts, a union, a share of what is not known', () => {
  const system = new System()
  const [total, a, b, union, of] = [1, 2, 3, 4, 5].map(() => system.figure()) as [
    number,
    number,
    number,
    number,
    number,
  ]
  system.sum(total, [a, b])
  system.union(union, [a, b])
  system.row(
    [
      [a, 1],
      [of, -0.25],
    ],
    -1e-6,
    1e-6,
  )
  system.learn(total, 12, 12)
  system.learn(b, 9, 9)
  system.settle()
  expect([system.low[a], system.high[a]]).toEqual([3, 3])
  expect([system.low[union], system.high[union]]).toEqual([9, 12])
  expect([system.low[of], system.high[of]]).toEqual([12, 12])
})

test('from a release nobody learns a protected figure, as little as any school’s lead of others; with any rule off somebody does', async () => {
  const rows = await attackReleases([1], releaseRules)
  expect(rows.map(({ off }) => off)).toEqual(releaseRules)
  for (const { off, secrets, numbers, exposed, exposedToLeads } of rows) {
    expect(secrets).toBeGreaterThan(1000)
    expect(numbers).toBeGreaterThan(500)
    if (off === 'nothing') expect({ exposed, exposedToLeads }).toEqual({ exposed: 0, exposedToLeads: 0 })
    else expect(exposed + exposedToLeads, off).toBeGreaterThan(0)
  }
}, 120_000)

test('random questions about a release tell no protected figure, however they narrow it', async () => {
  const found = await attackApi({ programs: 60, seed: 2, only: 'releases' })
  expect(found.numbers).toBeGreaterThan(500)
  expect(found.secrets).toBeGreaterThan(1000)
  expect({ exposed: found.exposed, exposedToLeads: found.exposedToLeads, leaks: found.leaks }).toEqual({
    ...{ exposed: 0, exposedToLeads: 0, leaks: [] },
  })
}, 60_000)

/** Running figures are under the interim rule, each cell alone: turn this over as soon as they are not. */
test('random questions about running figures find what the interim rule leaves open', async () => {
  const found = await attackApi({ programs: 40, seed: 1 })
  expect(found.exposed).toBeGreaterThan(100)
  expect(found.leaks.some(({ verdict }) => verdict === 'pinned')).toBe(true)
}, 60_000)
