import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, seed } from './installation.ts'
import { buildGatewaySchema } from './schema.ts'

const authority = 855
const ash = 855_101
const term = 'period: { grain: TERM, academicYears: ["201617"], index: [1] }'
const basis = 'basis { definitionId window asOf responseRate }'
let gateway: Installation
let lead: string

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Leicestershire' }],
    schools: [{ urn: ash, authority, name: 'Ash', phase: 'SS' }],
  })
  lead = await gateway.keyOf('lead', 'school_lead', [authority], [ash])
  const factor = (name: string) => `instrument=resilience-wheel@2;factor=${name};informant=self`
  const cell = (metric: string, grain: 'week' | 'term', period: number, counts: object) => ({
    ...{ authority, school: ash, metric, grain, period, counts: counts as Record<string, number> },
  })
  await seed(gateway.warehouse, [
    cell('factor_score', 'week', 20161003, {
      ...{ [factor('coping')]: [40, 2000, 110_000], [factor('optimism')]: [9, 450, 22_600] },
    }),
    cell('pupils_checked_in', 'term', 201601, { '': 150 }),
    cell('headcount', 'week', 20170116, { '': 200, 'census=spring': 200 }),
  ])
  const { ledger } = gateway.controlPlane
  const partition = gateway.log.partitionOf(authority)
  const epoch = (await ledger.claim([partition], 'test')).get(partition)!.epoch
  const drainedAt = Date.parse('2017-01-31T08:00:00Z')
  await ledger.advance(new Map([[partition, { epoch, offset: 7, drained: 7, drainedAt }]]))
})
afterAll(() => gateway?.close())

const ask = async (query: string) => {
  const { data, errors } = await gateway.ask(lead, `{ ${query} }`)
  expect(errors).toBeUndefined()
  return data
}

test('whatever has a status and a profile says as well what was counted', () => {
  const figures = Object.values(buildGatewaySchema().getTypeMap()).flatMap((type) => {
    const fields = 'getFields' in type ? Object.keys(type.getFields()) : []
    return ['status', 'profile'].every((name) => fields.includes(name)) ? [{ name: type.name, fields }] : []
  })
  expect(figures.length).toBeGreaterThan(15)
  const silent = figures.filter(
    ({ fields }) => !fields.some((name) => name === 'basis' || name.startsWith('definitionId')),
  )
  expect(silent.map(({ name }) => name)).toEqual([])
})

test('a figure of support says what defines it, what it is about, how fresh it is and who answered', async () => {
  const { protectiveFactors, figures } = await ask(
    `protectiveFactors(${term}) { factor ${basis} }
    figures(metric: "check_in_response_rate", ${term}) { rows { value } }`,
  )
  expect(figures.rows).toEqual([{ value: 75 }])
  const of = (name: string) => protectiveFactors.find(({ factor }: any) => factor === name).basis
  expect(of('coping')).toEqual({
    definitionId: expect.stringMatching(/^protectiveFactors@[0-9a-f]{8} \/ resilience-wheel@2$/),
    ...{ window: 'Autumn term 201617', asOf: '2017-01-31T08:00:00.000Z', responseRate: 75 },
  })
  // The rate is an exact quotient: nothing of it stands beside what is held back.
  expect(of('optimism')).toEqual({ ...of('coping'), responseRate: null })
})

test('two questions of one operation each have their own, and tiers are as fresh as tiers are', async () => {
  const mix = (week: string) =>
    `tierMovement(authority: 855, domain: "semh", week: "${week}", later: "2017-05-03")`
  const found = await ask(`a: ${mix('2016-10-05')} { ${basis} } b: ${mix('2016-11-05')} { ${basis} }
    exits: tierAgreement(authority: 855, domain: "semh", week: "2016-10-05", later: "2016-10-12") { agreed { ${basis} } }`)
  expect(found.a.basis).toMatchObject({ window: 'weeks of 2016-10-03 to 2017-05-01', responseRate: null })
  expect(found.b.basis.window).toBe('weeks of 2016-10-31 to 2017-05-01')
  expect(found.b.basis.definitionId).toBe(found.a.basis.definitionId)
  expect(found.exits.agreed.basis.definitionId).toMatch(/^tierAgreement@/)
  // Seven events are in the cells and not in the tiers yet.
  expect(found.a.basis.asOf).toBeNull()
})
