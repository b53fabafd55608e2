import type { Warehouse } from '@cairn/warehouse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allProtections, type Protections } from '../../services/aggregator/protections.ts'
import type { Policies } from '../../services/aggregator/tiers.ts'
import { type Input, randomBy } from './stream.ts'
import { supportStream } from './support-stream.ts'
import { compareRecommendations, expectedRecommendations } from './tiers-model.ts'
import { MemoryLedger, modelOptions, testTimelines, World } from './world.ts'

const authorities = Array.from({ length: 40 }, (_, i) => 100 + i)
let world: World
beforeAll(async () => {
  world = await World.open({ authorities })
})
afterAll(() => world?.close())

let next = 0

/** First of ten days. */
const tenDays = (to: string) => new Date(Date.parse(to) - 9 * 86_400_000).toISOString().slice(0, 10)

/** One authority of its own, so that one warehouse serves all. */
function scene(timelines = testTimelines) {
  const ledger = new MemoryLedger()
  const authority = authorities[next++]!
  const partition = authorities.indexOf(authority)
  const school = (n: number) => String(800_000 + authority * 100 + n)
  const pupil = (n: number) => `k1:${n.toString(16).padStart(32, '0')}`
  const event = (id: string, version: number, type: string, data: unknown): Input => ({
    ...{ authority, source: 'urn:scene', id, version, type, data },
  })
  const rules = { now: timelines, revision: 1 }
  const policies: Policies = {
    revision: async () => rules.revision,
    of: async (some) => new Map(some.map((one) => [one, rules.now])),
  }
  return {
    ...{ authority, ledger, rules },
    incident: (id: string, version: number, who: number, day = '2025-10-06', severity = 3) =>
      event(id, version, 'incident.reported', {
        ...{ school: school(1), occurredOn: day, behaviours: ['bullying'], mode: 'in_person' },
        ...{ location: 'playground', severity, participants: [{ role: 'perpetrator', pupil: pupil(who) }] },
      }),
    assigned: (id: string, version: number, who: number, tier: number, day = '2025-10-06') =>
      event(id, version, 'tier.assigned', {
        ...{ school: school(1), pupil: pupil(who), domain: 'semh', tier, assignedOn: day },
        ...{ reason: 'recommended', decidedBy: 'mental_health_lead' },
      }),
    attended: (id: string, version: number, who: number, of20: number, to: string) =>
      event(id, version, 'attendance.recorded', {
        ...{ school: school(1), pupil: pupil(who), from: tenDays(to), to, possible: 20, attended: of20 },
        ...{ authorised: 20 - of20, unauthorised: 0 },
      }),
    context: (id: string, version: number, who: number, where: number, day: string) =>
      event(id, version, 'pupil.context.changed', {
        ...{ school: school(where), pupil: pupil(who), effectiveFrom: day, ncYear: '8' },
      }),
    retraction: (id: string, of: string, version: number) =>
      event(id, 1, 'event.retracted', { source: 'urn:scene', id: of, version, reason: 'entered_in_error' }),
    erasure: (id: string, who: number) =>
      event(id, 1, 'pupil.erased', { school: school(1), pupil: pupil(who) }),
    owner: async (o: { protections?: Protections; warehouse?: Warehouse; pupilsAtOnce?: number } = {}) => {
      const owner = world.owner(`owner-${authority}`, { ...o, ledger, policies })
      await owner.claim([partition])
      return owner
    },
    outcome: () =>
      compareRecommendations(
        world.warehouse,
        [authority],
        expectedRecommendations(
          world.log.filter((e) => e.authority === authority),
          modelOptions,
          rules.now,
        ),
      ),
  }
}

type Owner = Awaited<ReturnType<ReturnType<typeof scene>['owner']>>

/** But for the cells, which no tier is worked out from. */
async function drain(owner: Owner) {
  const upTo = new Map([...owner.positions].map(([partition, { offset }]) => [partition, offset]))
  await owner.repair()
  await owner.moveDrained(upTo)
}

async function step(owner: Owner, limit?: number) {
  await owner.take(world.batches(owner, limit))
  await drain(owner)
  await owner.recommend()
}

/** A warehouse whose recommendations land only when told to: the owner has decided, and is slow to write. */
function slowRecommendations(): { warehouse: Warehouse; land(): Promise<void> } {
  const late: Parameters<Warehouse['insert']>[0][] = []
  const insert: Warehouse['insert'] = async (one) =>
    one.table === 'recommendation' ? void late.push(one) : world.warehouse.insert(one)
  const land = async () => {
    for (const one of late) await world.warehouse.insert(one)
  }
  return { warehouse: { ...world.warehouse, insert }, land }
}

const right = { wrong: 0, examples: [] }
const without = (name: keyof Protections): Protections => ({ ...allProtections, [name]: false })

test('recommendations equal the plain evaluator over what stands of the log, after every settle', async () => {
  const s = scene()
  const { authority } = s
  const events = supportStream({ seed: 3, authority, pupils: 25, eventsPerWeek: 90 })
  const owner = await s.owner({ pupilsAtOnce: 7 })
  let rows = 0
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 180; i++) world.append(events.next().value!)
    await step(owner)
    if (round % 4 === 3) await world.merge()
    const result = await s.outcome()
    expect(result).toMatchObject(right)
    rows += result.rows
  }
  expect(rows).toBeGreaterThan(300)
}, 120_000)

test('two owners that take turns, write late and read again from 0 end where one would', async () => {
  const s = scene()
  const { authority, ledger } = s
  const random = randomBy(11)
  const events = supportStream({ seed: 5, authority, pupils: 20, eventsPerWeek: 60, erasures: 0.01 })
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 60; i++) world.append(events.next().value!)
    const slow = slowRecommendations()
    const former = await s.owner({ warehouse: slow.warehouse })
    const rows = former.read(world.batches(former, 20 + Math.floor(random() * 40)))
    await former.writeReceipts(rows)
    if (random() < 0.5) await former.writeFacts(rows)
    if (random() < 0.5) {
      await former.repair()
      await former.recommend()
    }
    const owner = await s.owner()
    await step(owner, 1 + Math.floor(random() * 40))
    await former.writeFacts(rows)
    await former.writeEvidence(rows)
    await slow.land()
    if (round === 5) ledger.rewind(authorities.indexOf(authority), 0)
    await step(round === 5 ? await s.owner() : owner)
    expect(await s.outcome()).toMatchObject(right)
  }
}, 240_000)

describe('a correction that changes the pupil', () => {
  async function moved(protections: Protections) {
    const s = scene()
    const owner = await s.owner({ protections })
    world.append(s.incident('i1', 1, 1), s.incident('i2', 1, 1), s.assigned('a1', 1, 1, 3))
    await step(owner)
    world.append(s.incident('i1', 2, 2), s.assigned('a1', 2, 2, 3))
    await step(owner)
    return s.outcome()
  }
  test('leaves nothing behind under the former pupil', async () => {
    expect(await moved(allProtections)).toMatchObject({ ...right, rows: 3 })
  })
  test('would leave it there without the former pupil’s tombstone', async () => {
    expect((await moved(without('formerPupils'))).wrong).toBeGreaterThan(0)
  })
})

describe('a pupil whose last evidence is gone', () => {
  async function gone(how: 'retraction' | 'erasure', protections: Protections) {
    const s = scene()
    const owner = await s.owner({ protections })
    world.append(s.assigned('a1', 1, 1, 3), s.incident('i2', 1, 2))
    await step(owner)
    world.append(how === 'retraction' ? s.retraction('r1', 'a1', 2) : s.erasure('x1', 1))
    await step(owner)
    return s.outcome()
  }
  test.each(['retraction', 'erasure'] as const)('has no recommendation after a %s', async (how) => {
    expect(await gone(how, allProtections)).toMatchObject({ ...right, rows: 1 })
  })
  test('would keep the old one were it not emptied', async () => {
    expect((await gone('retraction', without('emptied'))).wrong).toBe(1)
  })
})

describe('a former owner', () => {
  async function lateRows(protections: Protections) {
    const s = scene()
    const slow = slowRecommendations()
    world.append(s.assigned('a1', 1, 1, 3))
    const former = await s.owner({ warehouse: slow.warehouse, protections })
    await former.take(world.batches(former))
    await drain(former)
    await former.recommend()
    // Once more: its sequence is above the new owner's, its epoch is not.
    s.ledger.rewind(authorities.indexOf(s.authority), 0)
    world.append(s.assigned('a1', 2, 1, 2))
    await step(await s.owner({ protections }))
    await slow.land()
    return s.outcome()
  }
  test('whose recommendation lands late loses', async () => {
    expect(await lateRows(allProtections)).toMatchObject(right)
  })

  /** It sees a week ten weeks on, decides anew for every pupil, and is slow; that week's only event is retracted. */
  async function presentThatIsGone(protections: Protections) {
    const s = scene()
    world.append(s.assigned('a1', 1, 1, 3), s.incident('i1', 1, 2))
    await step(await s.owner({ protections }))
    world.append(s.incident('i2', 1, 2, '2025-12-15'))
    const slow = slowRecommendations()
    const former = await s.owner({ warehouse: slow.warehouse, protections })
    await former.take(world.batches(former))
    await drain(former)
    await former.recommend()
    // As if it had been stopped before the ledger moved.
    s.ledger.rewind(authorities.indexOf(s.authority), 2)
    world.append(s.retraction('r1', 'i2', 2))
    await step(await s.owner({ protections }))
    await slow.land()
    return s.outcome()
  }
  test('that saw a present which is gone leaves nothing of it, however late its rows land', async () => {
    expect(await presentThatIsGone(allProtections)).toMatchObject(right)
  })
  test('would leave it, were not all written anew that it could have written', async () => {
    expect((await presentThatIsGone(without('presentMoved'))).wrong).toBeGreaterThan(0)
  })
})

describe('an event that is dated ahead of the week it was received in', () => {
  const received = (day: string) => ({ appendedAt: Date.parse(`${day}T09:00:00Z`) })
  const upTo = async (authority: number) => {
    const rows = await world.warehouse.query<{ monday: string }>({
      name: 'up_to',
      sql: `SELECT DISTINCT toString(toDate(up_to * 7 - 3)) AS monday FROM recommendation FINAL
        WHERE authority = ${authority} AND notEmpty(ep_from)`,
    })
    return rows.map((row) => row.monday)
  }

  test('moves no recommendation beyond that week, and counts from when its own has come', async () => {
    const s = scene()
    const owner = await s.owner()
    const now = received('2025-10-08')
    world.append({ ...s.assigned('a1', 1, 1, 2, '2025-10-06'), ...now })
    world.append({ ...s.assigned('a2', 1, 1, 3, '2031-01-06'), ...now })
    world.append({ ...s.assigned('b1', 1, 2, 3, '2025-11-03'), ...now })
    await step(owner)
    expect(await upTo(s.authority)).toEqual(['2025-10-06'])
    // Pupil 2 has nothing yet but what is still to come.
    expect(await s.outcome()).toMatchObject({ ...right, rows: 1 })
    world.append({ ...s.incident('i1', 1, 1, '2025-11-04'), ...received('2025-11-05') })
    await step(owner)
    expect(await upTo(s.authority)).toEqual(['2025-11-03'])
    expect(await s.outcome()).toMatchObject({ ...right, rows: 3 })
  })

  test('says by its receipt that the week has come, also where nothing else of that week stands', async () => {
    const s = scene()
    const owner = await s.owner()
    world.append({ ...s.assigned('a1', 1, 1, 2, '2025-10-06'), ...received('2025-10-06') })
    const weeks = ['2026-01-05', '2026-01-12', '2026-02-02', '2026-03-02', '2026-04-06', '2026-05-04']
    world.append(...weeks.map((day, i) => ({ ...s.incident(`i${i}`, 1, 1, day), ...received('2025-10-21') })))
    await step(owner)
    expect(await upTo(s.authority)).toEqual(['2025-10-20'])
    world.append(...weeks.map((_, i) => s.retraction(`r${i}`, `i${i}`, 2)))
    await step(owner)
    expect(await upTo(s.authority)).toEqual(['2025-10-06'])
    expect(await s.outcome()).toMatchObject(right)
  })

  test('takes nothing back for good that a former owner saw by a clock which was set back', async () => {
    const s = scene()
    world.append({ ...s.assigned('a1', 1, 1, 3), ...received('2025-11-05') })
    world.append({ ...s.incident('i1', 1, 2, '2025-11-04'), ...received('2025-11-05') })
    await step(await s.owner())
    world.append({ ...s.incident('i1', 2, 2, '2025-11-05'), ...received('2025-10-29') })
    const slow = slowRecommendations()
    const former = await s.owner({ warehouse: slow.warehouse })
    await former.take(world.batches(former))
    await drain(former)
    await former.recommend()
    s.ledger.rewind(authorities.indexOf(s.authority), 2)
    world.append({ ...s.incident('i2', 1, 2, '2025-11-04'), ...received('2025-11-06') })
    await step(await s.owner())
    await slow.land()
    expect(await s.outcome()).toMatchObject(right)
  })
})

describe('an owner that dies between two shares of the pupils', () => {
  async function died(protections: Protections) {
    const s = scene()
    world.append(...[1, 2, 3].map((n) => s.assigned(`a${n}`, 1, n, 3)))
    const former = await s.owner({ protections, pupilsAtOnce: 1 })
    await former.take(world.batches(former))
    await drain(former)
    expect(await former.recommendShare()).toBe(false)
    await (await s.owner({ protections })).recommend()
    return s.outcome()
  }
  test('leaves the others to whoever takes over', async () => {
    expect(await died(allProtections)).toMatchObject({ ...right, rows: 3 })
  })
  test('would leave them without a tier, had the mark moved after its first share', async () => {
    expect((await died(without('tieredAfterAll'))).wrong).toBe(2)
  })
})

test('what comes between two shares, another present too, is worked out in the next pass', async () => {
  const s = scene()
  const owner = await s.owner({ pupilsAtOnce: 1 })
  world.append(...[1, 2, 3].flatMap((n) => [1, 2].map((i) => s.incident(`i${n}${i}`, 1, n))))
  await owner.take(world.batches(owner))
  await drain(owner)
  expect(await owner.recommendShare()).toBe(false)
  world.append(
    s.incident('late', 1, 1, '2026-01-12'),
    s.assigned('new', 1, 4, 3),
    s.retraction('r', 'i31', 2),
  )
  await owner.take(world.batches(owner))
  expect(await owner.recommendShare()).toBe(false)
  await drain(owner)
  await owner.recommend()
  expect(owner.untiered).toBe(true)
  await owner.recommend()
  expect(owner.untiered).toBe(false)
  expect(await s.outcome()).toMatchObject(right)
})

test('attendance that is late, corrected or taken back changes the pupil’s tier from its week on', async () => {
  const s = scene()
  const owner = await s.owner()
  const tiers = async () => {
    const rows = await world.warehouse.query<{ told: string }>({
      name: 'attendance_tiers',
      sql: `SELECT arrayStringConcat(arrayMap((f, t) -> concat(toString(toDate(f * 7 - 3)), ' ', toString(t)), ep_from, ep_tier), ', ') AS told
        FROM recommendation FINAL WHERE authority = ${s.authority} AND domain = 'attendance' AND notEmpty(ep_from)`,
    })
    expect(await s.outcome()).toMatchObject(right)
    return rows.map(({ told }) => told)
  }
  // Two spans, 85 % of their sessions attended: persistent absence.
  world.append(s.attended('h1', 1, 1, 16, '2025-10-24'), s.attended('h2', 1, 1, 18, '2025-12-19'))
  await step(owner)
  expect(await tiers()).toEqual(['2025-10-20 1, 2025-12-15 2'])
  world.append(s.attended('h1', 2, 1, 19, '2025-10-24'))
  await step(owner)
  expect(await tiers()).toEqual(['2025-10-20 1'])
  world.append(s.attended('late', 1, 1, 8, '2025-11-14'))
  await step(owner)
  expect(await tiers()).toEqual(['2025-10-20 1, 2025-11-10 2'])
  world.append(s.retraction('r1', 'late', 2))
  await step(owner)
  expect(await tiers()).toEqual(['2025-10-20 1'])
  world.append(s.erasure('x1', 1))
  await step(owner)
  expect(await tiers()).toEqual([])
})

test('a late snapshot changes the context of the weeks that it reaches, and a move of school leaves nothing behind', async () => {
  const s = scene()
  const owner = await s.owner()
  world.append(s.incident('i1', 1, 1), s.incident('i2', 1, 1, '2025-11-24'))
  await step(owner)
  world.append(s.context('c2', 1, 1, 2, '2025-11-03'))
  await step(owner)
  world.append(s.context('c1', 1, 1, 3, '2025-09-01'), s.context('c2', 2, 1, 4, '2025-11-10'))
  await step(owner)
  expect(await s.outcome()).toMatchObject(right)
})

test('new rules and a new week reach pupils of whom nothing new is known', async () => {
  const s = scene()
  const owner = await s.owner()
  world.append(...[1, 2, 3].map((n) => s.incident(`i${n}`, 1, 1)), s.incident('j1', 1, 2))
  await step(owner)
  const { policy } = testTimelines.behaviour[0]!
  const rules = policy.rules.map((rule) => ({ ...rule, minSources: 1 }))
  s.rules.now = { ...testTimelines, behaviour: [{ from: 0, policy: { ...policy, rules } }] }
  s.rules.revision++
  expect(await s.outcome()).not.toMatchObject(right)
  await owner.recommend()
  expect(await s.outcome()).toMatchObject(right)
  // A week without an incident of pupil 1 in the window: the tier falls by what is known of pupil 2 alone.
  world.append(s.incident('j2', 1, 2, '2026-03-02'))
  await step(owner)
  expect(await s.outcome()).toMatchObject(right)
})
