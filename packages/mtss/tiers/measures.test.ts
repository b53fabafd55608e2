import { expect, it } from 'vitest'
import { defaultAttendance, defaultBehaviour } from './defaults.ts'
import { explain } from './explain.ts'
import { tierFold } from './fold.ts'
import { agreement, movement, runsOf, tierAt } from './measures.ts'
import type { PolicyTimeline } from './policy.ts'
import { validatePolicy } from './policy.ts'

const policy = {
  domain: 'behaviour' as const,
  version: 3,
  rules: [
    {
      ...{ id: 'up', from: 1 as const, to: 2 as const, weeks: 4, minPoints: 2, minSources: 2, holdWeeks: 0 },
      conditions: [{ observe: 'incidents' as const, severity: 2, atLeast: 2 }],
      reviewAfterWeeks: 6,
    },
  ],
}
const timeline: PolicyTimeline = [{ from: 0, policy }]
const evidence = {
  event: [0, 1, 2, 3, 4],
  ...{ week: [1, 2, 3, 5, 8], kind: [2, 1, 1, 3, 3], source: [5, 4, 4, 0, 0], series: [-1, -1, -1, -1, -1] },
  ...{ value: [9, 0, 0, 2, 1], outOf: [10, 0, 0, 0, 0], severity: [0, 2, 3, 0, 0] },
}
const episodes = tierFold(timeline)(evidence, 10)

it('a run is unbroken by an assignment to the tier it is in, and agreement counts both assignments', () => {
  expect(runsOf(episodes, 10)).toEqual([
    { tier: 1, from: 1, weeks: 2 },
    { tier: 2, from: 3, weeks: 5 },
    { tier: 1, from: 8, weeks: 3 },
  ])
  expect([0, 2, 3, 7, 8].map((week) => tierAt(episodes, week))).toEqual([0, 1, 2, 2, 1])
  expect(movement([episodes], 2, 4)[0]).toEqual([0, 1, 0])
  expect(agreement(episodes)).toEqual({ assigned: 2, agreed: 1 })
})

it('an explanation names rule, version, observed value and evidence', () => {
  const why = explain(evidence, timeline, episodes, 1)
  expect(why).toMatchObject({ version: 3, rule: { id: 'up' }, finding: { held: true, sources: 2 } })
  expect(why?.finding.conditions).toEqual([{ observed: 2, held: true, evidence: [1, 2] }])
})

it('a policy that lets one source move a pupil out of tier 1 is refused by field', () => {
  expect(validatePolicy(policy)).toEqual({ ok: policy })
  expect(validatePolicy({ ...policy, rules: [{ ...policy.rules[0], minSources: 1 }] })).toEqual({
    refused: [{ field: '/rules/0/minSources', rule: 'twoSourcesToLeaveTier1' }],
  })
})

it('the policies that are shipped are sound', () => {
  for (const shipped of [defaultBehaviour, defaultAttendance])
    expect(validatePolicy(shipped)).toEqual({ ok: shipped })
})
