import { xmr } from '@cairn/statistics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fields } from '../figures/leicestershire.ts'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'

const urns = [812301, 812302, 812303, 812304, 812305, 812306] as const
const [oak, yew] = urns
let gateway: Installation
let key: string
/** Mondays of the first half-term of 2016/17 and the week after it, which is a holiday. */
const weeks = ['0905', '0912', '0919', '0926', '1003', '1010', '1017', '1024', '1031', '1107', '1114', '1121']
const counts = [12, 15, 9, 14, 11, 3, 13, 40, 12, 16, 10, 14]
/** Incidents of a school by week; those of all others can be shown. */
const countsOf = (urn: number): number[] =>
  urn === oak ? counts : weeks.map((_, i) => 6 + ((7 * i + 5 * (urn % 10)) % 11))

const cellsOf = (urn: number): SeedCell[] => [
  {
    authority: 855,
    school: urn,
    metric: 'headcount',
    period: 20160912,
    counts: { '': 400, 'census=autumn': 400 },
  },
  ...weeks.map((week, i) => ({
    ...{ authority: 855, school: urn, metric: 'incidents', period: 20160000 + Number(week) },
    counts: { '': countsOf(urn)[i]! },
  })),
]

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: urns.map((urn) => ({ urn, authority: 855, name: `School ${urn}`, phase: 'PS' })),
    now: () => Date.parse('2016-11-23T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  await seed(gateway.warehouse, urns.flatMap(cellsOf))
  await gateway.release({ authority: 855, year: 2016, through: 1 })
  key = await gateway.keyOf('analyst', 'analyst', [855])
})
afterAll(() => gateway.close())

const everything = `{ points { ${fields} from to complete phaseIndex specialCause direction }
  phases { from to points mean lower upper innerLower innerUpper trialLimits } changes { on label rebased }
  status reason variation target assurance warnings suppressed weeksOutOfTerm method asOf }`
const ask = (args: string, who = key) =>
  gateway.ask(who, `{ trend(metric: "incident_rate", ${args}) ${everything} }`)
const weekly = 'period: { grain: WEEK, from: "2016-09-05", to: "2016-11-27" }'

test('weeks of term that are over and shown are the points; holidays, hidden and open weeks are not', async () => {
  const { data } = await ask(`school: ${oak}, ${weekly}, target: 2`)
  const { trend } = data
  expect(trend.points).toHaveLength(11)
  expect(trend.weeksOutOfTerm).toBe(1)
  expect(trend.points.map(({ from }: any) => from)).not.toContain('2016-10-24')
  expect(trend.suppressed).toEqual(['2016-10-10'])
  const used = counts.filter((_, i) => ![5, 7, 11].includes(i)).map((count) => (count / 400) * 100)
  const { mean, lower, upper } = xmr(used).phases[0]!
  expect(trend.phases).toHaveLength(1)
  for (const [name, value] of Object.entries({ mean, lower, upper }))
    expect(trend.phases[0][name]).toBeCloseTo(value, 10)
  expect(trend).toMatchObject({
    status: 'OK',
    variation: 'common cause',
    assurance: 'inconsistent',
    target: 2,
  })
  expect(trend.points.at(-1)).toMatchObject({ complete: false, phaseIndex: null, phase: 'PS', numerator: 14 })
})

test('two worlds that differ in a hidden week alone have the same chart to the last byte', async () => {
  const args = `school: ${oak}, ${weekly}, changes: [{ on: "2016-10-31", label: "New rules" }]`
  const before = (await ask(args)).text
  for (const hidden of [1, 2, 4]) {
    await seed(gateway.warehouse, [
      { authority: 855, school: oak, metric: 'incidents', period: 20161010, counts: { '': hidden } },
    ])
    expect((await ask(args)).text).toBe(before)
  }
  await seed(gateway.warehouse, [
    { authority: 855, school: oak, metric: 'incidents', period: 20161010, counts: { '': 5 } },
  ])
  expect((await ask(args)).text).not.toBe(before)
})

test('half-terms and terms have their days; too few points make no limits and say why', async () => {
  const { data } = await ask('period: { grain: HALF_TERM, academicYears: ["201617"] }')
  expect(data.trend.points.map(({ from, to, complete }: any) => [from, to, complete])).toEqual([
    ['2016-08-01', '2016-10-30', true],
    ['2016-10-31', '2017-01-08', false],
  ])
  expect(data.trend).toMatchObject({
    status: 'NOT_APPLICABLE',
    phases: [],
    reason: expect.stringContaining('fewer'),
  })
})

test.each([
  ['period.grain', 'period: { academicYears: ["201617"] }'],
  ['changes.on', `${weekly}, changes: [{ on: "2016-02-30", label: "x" }]`],
  ['changes.label', `${weekly}, changes: [{ on: "2016-10-03", label: "${'x'.repeat(101)}" }]`],
  ['school', `${weekly}, school: 100000`],
  ['dimensions', `${weekly}, dimensions: [{ name: "mode", values: ["online", "both"] }]`],
])('%s is named where it breaks its rule', async (field, args) => {
  expect((await ask(args)).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
})

test('a school lead sees the trend of its own school, and no other', async () => {
  const lead = await gateway.keyOf('lead', 'school_lead', [855], [yew])
  expect((await ask(`school: ${oak}, ${weekly}`, lead)).errors?.[0]?.extensions).toMatchObject({
    field: 'school',
  })
  const { data } = await ask(`school: ${yew}, ${weekly}`, lead)
  expect(data.trend.points.map((point: any) => point.numerator)).toEqual(
    countsOf(yew).filter((_, i) => weeks[i] !== '1024'),
  )
})
