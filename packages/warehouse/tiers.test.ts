import { randomUUID } from 'node:crypto'
import type { Scope } from '@cairn/access'
import { testScope } from '@cairn/access/testing'
import { agreement, type Episodes, movement, runsOf, tierAt } from '@cairn/mtss'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Warehouse } from './client.ts'
import { insertFacts } from './pipeline.ts'
import { insertRecommendations } from './recommendations.ts'
import { temporaryWarehouse } from './testing.ts'
import { readReEntry, readStays, readTierAgreement, readTierExits, readTimeInTier } from './tier-history.ts'
import { readTierTable } from './tier-table.ts'
import { readTierMovement, tierCharacteristics } from './tiers.ts'

interface Pupil {
  readonly authority: number
  /** From which week in which school and NC year. */
  readonly stays: readonly (readonly [from: number, school: number, ncYear: string])[]
  /** As the recommendation has it, and as it is read. */
  readonly meals: readonly [category: string, read: string]
  readonly episodes: Episodes
}

let warehouse: Warehouse
let remove: () => Promise<void>
let pupils: Pupil[]
const domain = 'semh'
const school = (pupil: Pupil, week: number) => pupil.stays.filter(([from]) => from <= week).at(-1)

beforeAll(async () => {
  ;({ warehouse, remove } = await temporaryWarehouse())
  let state = 7
  const below = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 4_294_967_296) * n)
  }
  pupils = Array.from({ length: 400 }, (_, i) => {
    const from = [below(20)]
    for (let n = below(6); n > 0; n--) from.push(from.at(-1)! + 1 + below(20))
    const tier = from.map(() => 1 + below(3))
    const recommended = tier.map((one) => (below(4) === 0 ? 1 + below(3) : one))
    const assigned = tier.map((one) => (below(3) === 0 ? one : 0))
    const none = from.map(() => 0)
    const episodes = {
      from,
      tier,
      rule: none,
      recommended,
      assigned,
      observed: from.map(() => []),
      policy: none,
    }
    const moves = below(2) === 0 ? [[from[0]! + 10, 1 + below(3), '9'] as const] : []
    const meals = [['none', 'no'] as const, ['TFSM', 'yes'] as const, ['unknown', 'unknown'] as const][
      below(3)
    ]!
    return { authority: 901 + (i % 2), stays: [[from[0]!, 1 + below(3), '8'], ...moves], meals, episodes }
  })
  await insertRecommendations(
    warehouse,
    pupils.map(({ authority, stays, meals: [meals], episodes: e }) => {
      const unknown = stays.map(() => 'unknown')
      const cx = [stays.map(([f]) => f), stays.map(([, s]) => s), stays.map(([, , y]) => y)]
      const ep = [e.from, e.tier, e.rule, e.recommended, e.assigned, e.observed, e.policy]
      const rest = [unknown, unknown, unknown, stays.map(() => meals)]
      return [authority, domain, randomUUID(), '1', 90, '1', ...ep, ...cx, ...rest]
    }),
  )
})
afterAll(() => remove?.())

const scope = testScope([901])
const question = { authorities: [901, 902], domain }
/** Pupils of the reader's authority by the school that they are in at a week. */
function bySchool(week: number): Map<number, Pupil[]> {
  const groups = new Map<number, Pupil[]>()
  for (const pupil of pupils) {
    const at = school(pupil, week)?.[1] ?? 0
    if (pupil.authority === 901) groups.set(at, [...(groups.get(at) ?? []), pupil])
  }
  return groups
}
const schools = [1, 2, 3]
const readTotals = async (reader: Scope, asked: { week: number; schools?: number[] }) =>
  (await readTierTable(warehouse, reader, { ...question, ...asked })).filter((row) => row.by === '')

describe('what is read of recommendations equals what is counted from episodes', () => {
  test.each([5, 20, 60])('the table of tiers by school, NC year and meals, as at week %i', async (week) => {
    const rows = await readTierTable(warehouse, scope, { ...question, week })
    const is = (p: Pupil) => ({ '': '', nc_year: school(p, week)![2], fsm: p.meals[1] })
    const counted = (by: '' | 'nc_year' | 'fsm', values: readonly string[]) =>
      schools.flatMap((s) =>
        values.flatMap((value) => {
          const mine = (bySchool(week).get(s) ?? []).filter((p) => is(p)[by] === value)
          const tiers = [1, 2, 3].map((t) => mine.filter((p) => tierAt(p.episodes, week) === t).length)
          return tiers.some(Boolean) ? [{ authority: 901, school: s, by, value, tiers }] : []
        }),
      )
    expect(rows.filter((row) => row.by === '')).toEqual(counted('', ['']))
    expect(rows.filter((row) => row.by === 'nc_year')).toEqual(counted('nc_year', ['8', '9']))
    expect(rows.filter((row) => row.by === 'fsm')).toEqual(counted('fsm', ['no', 'unknown', 'yes']))
  })

  test('in the table of tiers each characteristic adds up to the totals', async () => {
    const rows = await readTierTable(warehouse, scope, { ...question, week: 20 })
    const sums = (by: string) =>
      schools.map((s) =>
        [0, 1, 2].map((t) =>
          rows
            .filter((row) => row.by === by && row.school === s)
            .reduce((sum, { tiers }) => sum + tiers[t]!, 0),
        ),
      )
    expect(sums('').flat().some(Boolean)).toBe(true)
    expect(tierCharacteristics).toHaveLength(5)
    for (const by of tierCharacteristics) expect(sums(by)).toEqual(sums(''))
  })

  test.each([
    ['all schools', scope, schools],
    ['two of the schools', testScope([901], [1, 2]), [1, 2]],
  ])('movement between two weeks over %s adds up to the mixes of both', async (_, reader, seen) => {
    const [week, later] = [15, 45]
    const rows = await readTierMovement(warehouse, reader, { ...question, week, later })
    expect(new Set(rows.map((row) => row.school))).toEqual(new Set(seen))
    const moved = rows[0]!.counts.map((_, i) => rows.reduce((sum, { counts }) => sum + counts[i]!, 0))
    const stateOf = (p: Pupil, at: number) =>
      seen.includes(school(p, at)?.[1] ?? 0) ? (tierAt(p.episodes, at) ?? 0) : 0
    const counts = Array.from({ length: 16 }, () => 0)
    for (const p of pupils.filter(({ authority }) => authority === 901))
      counts[4 * stateOf(p, week) + stateOf(p, later)]!++
    counts[0] = 0
    expect(moved).toEqual(counts)
    const mixOf = async (at: number) => {
      const rows = await readTotals(reader, { week: at })
      return [0, 1, 2].map((t) => rows.reduce((sum, { tiers }) => sum + tiers[t]!, 0))
    }
    const sum = (cells: readonly number[]) => cells.reduce((so, n) => so + n, 0)
    expect([4, 8, 12].map((at) => sum(counts.slice(at, at + 4)))).toEqual(await mixOf(week))
    expect([1, 2, 3].map((at) => sum(counts.filter((_, i) => i % 4 === at)))).toEqual(await mixOf(later))
    // Inside, it is the pure function's.
    if (seen.length === schools.length) {
      const episodes = pupils.filter((p) => p.authority === 901).map((p) => p.episodes)
      expect([5, 9, 13].map((at) => counts.slice(at, at + 3))).toEqual(movement(episodes, week, later))
    } else expect(sum([4, 8, 12].map((at) => counts[at]!))).toBeGreaterThan(0)
  })

  test('time in tier: maximal runs, and how many have ended', async () => {
    const rows = await readTimeInTier(warehouse, scope, { ...question, week: 50 })
    const expected = schools.flatMap((s) =>
      [1, 2, 3].map((tier) => {
        const runs = bySchool(50)
          .get(s)!
          .flatMap((p) =>
            runsOf(p.episodes, 50).map((run, i, all) => ({ ...run, last: i === all.length - 1 })),
          )
          .filter((run) => run.tier === tier)
        const lengths = runs.map(({ weeks }) => weeks).sort((a, b) => a - b)
        const middle = (lengths.length - 1) / 2
        const median = (lengths[Math.floor(middle)]! + lengths[Math.ceil(middle)]!) / 2
        // Linear between order statistics, type 7.
        const at = (p: number) => {
          const place = p * (lengths.length - 1)
          const [low, high] = [lengths[Math.floor(place)]!, lengths[Math.ceil(place)]!]
          return low + (place % 1) * (high - low)
        }
        return {
          authority: 901,
          school: s,
          tier,
          runs: runs.length,
          median,
          lowerQuartile: at(0.25),
          upperQuartile: at(0.75),
          ended: runs.filter((r) => !r.last).length,
        }
      }),
    )
    expect(rows).toEqual(expected)
  })

  test('re-entry within two terms, of falls that are two terms old', async () => {
    const rows = await readReEntry(warehouse, scope, { ...question, week: 70 })
    const expected = schools.map((s) => {
      const falls = bySchool(70)
        .get(s)!
        .flatMap((p) => {
          const runs = runsOf(p.episodes, 70)
          return runs.flatMap((run, i) =>
            i > 0 && run.tier === 1 && run.from + 26 <= 70
              ? [i + 1 < runs.length && runs[i + 1]!.from - run.from <= 26]
              : [],
          )
        })
      return { authority: 901, school: s, exits: falls.length, returned: falls.filter(Boolean).length }
    })
    expect(rows).toEqual(expected)
    expect(rows.reduce((n, row) => n + row.returned, 0)).toBeGreaterThan(5)
  })

  test('stays by what a pupil was when each began, by end and return', async () => {
    const last = 70
    const counted = new Map<string, number>()
    for (const [s, own] of bySchool(last))
      for (const p of own)
        for (const [i, run] of runsOf(p.episodes, last).entries()) {
          const next = runsOf(p.episodes, last)[i + 1]
          const isFall = i > 0 && run.tier === 1 && run.from + 26 <= last
          const key = [
            ...[s, run.tier, school(p, run.from)![2], next !== undefined],
            ...[isFall, isFall && next !== undefined && next.from - run.from <= 26],
          ].join()
          counted.set(key, (counted.get(key) ?? 0) + 1)
        }
    const asked = { ...question, week: last, pupilsBy: 'nc_year' } as const
    const rows = await readStays(warehouse, scope, asked)
    const key = (row: (typeof rows)[number]) =>
      [row.school, row.tier, row.value, row.ended, row.fell, row.returned].join()
    expect(new Map(rows.map((row) => [key(row), row.stays]))).toEqual(counted)
    expect(new Set(rows.map(({ value }) => value))).toEqual(new Set(['8', '9']))

    const sum = (of: readonly { stays: number }[]) => of.reduce((so, { stays }) => so + stays, 0)
    const byValue = await readTimeInTier(warehouse, scope, asked)
    for (const { school, tier, value, runs, ended } of byValue) {
      const own = rows.filter((row) => row.school === school && row.tier === tier && row.value === value)
      expect([sum(own), sum(own.filter((row) => row.ended))]).toEqual([runs, ended])
    }
    const { pupilsBy: _, ...plain } = asked
    for (const { school, exits, returned } of await readReEntry(warehouse, scope, plain)) {
      const own = rows.filter((row) => row.school === school)
      expect([sum(own.filter((row) => row.fell)), sum(own.filter((row) => row.returned))]).toEqual([
        exits,
        returned,
      ])
    }
  })

  test('agreement by what a pupil was in the week of the decision', async () => {
    const asked = { ...question, week: 10, later: 60 } as const
    const rows = await readTierAgreement(warehouse, scope, { ...asked, pupilsBy: 'nc_year' })
    const counted = new Map<string, number[]>()
    for (const p of pupils.filter(({ authority }) => authority === 901))
      for (const [i, at] of p.episodes.from.entries()) {
        const given = p.episodes.assigned[i]!
        if (given === 0 || at < 10 || at > 60) continue
        const [, s, value] = school(p, at)!
        const counts = counted.get(`${s} ${value}`) ?? Array(9).fill(0)
        counts[3 * (p.episodes.recommended[i]! - 1) + given - 1]++
        counted.set(`${s} ${value}`, counts)
      }
    expect(new Map(rows.map(({ school, value, counts }) => [`${school} ${value}`, counts]))).toEqual(counted)
    expect(counted.size).toBe(6)
  })

  test('agreement of what was assigned with what was recommended', async () => {
    const rows = await readTierAgreement(warehouse, scope, { ...question, week: 0, later: 200 })
    const all = pupils.filter((p) => p.authority === 901).map((p) => agreement(p.episodes))
    const total = (name: 'assigned' | 'agreed') => all.reduce((n, one) => n + one[name], 0)
    const sum = (cells: readonly number[]) =>
      rows.reduce((n, { counts }) => n + cells.reduce((so, cell) => so + counts[cell]!, 0), 0)
    expect(sum([0, 1, 2, 3, 4, 5, 6, 7, 8])).toBe(total('assigned'))
    expect(sum([0, 4, 8])).toBe(total('agreed'))
    expect(total('agreed')).toBeLessThan(total('assigned'))
  })
})

test('exits are counted by reason, of the domain and the days asked for', async () => {
  const exit = (id: number, day: string, domain: string, reason: string, authority = 901) =>
    JSON.stringify([
      ...[authority, '2025-10-06', 1, `00000000-0000-0000-0000-00000000000${id}`, 1, id, day, null, []],
      ...[domain, reason, 'mental_health_lead'],
    ])
  const rows = [
    exit(1, '2025-10-06', domain, 'goal_met'),
    exit(2, '2025-10-07', domain, 'goal_met'),
    exit(3, '2025-10-07', domain, 'left_school'),
    exit(4, '2025-10-07', 'behaviour', 'goal_met'),
    exit(5, '2025-10-09', domain, 'goal_met'),
    exit(6, '2025-10-07', domain, 'goal_met', 902),
  ]
  await insertFacts(warehouse, 'tier_exit', rows.join('\n'))
  const found = await readTierExits(warehouse, scope, { ...question, from: '2025-10-06', to: '2025-10-08' })
  expect(found).toEqual([
    { authority: 901, school: 1, reason: 'goal_met', exits: 2 },
    { authority: 901, school: 1, reason: 'left_school', exits: 1 },
  ])
})

test('a reader sees the schools of the scope alone, whatever is asked for, and nothing under an empty one', async () => {
  const ask = (of: ReturnType<typeof testScope>, asked?: number[]) =>
    readTotals(of, { week: 30, ...(asked ? { schools: asked } : {}) })
  const seen = async (...args: Parameters<typeof ask>) => [
    ...new Set((await ask(...args)).map((r) => r.school)),
  ]
  expect(await seen(testScope([901], [2], 'school_lead'))).toEqual([2])
  expect(await seen(testScope([901], [2], 'school_lead'), [1, 2])).toEqual([2])
  expect(await seen(testScope([901], [2], 'school_lead'), [1])).toEqual([])
  expect(await seen(testScope([901], [], 'school_lead'))).toEqual([])
  expect(await seen(testScope([]))).toEqual([])
  expect(new Set((await ask(testScope([902]))).map((row) => row.authority))).toEqual(new Set([902]))
})
