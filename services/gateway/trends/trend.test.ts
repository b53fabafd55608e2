import { xmr } from '@cairn/statistics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fields } from '../figures/leicestershire.ts'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'

const urns = [812301, 812302, 812303, 812304, 812305, 812306] as const
const [oak, yew] = urns
/** Mondays of the autumn of 2016/17: two half-terms, and between them a holiday; then of the third, which runs. */
const first = ['0905', '0912', '0919', '0926', '1003', '1010', '1017'].map((day) => `2016${day}`)
const holiday = '20161024'
const second = ['1031', '1107', '1114', '1121', '1128', '1205', '1212'].map((day) => `2016${day}`)
const running = ['20170109', '20170116', '20170123']
const weeks = [...first, holiday, ...second, ...running]

/** Incidents of a school by week: all can be shown. */
type Counts = (urn: number, week: string) => number
const usual: Counts = (urn, week) => 6 + ((7 * weeks.indexOf(week) + 5 * (urn % 10)) % 11)

const cellsOf = (counts: Counts): SeedCell[] =>
  urns.flatMap((school) => {
    const at = (metric: string, period: string, n: number): SeedCell => ({
      ...{ authority: 855, school, metric, period: Number(period), counts: { '': n } },
    })
    return [
      at('headcount', '20160912', 400),
      ...weeks.map((week) => at('incidents', week, counts(school, week))),
    ]
  })

/** Two half-terms have closed and are released; "now" is a Wednesday of the third. */
async function worldOf(counts: Counts) {
  const gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: urns.map((urn) => ({ urn, authority: 855, name: `School ${urn}`, phase: 'PS' })),
    now: () => Date.parse('2017-01-25T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  await seed(gateway.warehouse, cellsOf(counts))
  await gateway.release({ authority: 855, year: 2016, through: 2 })
  return { gateway, key: await gateway.keyOf('analyst', 'analyst', [855]) }
}

let gateway: Installation
let key: string
beforeAll(async () => {
  const world = await worldOf(usual)
  gateway = world.gateway
  key = world.key
})
afterAll(() => gateway.close())

const everything = `{ points { ${fields} release reason from to complete phaseIndex specialCause direction }
  phases { from to points mean lower upper innerLower innerUpper trialLimits } changes { on label rebased }
  status reason variation target assurance warnings suppressed weeksOutOfTerm method asOf }`
const queryOf = (args: string) => `{ trend(metric: "incident_rate", ${args}) ${everything} }`
const ask = (args: string, who = key) => gateway.ask(who, queryOf(args))
const weekly = 'period: { grain: WEEK, from: "2016-09-05", to: "2017-01-29" }'

const dayOf = (week: string) => `${week.slice(0, 4)}-${week.slice(4, 6)}-${week.slice(6)}`
const perHundred = (n: number, pupils: number) => (n / pupils) * 100
const ofAuthority = (week: string) => {
  const all = urns.reduce((sum, urn) => sum + usual(urn, week), 0)
  return perHundred(all, 400 * urns.length)
}
const expectLimits = (phases: any[], values: readonly number[]) => {
  const { mean, lower, upper } = xmr(values).phases[0]!
  expect(phases).toHaveLength(1)
  for (const [name, value] of Object.entries({ mean, lower, upper }))
    expect(phases[0][name]).toBeCloseTo(value, 10)
}

test('the authority’s weeks of released half-terms are the points; holidays are none, and weeks of no release are in no limit', async () => {
  const { trend } = (await ask(`${weekly}, target: 2`)).data
  const inTerm = [...first, ...second, ...running].map(dayOf)
  expect(trend.points.map(({ from }: any) => from)).toEqual(expect.arrayContaining(inTerm))
  expect(trend.points.map(({ from }: any) => from)).not.toContain(dayOf(holiday))
  expect(trend.weeksOutOfTerm).toBeGreaterThan(0)
  const shown = trend.points.filter(({ release }: any) => release === '855/201617/1')
  expect(shown.map(({ from }: any) => from)).toEqual(expect.arrayContaining([...first, ...second].map(dayOf)))
  for (const point of shown) expect(point.status).toBe('OK')
  expect(shown.find(({ from }: any) => from === '2016-11-07').value).toBeCloseTo(ofAuthority('20161107'), 10)
  expectLimits(
    trend.phases,
    shown.map(({ value }: any) => value),
  )
  expect(trend).toMatchObject({ status: 'OK', variation: 'common cause', target: 2 })
  for (const point of trend.points.slice(-running.length)) {
    expect(point).toMatchObject({ phaseIndex: null, release: null, reason: expect.any(String) })
    expect(point.status).not.toBe('OK')
  }
  const why = trend.points.at(-running.length).reason
  expect(trend.warnings).toContainEqual(expect.stringContaining(why))
})

test('of a school, readers across schools get half-terms and no week, and the chart says why', async () => {
  const { trend } = (await ask(`school: ${oak}, ${weekly}`)).data
  expect(trend.points.filter(({ value }: any) => value !== null)).toEqual([])
  expect(trend).toMatchObject({
    ...{ status: 'NOT_APPLICABLE', phases: [] },
    reason: expect.stringMatching(/^fewer than 3 periods .*weeks are not published/),
  })
  const half = await ask(`school: ${oak}, period: { grain: HALF_TERM, academicYears: ["201617"] }`)
  const sum = (of: readonly string[]) => of.reduce((so, week) => so + usual(oak, week), 0)
  expect(half.data.trend.points.map(({ numerator }: any) => numerator)).toEqual([
    sum([...first, holiday]),
    sum(second),
    null,
  ])
})

test('a school’s lead sees the own weeks as they stand, small ones too; the week that runs is in no limit', async () => {
  const lead = await gateway.keyOf('lead', 'school_lead', [855], [yew])
  expect((await ask(`school: ${oak}, ${weekly}`, lead)).errors?.[0]?.extensions).toMatchObject({
    field: 'school',
  })
  const few: SeedCell = {
    ...{ authority: 855, school: yew, metric: 'incidents', period: 20161121, counts: { '': 2 } },
  }
  await seed(gateway.warehouse, [few])
  const { trend } = (await ask(`school: ${yew}, ${weekly}`, lead)).data
  const at = new Map<string, any>(trend.points.map((point: any) => [point.from, point]))
  expect(at.get('2016-11-21')).toMatchObject({ numerator: 2, status: 'OK', release: null })
  expect(at.get('2017-01-16').numerator).toBe(usual(yew, '20170116'))
  expect(trend.points.at(-1)).toMatchObject({ from: '2017-01-23', complete: false, phaseIndex: null })
  expectLimits(
    trend.phases,
    trend.points.filter(({ complete }: any) => complete).map(({ value }: any) => value),
  )
  await seed(gateway.warehouse, [{ ...few, counts: { '': usual(yew, '20161121') } }])
})

test('two worlds that differ in hidden weeks alone have the same chart to the last byte', async () => {
  /** A week in which one school has a few, and all others but the largest none; what it misses it has the week after. */
  const withHidden =
    (few: number, more = 0): Counts =>
    (urn, week) => {
      if (week === '20161010') return urn === oak ? 40 : urn === yew ? few : 0
      if (week === '20161017' && urn === yew) return 20 - few
      return usual(urn, week) + (week === '20161107' ? more : 0)
    }
  const chartOf = async (counts: Counts) => {
    const world = await worldOf(counts)
    const args = `${weekly}, changes: [{ on: "2016-12-05", label: "New rules" }]`
    const { text, data } = await world.gateway.ask(world.key, queryOf(args))
    await world.gateway.close()
    return { text, trend: data.trend }
  }
  const before = await chartOf(withHidden(1))
  expect(before.trend.suppressed).toEqual(expect.arrayContaining(first.map(dayOf)))
  expect(before.trend.phases[0].points).toBeGreaterThan(3)
  for (const few of [2, 4]) expect((await chartOf(withHidden(few))).text).toBe(before.text)
  expect((await chartOf(withHidden(1, 9))).text).not.toBe(before.text)
}, 60_000)

test('half-terms and terms have their days; too few points make no limits and say why', async () => {
  const { data } = await ask('period: { grain: HALF_TERM, academicYears: ["201617"] }')
  expect(data.trend.points.map(({ from, to, release }: any) => [from, to, release])).toEqual([
    ['2016-08-01', '2016-10-30', '855/201617/1'],
    ['2016-10-31', '2017-01-08', '855/201617/1'],
    ['2017-01-09', '2017-02-19', null],
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
