import { type Grain, grains } from '@cairn/metrics'
import { readReleasedFigures, releasedCells } from '@cairn/warehouse'
import { auditRelease } from '@cairn/warehouse/closing'
import type { SeedCell } from '@cairn/warehouse/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Closings, closings, type Scene } from './testing.ts'

const year = 2024
/** A Monday of each half-term. */
const mondays = [20241007, 20241111, 20250113, 20250303, 20250505, 20250609]
let world: Closings
/** Each test has an authority of its own. */
let own: Scene

beforeAll(async () => {
  world = await closings()
})
afterAll(() => world?.remove())
beforeEach(async () => {
  own = await world.scene()
})

type Cells = SeedCell['counts']
type Sums = Cells[string]
type Seed = readonly [school: number, metric: string, grain: Grain, period: number, cells: Cells]

const urns = () => own.urns
const seed = (rows: readonly Seed[]) => own.seed(rows)
const close = (through?: number) => own.closeOn('2025-11-25', through)

const audit = () => auditRelease(world.warehouse, { scope: own.scope, authority: own.authority, year })

async function cells(metric: string, units: 'schools' | 'authority', grain: Grain, ...breakdown: string[]) {
  const found = await releasedCells(world.warehouse, own.scope, {
    authority: own.authority,
    year,
    metric,
    units,
    grain,
    breakdown,
  })
  return (found?.cells ?? []).map(({ school, period, by, symbol, value, sx, sxx, median }) => ({
    ...{ school: school && school - own.authority * 1_000, period, by, symbol },
    ...(value !== undefined && { value }),
    ...(sx !== undefined && { sx, sxx }),
    ...(median !== undefined && { median }),
  }))
}

const byKey = (all: readonly { by: string; value?: number; symbol: string }[]) =>
  Object.fromEntries(all.map(({ by, value, symbol }) => [by, value ?? symbol]))

/** A hundred girls and a hundred boys in each school. */
const roll = (): Seed[] =>
  urns().map((urn) => [
    ...([urn, 'headcount', 'week', 20250113] as const),
    { '': 200, 'sex=F': 100, 'sex=M': 100, 'nc_year=7;sex=F': 100, 'nc_year=7;sex=M': 100, 'nc_year=7': 200 },
  ])

/** Incidents of girls, of boys and of nobody known, in every half-term. */
const incidents = (of: (school: number, halfTerm: number) => readonly [number, number, number]): Seed[] =>
  urns().flatMap((urn, i) =>
    mondays.map((monday, halfTerm): Seed => {
      const [girls, boys, nobody] = of(i, halfTerm)
      const sum = girls + boys + nobody
      const sex = { 'sex=F': girls, 'sex=M': boys, 'sex=unknown': nobody }
      const year = { 'nc_year=7': girls + boys, 'nc_year=unknown': nobody }
      return [urn, 'incidents', 'week', monday, { '': sum, ...sex, ...year }]
    }),
  )

test('singles are released of schools by year, of the authority by half-term and year; they sum to the total', async () => {
  await seed([...roll(), ...incidents(() => [10, 20, 5])])
  await close()
  const own = await cells('incidents', 'schools', 'year', 'sex')
  expect(byKey(own.filter(({ school }) => school === 1))).toEqual({
    ...{ 'sex=F': 60, 'sex=M': 120, 'sex=unknown': 30 },
  })
  expect(await cells('incidents', 'schools', 'half_term', 'sex')).toEqual([])
  const terms = await cells('incidents', 'authority', 'half_term', 'sex')
  expect(terms.filter(({ period }) => period === 202403).map(({ value }) => value)).toEqual([60, 120, 30])
  const [total] = await cells('incidents', 'authority', 'year')
  const all = await cells('incidents', 'authority', 'year', 'sex')
  expect(all.reduce((so, { value }) => so + value!, 0)).toBe(total!.value)
  expect(byKey(await cells('headcount', 'authority', 'year', 'sex'))).toEqual({
    ...{ 'sex=F': 600, 'sex=M': 600, 'sex=unknown': 0 },
  })
})

test('few of a value are hidden with another value and in other schools, and no lead can tell them; the audit says so', async () => {
  await seed([...roll(), ...incidents((school) => (school === 0 ? [0, 9, 0] : [10, 20, 5]))])
  await seed([
    [urns()[0]!, 'incidents', 'week', mondays[0]!, { '': 11, 'sex=F': 2, 'sex=M': 9, 'nc_year=7': 11 }],
  ])
  await close()
  const own = (await cells('incidents', 'schools', 'year', 'sex')).filter(({ school }) => school === 1)
  expect(own.find(({ by }) => by === 'sex=F')).toMatchObject({ symbol: 'c' })
  expect(own.filter(({ symbol }) => symbol === 'c').length).toBeGreaterThan(1)
  const girls = (await cells('incidents', 'schools', 'year', 'sex')).filter(({ by }) => by === 'sex=F')
  expect(girls.filter(({ symbol }) => symbol === 'c').length).toBeGreaterThan(2)
  expect(await audit()).toMatchObject({ exposed: 0 })
})

test('pupils of a value that the roll has not, or has fewer of, break nothing: few of them stay hidden', async () => {
  const pupils = (urn: number, counts: Cells): Seed[] =>
    (['week', 'half_term', 'year'] as const).map((grain) => {
      const period = { week: mondays[0]!, half_term: 202401, year }[grain]
      return [urn, 'pupils_with_incident', grain, period, counts]
    })
  const usual = { '': 60, 'sex=F': 30, 'sex=M': 30, 'nc_year=7': 60 }
  const more = { '': 123, 'sex=F': 20, 'sex=M': 101, 'sex=unknown': 2, 'nc_year=7': 120, 'nc_year=8': 3 }
  await seed([...roll(), ...urns().flatMap((urn, i) => pupils(urn, i === 0 ? more : usual))])
  await close()
  const own = (await cells('pupils_with_incident', 'schools', 'year', 'sex')).filter(
    ({ school }) => school === 1,
  )
  expect(own.map(({ by, symbol }) => [by, symbol])).toContainEqual(['sex=unknown', 'c'])
  expect(own.filter(({ symbol }) => symbol === 'c').length).toBeGreaterThan(1)
  // A year that nobody on roll is in counts as unknown.
  const years = await cells('pupils_with_incident', 'authority', 'year', 'nc_year')
  expect(years.map(({ by }) => by)).toEqual(['nc_year=7', 'nc_year=unknown'])
  expect(await audit()).toMatchObject({ exposed: 0 })
})

const severities = (seeds: readonly Seed[], of: (school: number, halfTerm: number) => Cells): Seed[] =>
  seeds.map(([school, metric, grain, period, counts]) => [
    ...([school, metric, grain, period] as const),
    { ...counts, ...of(urns().indexOf(school), mondays.indexOf(period)) },
  ])
const even = { 'severity=1': 20, 'severity=2': 15 }

test('incidents by severity are released of the authority alone, all half-terms and the year, which is their sum', async () => {
  await seed([
    ...roll(),
    ...severities(
      incidents(() => [10, 20, 5]),
      () => even,
    ),
  ])
  await close()
  expect(await cells('incidents', 'schools', 'year', 'severity')).toEqual([])
  const terms = await cells('incidents', 'authority', 'half_term', 'severity')
  expect(terms).toHaveLength(12)
  expect(byKey(await cells('incidents', 'authority', 'year', 'severity'))).toEqual({
    ...{ 'severity=1': 720, 'severity=2': 540 },
  })
})

test('one half-term with few of one severity leaves no half-term by severity and no year: the rest would give it away', async () => {
  const of = (school: number, halfTerm: number): Cells =>
    halfTerm === 2 ? { 'severity=1': 35 - Number(school === 0), 'severity=2': Number(school === 0) } : even
  await seed([
    ...roll(),
    ...severities(
      incidents(() => [10, 20, 5]),
      of,
    ),
  ])
  await close()
  expect(await cells('incidents', 'authority', 'half_term', 'severity')).toEqual([])
  // What the year has of it is enough by itself, and nothing stands beside it to be taken away.
  expect(byKey(await cells('incidents', 'authority', 'year', 'severity'))).toEqual({
    ...{ 'severity=1': 809, 'severity=2': 451 },
  })
})

test('in a running year a table that was shown stays, one that is not safe ends it, and the year does not follow', async () => {
  const of = (_: number, halfTerm: number): Cells => (halfTerm === 1 ? { 'severity=1': 35 } : even)
  const rare = (school: number, halfTerm: number): Cells =>
    halfTerm === 1 && school === 0 ? { 'severity=1': 34, 'severity=2': 1 } : of(school, halfTerm)
  await seed([
    ...roll(),
    ...severities(
      incidents(() => [10, 20, 5]),
      rare,
    ),
  ])
  const shown = async () =>
    (await cells('incidents', 'authority', 'half_term', 'severity')).map((o) => o.period)
  await close(1)
  expect(await shown()).toEqual([202401, 202401])
  await close(2)
  expect(await shown()).toEqual([202401, 202401])
  await close()
  expect(await shown()).toEqual([202401, 202401])
  expect(await cells('incidents', 'authority', 'year', 'severity')).toEqual([])
})

test('what is a part of another metric is released where the rest is safe too, and the median beside it', async () => {
  const resolved = (left: number): Seed[] =>
    urns().flatMap((urn) =>
      mondays.map((monday): Seed => {
        const n = 35 - left
        return [urn, 'incidents_resolved', 'week', monday, { '': n, 'days=1': n - 10, 'days=9': 10 }]
      }),
    )
  await seed([...roll(), ...incidents(() => [10, 20, 5]), ...resolved(10)])
  await close()
  expect(await cells('incidents_resolved', 'authority', 'year')).toEqual([
    { school: 0, period: year, by: '', symbol: '', value: 900 },
  ])
  expect(await cells('days_to_resolution', 'authority', 'half_term')).toHaveLength(6)
  expect((await cells('days_to_resolution', 'authority', 'year'))[0]).toMatchObject({ value: 900, median: 1 })
  own = await world.scene()
  await seed([...roll(), ...incidents(() => [10, 20, 5]), ...resolved(0)])
  await seed([[urns()[0]!, 'incidents_resolved', 'week', mondays[0]!, { '': 33, 'days=1': 33 }]])
  await close()
  for (const metric of ['incidents_resolved', 'days_to_resolution'])
    expect(await cells(metric, 'authority', 'half_term')).toEqual([])
})

const scores = (of: (school: number) => number): Seed[] =>
  urns().flatMap((urn, i) =>
    mondays.flatMap((monday): Seed[] => {
      const n = of(i)
      const keys = ['home', 'school'].map((one) => `instrument=rw;subscale=${one}`)
      const sums = (n: number): Sums => [n, 60 * n, 3_700 * n]
      const means = keys.flatMap((key) => [
        [key, sums(n)] as const,
        [`${key};sex=F`, sums(n - 4)] as const,
        [`${key};sex=M`, sums(4)] as const,
        [`${key};nc_year=7`, sums(n)] as const,
      ])
      return [
        [urn, 'wellbeing_score', 'week', monday, Object.fromEntries(means)],
        [urn, 'check_ins', 'week', monday, { '': n, 'sex=F': n - 4, 'sex=M': 4, 'nc_year=7': n }],
      ]
    }),
  )

test('means are released with n, Σx and Σx², by subscale and characteristic; where ten values are not reached, nothing', async () => {
  await seed([...roll(), ...scores((school) => (school === 0 ? 6 : 30))])
  await close()
  const own = await cells('wellbeing_score', 'schools', 'half_term', 'instrument', 'subscale')
  const first = own.filter(({ period, by }) => period === 202401 && by.endsWith('home'))
  expect(first.filter(({ symbol }) => symbol === 'c').map(({ school }) => school)).toContain(1)
  expect(first.at(-1)).toEqual({
    ...{ school: 6, period: 202401, by: 'instrument=rw;subscale=home', symbol: '' },
    ...{ value: 30, sx: 1_800, sxx: 111_000 },
  })
  const [all] = await cells('wellbeing_score', 'authority', 'year', 'instrument', 'subscale')
  expect(all).toMatchObject({ value: 936, sx: 56_160 })
  const girls = await cells('wellbeing_score', 'authority', 'year', 'instrument', 'subscale', 'sex')
  expect(girls[0]).toMatchObject({ by: 'instrument=rw;subscale=home;sex=F', value: 792, sx: 47_520 })
  expect(await audit()).toMatchObject({ exposed: 0 })
})

test('the same cells make the same release; a mean that is corrected by one child’s score carries its school', async () => {
  await seed([
    ...roll(),
    ...scores(() => 30),
    ...severities(
      incidents(() => [10, 20, 5]),
      () => even,
    ),
  ])
  const first = await close()
  expect(await close()).toMatchObject({ isNew: false, release: { digest: first.release.digest } })
  const [urn] = urns()
  const sums: Sums = [30, 1_840, 113_000]
  const half: Sums = [26, 1_600, 98_200]
  const key = 'instrument=rw;subscale=home'
  const corrected = { [key]: sums, [`${key};sex=F`]: half, [`${key};sex=M`]: [4, 240, 14_800] as const }
  await seed([[urn!, 'wellbeing_score', 'week', mondays[0]!, { ...corrected, [`${key};nc_year=7`]: sums }]])
  expect(await close()).toMatchObject({ isNew: false, carried: [String(urn)] })
})

test('a year that was first released as totals goes on as totals, but for tables of the whole authority', async () => {
  const totals = urns().flatMap((urn): Seed[] => [
    [urn, 'headcount', 'week', 20250113, { '': 200 }],
    ...mondays.map((monday): Seed => [urn, 'incidents', 'week', monday, { '': 35 }]),
  ])
  await seed(totals)
  const first = await close(1)
  await seed([...roll(), ...incidents(() => [10, 20, 5])])
  const last = await close()
  expect(last.release).toMatchObject({ number: 2, isComplete: true })
  const figures = await readReleasedFigures(world.warehouse, own.scope, {
    ...{ release: last.release, metrics: ['incidents', 'headcount'], grains },
  })
  expect(first.release).toMatchObject({ number: 1, through: 1 })
  expect(figures.every(({ by, school, grain }) => by === '' || (school === 0 && grain === 'year'))).toBe(true)
  expect(figures.filter(({ by }) => by.startsWith('sex=')).map(({ value }) => value)).toEqual([360, 720, 180])
})
