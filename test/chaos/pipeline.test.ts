import { afterAll, beforeAll, expect, test } from 'vitest'
import { compare } from './compare.ts'
import { expected } from './model.ts'
import { stream } from './stream.ts'
import { modelOptions, World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await World.open({ authorities: [901, 902] })
})
afterAll(() => world?.close())

test('duplicates, late versions, moves, retractions and erasures in any order end in the cells that the model has', async () => {
  const events = stream({ seed: 7, authorities: [901, 902], schoolsEach: 4, pupilsEach: 60 })
  const owner = world.owner('a')
  await owner.claim(world.partitions)
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 250; i++) world.append(events.next().value!)
    await owner.take(world.batches(owner, 90))
    await owner.take(world.batches(owner))
    if (round % 3 === 1) await world.merge()
    await owner.drain()
    if (round % 2 === 1) await owner.settle()
  }
  const result = await compare(world.warehouse, expected(world.log, modelOptions))
  expect(result).toMatchObject({ lost: 0, doubled: 0, wrong: 0, termsWrong: 0, examples: [] })
  expect(result.cells).toBeGreaterThan(2_000)
}, 180_000)

test('an aggregator that the group gives nothing stands by: it claims nothing, and has nothing to drain or to settle', async () => {
  const idle = world.owner('idle')
  expect(await idle.claim([])).toEqual(new Map())
  expect(await idle.calendarsChanged()).toBe(false)
  expect({ dirty: idle.dirty, unsettled: idle.unsettled, erased: idle.erased.size }).toEqual({
    dirty: false,
    unsettled: false,
    erased: 0,
  })
})
