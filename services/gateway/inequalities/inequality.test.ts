import { metrics } from '@cairn/metrics'
import {
  inequality,
  meanInterval,
  quantileGroups,
  rate,
  rateRatio,
  riskRatio,
  wilson,
} from '@cairn/statistics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cairnshire, cairnshire, schools, scoreOf } from '../comparisons/cairnshire.ts'
import type { Row } from '../figures/answer.ts'
import { fields } from '../figures/leicestershire.ts'
import { gradientOf, simulation } from './gradient.ts'

let world: Cairnshire
beforeAll(async () => {
  world = await cairnshire()
})
afterAll(() => world.gateway.close())

const estimate = 'value lower upper'
const everything = `{ metricId by status reason profile asOf total { ${fields} }
  groups { ${fields} ratio { status symbol ${estimate} confidence method reason } }
  bySchoolFsm { status reason warnings method suppressed quintiles { quintile schools population ${estimate} }
    slopeIndex { ${estimate} } relativeIndex { ${estimate} } } }`
const ask = (args: string, who?: string) =>
  world.asked(`inequality(${args}, period: { academicYears: ["201617"] }) ${everything}`, who)
const sum = (of: readonly number[]) => of.reduce((all, one) => all + one, 0)
const events = (of: (all: number) => number) => sum(schools.map((school) => of(sum(school.events))))
const pupils = sum(schools.map((school) => sum(school.pupils)))
const onFsm = { x: events((x) => Math.round(x * 0.4)), n: sum(schools.map(({ fsm }) => fsm)) }
const others = { x: events((x) => x) - onFsm.x, n: pupils - onFsm.n }

describe('disproportionality', () => {
  test.each([
    ['test_share', riskRatio(onFsm, others), riskRatio(others, onFsm)],
    ['test_rate', rateRatio(onFsm, others), rateRatio(others, onFsm)],
  ])(
    'of %s each group against all others equals packages/statistics on the same numbers',
    async (id, yes, no) => {
      const { groups, status } = await ask(`metric: "${id}", by: "fsm"`)
      expect(status).toBe('OK')
      const found = new Map<string, any>(groups.map((row: any) => [row.dimensions[0].value, row.ratio]))
      for (const [value, expected] of [
        ['yes', yes],
        ['no', no],
      ] as const)
        for (const part of ['value', 'lower', 'upper'] as const)
          expect(found.get(value)[part]).toBeCloseTo((expected as any)[part], 10)
      expect(found.get('unknown')).toMatchObject({
        status: 'NOT_APPLICABLE',
        symbol: 'z',
        reason: 'nobody is in the group',
      })
    },
  )

  test('a metric that does not keep the characteristic has no groups, and says why', async () => {
    expect(await ask('metric: "incident_resolution_rate", by: "sex"')).toMatchObject({
      status: 'NOT_APPLICABLE',
      reason: expect.stringContaining('not broken down'),
      groups: [],
    })
    expect(
      await world.refusal(
        `inequality(metric: "incident_rate", by: "mode", period: { academicYears: ["201617"] }) ${everything}`,
      ),
    ).toMatchObject({ field: 'by' })
  })
})

describe('over fifths of schools', () => {
  const fifths = quantileGroups(
    schools.map(({ fsm, pupils: [a, b] }) => fsm / (a + b)),
    5,
    { invert: true },
  )
  const members = [1, 2, 3, 4, 5].map((fifth) => schools.filter((_, i) => fifths[i] === fifth))

  test('slope and relative index of a rate are those of packages/statistics, the same each time', async () => {
    const { bySchoolFsm } = await ask('metric: "test_rate", by: "fsm"')
    const groups = members.map((of) => {
      const n = sum(of.map((school) => sum(school.pupils)))
      return { population: n, ...rate(sum(of.map((school) => sum(school.events))), n, { per: 100 }) }
    })
    const expected = inequality(groups, { kind: 'rate', ...simulation })
    expect(bySchoolFsm.quintiles.map((one: any) => one.schools)).toEqual(members.map((of) => of.length))
    for (const part of ['value', 'lower', 'upper'] as const) {
      expect(bySchoolFsm.slopeIndex[part]).toBeCloseTo(expected.slopeIndex[part], 9)
      expect(bySchoolFsm.relativeIndex[part]).toBeCloseTo(expected.relativeIndex![part], 9)
    }
    expect((await ask('metric: "test_rate", by: "fsm"')).bySchoolFsm).toEqual(bySchoolFsm)
  })

  test('… of a share, in per cent; of a mean, from what is shown of each school’s', async () => {
    const share = (await ask('metric: "test_share", by: "fsm"')).bySchoolFsm
    const groups = members.map((of) => {
      const n = sum(of.map((school) => sum(school.pupils)))
      return { population: n, ...wilson(sum(of.map((school) => sum(school.events))), n) }
    })
    const expected = inequality(groups, { kind: 'proportion', ...simulation })
    expect(share.slopeIndex.value).toBeCloseTo(expected.slopeIndex.value * 100, 9)
    expect(share.quintiles[0].lower).toBeCloseTo(groups[0]!.lower * 100, 9)
    const of = `dimensions: [{ name: "instrument", values: ["resilience-wheel@1"] }, { name: "subscale", values: ["bonding"] }]`
    const { bySchoolFsm: mean } = await ask(`metric: "wellbeing_score", by: "fsm", ${of}`)
    const scores = members[0]!.map(scoreOf)
    const pooled = meanInterval(
      60 * scores.length,
      60 * sum(scores),
      60 * sum(scores.map((score) => score ** 2 + 80)),
    )
    for (const part of ['value', 'lower', 'upper'] as const)
      expect(mean.quintiles[0][part]).toBeCloseTo(pooled[part], 8)
  })

  const placed = (counts: readonly (readonly [x: number, n: number])[]) =>
    counts.map(([numerator, denominator], i) => ({
      row: { status: 'OK', numerator, denominator, value: 1 } as Row,
      fsmShare: i / 100,
    }))
  const twice = (of: readonly [number, number]) => Array.from({ length: 10 }, () => of)
  test.each([
    ['fewer than 10 schools', 'test_rate', placed(twice([5, 100]).slice(1))],
    ['a rate of 0 has no logarithm', 'test_rate', placed(twice([0, 100]))],
    ['a proportion of 0 has no logit', 'test_share', placed(twice([0, 100]))],
    ['a share of 100 % has no logit', 'test_share', placed(twice([100, 100]))],
    ['too alike', 'test_rate', placed(twice([5, 100])).map((one) => ({ ...one, fsmShare: 0.2 }))],
    ['none of them', 'days_to_resolution', placed(twice([5, 100]))],
  ])('what cannot be worked out is not applicable and says: %s', (reason, id, rows) => {
    expect(gradientOf(metrics.get(id)!, rows)).toEqual({
      kind: 'not applicable',
      reason: expect.stringContaining(reason),
    })
  })
})

test('a reader of single schools gets nothing of the authority', async () => {
  const lead = await world.gateway.keyOf('lead', 'school_lead', [855], [schools[0]!.urn])
  expect(await ask('metric: "test_rate", by: "fsm"', lead)).toMatchObject({
    ...{ status: 'NOT_APPLICABLE', groups: [], total: null },
    bySchoolFsm: { status: 'NOT_APPLICABLE', quintiles: [], slopeIndex: null },
  })
})
