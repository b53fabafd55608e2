import { metrics } from '@cairn/metrics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { funnelAround } from '../comparisons/funnel.ts'
import { disproportion } from '../inequalities/disproportionality.ts'
import { type Installation, installation, seed } from '../installation.ts'
import { closeYear } from '../releases/testing.ts'
import { query } from './leicestershire.ts'
import type { FigureRow } from './types.ts'

const urns = Array.from({ length: 6 }, (_, i) => 855_201 + i)
const own = urns[0]!
const period = { academicYears: ['201617'] }
let gateway: Installation
let lead: string
let analyst: string
beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: urns.map((urn) => ({ urn, authority: 855, name: `${urn}`, phase: 'PS' })),
    now: () => Date.parse('2017-09-01T12:00:00Z'),
  })
  lead = await gateway.keyOf('lead', 'school_lead', [855], [own])
  analyst = await gateway.keyOf('analyst', 'analyst', [855])
  const at = (school: number, metric: string, counts: Record<string, number>, week = 20161017) =>
    ({ authority: 855, school, metric, period: week, counts }) as const
  await seed(
    gateway.warehouse,
    urns.flatMap((school) => [
      at(school, 'headcount', { '': 100 }, 20161003),
      at(school, 'incidents', { '': 40 }),
      at(school, 'sessions_possible', { '': 7_000, 'fsm=yes': 2_000, 'fsm=no': 5_000 }),
      at(school, 'sessions_missed', {
        ...{ '': 560, 'absence=authorised': 400, 'absence=unauthorised': 160 },
        ...{ 'fsm=yes': 260, 'fsm=no': 300 },
      }),
    ]),
  )
  await closeYear(gateway, { authority: 855, year: 2016, schools: urns })
})
afterAll(() => gateway.close())

async function rows(key: string, asked: { metric: string; groupBy: string[] }): Promise<FigureRow[]> {
  const { data, errors } = await gateway.ask(key, query, { ...asked, period })
  expect(errors).toBeUndefined()
  return data.figures.rows
}

test('a school’s lead sees its own absence, by kind and characteristic too, and no interval that sessions do not bear', async () => {
  expect(await rows(lead, { metric: 'absence_rate', groupBy: ['school'] })).toMatchObject([
    { schoolUrn: own, numerator: 560, denominator: 7_000, value: 8, lower: null, method: null, status: 'OK' },
  ])
  const kinds = await rows(lead, { metric: 'sessions_missed', groupBy: ['school', 'absence'] })
  expect(kinds.map(({ dimensions, n }) => [dimensions[0]!.label, n])).toEqual([
    ['Authorised absence', 400],
    ['Unauthorised absence', 160],
  ])
  const meals = await rows(lead, { metric: 'absence_rate', groupBy: ['school', 'fsm'] })
  expect(new Map(meals.map(({ dimensions, value }) => [dimensions[0]!.value, value]))).toEqual(
    new Map([
      ['no', 6],
      ['yes', 13],
    ]),
  )
})

test('readers across schools are told nothing of sessions, also where the year is released', async () => {
  for (const metric of ['absence_rate', 'sessions_possible', 'sessions_missed'])
    for (const groupBy of [['school'], ['authority'], ['authority', 'fsm']]) {
      const told = await rows(analyst, { metric, groupBy })
      expect(told.length).toBeGreaterThan(0)
      for (const row of told)
        expect(row).toMatchObject({
          ...{ status: 'NOT_RELEASED', n: null, numerator: null, denominator: null, value: null },
          reason: 'this metric is not in releases',
        })
    }
  expect(await rows(analyst, { metric: 'incidents', groupBy: ['authority'] })).toMatchObject([{ n: 240 }])
})

test('nothing that rests on independent sessions is worked out of an absence rate', () => {
  const rate = metrics.get('absence_rate')!
  const row = { status: 'OK', numerator: 560, denominator: 7_000, value: 8 } as never
  const group = { status: 'OK', numerator: 260, denominator: 2_000, value: 13 } as never
  const reason = expect.stringContaining('no interval')
  expect(funnelAround(rate, row)).toMatchObject({ kind: 'not applicable', reason })
  expect(disproportion(rate, group, row)).toMatchObject({ status: 'NOT_APPLICABLE', reason })
})
