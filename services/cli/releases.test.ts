import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { narrow } from '@cairn/access'
import { operatorScope } from '@cairn/access/operator'
import { type ControlPlane, openControlPlane } from '@cairn/control-plane'
import { type CubeProfile, standard, strict } from '@cairn/disclosure'
import { type Grain, grains } from '@cairn/metrics'
import {
  insertCalendar,
  migrateWarehouse,
  openWarehouse,
  readReleasedFigures,
  readReleases,
  releasedCells,
  releaseName,
  type Warehouse,
} from '@cairn/warehouse'
import { auditRelease, dueOf, readCarried, writeRelease } from '@cairn/warehouse/closing'
import { startEngine } from '@cairn/warehouse/engine'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeYear, dueReleases, releaseStandingOf } from './releases.ts'

const folder = mkdtempSync(join(tmpdir(), 'cairn-releases-'))
const year = 2024
const now = new Date('2025-11-25T12:00:00Z')
let engine: Awaited<ReturnType<typeof startEngine>>
let warehouse: Warehouse
let controlPlane: ControlPlane
/** Each test has an authority of its own. */
let authority = 899
let end = 0
const log = { partitionOf: () => 0, endOffsets: async () => new Map([[0, end]]) }

beforeAll(async () => {
  const masterKey = Buffer.alloc(32, 1)
  controlPlane = await openControlPlane({ url: `sqlite:${join(folder, 'control.db')}`, masterKey })
  await controlPlane.migrate()
  engine = await startEngine({ dataDir: join(folder, 'warehouse') })
  warehouse = openWarehouse(engine)
  await migrateWarehouse(warehouse)
})
afterAll(async () => {
  await warehouse?.close()
  await engine?.stop()
  await controlPlane?.close()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  end = 0
  await addAuthority(6)
})

const urnsOf = (code: number, count = 6) => Array.from({ length: count }, (_, i) => code * 1_000 + i + 1)

async function addAuthority(schools: number): Promise<void> {
  authority++
  const code = authority
  await controlPlane.authorities.add({ code, name: `Authority ${code}`, gssCode: null })
  await controlPlane.schools.import(
    urnsOf(code, schools).map((urn) => ({ urn, authority: code, name: `School ${urn}`, phase: 'PS' })),
  )
  await insertCalendar(warehouse, await controlPlane.calendars.weeks([code], { from: year, to: year }), 1)
}

let generation = 0
type Seed = [school: number, metric: string, grain: Grain, period: number, n: number]

async function seed(cells: readonly Seed[]): Promise<void> {
  generation++
  await warehouse.insert({
    name: 'seed',
    table: 'cells',
    columns: ['authority', 'metric', 'grain', 'school', 'period', 'gen', 'd', 'n', 'sx', 'sxx'],
    rows: cells.map(([school, metric, grain, period, n]) => [
      ...[authority, metric, grains.indexOf(grain) + 1, school, period, generation, [''], [n], [0], [0]],
    ]),
  })
}

/** Incidents of each school in one week, and the pupils in them. */
const world = (incidents: readonly number[], pupils = incidents): Seed[] =>
  urnsOf(authority, incidents.length).flatMap((urn, i): Seed[] => [
    [urn, 'headcount', 'week', 20250113, 200],
    [urn, 'incidents', 'week', 20241007, incidents[i]!],
    [urn, 'pupils_with_incident', 'week', 20241007, pupils[i]!],
    [urn, 'pupils_with_incident', 'half_term', 202401, pupils[i]!],
    [urn, 'pupils_with_incident', 'term', 202401, pupils[i]!],
    [urn, 'pupils_with_incident', 'year', 2024, pupils[i]!],
  ])

const close = (profile: CubeProfile = standard, code = authority) =>
  closeYear({ controlPlane, log, warehouse }, { authority: code, year, profile, now })

async function read(number: number, scope = operatorScope([authority])) {
  const release = (await readReleases(warehouse, scope, [year])).find((one) => one.number === number)
  if (!release) return []
  return readReleasedFigures(warehouse, scope, { release, metrics: [...release.definitions.keys()], grains })
}

const usual = [20, 25, 30, 35, 40, 45]

test('what was released never changes, whatever is corrected and released after it', async () => {
  await seed(world(usual))
  const first = await close()
  const before = await read(1)
  expect(first).toMatchObject({ isNew: true, carried: [] })
  expect(before.length).toBe(first.release.figures)
  await seed(world([60, 65, 70, 75, 80, 85]))
  const second = await close()
  expect(second).toMatchObject({ isNew: true, release: { number: 2 } })
  expect(await read(1)).toEqual(before)
  const total = (rows: typeof before) =>
    rows.find((one) => one.metric === 'incidents' && one.school === 0 && one.grain === 'year')?.value
  expect([total(before), total(await read(2))]).toEqual([195, 435])
})

test('closing again without a change makes no new release, nor does a correction that is too small to be seen', async () => {
  await seed(world(usual))
  const first = await close()
  expect(await close()).toMatchObject({ isNew: false, release: first.release, carried: [] })
  await seed(world([21, ...usual.slice(1)]))
  expect(await close()).toMatchObject({
    isNew: false,
    release: first.release,
    carried: [String(urnsOf(authority)[0])],
  })
  expect(await readReleases(warehouse, operatorScope([authority]), [year])).toHaveLength(1)
  const noted = (await controlPlane.audit.list(1_000)).filter((e) => e.subject === `authority ${authority}`)
  expect(
    noted.filter(({ action }) => action === 'release.close').map(({ detail }) => detail.release),
  ).toEqual([`${authority}/202425/1`])
})

test('a school whose correction touches fewer than five carries its old row; another one’s correction enters', async () => {
  await seed(world(usual))
  await close()
  const before = await read(1)
  await seed(world([22, 25, 30, 35, 40, 65]))
  const { isNew, carried } = await close()
  const [slight, , , , , large] = urnsOf(authority)
  expect({ isNew, carried }).toEqual({ isNew: true, carried: [String(slight)] })
  const of = (rows: typeof before, school: number) => rows.filter((one) => one.school === school)
  const after = await read(2)
  expect(of(after, slight!)).toEqual(of(before, slight!))
  expect(of(after, large!)).not.toEqual(of(before, large!))
  const sum = after.find((o) => o.metric === 'incidents' && o.school === 0 && o.grain === 'year')
  expect(sum?.value).toBe(195 + 20)
})

test('a carried correction is measured against what was released, until it has grown', async () => {
  await seed(world(usual))
  await close()
  await seed(world([23, ...usual.slice(1)]))
  expect((await close()).isNew).toBe(false)
  await seed(world([26, ...usual.slice(1)]))
  expect(await close()).toMatchObject({ isNew: true, carried: [], release: { number: 2 } })
})

test('a reader of another authority finds neither the release nor a figure of it, even when it has the release at hand', async () => {
  await seed(world(usual))
  const { release } = await close()
  const stranger = operatorScope([authority + 50])
  expect(await readReleases(warehouse, stranger, [year])).toEqual([])
  expect(await readReleasedFigures(warehouse, stranger, { release, metrics: ['incidents'], grains })).toEqual(
    [],
  )
})

test('a reader of single schools gets their rows alone, not even the authority’s', async () => {
  await seed(world(usual))
  await close()
  const [own] = urnsOf(authority)
  const rows = await read(1, narrow(operatorScope([authority]), { schools: [own!] }))
  expect(new Set(rows.map(({ school }) => school))).toEqual(new Set([own]))
  expect(rows.length).toBeGreaterThan(10)
})

test('cells of the newest release come in one query: hidden ones with a symbol alone, and of the reader’s schools alone', async () => {
  await seed(world([2, 25, 30, 35, 40, 45]))
  const { release } = await close()
  const scope = operatorScope([authority])
  const query = { authority, year, metric: 'incidents', units: 'schools', grain: 'year' } as const
  const found = await releasedCells(warehouse, scope, query)
  expect(found).toMatchObject({
    release: releaseName(release),
    version: 1,
    profile: 'standard@1',
    closedAt: release.closedAt,
    definition: release.definitions.get('incidents'),
  })
  const rows = (await read(1)).filter((o) => o.metric === 'incidents' && o.grain === 'year' && o.school > 0)
  expect(found!.cells.map(({ school, value }) => [school, value])).toEqual(
    rows.map(({ school, value }) => [school, value]),
  )
  expect(found!.cells[0]).toEqual({
    ...{ school: urnsOf(authority)[0], period: 2024, outcome: '', by: '', values: [] },
    ...{ status: 'hidden', symbol: 'c' },
  })
  const [own] = urnsOf(authority).slice(-1)
  const lead = narrow(scope, { schools: [own!] })
  expect((await releasedCells(warehouse, lead, query))!.cells.map(({ school }) => school)).toEqual([own])
  expect((await releasedCells(warehouse, lead, { ...query, units: 'authority' }))!.cells).toEqual([])
  expect(await releasedCells(warehouse, operatorScope([authority + 50]), query)).toBeUndefined()
  expect(await releasedCells(warehouse, scope, { ...query, year: 2020 })).toBeUndefined()
  expect(await releasedCells(warehouse, scope, { ...query, metric: 'plan_compliance' })).toBeUndefined()
})

test('a figure hidden by itself and one hidden for its sake look alike, and neither has a value where readers read', async () => {
  await seed(world([2, 25, 30, 35, 40, 45]))
  await close()
  const hidden = (await read(1)).filter(
    (one) => one.metric === 'incidents' && one.grain === 'year' && one.status === 'hidden',
  )
  // The small one, and at least one beside it: alone it would be the total less the others.
  expect(hidden.length).toBeGreaterThan(1)
  const shape = ({ school, ...rest }: (typeof hidden)[number]) => rest
  expect(hidden.map(shape)).toEqual(hidden.map(() => shape(hidden[0]!)))
  const stored = await warehouse.query<object>({
    name: 'stored',
    sql: `SELECT DISTINCT * EXCEPT (school, period, grain, metric) FROM released_figure
      WHERE authority = {authority:UInt16} AND status = 'hidden'`,
    params: { authority },
  })
  expect(stored).toHaveLength(1)
  expect(stored[0]).toMatchObject({ value: null })
})

test('a correction leaves shown what was shown and hidden what was hidden, though alone it would hide others', async () => {
  await seed(world([2, 25, 30, 35, 40, 45], usual))
  await close()
  const pattern = (rows: Awaited<ReturnType<typeof read>>) =>
    rows.map(({ value, ...rest }) => ({ ...rest, has: value !== undefined }))
  const before = await read(1)
  // What was hidden beside the small one grows beyond the others: alone, the next smallest would be hidden in its place.
  await seed(world([2, 500, 30, 35, 40, 45], [...usual.slice(0, 5), 145]))
  expect(await close()).toMatchObject({ isNew: true, kept: [] })
  const after = await read(2)
  expect(pattern(after)).toEqual(pattern(before))
  expect(after).not.toEqual(before)
})

test('a metric of which a shown figure would have to be hidden carries its old rows, and the operator is told why', async () => {
  await seed(world(usual))
  await close()
  const before = await read(1)
  await seed(world([3, ...usual.slice(1)], [...usual.slice(0, 5), 145]))
  const second = await close()
  expect(second).toMatchObject({ isNew: true, kept: [{ metric: 'incidents', what: 'old figures carried' }] })
  const after = await read(2)
  expect(after.filter((o) => o.metric === 'incidents')).toEqual(
    before.filter((o) => o.metric === 'incidents'),
  )
  expect(after).not.toEqual(before)
  expect(await readCarried(warehouse, second.release)).toEqual(second.kept)
  expect(await readCarried(warehouse, (await close()).release)).toEqual(second.kept)
})

/** Incidents by half-term, each in one week of it, and as many pupils in them. */
function halfTerms(counts: readonly (readonly number[])[]): Seed[] {
  const weeks = [20240916, 20241118, 20250120, 20250310, 20250505, 20250616]
  return urnsOf(authority).flatMap((urn, i) => {
    const seeds: Seed[] = [[urn, 'headcount', 'week', 20240930, 200]]
    counts.forEach((schools, at) => {
      const n = schools[i]!
      seeds.push(
        [urn, 'incidents', 'week', weeks[at]!, n],
        [urn, 'pupils_with_incident', 'week', weeks[at]!, n],
      )
      seeds.push([urn, 'pupils_with_incident', 'half_term', 202401 + at, n])
    })
    const most = Math.min(
      180,
      counts.reduce((so, schools) => so + schools[i]!, 0),
    )
    seeds.push([urn, 'pupils_with_incident', 'year', 2024, most])
    return seeds
  })
}

const closeOn = (day: string, through?: number) =>
  closeYear(
    { controlPlane, log, warehouse },
    { authority, year, profile: standard, now: new Date(`${day}T12:00:00Z`), through },
  )

test('what is due is said with its reason: from which day on, that events wait, or that all is released', async () => {
  await seed(halfTerms([usual, usual]))
  const dueOn = (day: string) =>
    dueOf(
      { controlPlane, log, warehouse },
      { scope: operatorScope([authority]), authority, year, now: new Date(`${day}T12:00:00Z`) },
    )
  const none = { authority, year, released: 0 }
  expect(await dueOn('2024-11-17')).toEqual({
    ...none,
    ...{ closed: 0, isComplete: false, isDue: false, why: 'the next half-term closes on 2024-11-18' },
  })
  end = 7
  expect(await dueOn('2024-11-18')).toMatchObject({
    closed: 1,
    isDue: true,
    why: expect.stringMatching(/^7 /),
  })
  end = 0
  expect(await dueOn('2024-11-18')).toEqual({ ...none, closed: 1, isComplete: false, isDue: true, why: '' })
  await closeOn('2024-11-18')
  expect(await dueOn('2024-11-18')).toMatchObject({ closed: 1, released: 1, isDue: false })
  expect(await dueOn('2025-09-01')).toMatchObject({ closed: 6, released: 1, isComplete: true, isDue: true })
  await closeOn('2025-09-01')
  expect(await dueOn('2025-09-01')).toMatchObject({ released: 6, isDue: false, why: 'the year is released' })
})

test('what is overdue is asked of the running academic year and of the one before, for every authority', async () => {
  await seed(halfTerms([usual, usual]))
  const all = await dueReleases(
    { controlPlane, log, warehouse },
    { authorities: [authority], now: new Date('2025-11-25T12:00:00Z') },
  )
  expect(all.map(({ year, closed, isDue }) => [year, closed, isDue])).toEqual([
    [2024, 6, true],
    [2025, 1, true],
  ])
})

test('how releases stand is known wherever the control plane is: overdue, refused since when, audited or not yet', async () => {
  await seed(world(usual))
  const sources = { controlPlane, log, warehouse }
  const standing = async () => {
    const all = await releaseStandingOf(sources, { authorities: [authority], now })
    return {
      ...all,
      overdue: all.overdue.filter((one) => one.year === year),
      audits: all.audits.filter(({ release }) => release.startsWith(`${authority}/`)),
    }
  }
  const { releaseStates } = controlPlane
  await releaseStates.refuse(authority, year, 'a rule')
  const since = expect.any(String)
  expect(await standing()).toMatchObject({
    overdue: [{ authority, year }],
    refused: [{ authority, year, why: 'a rule', since }],
    ...{ audits: [], unaudited: [] },
  })
  await close()
  const name = `${authority}/202425/1`
  expect(await standing()).toEqual({ overdue: [], refused: [], audits: [], unaudited: [name] })
  await releaseStates.audited(authority, year, name, 3)
  expect(await standing()).toMatchObject({ audits: [{ release: name, exposed: 3 }], unaudited: [] })
})

test('the audit of what was released finds nothing exposed to anyone or to a lead, after a correction too', async () => {
  const audited = () => auditRelease(warehouse, { scope: operatorScope([authority]), authority, year })
  expect(await audited()).toBeUndefined()
  await seed(world([2, 25, 30, 35, 40, 45]))
  await close()
  expect(await audited()).toMatchObject({ release: { number: 1 }, exposed: 0 })
  await seed(world([2, 500, 30, 35, 40, 45], [...usual.slice(0, 5), 145]))
  await close()
  const found = await audited()
  expect(found).toMatchObject({ release: { number: 2 }, exposed: 0 })
  expect(found!.metrics.map(({ metric }) => metric)).toContain('denominators')
})

test('a half-term is released once it has closed and settled: without year, term or anything of the half-term that runs', async () => {
  await seed(halfTerms([usual, usual]))
  // The second half-term begins on 4 November 2024: the first one has closed 14 days after that.
  await expect(closeOn('2024-11-17')).rejects.toThrow('Half-term 1')
  const { release } = await closeOn('2024-11-18')
  expect(release).toMatchObject({ number: 1, through: 1, isComplete: false })
  const rows = await read(1)
  const counted = rows.filter(({ metric }) => metric !== 'headcount')
  expect(new Set(counted.map(({ grain }) => grain))).toEqual(new Set(['week', 'half_term']))
  expect(new Set(counted.flatMap((o) => (o.grain === 'half_term' ? [o.period] : [])))).toEqual(
    new Set([202401]),
  )
  expect(Math.max(...counted.flatMap((o) => (o.grain === 'week' ? [o.period] : [])))).toBeLessThan(20241104)
})

test('each release of a running year keeps every figure of the one before and adds what has closed; the last one adds terms and year', async () => {
  const terms = [
    usual,
    [2, 26, 31, 36, 41, 46],
    [21, 3, 30, 35, 40, 45],
    usual,
    usual,
    [20, 25, 30, 4, 40, 45],
  ]
  await seed(halfTerms(terms))
  const days = ['2024-12-01', '2025-02-01', '2025-03-15', '2025-05-10', '2025-06-20', '2025-09-01']
  let before: Awaited<ReturnType<typeof read>> = []
  for (const [i, day] of days.entries()) {
    const closed = await closeOn(day)
    expect(closed).toMatchObject({ isNew: true, kept: [], release: { number: i + 1, through: i + 1 } })
    const after = await read(i + 1)
    expect(after).toEqual(expect.arrayContaining(before))
    expect(after.length).toBeGreaterThan(before.length)
    before = after
  }
  const { release } = await closeOn('2025-09-02')
  expect(release).toMatchObject({ number: 6, isComplete: true })
  const years = before.filter(({ grain, metric }) => grain === 'year' && metric === 'incidents')
  expect(years.find(({ school }) => school === 0)?.value).toBe(terms.flat().reduce((so, n) => so + n, 0))
  expect(before.some(({ grain }) => grain === 'term')).toBe(true)
})

test('a correction too small to be seen waits while the next half-term enters, and the year is summed from what was released', async () => {
  await seed(halfTerms([usual]))
  await closeOn('2024-12-01')
  const before = await read(1)
  const late = [22, ...usual.slice(1)]
  await seed(halfTerms([late, usual]))
  const second = await closeOn('2025-02-01')
  expect(second).toMatchObject({ isNew: true, carried: [String(urnsOf(authority)[0])] })
  expect(await read(2)).toEqual(expect.arrayContaining(before))
  await seed(halfTerms([late, usual, usual, usual, usual, usual]))
  await closeOn('2025-09-01')
  const own = (await read(3)).filter(
    (o) => o.school === urnsOf(authority)[0] && o.metric === 'incidents' && o.grain !== 'week',
  )
  const sum = (grain: Grain) =>
    own.filter((o) => o.grain === grain).reduce((so, { value }) => so + (value ?? 0), 0)
  expect([sum('half_term'), sum('term'), sum('year')]).toEqual([120, 120, 120])
})

test('two that close at once leave one release, and what one of them published stays whole', async () => {
  await seed(world(usual))
  const both = await Promise.all([close(), close()])
  expect(both.map(({ release }) => releaseName(release))).toEqual(Array(2).fill(`${authority}/202425/1`))
  const found = await readReleases(warehouse, operatorScope([authority]), [year])
  expect(found).toHaveLength(1)
  const before = await read(1)
  expect(before).toHaveLength(found[0]!.figures)
  const late = { ...found[0]!, digest: 'f'.repeat(64), closedAt: new Date(now.getTime() + 1).toISOString() }
  const shape = {
    authority: '',
    academicYear: '',
    schools: [],
    characteristics: [],
    pairs: [],
    halfTerms: [],
    weeks: [],
  }
  await writeRelease(warehouse, late, [{ ...before[0]!, value: 7 }], {
    shape,
    denominators: new Map(),
    metrics: [],
  })
  expect(await readReleases(warehouse, operatorScope([authority]), [year])).toEqual(found)
  expect(await read(1)).toEqual(before)
})

test('too few schools, an open year, events that wait, another profile: each is refused by name, and nothing is released', async () => {
  await seed(world(usual))
  const dependencies = { controlPlane, log, warehouse }
  const request = { authority, year, profile: standard, now }
  await expect(closeYear(dependencies, { ...request, now: new Date('2024-10-20') })).rejects.toThrow(
    'Half-term 1 of 202425 has not closed',
  )
  end = 7
  await expect(close()).rejects.toThrow('7 events')
  end = 0
  await close()
  await expect(close(strict)).rejects.toMatchObject({ field: 'profile' })
  await addAuthority(4)
  await seed(world(usual.slice(0, 4)))
  await expect(close()).rejects.toMatchObject({ field: 'schools' })
  expect(await readReleases(warehouse, operatorScope([authority]), [year])).toEqual([])
})

test('a school that has more pupils in a metric than on its roll, or no roll, is said to be so and breaks nothing', async () => {
  const [first, last] = [urnsOf(authority)[0]!, urnsOf(authority).at(-1)!]
  const cells = world(usual, [201, 25, 30, 35, 40, 45])
  await seed(cells.filter(([school, metric]) => school !== last || metric !== 'headcount'))
  const { excluded, release } = await close()
  expect(excluded).toEqual({
    withoutRoll: [last],
    since: [],
    beyondRoll: [{ school: first, metric: 'pupils_with_incident' }],
  })
  expect(release.schools).toBe(5)
  const rows = (await read(1)).filter((o) => o.school === first && o.metric === 'pupils_with_incident')
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['unavailable']))
})
