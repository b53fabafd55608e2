import { narrow } from '@cairn/access'
import { operatorScope } from '@cairn/access/operator'
import { type CubeProfile, stampOf, standard, strict } from '@cairn/disclosure'
import { grains } from '@cairn/metrics'
import { readReleasedFigures, readReleases, releasedCells, releaseName } from '@cairn/warehouse'
import { auditRelease, profileToClose, readCarried, writeRelease } from '@cairn/warehouse/closing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Closings, closings, usual } from './testing.ts'

const year = 2024
let world: Closings
beforeAll(async () => {
  world = await closings()
})
afterAll(() => world?.remove())

test('what was released never changes, whatever is corrected and released after it', async () => {
  const { seed, close, read, incidents } = await world.scene()
  await seed(incidents(usual))
  const first = await close()
  const before = await read(1)
  expect(first).toMatchObject({ isNew: true, carried: [] })
  expect(before.length).toBe(first.release.figures)
  await seed(incidents([60, 65, 70, 75, 80, 85]))
  const second = await close()
  expect(second).toMatchObject({ isNew: true, release: { number: 2 } })
  expect(await read(1)).toEqual(before)
  const total = (rows: typeof before) =>
    rows.find((one) => one.metric === 'incidents' && one.school === 0 && one.grain === 'year')?.value
  expect([total(before), total(await read(2))]).toEqual([195, 435])
})

test('closing again without a change makes no new release, nor does a correction that is too small to be seen', async () => {
  const { authority, urns, scope, seed, close, incidents } = await world.scene()
  await seed(incidents(usual))
  const first = await close()
  expect(await close()).toMatchObject({ isNew: false, release: first.release, carried: [] })
  await seed(incidents([21, ...usual.slice(1)]))
  expect(await close()).toMatchObject({
    isNew: false,
    release: first.release,
    carried: [String(urns[0])],
  })
  expect(await readReleases(world.warehouse, scope, [year])).toHaveLength(1)
  const noted = (await world.controlPlane.audit.list(1_000)).filter(
    (e) => e.subject === `authority ${authority}`,
  )
  expect(
    noted.filter(({ action }) => action === 'release.close').map(({ detail }) => detail.release),
  ).toEqual([`${authority}/202425/1`])
})

test('a school whose correction touches fewer than five carries its old row; another one’s correction enters', async () => {
  const { urns, seed, close, read, incidents } = await world.scene()
  await seed(incidents(usual))
  await close()
  const before = await read(1)
  await seed(incidents([22, 25, 30, 35, 40, 65]))
  const { isNew, carried } = await close()
  const [slight, , , , , large] = urns
  expect({ isNew, carried }).toEqual({ isNew: true, carried: [String(slight)] })
  const of = (rows: typeof before, school: number) => rows.filter((one) => one.school === school)
  const after = await read(2)
  expect(of(after, slight!)).toEqual(of(before, slight!))
  expect(of(after, large!)).not.toEqual(of(before, large!))
  const sum = after.find((o) => o.metric === 'incidents' && o.school === 0 && o.grain === 'year')
  expect(sum?.value).toBe(195 + 20)
})

test('a carried correction is measured against what was released, until it has grown', async () => {
  const { seed, close, incidents } = await world.scene()
  await seed(incidents(usual))
  await close()
  await seed(incidents([23, ...usual.slice(1)]))
  expect((await close()).isNew).toBe(false)
  await seed(incidents([26, ...usual.slice(1)]))
  expect(await close()).toMatchObject({ isNew: true, carried: [], release: { number: 2 } })
})

test('a reader of another authority finds neither the release nor a figure of it, even when it has the release at hand', async () => {
  const { authority, seed, close, incidents } = await world.scene()
  await seed(incidents(usual))
  const { release } = await close()
  const stranger = operatorScope([authority + 50])
  expect(await readReleases(world.warehouse, stranger, [year])).toEqual([])
  expect(
    await readReleasedFigures(world.warehouse, stranger, { release, metrics: ['incidents'], grains }),
  ).toEqual([])
})

test('a reader of single schools gets their rows alone, not even the authority’s', async () => {
  const { urns, scope, seed, close, read, incidents } = await world.scene()
  await seed(incidents(usual))
  await close()
  const [own] = urns
  const rows = await read(1, narrow(scope, { schools: [own!] }))
  expect(new Set(rows.map(({ school }) => school))).toEqual(new Set([own]))
  expect(rows.length).toBeGreaterThan(10)
})

test('cells of the newest release come in one query: hidden ones with a symbol alone, and of the reader’s schools alone', async () => {
  const { authority, urns, scope, seed, close, read, incidents } = await world.scene()
  await seed(incidents([2, 25, 30, 35, 40, 45]))
  const { release } = await close()
  const query = { authority, year, metric: 'incidents', units: 'schools', grain: 'year' } as const
  const found = await releasedCells(world.warehouse, scope, query)
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
    ...{ school: urns[0], period: 2024, outcome: '', by: '', values: [] },
    ...{ status: 'hidden', symbol: 'c' },
  })
  const [own] = urns.slice(-1)
  const lead = narrow(scope, { schools: [own!] })
  expect((await releasedCells(world.warehouse, lead, query))!.cells.map(({ school }) => school)).toEqual([
    own,
  ])
  expect((await releasedCells(world.warehouse, lead, { ...query, units: 'authority' }))!.cells).toEqual([])
  expect(await releasedCells(world.warehouse, operatorScope([authority + 50]), query)).toBeUndefined()
  expect(await releasedCells(world.warehouse, scope, { ...query, year: 2020 })).toBeUndefined()
  expect(await releasedCells(world.warehouse, scope, { ...query, metric: 'plan_compliance' })).toBeUndefined()
})

test('a figure hidden by itself and one hidden for its sake look alike, and neither has a value where readers read', async () => {
  const { authority, seed, close, read, incidents } = await world.scene()
  await seed(incidents([2, 25, 30, 35, 40, 45]))
  await close()
  const hidden = (await read(1)).filter(
    (one) => one.metric === 'incidents' && one.grain === 'year' && one.status === 'hidden',
  )
  // The small one, and at least one beside it: alone it would be the total less the others.
  expect(hidden.length).toBeGreaterThan(1)
  const shape = ({ school, ...rest }: (typeof hidden)[number]) => rest
  expect(hidden.map(shape)).toEqual(hidden.map(() => shape(hidden[0]!)))
  const stored = await world.warehouse.query<object>({
    name: 'stored',
    sql: `SELECT DISTINCT * EXCEPT (school, period, grain, metric) FROM released_figure
      WHERE authority = {authority:UInt16} AND status = 'hidden'`,
    params: { authority },
  })
  expect(stored).toHaveLength(1)
  expect(stored[0]).toMatchObject({ value: null })
})

test('a correction leaves shown what was shown and hidden what was hidden, though alone it would hide others', async () => {
  const { seed, close, read, incidents } = await world.scene()
  await seed(incidents([2, 25, 30, 35, 40, 45], usual))
  await close()
  const pattern = (rows: Awaited<ReturnType<typeof read>>) =>
    rows.map(({ value, ...rest }) => ({ ...rest, has: value !== undefined }))
  const before = await read(1)
  // What was hidden beside the small one grows beyond the others: alone, the next smallest would be hidden in its place.
  await seed(incidents([2, 500, 30, 35, 40, 45], [...usual.slice(0, 5), 145]))
  expect(await close()).toMatchObject({ isNew: true, kept: [] })
  const after = await read(2)
  expect(pattern(after)).toEqual(pattern(before))
  expect(after).not.toEqual(before)
})

test('a metric of which a shown figure would have to be hidden carries its old rows, and the operator is told why', async () => {
  const { seed, close, read, incidents } = await world.scene()
  await seed(incidents(usual))
  await close()
  const before = await read(1)
  await seed(incidents([3, ...usual.slice(1)], [...usual.slice(0, 5), 145]))
  const second = await close()
  expect(second).toMatchObject({ isNew: true, kept: [{ metric: 'incidents', what: 'old figures carried' }] })
  const after = await read(2)
  expect(after.filter((o) => o.metric === 'incidents')).toEqual(
    before.filter((o) => o.metric === 'incidents'),
  )
  expect(after).not.toEqual(before)
  expect(await readCarried(world.warehouse, second.release)).toEqual(second.kept)
  expect(await readCarried(world.warehouse, (await close()).release)).toEqual(second.kept)
})

test('the audit of what was released finds nothing exposed to anyone or to a lead, after a correction too', async () => {
  const { authority, scope, seed, close, incidents } = await world.scene()
  const audited = () => auditRelease(world.warehouse, { scope, authority, year })
  expect(await audited()).toBeUndefined()
  await seed(incidents([2, 25, 30, 35, 40, 45]))
  await close()
  expect(await audited()).toMatchObject({ release: { number: 1 }, exposed: 0 })
  await seed(incidents([2, 500, 30, 35, 40, 45], [...usual.slice(0, 5), 145]))
  await close()
  const found = await audited()
  expect(found).toMatchObject({ release: { number: 2 }, exposed: 0 })
  expect(found!.metrics.map(({ metric }) => metric)).toContain('denominators')
})

test('two that close at once leave one release, and what one of them published stays whole', async () => {
  const { authority, scope, seed, close, read, incidents } = await world.scene()
  await seed(incidents(usual))
  const both = await Promise.all([close(), close()])
  expect(both.map(({ release }) => releaseName(release))).toEqual(Array(2).fill(`${authority}/202425/1`))
  const found = await readReleases(world.warehouse, scope, [year])
  expect(found).toHaveLength(1)
  const before = await read(1)
  expect(before).toHaveLength(found[0]!.figures)
  const later = new Date(Date.parse(found[0]!.closedAt) + 1)
  const late = { ...found[0]!, digest: 'f'.repeat(64), closedAt: later.toISOString() }
  const shape = {
    authority: '',
    academicYear: '',
    schools: [],
    characteristics: [],
    pairs: [],
    halfTerms: [],
    weeks: [],
  }
  await writeRelease(world.warehouse, late, [{ ...before[0]!, value: 7 }], {
    shape,
    denominators: new Map(),
    metrics: [],
  })
  expect(await readReleases(world.warehouse, scope, [year])).toEqual(found)
  expect(await read(1)).toEqual(before)
})

test('too few schools, an open year, events that wait, another profile: each is refused by name, and nothing is released', async () => {
  const { log, seed, close, closeOn, incidents } = await world.scene()
  await seed(incidents(usual))
  await expect(closeOn('2024-10-20')).rejects.toThrow('Half-term 1 of 202425 has not closed')
  log.end = 7
  await expect(close()).rejects.toThrow('7 events')
  log.end = 0
  await close()
  await expect(close(strict)).rejects.toMatchObject({ field: 'profile' })
  const few = await world.scene(4)
  await few.seed(few.incidents(usual.slice(0, 4)))
  await expect(few.close()).rejects.toMatchObject({ field: 'schools' })
  expect(await readReleases(world.warehouse, few.scope, [year])).toEqual([])
})

test('a school that has more pupils in a metric than on its roll, or no roll, is said to be so and breaks nothing', async () => {
  const { urns, seed, close, read, incidents } = await world.scene()
  const [first, last] = [urns[0]!, urns.at(-1)!]
  const cells = incidents(usual, [201, 25, 30, 35, 40, 45])
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

test('a year is released under its authority’s own profile, stays under it, and the next one begins with the newest', async () => {
  const { authority, sources, scope, seed, closeOn, read, incidents } = await world.scene()
  const { profiles } = sources.controlPlane
  const toClose = (of = year, base?: CubeProfile) =>
    profileToClose({ ...sources, warehouse: world.warehouse }, { scope, authority, year: of, base })
  await profiles.tighten(authority, 'standard', { smallestCount: 7 })
  await seed(incidents([6, 6, 30, 35, 40, 45]))
  const first = await closeOn('2025-11-25', undefined, await toClose())
  expect(first.release.profile).toBe(`standard-${authority}@1`)
  const sixes = (await read(1)).filter(({ metric, school, grain }) => {
    return metric === 'incidents' && school > 0 && grain === 'year'
  })
  // Under standard itself both sixes show.
  expect(sixes.filter(({ status }) => status === 'hidden').length).toBeGreaterThanOrEqual(2)
  await profiles.tighten(authority, 'standard', { smallestCount: 8 })
  expect(stampOf(await toClose())).toBe(`standard-${authority}@1`)
  expect(stampOf(await toClose(year, standard))).toBe(`standard-${authority}@1`)
  expect(stampOf(await toClose(year + 1))).toBe(`standard-${authority}@2`)
  expect(stampOf(await toClose(year + 1, strict))).toBe('strict@1')
  await expect(closeOn('2025-11-25', undefined, standard)).rejects.toMatchObject({ field: 'profile' })
  await seed(incidents([30, 36, 30, 35, 40, 45]))
  const second = await closeOn('2025-11-25', undefined, await toClose())
  expect(second.release).toMatchObject({ number: 2, profile: `standard-${authority}@1` })
  // Its thresholds are kept with it: the audit needs nothing else.
  expect(await auditRelease(world.warehouse, { scope, authority, year })).toMatchObject({ exposed: 0 })
})
