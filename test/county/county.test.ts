import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/cairn.ts'
import { runCounty } from './run.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

/** `npm run county` is the same at the size of a county. */
test('a county comes back as it was simulated: effect, every recommendation, tier mixes, figures in cells and as readers get them, every event accounted for', async () => {
  const result = await runCounty(
    folder.path,
    { authorities: 2, schools: 10, weeks: 18, seed: 2, connections: 1, loadSeconds: 0 },
    () => {},
  )
  expect(result.failed).toEqual([])
  expect(result.recommendations.values).toBeGreaterThan(2_000)
  expect(result.truth.values).toBeGreaterThan(150)
  expect(result.readers!.released.values).toBeGreaterThan(100)
  expect(result.readers!.live.values).toBeGreaterThan(10)
  expect(Math.min(...result.effect.n)).toBeGreaterThan(10)
  expect(result.queries).toHaveLength(12)
}, 300_000)
