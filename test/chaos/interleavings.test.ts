import type { Warehouse } from '@cairn/warehouse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allProtections, type Protections } from '../../services/aggregator/protections.ts'
import { compare } from './compare.ts'
import { expected } from './model.ts'
import type { Input } from './stream.ts'
import { MemoryLedger, modelOptions, World } from './world.ts'

/**
 * Interleavings that random kills do not reach. Each uses authorities of its own, so that one warehouse serves all;
 * those that switch a protection off must come out wrong, or the protection is not what keeps the figures right.
 */
let world: World
let next = 0
const authorities = Array.from({ length: 200 }, (_, i) => 100 + i)

beforeAll(async () => {
  world = await World.open({ authorities })
})
afterAll(() => world?.close())

const pupil = (n: number) => `k1:${n.toString(16).padStart(32, '0')}`

/** One authority with two schools, and what can happen there. */
function scene(fence = true) {
  const ledger = new MemoryLedger(fence)
  const authority = authorities[next++]!
  const partition = authorities.indexOf(authority)
  const school = (n: number) => String(800_000 + authority * 100 + n)
  const event = (id: string, version: number, type: string, data: unknown): Input => ({
    authority,
    source: 'urn:scene',
    id,
    version,
    type,
    data,
  })
  const at = { a: { school: school(1), day: '2025-10-06' }, b: { school: school(2), day: '2025-11-10' } }
  type Where = keyof typeof at
  return {
    authority,
    partition,
    exclusion: (id: string, version: number, where: Where = 'a', who = 1) =>
      event(id, version, 'exclusion.recorded', {
        school: at[where].school,
        pupil: pupil(who),
        type: 'SUSP',
        startsOn: at[where].day,
        reasons: ['PP'],
      }),
    incident: (id: string, version: number, where: Where = 'a') =>
      event(id, version, 'incident.reported', {
        school: at[where].school,
        occurredOn: at[where].day,
        behaviours: ['bullying'],
        mode: 'in_person',
        location: 'playground',
        severity: 1,
        participants: [],
      }),
    resolved: (id: string, version: number, incident: string, day: string) =>
      event(id, version, 'incident.resolved', {
        school: at.a.school,
        incident: { source: 'urn:scene', id: incident },
        resolvedOn: day,
        outcome: 'restorative',
      }),
    context: (id: string, version: number, day: string, ncYear: string, who = 1) =>
      event(id, version, 'pupil.context.changed', {
        ...{ school: school(1), pupil: pupil(who), effectiveFrom: day, ncYear },
      }),
    retraction: (id: string, of: string, version: number) =>
      event(id, 1, 'event.retracted', { source: 'urn:scene', id: of, version, reason: 'entered_in_error' }),
    erasure: (id: string, who = 1) =>
      event(id, 1, 'pupil.erased', { school: at.a.school, pupil: pupil(who) }),
    ledger,
    owner: async (o: { protections?: Protections; warehouse?: Warehouse } = {}) => {
      const owner = world.owner(`owner-${authority}`, { ...o, ledger })
      await owner.claim([partition])
      return owner
    },
    outcome: async () => {
      const model = expected(
        world.log.filter((e) => e.authority === authority),
        modelOptions,
      )
      const { wrong, termsWrong, examples } = await compare(world.warehouse, model)
      return { wrong, termsWrong, examples }
    },
  }
}

const right = { wrong: 0, termsWrong: 0, examples: [] }
const without = (name: keyof Protections): Protections => ({ ...allProtections, [name]: false })

type Owner = Awaited<ReturnType<ReturnType<typeof scene>['owner']>>

/** Takes what is there, and drains. */
async function step(owner: Owner, options: { limit?: number; merge?: boolean } = {}) {
  await owner.take(world.batches(owner, options.limit))
  if (options.merge) await world.merge()
  await owner.drain()
  await owner.settle()
  if (options.merge) await world.merge()
}

describe('a former owner', () => {
  /** It pauses after its first write of a batch; the new owner drains a smaller one; then its rows land late. */
  async function lateFacts(fence: boolean) {
    const s = scene(fence)
    world.append(s.exclusion('e1', 1), s.exclusion('e2', 1))
    await step(await s.owner())
    world.append(
      s.exclusion('e3', 1),
      s.exclusion('e1', 2, 'b'),
      s.exclusion('e2', 2, 'b'),
      s.exclusion('e4', 1),
    )
    const former = await s.owner()
    const batches = world.batches(former)
    const rows = former.read(batches)
    await former.writeReceipts(rows)
    const owner = await s.owner()
    await step(owner, { limit: 1 })
    await former.writeFacts(rows)
    await world.merge()
    const moved = await former.moveOffset(batches, rows).then(
      () => true,
      () => false,
    )
    if (moved) await former.drain()
    if (fence) await step(owner)
    else await step(await s.owner())
    return { moved, ...(await s.outcome()) }
  }

  test('whose facts land after the new owner has drained changes nothing', async () => {
    expect(await lateFacts(true)).toEqual({ moved: false, ...right })
  })

  test('would leave stale cells behind if the ledger did not refuse it', async () => {
    const { moved, wrong } = await lateFacts(false)
    expect(moved).toBe(true)
    expect(wrong).toBeGreaterThan(0)
  })

  /** It has computed its cells from an old state, and writes them after the new owner has written newer ones. */
  async function lateCells(protections: Protections) {
    const s = scene()
    const slow = await world.slowCells()
    const former = await s.owner({ protections, warehouse: slow.warehouse })
    for (const e of [s.exclusion('e0', 1, 'b'), s.exclusion('e1', 1)]) {
      world.append(e)
      await former.take(world.batches(former))
      await former.repair()
      await former.recomputeWeeks()
    }
    const owner = await s.owner({ protections })
    world.append(s.exclusion('e1', 2, 'b'))
    await step(owner)
    await slow.land()
    await world.merge()
    return s.outcome()
  }

  test('whose cells land after newer ones loses to them, also where the slice is empty now', async () => {
    expect(await lateCells(allProtections)).toEqual(right)
  })

  test('would win over newer cells without the generation', async () => {
    expect((await lateCells(without('generation'))).wrong).toBeGreaterThan(0)
  })

  /** It dies after the offset has moved and before the drain: what it suspected is lost with it. */
  async function diesBeforeDrain(protections: Protections) {
    const s = scene()
    world.append(s.exclusion('e1', 1))
    await step(await s.owner({ protections }))
    world.append(s.exclusion('e1', 2, 'b'))
    const former = await s.owner({ protections })
    await former.drain()
    await former.take(world.batches(former))
    await step(await s.owner({ protections }))
    return s.outcome()
  }

  test('that dies before it drains leaves nothing unrepaired', async () => {
    expect(await diesBeforeDrain(allProtections)).toEqual(right)
  })

  test('that dies before it drains would leave the old slice counted if a claim did not repair everything', async () => {
    expect((await diesBeforeDrain(without('repairAllAfterClaim'))).wrong).toBeGreaterThan(0)
  })
})

describe('versions in any order', () => {
  type Scene = ReturnType<typeof scene>
  const orders: [name: string, events: (s: Scene) => Input[]][] = [
    [
      '3, 1, 2 and each again',
      (s) => [3, 1, 2, 3, 1, 2].map((v) => s.exclusion('e', v, v === 2 ? 'b' : 'a')),
    ],
    [
      '1 in one school, 2 in another, 3 back in the first',
      (s) => [1, 2, 3].map((v) => s.exclusion('e', v, v === 2 ? 'b' : 'a')),
    ],
    [
      'retraction 3, then 1, 4, 2',
      (s) => [s.retraction('r', 'e', 3), s.exclusion('e', 1), s.exclusion('e', 4, 'b'), s.exclusion('e', 2)],
    ],
    ['1, retraction 2', (s) => [s.exclusion('e', 1), s.retraction('r', 'e', 2)]],
    [
      '2, erasure, 1, 3',
      (s) => [s.exclusion('e', 2, 'b'), s.erasure('x'), s.exclusion('e', 1), s.exclusion('e', 3, 'b')],
    ],
    [
      'erasure, then 1 of the pupil and 1 of another',
      (s) => [s.erasure('x'), s.exclusion('e', 1), s.exclusion('f', 1, 'a', 2)],
    ],
    [
      '1 of one pupil, 2 of another, the first erased',
      (s) => [s.exclusion('e', 1, 'a', 1), s.exclusion('e', 2, 'a', 2), s.erasure('x', 1)],
    ],
    [
      '1 twice with other content in another slice',
      (s) => [s.exclusion('e', 1), s.exclusion('e', 1, 'b'), s.exclusion('e', 1)],
    ],
    ['another type in version 2', (s) => [s.exclusion('e', 1), s.incident('e', 2)]],
    ['another type in version 2, which came first', (s) => [s.incident('e', 2, 'b'), s.exclusion('e', 1)]],
    [
      'a resolution before its incident, which then moves',
      (s) => [s.resolved('d', 1, 'i', '2025-10-09'), s.incident('i', 1), s.incident('i', 2, 'b')],
    ],
    [
      'a resolution corrected to follow another incident',
      (s) => [
        s.incident('i', 1),
        s.incident('j', 1, 'b'),
        s.resolved('d', 1, 'i', '2025-11-20'),
        s.resolved('d', 2, 'j', '2025-11-20'),
      ],
    ],
    [
      'a resolution retracted',
      (s) => [s.incident('i', 1), s.resolved('d', 1, 'i', '2025-10-09'), s.retraction('r', 'd', 2)],
    ],
  ]
  for (const merge of [false, true])
    test.each(orders)(`%s${merge ? ', with everything merged after each step' : ''}`, async (_, events) => {
      const s = scene()
      const owner = await s.owner()
      for (const event of events(s)) {
        world.append(event)
        await step(owner, { merge })
        expect(await s.outcome()).toEqual(right)
      }
    })

  test.each(orders)('%s, all in one batch', async (_, events) => {
    const s = scene()
    world.append(...events(s))
    await step(await s.owner())
    expect(await s.outcome()).toEqual(right)
  })

  test('a moved event would be counted twice without tombstones', async () => {
    const s = scene()
    const owner = await s.owner({ protections: without('repair') })
    for (const v of [1, 2]) {
      world.append(s.exclusion('e', v, v === 2 ? 'b' : 'a'))
      await step(owner)
    }
    expect((await s.outcome()).wrong).toBeGreaterThan(0)
  })

  test('a late first version would be counted twice if first versions were not looked up', async () => {
    const s = scene()
    const owner = await s.owner({ protections: without('lateFirstVersions') })
    for (const v of [2, 1]) {
      world.append(s.exclusion('e', v, v === 2 ? 'b' : 'a'))
      await step(owner)
    }
    expect((await s.outcome()).wrong).toBeGreaterThan(0)
  })

  test('an event of an erased pupil would be counted as current without its marker', async () => {
    const s = scene()
    const owner = await s.owner({ protections: without('erasedMarkers') })
    for (const event of [s.erasure('x'), s.exclusion('e', 1)]) {
      world.append(event)
      await step(owner)
    }
    expect((await s.outcome()).termsWrong).toBeGreaterThan(0)
  })
})

describe('a context', () => {
  type Scene = ReturnType<typeof scene>
  const histories: [string, (s: Scene) => Input[]][] = [
    ['comes after the facts that it reaches', (s) => [s.context('c', 1, '2025-09-01', '7')]],
    [
      'is corrected, and begins later',
      (s) => [s.context('c', 1, '2025-09-01', '7'), s.context('c', 2, '2025-11-01', '8')],
    ],
    [
      'turns out to be of another pupil',
      (s) => [s.context('c', 1, '2025-09-01', '7'), s.context('c', 2, '2025-09-01', '7', 2)],
    ],
    ['is taken back', (s) => [s.context('c', 1, '2025-09-01', '7'), s.retraction('r', 'c', 2)]],
    [
      'comes between two others',
      (s) => [
        ...[s.context('c1', 1, '2025-09-01', '7'), s.context('c3', 1, '2025-11-01', '9')],
        s.context('c2', 1, '2025-10-01', '8'),
      ],
    ],
    [
      'and its pupil are erased',
      (s) => [s.context('c', 1, '2025-09-01', '7'), s.erasure('x'), s.context('c', 2, '2025-09-01', '8')],
    ],
    [
      'becomes an event of another kind',
      (s) => [s.context('c', 1, '2025-09-01', '7'), s.exclusion('c', 2, 'b')],
    ],
  ]
  const facts = (s: Scene) => [s.exclusion('e1', 1), s.exclusion('e2', 1, 'b'), s.exclusion('e3', 1, 'a', 2)]

  test.each(histories)('that %s changes the figures of its pupil', async (_, events) => {
    const s = scene()
    world.append(...facts(s))
    const owner = await s.owner()
    await step(owner)
    for (const event of events(s)) {
      world.append(event)
      // Merged: the former version is gone when the next one comes.
      await step(owner, { merge: true })
    }
    expect(await s.outcome()).toEqual(right)
  })

  // An erasure takes the facts as well, and so dirties them itself.
  test.each(histories.filter(([name]) => !name.includes('erased')))(
    'that %s would leave stale figures if it did not reach them',
    async (_, events) => {
      const s = scene()
      const owner = await s.owner({ protections: without('contextsReach') })
      world.append(...facts(s), ...events(s).slice(0, -1))
      await step(owner)
      world.append(events(s).at(-1)!)
      await step(owner)
      expect((await s.outcome()).wrong).toBeGreaterThan(0)
    },
  )

  test('whose owner dies before it drains still reaches all facts', async () => {
    const s = scene()
    world.append(...facts(s), s.context('c', 1, '2025-09-01', '7'))
    await step(await s.owner())
    world.append(s.context('c', 2, '2025-09-01', '7', 2))
    const former = await s.owner()
    await former.take(world.batches(former))
    const next = await s.owner()
    await next.drain()
    await next.settle()
    expect(await s.outcome()).toEqual(right)
  })
})

test('a rewound ledger replays to the same cells', async () => {
  const s = scene()
  world.append(
    s.exclusion('e1', 1),
    s.exclusion('e1', 2, 'b'),
    s.incident('i', 1),
    s.resolved('d', 1, 'i', '2025-10-10'),
  )
  await step(await s.owner())
  s.ledger.rewind(s.partition, 0)
  const owner = await s.owner()
  await step(owner, { limit: 2 })
  await step(owner)
  expect(await s.outcome()).toEqual(right)
})

test('a batch that failed between facts and offset is taken again without a trace', async () => {
  const s = scene()
  world.append(s.exclusion('e1', 2, 'b'), s.exclusion('e1', 1))
  const owner = await s.owner()
  const batches = world.batches(owner)
  const rows = owner.read(batches)
  await owner.writeReceipts(rows)
  await owner.writeFacts(rows)
  await step(owner)
  expect(await s.outcome()).toEqual(right)
})
