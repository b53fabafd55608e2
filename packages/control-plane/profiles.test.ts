import { ownSchool, stampOf, standard, strict } from '@cairn/disclosure'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addTwoAuthorities, type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
beforeEach(async () => {
  temporary = await temporaryControlPlane()
  await addTwoAuthorities(temporary.plane)
})
afterEach(() => temporary.remove())

test('an authority’s newest form of a profile decides for it alone, and its earlier versions stay as they were', async () => {
  const { profiles, audit } = temporary.plane
  expect(await profiles.newest(855, standard)).toEqual(standard)
  await profiles.tighten(855, 'standard', { smallestCount: 7 })
  await profiles.tighten(855, 'standard', { smallestCount: 6, smallestSample: 20 })
  const other = await temporary.again()
  const newest = await other.profiles.newest(855, standard)
  expect(newest).toEqual({
    ...{ ...standard, id: 'standard-855', version: 2, smallestCount: 6, smallestSample: 20 },
  })
  expect(await other.profiles.newest(856, standard)).toEqual(standard)
  expect(await other.profiles.newest(855, strict)).toEqual(strict)
  const all = await other.profiles.list(855)
  expect(all.map(({ base, profile }) => [base, stampOf(profile), profile.smallestCount])).toEqual([
    ['standard', 'standard-855@1', 7],
    ['standard', 'standard-855@2', 6],
  ])
  const noted = (await audit.list()).find((entry) => entry.action === 'profile.tighten')
  expect(noted).toMatchObject({
    subject: 'authority 855',
    detail: { profile: 'standard-855@2', base: 'standard@1', overrides: { smallestCount: 6 } },
  })
})

test('what would be looser is refused by field, and nothing is kept', async () => {
  const { profiles } = temporary.plane
  const refused = (base: string, overrides: Record<string, number>, code = 855) =>
    expect(profiles.tighten(code, base, overrides)).rejects
  await refused('standard', { smallestCount: 4 }).toMatchObject({
    ...{ name: 'RefusedError', field: 'smallestCount', rule: 'may only be raised from 5' },
  })
  await refused('own-school', { smallestDenominator: 4 }).toMatchObject({ field: 'smallestDenominator' })
  await refused('standard', {}).toMatchObject({ field: 'overrides' })
  await refused('live', { smallestCount: 9 }).toMatchObject({ field: 'base' })
  await refused('standard', { smallestCount: 9 }, 857).toMatchObject({ field: 'authority' })
  expect(await profiles.list(855)).toEqual([])
})

test('where a later Cairn ships a stricter profile, an older form of it is refused by field', async () => {
  const { profiles } = temporary.plane
  await profiles.tighten(855, 'own-school', { smallestCount: 3 })
  const later = { ...ownSchool, version: 2, smallestCount: 4 }
  await expect(profiles.newest(855, later)).rejects.toMatchObject({ field: 'smallestCount' })
})
