import { afterEach, beforeEach, expect, test } from 'vitest'
import { addTwoAuthorities, type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
let now = new Date('2026-11-02T10:00:00Z')
beforeEach(async () => {
  temporary = await temporaryControlPlane(() => now)
  await addTwoAuthorities(temporary.plane)
})
afterEach(() => temporary.remove())

test('a refusal is known to every process since when it stands, by its newest rule, until nothing is in the way', async () => {
  const { releaseStates } = temporary.plane
  const other = (await temporary.again(() => new Date('2026-11-02T11:00:00Z'))).releaseStates
  await releaseStates.refuse(855, 2025, 'schools each have a roll: 2 have none')
  await other.refuse(855, 2025, 'schools each have a roll: 1 have none')
  const refused = { why: 'schools each have a roll: 1 have none', since: '2026-11-02T10:00:00.000Z' }
  expect(await releaseStates.list()).toEqual([{ authority: 855, year: 2025, refused, audit: null }])
  await other.clear(856, 2025)
  await other.clear(855, 2024)
  expect(await releaseStates.list()).toHaveLength(1)
  await other.clear(855, 2025)
  expect(await releaseStates.list()).toMatchObject([{ authority: 855, refused: null }])
  now = new Date('2026-12-02T10:00:00Z')
  await releaseStates.refuse(855, 2025, 'again')
  expect(await other.list()).toMatchObject([{ refused: { since: now.toISOString() } }])
})

test('of a year the last audit stands, beside its refusal', async () => {
  const { releaseStates } = temporary.plane
  await releaseStates.audited(856, 2025, '856/202526/1', 34)
  await releaseStates.audited(855, 2026, '855/202627/1', 0)
  await releaseStates.refuse(856, 2025, 'why')
  await releaseStates.audited(856, 2025, '856/202526/2', 1)
  const [first, second] = await releaseStates.list()
  expect(first).toMatchObject({ authority: 855, refused: null, audit: { exposed: 0 } })
  expect(second).toMatchObject({
    refused: { why: 'why' },
    audit: { release: '856/202526/2', exposed: 1, at: now.toISOString() },
  })
})
