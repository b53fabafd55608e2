import { expect, test } from 'vitest'
import { runChaos } from './run.ts'

/** A short run of `npm run chaos`, so that every change is killed a few times; the full one is a command. */
test('nothing is lost, doubled or wrong when real aggregator processes are killed in the middle of their work', async () => {
  const { lost, doubled, wrong, termsWrong, cells, kills } = await runChaos({
    kills: 6,
    seed: 42,
    eventsPerKill: 60,
    killsPerRound: 6,
    say: () => undefined,
  })
  expect({ kills, lost, doubled, wrong, termsWrong }).toEqual({
    kills: 6,
    lost: 0,
    doubled: 0,
    wrong: 0,
    termsWrong: 0,
  })
  expect(cells).toBeGreaterThan(1_000)
}, 180_000)
