import { operatorScope } from '@cairn/access/operator'
import { resilienceWheel } from '@cairn/mtss'
import {
  type EffectSums,
  type PlanCounts,
  readInterventionEffect,
  readPlanCompliance,
  readWaits,
} from '@cairn/warehouse'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Aggregator } from '../../services/aggregator/aggregator.ts'
import { World } from '../chaos/world.ts'
import { complianceByHand, effectsByHand, waitKey, waitsByHand } from './by-hand.ts'
import { current, historyOf, schoolsOf } from './history.ts'

const authorities = Array.from({ length: 40 }, (_, i) => 100 + i)
let world: World
let owner: Aggregator
let next = 0

beforeAll(async () => {
  world = await World.open({ authorities })
  owner = world.owner('support')
  await owner.claim(world.partitions)
})
afterAll(() => world?.close())

/** A history that stands in the warehouse, and what holds of it in the end. */
async function loaded(seed: number, pupils: number) {
  const authority = authorities[next++]!
  world.append(...historyOf(authority, seed, pupils))
  for (const batch of world.batches(owner)) await owner.write([batch], owner.read([batch]))
  await owner.repair()
  await owner.settle()
  return {
    scope: operatorScope([authority]),
    query: { authority, schools: schoolsOf(authority) },
    events: current(world.log.filter((e) => e.authority === authority)),
  }
}

const period = fc.constantFrom(
  { grain: 'year', period: 2025 } as const,
  { grain: 'half_term', period: 202501 } as const,
  { grain: 'half_term', period: 202502 } as const,
)
const history = [fc.integer(), fc.integer({ min: 1, max: 60 })] as const
/** Sums by key: what is read by school adds up to what is read of all. */
function totals<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  numbers: (row: Row) => readonly number[],
): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const row of rows) {
    const so = found.get(keyOf(row))
    found.set(
      keyOf(row),
      numbers(row).map((n, i) => n + (so?.[i] ?? 0)),
    )
  }
  return found
}

const runs = { numRuns: 8, endOnFailure: true }

test('effects equal those worked out pupil by pupil', async () => {
  let pairs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 30, max: 90 }),
      period,
      fc.constantFrom(['type', 'type'] as const, ['target_domain', 'targetDomain'] as const),
      fc.constantFrom('self', 'self', 'self', 'staff'),
      fc.integer({ min: 6, max: 20 }),
      async (seed, pupils, when, [by, field], informant, windowWeeks) => {
        const { scope, query, events } = await loaded(seed, pupils)
        const asked = {
          ...{ ...query, ...when, by, informant, windowWeeks },
          scales: resilienceWheel.subscales.map(({ id }) => ({ subscale: id, reliableFactor: 1.2, sd: 0 })),
          instrument: 'resilience-wheel@1',
        }
        const have = await readInterventionEffect(world.warehouse, scope, asked)
        const bySchool = await readInterventionEffect(world.warehouse, scope, { ...asked, bySchool: true })
        const key = ({ kind, subscale }: EffectSums) => `${kind}|${subscale}`
        expect(totals(bySchool, key, ({ n }) => [n])).toEqual(totals(have, key, ({ n }) => [n]))
        const want = effectsByHand(events, { ...when, by: field, informant, windowWeeks, factor: 1.2 })
        expect(have.map((e) => `${e.kind}|${e.subscale}`).sort()).toEqual([...want.keys()].sort())
        for (const sums of have) {
          const { before, after, correlation, fidelity, ...counts } = want.get(
            `${sums.kind}|${sums.subscale}`,
          )!
          expect(sums).toMatchObject(counts)
          expect(sums.fidelity).toBeCloseTo(fidelity, 10)
          expect(sums.before.mean).toBeCloseTo(before.mean, 8)
          expect(sums.after.mean).toBeCloseTo(after.mean, 8)
          if (sums.n < 3) continue
          expect(sums.before.sd).toBeCloseTo(before.sd, 6)
          expect(sums.after.sd).toBeCloseTo(after.sd, 6)
          // Where nothing varies there is no correlation, and both must say so.
          if (Number.isNaN(correlation)) expect(sums.correlation).toBeNaN()
          else expect(sums.correlation).toBeCloseTo(correlation, 6)
          pairs += sums.n
        }
      },
    ),
    runs,
  )
  expect(pairs).toBeGreaterThan(50)
}, 240_000)

test('waits for an intervention equal those of each pupil', async () => {
  await fc.assert(
    fc.asyncProperty(
      ...history,
      period,
      fc.constantFrom('2025-11-15', '2026-02-01', '2026-07-01'),
      async (seed, pupils, when, asOf) => {
        const { scope, query, events } = await loaded(seed, pupils)
        const highNeed = [
          { subscale: 'bonding', cutOff: 30, lowIsHighNeed: true, severity: 0 },
          { subscale: 'life_skills', cutOff: 25, lowIsHighNeed: true, severity: 0 },
        ]
        const asked = { ...query, ...when, asOf, highNeed, instrument: 'resilience-wheel@1' }
        const have = await readWaits(world.warehouse, scope, asked)
        const bySchool = await readWaits(world.warehouse, scope, { ...asked, bySchool: true })
        expect(totals(bySchool, waitKey, ({ pupils }) => [pupils])).toEqual(
          totals(have, waitKey, ({ pupils }) => [pupils]),
        )
        const cutOffs = new Map(highNeed.map((need) => [need.subscale, need.cutOff]))
        expect(new Map(have.map((wait) => [waitKey(wait), wait.pupils]))).toEqual(
          waitsByHand(events, { ...when, asOf, cutOffs }),
        )
      },
    ),
    runs,
  )
}, 240_000)

test('plans, reviews and pupils without a plan equal a count by hand', async () => {
  await fc.assert(
    fc.asyncProperty(
      ...history,
      period,
      fc.constantFrom('2025-11-15', '2025-12-20', '2026-07-01'),
      async (seed, pupils, when, asOf) => {
        const { scope, query, events } = await loaded(seed, pupils)
        const have = await readPlanCompliance(world.warehouse, scope, { ...query, ...when, asOf })
        const bySchool = await readPlanCompliance(world.warehouse, scope, {
          ...{ ...query, ...when, asOf, bySchool: true },
        })
        const numbers = (of: PlanCounts) => [of.due, of.onTime, of.live, of.upToDate, of.tiered, of.planned]
        expect(totals(bySchool, ({ domain }) => domain, numbers)).toEqual(
          totals(have, ({ domain }) => domain, numbers),
        )
        expect(new Map(have.map((row) => [row.domain, row]))).toEqual(
          complianceByHand(events, { ...when, asOf }),
        )
      },
    ),
    runs,
  )
}, 240_000)

test('nothing is read beyond the schools and authorities of the reader', async () => {
  const { query } = await loaded(1, 20)
  const stranger = operatorScope([authorities.at(-1)!])
  const asked = { ...query, grain: 'year', period: 2025, asOf: '2026-07-01' } as const
  expect(await readPlanCompliance(world.warehouse, stranger, asked)).toEqual([])
  expect(await readPlanCompliance(world.warehouse, operatorScope([query.authority]), asked)).not.toEqual([])
  const elsewhere = { ...asked, schools: schoolsOf(authorities.at(-1)!) }
  expect(await readPlanCompliance(world.warehouse, operatorScope([query.authority]), elsewhere)).toEqual([])
})
