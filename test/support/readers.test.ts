import { operatorScope } from '@cairn/access/operator'
import { type Characteristic, characteristics, metrics, type StoredMetric } from '@cairn/metrics'
import { resilienceWheel } from '@cairn/mtss'
import {
  type CellSum,
  type EffectSums,
  type PlanCounts,
  readCells,
  readCharacteristicCells,
  readInterventionEffect,
  readPlanCompliance,
  readWaits,
} from '@cairn/warehouse'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { characteristicsByHand } from '../chaos/contexts-by-hand.ts'
import type { LoggedInput } from '../chaos/model.ts'
import { complianceByHand, effectsByHand, type WhatIs, waitKey, waitsByHand } from './by-hand.ts'
import { supportCells } from './cells-by-hand.ts'
import { current, historyOf, schoolsOf } from './history.ts'
import { type OwnedWorld, ownedWorld } from './owned.ts'

let { world, owner, unused, authorities } = {} as OwnedWorld

beforeAll(async () => {
  ;({ world, owner, unused, authorities } = await ownedWorld())
  // For the calendars, once: what is read here comes from facts.
  await owner.settle()
})
afterAll(() => world?.close())

/** A history that stands in the warehouse, and what holds of it in the end. */
async function loaded(seed: number, pupils: number) {
  const authority = unused()
  world.append(...historyOf(authority, seed, pupils))
  for (const batch of world.batches(owner)) await owner.write([batch], owner.read([batch]))
  await owner.repair()
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

const names = Object.keys(characteristics) as Characteristic[]
const anyName = fc.constantFrom(...names)

/** What each pupil is by one characteristic, by plain code. */
function valuesByHand(
  { query, events }: Awaited<ReturnType<typeof loaded>>,
  pupilsBy: Characteristic,
): WhatIs {
  const of = characteristicsByHand(events)
  return (pupil, day) => of(query.authority, pupil, day)[names.indexOf(pupilsBy)]!.split('=')[1]!
}

/** Sums of doubles differ in their last digits by the order of what was added. */
const rounded = (of: ReadonlyMap<string, readonly number[]>) =>
  new Map([...of].map(([place, sums]) => [place, sums.map((x) => Number(x.toPrecision(9)))]))

/** A metric's sums over the year by school, kind and value: those of each value's own subjects, counted by hand. */
function cellsByHand(events: readonly LoggedInput[], id: string, kind: string, whatIs: WhatIs) {
  const found = new Map<string, number[]>()
  const isSubject = ({ type }: LoggedInput) => type === 'intervention.started' || type === 'plan.created'
  const of = ({ data }: LoggedInput) => whatIs(data.pupil, data.startedOn ?? data.createdOn)
  for (const value of new Set(events.filter(isSubject).map(of)))
    for (const [key, sums] of supportCells(events.filter((e) => !isSubject(e) || of(e) === value))) {
      const [metric, school, , breakdown] = key.split('|')
      if (metric !== id || !breakdown!.startsWith(`${kind}=`)) continue
      const place = `${school} ${breakdown!.split('=')[1]} ${value}`
      const so = found.get(place) ?? [0, 0, 0]
      found.set(place, [so[0]! + sums.n, so[1]! + sums.sx, so[2]! + sums.sxx])
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
        const counts = ({ n, rose, fell }: EffectSums) => [n, rose, fell]
        expect(totals(bySchool, key, counts)).toEqual(totals(have, key, counts))
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
    // Of a half-term there are few pairs: eight draws once had 42 in all.
    { ...runs, numRuns: 12 },
  )
  expect(pairs).toBeGreaterThan(20)
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
    // Few draws ask about a day before the last intervention began.
    { ...runs, numRuns: 16 },
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

test('told apart by a characteristic they equal those of each pupil by what it was on the day, and add up', async () => {
  const told = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 30, max: 90 }),
      anyName,
      async (seed, pupils, pupilsBy) => {
        const one = await loaded(seed, pupils)
        const { scope, query, events } = one
        const whatIs = valuesByHand(one, pupilsBy)
        const when = { grain: 'year', period: 2025 } as const
        const asked = { ...query, ...when, pupilsBy }
        const asOf = '2026-02-01'

        const effect = { ...asked, by: 'type', informant: 'self', windowWeeks: 12 } as const
        const scales = resilienceWheel.subscales.map(({ id }) => ({
          subscale: id,
          reliableFactor: 1.2,
          sd: 0,
        }))
        const of = { ...effect, scales, instrument: 'resilience-wheel@1' }
        const effects = await readInterventionEffect(world.warehouse, scope, of)
        const wanted = effectsByHand(events, { ...effect, factor: 1.2 }, whatIs)
        const key = ({ kind, subscale, value }: EffectSums) => `${kind}|${subscale}|${value}`
        expect(effects.map(key).sort()).toEqual([...wanted.keys()].sort())
        const counts = ({ n, rose, fell, selected }: EffectSums) => [n, rose, fell, selected]
        for (const sums of effects) {
          expect(counts(sums)).toEqual(counts(wanted.get(key(sums))!))
          expect(sums.after.mean).toBeCloseTo(wanted.get(key(sums))!.after.mean, 8)
          told.add(`${pupilsBy} ${sums.value}`)
        }
        const bySchool = await readInterventionEffect(world.warehouse, scope, { ...of, bySchool: true })
        expect(totals(bySchool, key, counts)).toEqual(totals(effects, key, counts))

        const highNeed = [{ subscale: 'bonding', cutOff: 30, lowIsHighNeed: true, severity: 0 }]
        const instrument = 'resilience-wheel@1'
        const waits = await readWaits(world.warehouse, scope, { ...asked, asOf, highNeed, instrument })
        expect(new Map(waits.map((wait) => [waitKey(wait), wait.pupils]))).toEqual(
          waitsByHand(events, { ...when, asOf, cutOffs: new Map([['bonding', 30]]) }, whatIs),
        )

        const plans = await readPlanCompliance(world.warehouse, scope, { ...asked, asOf })
        expect(new Map(plans.map((row) => [`${row.domain}|${row.value}`, row]))).toEqual(
          complianceByHand(events, { ...when, asOf }, whatIs),
        )
      },
    ),
    runs,
  )
  expect(told.size).toBeGreaterThan(8)
}, 240_000)

test('cells told apart by a characteristic add up to the cells, and equal a count by hand', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 20, max: 60 }),
      anyName,
      async (seed, pupils, pupilsBy) => {
        const one = await loaded(seed, pupils)
        const { scope, query, events } = one
        const whatIs = valuesByHand(one, pupilsBy)
        await owner.drain()
        for (const [id, breakdown] of [
          ...['intervention_dose', 'session_fidelity', 'interventions_with_fidelity'].map((id) => [
            id,
            'type',
          ]),
          ...['goal_rating', 'goal_progress'].map((id) => [id, 'goal_area']),
          ...['interventions_started', 'sessions_delivered'].map((id) => [id, 'ecological_level']),
        ] as [string, string][]) {
          const metric = metrics.get(id) as StoredMetric
          const when = { grain: 'year', period: 2025 } as const
          const of = { metric, breakdown: [breakdown] }
          const have = await readCharacteristicCells(world.warehouse, scope, {
            ...query,
            ...when,
            ...of,
            pupilsBy,
          })
          const cells = await readCells(world.warehouse, scope, {
            ...{ ...of, grain: 'year', years: [2025], authorities: [query.authority] },
            groups: new Map(query.schools.map((urn) => [urn, urn])),
          })
          const numbers = ({ n, sx, sxx }: CellSum) => [n, sx, sxx]
          const kindOf = ({ group, values }: CellSum) => `${group} ${values[0]}`
          expect(rounded(totals(have, kindOf, numbers))).toEqual(rounded(totals(cells, kindOf, numbers)))
          const byValue = new Map(have.map((cell) => [`${kindOf(cell)} ${cell.values[1]}`, numbers(cell)]))
          expect(rounded(byValue)).toEqual(rounded(cellsByHand(events, id, breakdown, whatIs)))
        }
      },
    ),
    { ...runs, numRuns: 5 },
  )
}, 240_000)
