import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { eventsOf, schoolDays, springCensus } from './events.ts'
import { eventCount, planOf } from './plan.ts'
import { readPublished } from './published.ts'

// Invented tables in the form of the published ones.
const folder = mkdtempSync(join(tmpdir(), 'cairn-dfe-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const reasonNames =
  'physical_pupils physical_adult verbal_pupil verbal_adult bullying racist_abuse sexual_misconduct drug_alcohol damage theft persistent_disruptive other'.split(
    ' ',
  )
const reasonsHeading = [
  ...'year,level,old_la_code,new_la_code,la_name,school_type'.split(','),
  ...['perm_', 'fixed_'].flatMap((prefix) => reasonNames.map((name) => prefix + name)),
]
const zeros = (n: number) => Array(n).fill('0').join(',')

async function published(reasons: string[], headcounts: string[]) {
  const files = { reasons: join(folder, 'reasons.csv'), headcount: join(folder, 'headcount.csv') }
  writeFileSync(files.reasons, [reasonsHeading.join(','), ...reasons].join('\n'))
  const heading =
    'year,level,la_name,school_type,headcount,perm_excl,perm_excl_rate,fixed_excl,fixed_excl_rate'
  writeFileSync(files.headcount, [heading, ...headcounts].join('\n'))
  return readPublished(files.reasons, files.headcount, '201617')
}

const usual = () =>
  published(
    [
      `201617,LOCAL AUTHORITY,998,E10000099,Nowhere Shire,Total,${zeros(24)}`,
      `201617,LOCAL AUTHORITY,998,E10000099,Nowhere Shire,State-funded primary,x,${zeros(11)},3,x,${zeros(10)}`,
      `201617,LOCAL AUTHORITY,998,E10000099,Nowhere Shire,State-funded secondary,5,x,${zeros(10)},20,${zeros(11)}`,
      `201617,LOCAL AUTHORITY,998,E10000099,Nowhere Shire,Special,${zeros(12)},x,${zeros(11)}`,
    ],
    [
      '201617,Local authority,Nowhere shire,Total,1000,8,0.8,29,2.9',
      '201617,Local authority,Nowhere shire,Primary,600,x,x,5,0.83',
      '201617,Local authority,Nowhere shire,Secondary,380,6,1.58,20,5.26',
      '201617,Local authority,Nowhere shire,Special,20,x,x,x,x',
      '201516,Local authority,Nowhere shire,Total,9,9,9,9,9',
      '201617,Region,Nowhere,Total,9,9,9,9,9',
    ],
  )

const counted = (plan: ReturnType<typeof planOf>, type: string, kind: string) =>
  plan.authorities[0]!.establishments.find((one) => one.type === type)!.exclusions.filter(
    (one) => one.kind === kind,
  )

describe('published tables as events', () => {
  test('names that differ by case are one authority, with the code of the table of reasons', async () => {
    const [one, ...more] = await usual()
    expect(more).toEqual([])
    expect(one).toMatchObject({ code: 998, name: 'Nowhere Shire', gssCode: 'E10000099' })
  })

  test('what a total holds and the reasons hide has no reason, so that totals are whole', async () => {
    const plan = planOf(await usual(), undefined)
    expect(counted(plan, 'Primary', 'SUSP')).toEqual([
      { kind: 'SUSP', reason: 'PP', count: 3 },
      { kind: 'SUSP', reason: undefined, count: 2 },
    ])
    expect(counted(plan, 'Secondary', 'PERM')).toEqual([
      { kind: 'PERM', reason: 'PP', count: 5 },
      { kind: 'PERM', reason: undefined, count: 1 },
    ])
  })

  test('a hidden school type has what the authority’s total leaves; of two, each has half', async () => {
    const plan = planOf(await usual(), undefined)
    expect(counted(plan, 'Special', 'SUSP')).toEqual([{ kind: 'SUSP', reason: undefined, count: 4 }])
    expect(counted(plan, 'Primary', 'PERM')).toEqual([{ kind: 'PERM', reason: undefined, count: 1 }])
    expect(counted(plan, 'Special', 'PERM')).toEqual([{ kind: 'PERM', reason: undefined, count: 1 }])
    expect(plan.authorities[0]!.apportioned).toBe(2)
  })

  test('every replay sends the same events: ids are all different, days are school days of the year', async () => {
    const [plan] = planOf(await usual(), undefined).authorities
    const events = [...eventsOf(plan!, '201617')]
    expect(events).toEqual([...eventsOf(plan!, '201617')])
    expect(events).toHaveLength(eventCount(plan!))
    expect(events).toHaveLength(3 + 8 + 29)
    const parsed = events.map((line) => JSON.parse(line))
    expect(new Set(parsed.map((event) => event.id)).size).toBe(events.length)
    const days = new Set(schoolDays(2016))
    const starts = parsed.flatMap((event) => event.data.startsOn ?? [])
    expect(starts.every((day) => days.has(day))).toBe(true)
    expect(new Set(starts).size).toBeGreaterThan(10)
  })

  test('aggregates are named so, and their URNs stand in a range of their own', async () => {
    const [plan] = planOf(await usual(), undefined).authorities
    expect(plan!.establishments.map((one) => one.school)).toMatchObject([
      { urn: 999_820, phase: 'PS', aggregate: true, name: expect.stringContaining('aggregate') },
      { urn: 999_840, phase: 'SS', aggregate: true },
      { urn: 999_870, phase: 'SP', aggregate: true },
    ])
  })

  test('an authority whose code nobody knows is left out and named', async () => {
    const tables = await published(
      [`201617,LOCAL AUTHORITY,998,E10000099,Nowhere Shire,Total,${zeros(24)}`],
      [
        '201617,Local authority,Atlantis,Total,10,0,0,0,0',
        '201617,Local authority,Isles Of Scilly,Total,266,0,0,0,0',
      ],
    )
    const plan = planOf(tables, undefined)
    expect(plan.leftOut).toEqual(['Atlantis'])
    expect(plan.authorities.map((one) => one.authority.code)).toEqual([420])
  })

  test('the census is the third Thursday of January', () => {
    expect([springCensus(2015), springCensus(2016), springCensus(2024)]).toEqual([
      '2016-01-21',
      '2017-01-19',
      '2025-01-16',
    ])
  })
})
