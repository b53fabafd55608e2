import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, seed } from '../installation.ts'
import { closeYear } from '../releases/testing.ts'
import { type Asked, query } from './leicestershire.ts'
import type { FigureRow } from './types.ts'

const schools = Array.from(
  { length: 7 },
  (_, i) => ({ urn: 855101 + i, phase: i < 4 ? 'PS' : 'SS' }) as const,
)
const urns = schools.map(({ urn }) => urn)
/** A day of each half-term. */
const days = ['10-07', '11-14', '01-20', '03-07', '05-06', '06-20'] as const
const weeksOf = (year: number) => days.map((day) => weekOf(`${day < '08' ? year + 1 : year}-${day}`))
/** The Monday of a day's week, as cells name it. */
function weekOf(day: string): number {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return Number(at.toISOString().slice(0, 10).replaceAll('-', ''))
}

let gateway: Installation
let key: string
beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: schools.map((one) => ({ ...one, authority: 855, name: `${one.urn}` })),
    now: () => Date.parse('2026-09-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  key = await gateway.keyOf('analyst', 'analyst', [855])
})
afterAll(() => gateway.close())

const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 5, max: 90 }))
const world = fc.array(
  fc.record({
    roll: fc.integer({ min: 1, max: 900 }),
    incidents: fc.array(count, { minLength: 6, maxLength: 6 }),
  }),
  { minLength: schools.length, maxLength: schools.length },
)

const groupings: Pick<Asked, 'groupBy' | 'filters'>[] = [
  { groupBy: ['school'] },
  { groupBy: ['authority'] },
  { groupBy: ['phase'] },
  { filters: { schools: urns.slice(1, 4) } },
]

async function ask(asked: Asked): Promise<FigureRow[]> {
  const { data, errors } = await gateway.ask(key, query, { first: 500, ...asked })
  expect(errors).toBeUndefined()
  return data.figures.rows
}

test('every number that is shown of a released year is the one that cells hold, for whatever schools it is asked', async () => {
  let shown = 0
  let held = 0
  // Each in a year of its own: a release stays, and the next one of its year would only add to it.
  for (const [i, all] of fc.sample(world, 4).entries()) {
    const year = 2014 + i
    const academicYears = [`${year}${String((year + 1) % 100).padStart(2, '0')}`]
    const weeks = weeksOf(year)
    await seed(
      gateway.warehouse,
      all.flatMap(({ roll, incidents }, i) => [
        { authority: 855, school: urns[i]!, metric: 'headcount', period: weeks[2]!, counts: { '': roll } },
        ...incidents.map((n, at) => ({
          ...{
            authority: 855,
            school: urns[i]!,
            metric: 'incidents',
            period: weeks[at]!,
            counts: { '': n },
          },
        })),
      ]),
    )
    await closeYear(gateway, { authority: 855, year, schools: urns })
    for (const grouping of groupings)
      for (const grain of ['ACADEMIC_YEAR', 'TERM', 'HALF_TERM'])
        for (const row of await ask({
          metric: 'incident_rate',
          ...grouping,
          period: { grain, academicYears },
        })) {
          expect(['OK', 'SUPPRESSED']).toContain(row.status)
          if (row.status === 'SUPPRESSED') held++
          else shown++
          if (row.status === 'SUPPRESSED') continue
          const members = all.filter((_, i) => isIn(row, i, grouping))
          const truth = members.flatMap(({ incidents }) => incidents.filter((_, at) => isWhen(row, at)))
          expect(row).toMatchObject({
            numerator: truth.reduce((sum, n) => sum + n, 0),
            denominator: members.reduce((sum, { roll }) => sum + roll, 0),
            release: `855/${academicYears}/1`,
          })
        }
  }
  expect(shown).toBeGreaterThan(100)
  expect(held).toBeGreaterThan(25)
}, 120_000)

function isIn({ schoolUrn, phase }: FigureRow, i: number, { filters }: Pick<Asked, 'filters'>): boolean {
  const one = schools[i]!
  const listed = (filters as { schools?: number[] } | undefined)?.schools
  if (listed) return listed.includes(one.urn)
  if (schoolUrn !== null) return schoolUrn === one.urn
  return phase === null || phase === one.phase
}

/** Whether a half-term, from 0, lies in the row's period. */
function isWhen({ timeIdentifier }: FigureRow, at: number): boolean {
  const terms = ['Autumn term', 'Spring term', 'Summer term']
  const inWords = ['Academic year', `Half-term ${at + 1}`, terms[Math.floor(at / 2)]]
  return inWords.includes(timeIdentifier)
}
