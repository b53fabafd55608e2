import { rate } from '@cairn/statistics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SeedCell, seed } from '../installation.ts'
import { halfTerm, ofTown, type Shire, shire, valuesOf } from './testing.ts'
import type { FigureRow } from './types.ts'

let world: Shire
const rows: Shire['rows'] = (asked, who) => world.rows(asked, who)
beforeAll(async () => {
  world = await shire()
})
afterAll(() => world.gateway.close())

test('a whole authority is provisional: rounded to 10, value and interval from what was rounded', async () => {
  const asked = { metric: 'incident_rate', groupBy: ['authority'], filters: { authorities: [866] } }
  const { value, lower } = rate(720, 1220, { per: 100 })
  expect(await rows(asked, world.commissioner)).toMatchObject([
    {
      ...{
        numerator: 720,
        denominator: 1220,
        status: 'PROVISIONAL',
        symbol: 'p',
        profile: 'provisional@1',
      },
      ...{ release: null, schools: 6, reason: expect.stringContaining('rounded to 10') },
      ...{ value: expect.closeTo(value, 10), lower: expect.closeTo(lower, 10) },
    },
  ])
})

test('… over the roll that a release has, exact, where there is one', async () => {
  const asked = { metric: 'incident_rate', groupBy: ['authority'], period: halfTerm(3) }
  expect(await rows(asked)).toMatchObject([
    { numerator: 200, denominator: 5010, status: 'PROVISIONAL', schools: 5 },
  ])
})

test('… and held back where it is not safe by itself', async () => {
  const asked = {
    metric: 'incidents',
    groupBy: ['authority'],
    filters: { authorities: [866] },
  }
  const cells = (each: readonly number[]) =>
    seed(
      world.gateway.warehouse,
      ofTown.map(
        (school, i): SeedCell => ({
          ...{ authority: 866, school, metric: 'incidents', period: 20170109, counts: { '': each[i]! } },
        }),
      ),
    )
  const period = halfTerm(3)
  const told = async (each: readonly number[]) => {
    await cells(each)
    return valuesOf(await rows({ ...asked, period }, world.commissioner))
  }
  expect(await told([30, 1, 1, 1, 0, 0])).toEqual([['SUPPRESSED', null]])
  expect(await told([30, 9, 0, 0, 0, 0])).toEqual([['SUPPRESSED', null]])
  expect(await told([86, 5, 5, 3, 1, 0])).toEqual([['SUPPRESSED', null]])
  expect(await told([30, 3, 3, 0, 0, 0])).toEqual([['PROVISIONAL', 40]])
  expect(await told([0, 0, 0, 0, 0, 0])).toEqual([['PROVISIONAL', 0]])
  // A part is held to its complement besides: all but a few of all incidents.
  const resolved = async (each: readonly number[]) => {
    await seed(
      world.gateway.warehouse,
      ofTown.map(
        (school, i): SeedCell => ({
          ...{
            authority: 866,
            school,
            metric: 'incidents_resolved',
            period: 20170109,
            counts: { '': each[i]! },
          },
        }),
      ),
    )
    return valuesOf(await rows({ ...asked, metric: 'incidents_resolved', period }, world.commissioner))
  }
  await cells([30, 30, 30, 30, 30, 30])
  expect(await resolved([30, 30, 30, 30, 28, 28])).toEqual([['SUPPRESSED', null]])
  expect(await resolved([25, 25, 30, 30, 25, 30])).toEqual([['PROVISIONAL', 170]])
})

test('a longer period is the sum of what is told of its half-terms, and of nothing else', async () => {
  const asked = { metric: 'incident_rate', groupBy: ['authority'] }
  expect(await rows(asked)).toMatchObject([
    {
      ...{ numerator: 510 + 271 + 200, denominator: 5010, status: 'PROVISIONAL', release: null },
      reason: expect.stringContaining('half-terms so far'),
    },
  ])
  const terms = { ...asked, period: { grain: 'TERM', academicYears: ['201617'] } }
  expect((await rows(terms)).map(({ numerator }) => numerator)).toEqual([510 + 271, 200])
  // Of a flow both are summed; a half-term that is held back holds the year back.
  const resolved = { metric: 'incident_resolution_rate', filters: { authorities: [866] } }
  const halves = await rows({ ...resolved, period: halfTerm(1, 2, 3) }, world.commissioner)
  const sum = (of: (one: FigureRow) => number | null) => halves.reduce((so, one) => so + of(one)!, 0)
  expect(await rows(resolved, world.commissioner)).toMatchObject([
    { numerator: sum((one) => one.numerator), denominator: sum((one) => one.denominator) },
  ])
  await seed(world.gateway.warehouse, [
    ...ofTown.map(
      (school, i): SeedCell => ({
        ...{ authority: 866, school, metric: 'sessions_delivered', period: 20161107 },
        counts: { '': i === 0 ? 40 : 0 },
      }),
    ),
  ])
  const sessions = { metric: 'sessions_delivered', filters: { authorities: [866] } }
  expect(await rows(sessions, world.commissioner)).toMatchObject([{ status: 'SUPPRESSED', n: null }])
  expect(valuesOf(await rows({ ...sessions, period: halfTerm(1, 2, 3) }, world.commissioner))).toEqual([
    ['PROVISIONAL', 240],
    ['SUPPRESSED', null],
    ['PROVISIONAL', 240],
  ])
})

test('several authorities are the sum of what each of them is told as, never rounded anew', async () => {
  const asked = { metric: 'incidents', filters: { authorities: [855, 866] }, period: halfTerm(1) }
  expect(await rows(asked, world.commissioner)).toMatchObject([
    {
      ...{ n: 510 + 240, status: 'PROVISIONAL', schools: 11, authorityCode: null },
      ...{ profile: 'provisional@1, strict@1', release: '855/201617/1' },
    },
  ])
})
