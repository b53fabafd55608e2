import { operatorScope } from '@cairn/access/operator'
import { type InstrumentDefinition, instruments, namesScoredWith, swemwbs } from '@cairn/mtss'
import { firstCheckins, scoredBy } from '@cairn/warehouse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Input } from './stream.ts'
import { MemoryLedger, World } from './world.ts'

/** Corrected definitions: what a rescore changes, and what it must leave alone. */
let world: World
const authorities = [301, 302, 303]
beforeAll(async () => {
  world = await World.open({ authorities })
})
afterAll(() => world?.close())

/** The metric moved by one point: as if the shipped table had been wrong. */
const corrected: InstrumentDefinition = {
  ...swemwbs,
  version: 2,
  corrects: 'swemwbs@1',
  conversions: [{ scale: 'wellbeing', points: swemwbs.conversions![0]!.points.map((point) => point + 1) }],
  bands: [],
}
const before = instruments
const after = [...instruments, corrected]
const names = namesScoredWith(after, 'swemwbs@1')

const all = (definition: InstrumentDefinition, answer: number) =>
  Object.fromEntries(definition.items.map(({ id }) => [id, answer]))

/** Check-ins of three instruments, incidents and a correction of an event, over two schools. */
function county(authority: number): Input[] {
  const event = (id: string, type: string, data: unknown, version = 1): Input => ({
    ...{ authority, source: 'urn:scene', id, version, type },
    data,
  })
  const school = (n: number) => String(800_000 + authority * 100 + n)
  const checkIn = (n: number, instrument: string, answers: Record<string, number>, where = 1 + (n % 2)) => ({
    ...{ school: school(where), pupil: `k1:${n.toString(16).padStart(32, '0')}`, instrument },
    ...{ informant: 'self', submittedOn: n % 3 === 0 ? '2025-10-06' : '2025-11-10', answers },
  })
  const wheel = instruments[0]!
  return Array.from({ length: 24 }, (_, n) => [
    event(`wheel-${n}`, 'checkin.submitted', checkIn(n, 'resilience-wheel@1', all(wheel, 1 + (n % 5)))),
    event(`swemwbs-${n}`, 'checkin.submitted', checkIn(n, 'swemwbs@1', all(swemwbs, 1 + (n % 5)))),
    ...(n % 6 === 0
      ? [
          event(`swemwbs-${n}`, 'checkin.submitted', checkIn(n, 'swemwbs@1', all(swemwbs, 3), 1), 2),
          event(`incident-${n}`, 'incident.reported', {
            ...{ school: school(1), occurredOn: '2025-10-06', behaviours: ['bullying'], mode: 'in_person' },
            ...{ location: 'playground', severity: 1, participants: [] },
          }),
        ]
      : []),
  ]).flat()
}

async function takeAll(
  owner: ReturnType<World['owner']>,
  authority: number,
  partition = authorities.indexOf(authority),
): Promise<void> {
  await owner.claim([partition])
  await owner.take(world.batches(owner))
  await owner.drain()
  await owner.settle()
}

interface Figure {
  readonly cell: string
  readonly counted: string
  readonly x: number
  readonly xx: number
}

/** Every figure of an authority by its place, as a reader finds it. */
async function figures(authority: number): Promise<Map<string, Figure>> {
  const rows = await world.warehouse.query<Figure>({
    name: 'figures',
    sql: `SELECT concat(metric, ' ', toString(grain), ' ', toString(school % 100), ' ', toString(period), ' ', key) AS cell,
        toString(one) AS counted, x, xx
      FROM (SELECT * FROM cells FINAL WHERE authority = {authority:UInt16})
      ARRAY JOIN d AS key, n AS one, sx AS x, sxx AS xx`,
    params: { authority },
  })
  return new Map(rows.map((row) => [row.cell, row]))
}

const different = (a: Map<string, Figure>, b: Map<string, Figure>): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter(
    (cell) => JSON.stringify(a.get(cell)) !== JSON.stringify(b.get(cell)),
  )

/** What the command does: find the first check-in, rewind to it. */
async function rewind(ledger: MemoryLedger, authority: number): Promise<number> {
  const first = await firstCheckins(world.warehouse, operatorScope([authority]), names)
  ledger.rewind(authorities.indexOf(authority), first.get(authority)!)
  return first.get(authority)!
}

const by = async (authority: number) =>
  Object.fromEntries(await scoredBy(world.warehouse, operatorScope([authority]), names))

describe('a rescore after a corrected definition', () => {
  test('changes exactly the figures of that instrument, to what they were had it been right from the start', async () => {
    const [authority, fresh] = [301, 302]
    const ledger = new MemoryLedger()
    world.append(...county(authority))
    await takeAll(world.owner('first', { ledger, instruments: before }), authority)
    const then = await figures(authority)
    expect(await by(authority)).toEqual({ 'swemwbs@1': 24 })

    // Offset 1 is its first check-in, and superseded by the record at 2: a merge may have dropped it.
    expect([1, 2]).toContain(await rewind(ledger, authority))
    await takeAll(world.owner('second', { ledger, instruments: after }), authority)
    const now = await figures(authority)
    expect(await by(authority)).toEqual({ 'swemwbs@2': 24 })

    const of = (cell: string) => cell.startsWith('wellbeing_score ') && cell.includes('instrument=swemwbs@1')
    const changed = different(then, now)
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.filter((cell) => !of(cell))).toEqual([])
    expect([...then.keys()].filter(of).sort()).toEqual([...changed].sort())
    // One point more for each check-in, and as many check-ins as before.
    for (const cell of changed) {
      expect(now.get(cell)!.counted).toBe(then.get(cell)!.counted)
      expect(now.get(cell)!.x - then.get(cell)!.x).toBeCloseTo(Number(then.get(cell)!.counted), 6)
    }

    world.append(...county(fresh))
    await takeAll(world.owner('fresh', { ledger: new MemoryLedger(), instruments: after }), fresh)
    const wanted = await figures(fresh)
    expect(different(now, wanted)).toEqual([])
    await world.merge()
    expect(different(await figures(authority), wanted)).toEqual([])
  })

  test('loses to a former owner’s late facts, is seen to have lost, and holds when done once more', async () => {
    const authority = 303
    const ledger = new MemoryLedger()
    world.append(...county(authority))
    const zombie = world.owner('zombie', { ledger, instruments: before })
    await takeAll(zombie, authority)
    const late = world.owner('late', { ledger, instruments: before })
    await rewind(ledger, authority)
    await late.claim([2])
    const rows = late.read(world.batches(late))

    await takeAll(world.owner('second', { ledger, instruments: after }), authority)
    expect(await by(authority)).toEqual({ 'swemwbs@2': 24 })
    await late.writeFacts(rows)
    expect(await by(authority)).toEqual({ 'swemwbs@1': 24 })

    await rewind(ledger, authority)
    await takeAll(world.owner('third', { ledger, instruments: after }), authority)
    expect(await by(authority)).toEqual({ 'swemwbs@2': 24 })
    expect(different(await figures(authority), await figures(301))).toEqual([])
  })
})
