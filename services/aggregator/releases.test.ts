import { operatorScope } from '@cairn/access/operator'
import type { Position } from '@cairn/control-plane'
import { standard, strict } from '@cairn/disclosure'
import { grains } from '@cairn/metrics'
import { readReleasedFigures, readReleases, usualSettleDays, type Warehouse } from '@cairn/warehouse'
import { closeDue } from '@cairn/warehouse/closing'
import { type ReleaseWorld, releaseWorld, type Seed } from '@cairn/warehouse/closing/testing'
import { seed } from '@cairn/warehouse/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readEnv } from './env.ts'
import { Closer, keepClosing, type Outcome, type ReleaseAudit } from './releases.ts'

const year = 2024
const partition = 0
let world: ReleaseWorld
let warehouse: Warehouse
let controlPlane: ReleaseWorld['controlPlane']
/** Each test has authorities of its own; those of other tests lie in a partition that nobody owns. */
let mine = new Set<number>()
let end = 0
let positions = new Map<number, Position>()
let now = new Date()

const log = {
  partitionOf: (authority: number) => (mine.has(authority) ? partition : 1),
  endOffsets: async () => new Map([[partition, end]]),
}

beforeAll(async () => {
  world = await releaseWorld(year)
  ;({ warehouse, controlPlane } = world)
})
afterAll(() => world?.remove())
beforeEach(() => {
  mine = new Set()
  now = new Date('2024-12-01T12:00:00Z')
})

/** An authority of which each school has incidents in the first two half-terms; `withoutRoll` of them have no roll. */
async function authorityOf(schools: number, withoutRoll = 0): Promise<number> {
  const { authority, urns, seed } = await world.authority(schools)
  mine.add(authority)
  await seed(
    urns.flatMap((urn, i): Seed[] => [
      ...(i < withoutRoll ? [] : [[urn, 'headcount', 'week', 20240930, 200] as const]),
      ...[20240916, 20241118].map((week): Seed => [urn, 'incidents', 'week', week, 20 + 5 * i]),
    ]),
  )
  return authority
}

/** Claims the partition; everything that the log holds is in all figures. */
async function claim(owner: string): Promise<void> {
  positions = await controlPlane.ledger.claim([partition], owner)
  end = (positions.get(partition)?.offset ?? 0) + 10
  await settle()
}

async function settle(): Promise<void> {
  const { epoch } = positions.get(partition)!
  const mark = { epoch, offset: end, drained: end, settled: end, tiered: end }
  await controlPlane.ledger.advance(new Map([[partition, mark]]))
  positions.set(partition, mark)
}

function closerOf(more: { warehouse?: Warehouse } = {}) {
  const told: Outcome[] = []
  const audits: ReleaseAudit[] = []
  let overdue = -1
  const closer = new Closer({
    sources: { controlPlane, log, warehouse, ...more },
    positions: () => positions,
    settleDays: usualSettleDays,
    now: () => now,
    onOutcome: (outcome) => told.push(outcome),
    onAudit: (audit) => audits.push(audit),
    onOverdue: (count) => {
      overdue = count
    },
  })
  return { closer, told, audits, overdue: () => overdue }
}

const pass = (ms: number) => {
  now = new Date(now.getTime() + ms)
}
const [second, hour, day] = [1_000, 3_600_000, 86_400_000]

/** Twice, as quiet is known from the second look on. */
async function look(closer: Closer): Promise<void> {
  await closer.look()
  pass(31 * second)
  await closer.look()
}

const released = async (code: number) =>
  (await readReleases(warehouse, operatorScope([code]), [year])).map(({ number, through }) => [
    number,
    through,
  ])
const noted = async (code: number) =>
  (await controlPlane.audit.list(1_000))
    .filter(({ action, subject }) => action === 'release.close' && subject === `authority ${code}`)
    .map(({ detail }) => detail.release)

test('what has closed is released by itself, announced in the audit, once; the next half-term an hour after it has settled', async () => {
  const code = await authorityOf(6)
  await claim('one')
  const { closer, told, overdue } = closerOf()
  await look(closer)
  expect(told).toMatchObject([{ authority: code, year, outcome: 'released', release: `${code}/202425/1` }])
  expect([await released(code), await noted(code), overdue()]).toEqual([[[1, 1]], [`${code}/202425/1`], 0])
  pass(2 * hour)
  await closer.look()
  expect(told).toHaveLength(1)
  pass(60 * day)
  await closer.look()
  expect([await released(code), await noted(code)]).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
    [`${code}/202425/2`, `${code}/202425/1`],
  ])
})

test('nothing is released while events come, are not in all figures, or lie in a partition of somebody else', async () => {
  const code = await authorityOf(6)
  await claim('one')
  const { closer } = closerOf()
  await closer.look()
  pass(20 * second)
  end += 5
  await closer.look()
  pass(20 * second)
  await settle()
  await closer.look()
  expect(await released(code)).toEqual([])
  positions.set(partition, { ...positions.get(partition)!, tiered: end - 1 })
  pass(hour)
  await closer.look()
  expect(await released(code)).toEqual([])
  const [own] = positions.values()
  positions = new Map()
  await closer.look()
  expect(await released(code)).toEqual([])
  positions.set(partition, { ...own!, tiered: end })
  await closer.look()
  expect(await released(code)).toEqual([[1, 1]])
})

const stateOf = async (code: number) =>
  (await controlPlane.releaseStates.list()).find((one) => one.authority === code && one.year === year)

test('a refusal is told by rule, known the second time, leaves no figure, and holds no other authority up', async () => {
  const [small, waiting, good] = [await authorityOf(4), await authorityOf(7, 1), await authorityOf(6)]
  await claim('one')
  const { closer, told, overdue } = closerOf()
  await look(closer)
  expect(told).toMatchObject([
    { authority: small, outcome: 'refused', why: expect.stringContaining('at least 5'), isKnown: false },
    { authority: waiting, outcome: 'refused', why: expect.stringContaining('1 have none'), isKnown: false },
    { authority: good, outcome: 'released' },
  ])
  expect(overdue()).toBe(2)
  for (const code of [small, waiting]) expect([await released(code), await noted(code)]).toEqual([[], []])
  pass(2 * hour)
  await closer.look()
  expect(told.slice(3).map(({ authority, isKnown }) => [authority, isKnown])).toEqual([
    [small, true],
    [waiting, true],
  ])
  const why = expect.stringContaining('1 have none')
  expect(await stateOf(waiting)).toMatchObject({ refused: { why }, audit: null })
  expect(await stateOf(good)).toMatchObject({ refused: null, audit: { exposed: 0 } })
  const request = { scope: operatorScope([waiting]), authority: waiting, year, profile: standard, now }
  await closeDue({ controlPlane, log, warehouse }, request)
  expect(await stateOf(waiting)).toMatchObject({ refused: null })
})

test('whoever has lost the claim neither announces nor writes a release; the new owner does', async () => {
  const code = await authorityOf(6)
  await claim('one')
  const old = new Map(positions)
  await claim('two')
  const [late, theirs] = [closerOf(), positions]
  positions = new Map([[partition, { ...old.get(partition)!, offset: end }]])
  positions.set(partition, { ...positions.get(partition)!, drained: end, settled: end, tiered: end })
  await look(late.closer)
  expect([late.told, await released(code), await noted(code)]).toEqual([[], [], []])
  positions = theirs
  await look(closerOf().closer)
  expect([await released(code), await noted(code)]).toEqual([[[1, 1]], [`${code}/202425/1`]])
})

test('a warehouse that fails is told by the name of its error alone, and looking goes on', async () => {
  const code = await authorityOf(6)
  await claim('one')
  const broken: Warehouse = Object.create(warehouse, {
    insert: { value: () => Promise.reject(new RangeError('secret 3')) },
  })
  const { closer, told } = closerOf({ warehouse: broken })
  await look(closer)
  expect(told).toEqual([{ authority: code, year, outcome: 'failed', why: 'RangeError', isKnown: false }])
  const stop = new AbortController()
  let looks = 0
  const look2 = async () => {
    if (++looks === 3) stop.abort()
    throw new Error('away')
  }
  const troubles: unknown[] = []
  const signal = stop.signal
  await keepClosing({ look: look2 }, { signal, lookEveryMs: 1, onTrouble: (error) => troubles.push(error) })
  expect([looks, troubles.length]).toEqual([3, 3])
})

test('the profile that an operator chose stays that of what closes by itself; a first release has the authority’s own', async () => {
  const [code, tightened] = [await authorityOf(6), await authorityOf(6)]
  await controlPlane.profiles.tighten(tightened, 'standard', { smallestCount: 7 })
  await claim('one')
  const scope = operatorScope([code])
  await closeDue({ controlPlane, log, warehouse }, { scope, authority: code, year, profile: strict, now })
  pass(60 * day)
  const { closer, told } = closerOf()
  await look(closer)
  expect(told).toMatchObject([{ outcome: 'released' }, { outcome: 'released' }])
  const all = await readReleases(warehouse, operatorScope([code, tightened]), [year])
  expect(all.map(({ profile }) => profile)).toEqual(['strict@1', 'strict@1', `standard-${tightened}@1`])
})

test('a release is audited as each lead once it was made, and once a day; one that leaks is told with a count', async () => {
  const code = await authorityOf(6)
  await claim('one')
  const { closer, told, audits } = closerOf()
  await look(closer)
  const first = { authority: code, year, release: `${code}/202425/1`, exposed: 0, ms: expect.any(Number) }
  expect([told.map(({ outcome }) => outcome), audits]).toEqual([['released'], [first]])
  pass(2 * hour)
  await closer.look()
  expect(audits).toHaveLength(1)
  // A small figure of the second half-term, so that something is hidden.
  await seed(warehouse, [
    {
      ...{ authority: code, school: code * 1_000 + 1, metric: 'incidents', period: 20241118 },
      counts: { '': 2 },
    },
  ])
  pass(60 * day)
  await closer.look()
  expect(audits.map(({ release, exposed }) => [release, exposed])).toEqual([
    [`${code}/202425/1`, 0],
    [`${code}/202425/2`, 0],
  ])
  await showAll(code, 2)
  pass(day)
  await closer.look()
  expect(audits.at(-1)).toMatchObject({ release: `${code}/202425/2` })
  const { release, exposed } = audits.at(-1)!
  expect(exposed).toBeGreaterThan(0)
  expect(await stateOf(code)).toMatchObject({ audit: { release, exposed } })
})

/** By somebody's hand in the warehouse: shows what a release hides. */
async function showAll(code: number, number: number): Promise<void> {
  const scope = operatorScope([code])
  const release = (await readReleases(warehouse, scope, [year])).find((one) => one.number === number)!
  const asked = { release, metrics: [...release.definitions.keys()], grains }
  const hidden = (await readReleasedFigures(warehouse, scope, asked)).filter((o) => o.status === 'hidden')
  expect(hidden.length).toBeGreaterThan(0)
  await warehouse.insert({
    name: 'planted',
    table: 'released_figure',
    columns: [
      ...['authority', 'year', 'number', 'digest', 'metric', 'outcome', 'school', 'grain', 'period', 'd'],
      ...['status', 'value'],
    ],
    rows: hidden.map((one) => [
      ...[code, year, number, release.digest, one.metric, one.outcome, one.school],
      ...[grains.indexOf(one.grain) + 1, one.period, one.by, 'published', 2],
    ]),
  })
}

test('late events have as many days here as on the command line', () => {
  const env = readEnv({ CLICKHOUSE_URL: 'http://127.0.0.1:8123' })
  expect(env).toMatchObject({ CAIRN_RELEASES: 'on', CAIRN_RELEASE_SETTLE_DAYS: usualSettleDays })
})
