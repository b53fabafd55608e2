import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'
import { closeYear } from '../releases/testing.ts'
import { query } from './leicestershire.ts'
import type { FigureRow } from './types.ts'

const urns = Array.from({ length: 12 }, (_, i) => 855101 + i)
const sexes = ['F', 'M'] as const
const scale = 'instrument=resilience-wheel@1;subscale=bonding'
let gateway: Installation
let key: string
beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: urns.map((urn, i) => ({ urn, authority: 855, name: `${urn}`, phase: i < 8 ? 'PS' : 'SS' })),
    now: () => Date.parse('2026-09-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  key = await gateway.keyOf('analyst', 'analyst', [855])
})
afterAll(() => gateway.close())

const pair = (most: number) => fc.tuple(fc.nat(most), fc.nat(most))
const world = fc.array(
  fc.record({
    roll: fc.tuple(fc.integer({ min: 60, max: 500 }), fc.integer({ min: 60, max: 500 })),
    incidents: fc.oneof(pair(60), pair(6)),
    scores: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 20, max: 60 })),
  }),
  { minLength: urns.length, maxLength: urns.length },
)

async function ask(metric: string, groupBy: string[], year: string): Promise<FigureRow[]> {
  const { data, errors } = await gateway.ask(key, query, {
    ...{ metric, groupBy, first: 500, period: { academicYears: [year] } },
  })
  expect(errors).toBeUndefined()
  return data.figures.rows
}

test('by characteristic and as means, too, every number that is shown of a released year is the one that cells hold', async () => {
  const shown = new Map<string, number>()
  for (const [i, all] of fc.sample(world, 5).entries()) {
    const [year, academicYear] = [2014 + i, `${2014 + i}${15 + i}`]
    const day = new Date(Date.UTC(year, 9, 7))
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
    const week = Number(day.toISOString().slice(0, 10).replaceAll('-', ''))
    const bySex = ([f, m]: readonly number[]) => ({ '': f! + m!, 'sex=F': f!, 'sex=M': m! })
    await seed(
      gateway.warehouse,
      all.flatMap(({ roll, incidents, scores: n }, at): SeedCell[] => {
        const place = { authority: 855, school: urns[at]!, period: week }
        return [
          { ...place, metric: 'headcount', counts: bySex(roll) },
          { ...place, metric: 'incidents', counts: bySex(incidents) },
          {
            ...place,
            metric: 'wellbeing_score',
            counts: { [scale]: [n, n * (40 + at), n * (40 + at) ** 2] },
          },
        ]
      }),
    )
    await closeYear(gateway, { authority: 855, year, schools: urns })
    const isIn = ({ schoolUrn, phase }: FigureRow, at: number) =>
      schoolUrn !== null ? schoolUrn === urns[at] : phase === null || phase === (at < 8 ? 'PS' : 'SS')
    for (const place of ['school', 'authority', 'phase']) {
      const rates = await ask('incident_rate', [place, 'sex'], academicYear)
      const means = await ask('wellbeing_score', [place, 'instrument', 'subscale'], academicYear)
      for (const row of [...rates, ...means]) {
        const members = all.map((one, at) => ({ ...one, at })).filter(({ at }) => isIn(row, at))
        if (row.status !== 'OK') continue
        const sum = (of: (one: (typeof members)[number]) => number) =>
          members.reduce((so, one) => so + of(one), 0)
        shown.set(`${row.metricId} ${place}`, (shown.get(`${row.metricId} ${place}`) ?? 0) + 1)
        if (row.metricId === 'incident_rate') {
          const sex = sexes.indexOf(row.dimensions[0]!.value as 'F')
          expect(sex).toBeGreaterThanOrEqual(0)
          expect(row).toMatchObject({
            numerator: sum(({ incidents }) => incidents[sex]!),
            denominator: sum(({ roll }) => roll[sex]!),
          })
        } else {
          const n = sum(({ scores }) => scores)
          expect(row.n).toBe(n)
          expect(row.value).toBeCloseTo(sum(({ scores, at }) => scores * (40 + at)) / n, 9)
        }
      }
    }
  }
  for (const metric of ['incident_rate', 'wellbeing_score'])
    for (const place of ['school', 'authority']) expect(shown.get(`${metric} ${place}`)).toBeGreaterThan(3)
}, 120_000)
