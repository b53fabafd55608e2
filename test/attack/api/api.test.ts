import { expect, test } from 'vitest'
import { attackApi } from './attack.ts'
import { attackAuthorities } from './authorities.ts'
import { attackWithout } from './gateway-rules.ts'
import { attackMeans } from './means.ts'
import { attackReleases } from './rules.ts'
import { attackStill } from './still.ts'
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

test('from a release nobody learns a protected figure, as little as any school’s lead of others; with a rule off somebody does', async () => {
  const tried = ['nothing', 'secondary', 'within schools', 'lead'] as const
  const rows = await attackReleases([1], tried)
  expect(rows.map(({ off }) => off)).toEqual(tried)
  for (const { off, secrets, numbers, exposed, exposedToLeads } of rows) {
    expect(secrets).toBeGreaterThan(1000)
    expect(numbers).toBeGreaterThan(500)
    if (off === 'nothing') expect({ exposed, exposedToLeads }).toEqual({ exposed: 0, exposedToLeads: 0 })
    else expect(exposed + exposedToLeads, off).toBeGreaterThan(0)
  }
}, 300_000)

test('as time goes on random questions of every role tell no protected figure, nor how few came in between two answers', async () => {
  const found = await attackApi({ programs: 120, seed: 1, linear: 5 })
  expect(found.numbers).toBeGreaterThan(300)
  expect(found.secrets).toBeGreaterThan(10_000)
  expect({ leaks: found.leaks, since: found.since }).toEqual({ leaks: [], since: [] })
  expect(found.exposedToLeads + found.exposedSinceToLeads).toBe(0)
  expect(found.linear.asked).toBe(10)
  expect(found.linear.exposed).toBe(0)
}, 300_000)

test('once readers across schools get figures as they are now, the same questions tell both', async () => {
  const found = await attackWithout('released alone', { programs: 60, seed: 1 })
  expect(found.exposed).toBeGreaterThan(50)
}, 300_000)

test('whatever arrives, until the next release every answer across schools is the same to the byte; a lead sees it', async () => {
  const { asked, moved, movedForLead } = await attackStill(1, 20)
  expect(asked).toBeGreaterThan(40)
  expect(moved).toEqual([])
  expect(movedForLead).toBeGreaterThan(3)
}, 300_000)

test('means of a release, put together with its counts, singles, pairs and tables, tell no mean of few and no protected count', async () => {
  const { secrets, means, ...found } = await attackMeans({ seed: 1, linear: 4 })
  expect(secrets).toBeGreaterThan(10_000)
  expect(means).toBeGreaterThan(400)
  expect(found).toMatchObject({ exposed: 0, exposedToLeads: 0, linear: { asked: 8, exposed: 0 }, leaks: [] })
}, 300_000)

test('readers of two authorities, of either and of both tell together no protected figure of any school', async () => {
  const { joint, secrets, ...found } = await attackAuthorities({ seed: 1, linear: 3, isShort: true })
  expect(joint).toBeGreaterThan(10)
  expect(secrets).toBeGreaterThan(10_000)
  expect(found).toMatchObject({ exposed: 0, exposedToLeads: 0, linear: { asked: 3, exposed: 0 } })
}, 300_000)
