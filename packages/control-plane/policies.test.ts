import { defaultBehaviour, defaultTimelines, flawsOfPolicy, weekIndex } from '@cairn/mtss'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
beforeEach(async () => {
  temporary = await temporaryControlPlane()
  await temporary.plane.authorities.add({ code: 901, gssCode: null, name: 'One' })
  await temporary.plane.authorities.add({ code: 902, gssCode: null, name: 'Two' })
})
afterEach(() => temporary.remove())

test('rules of an authority decide from their week on, domain by domain; elsewhere those as shipped do', async () => {
  const { policies } = temporary.plane
  const revision = await policies.revision()
  await policies.add(901, '2025-09-01', defaultBehaviour)
  await policies.add(901, '2026-01-05', { ...defaultBehaviour, version: 2 })
  expect(await policies.revision()).toBe(revision + 2)
  const timelines = await policies.of([901, 902])
  expect(timelines.get(902)).toEqual(defaultTimelines)
  expect(timelines.get(901)).toEqual({
    ...defaultTimelines,
    behaviour: [
      { from: weekIndex('2025-09-01'), policy: defaultBehaviour },
      { from: weekIndex('2026-01-05'), policy: { ...defaultBehaviour, version: 2 } },
    ],
  })
  expect(await policies.list(901)).toMatchObject([{ from: '2025-09-01' }, { from: '2026-01-05' }])
})

test('a version is never changed: only the next one, in force later, is taken', async () => {
  const { policies } = temporary.plane
  await policies.add(901, '2025-09-01', defaultBehaviour)
  const again = (from: string, version: number) => policies.add(901, from, { ...defaultBehaviour, version })
  await expect(again('2025-10-06', 1)).rejects.toMatchObject({ field: 'policy/version', rule: 'the next: 2' })
  await expect(again('2025-10-06', 3)).rejects.toMatchObject({ field: 'policy/version' })
  await expect(again('2025-09-01', 2)).rejects.toMatchObject({ field: 'from' })
  await expect(again('2025-10-07', 2)).rejects.toMatchObject({ field: 'from' })
  await expect(policies.add(903, '2025-09-01', defaultBehaviour)).rejects.toMatchObject({
    field: 'authority',
  })
  expect(await policies.list(901)).toHaveLength(1)
})

test('a bad definition is refused with its field, and nothing is kept', async () => {
  const { policies } = temporary.plane
  const [rule] = defaultBehaviour.rules
  const bad = { ...defaultBehaviour, rules: [{ ...rule, from: 1, to: 2, minSources: 1 }] }
  await expect(policies.add(901, '2025-09-01', bad)).rejects.toMatchObject({
    field: 'policy/rules/0/minSources',
    rule: 'twoSourcesToLeaveTier1',
  })
  expect(await policies.list(901)).toEqual([])
})

test('an added policy is in the audit, whole', async () => {
  const { policies, audit } = temporary.plane
  await policies.add(901, '2025-09-01', defaultBehaviour)
  expect((await audit.list()).find((entry) => entry.action === 'policy.add')).toMatchObject({
    subject: 'authority 901',
    detail: { domain: 'behaviour', version: 1, from: '2025-09-01', policy: defaultBehaviour },
  })
})

test('the rules as shipped may all be published', () => {
  for (const timeline of Object.values(defaultTimelines))
    for (const { policy } of timeline) expect(flawsOfPolicy(policy)).toEqual([])
})
