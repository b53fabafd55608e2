import type { Grain } from '@cairn/metrics'
import { dueOf } from '@cairn/warehouse/closing'
import type { Seed } from '@cairn/warehouse/closing/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dueReleases, releaseStandingOf } from './releases.ts'
import { type Closings, closings, usual } from './testing.ts'

const year = 2024
let world: Closings
beforeAll(async () => {
  world = await closings()
})
afterAll(() => world?.remove())

/** Mondays, one in each half-term. */
const weeks = [20240916, 20241118, 20250120, 20250310, 20250505, 20250616]

async function scene() {
  const { urns, ...rest } = await world.scene()
  return {
    ...{ ...rest, urns },
    /** Incidents by half-term, each in one week of it, and as many pupils in them. */
    halfTerms: (counts: readonly (readonly number[])[]): Seed[] =>
      urns.flatMap((urn, i) => {
        const all = counts.map((schools) => schools[i]!)
        const pupils = Math.min(
          180,
          all.reduce((so, n) => so + n, 0),
        )
        return [
          [urn, 'headcount', 'week', 20240930, 200],
          ...all.flatMap((n, at): Seed[] => [
            [urn, 'incidents', 'week', weeks[at]!, n],
            [urn, 'pupils_with_incident', 'week', weeks[at]!, n],
            [urn, 'pupils_with_incident', 'half_term', 202401 + at, n],
          ]),
          [urn, 'pupils_with_incident', 'year', 2024, pupils],
        ]
      }),
  }
}

test('what is due is said with its reason: from which day on, that events wait, or that all is released', async () => {
  const { authority, scope, log, sources, seed, closeOn, halfTerms } = await scene()
  await seed(halfTerms([usual, usual]))
  const dueOn = (day: string) => dueOf(sources, { scope, authority, year, now: new Date(`${day}T12:00:00Z`) })
  const none = { authority, year, released: 0 }
  expect(await dueOn('2024-11-17')).toEqual({
    ...none,
    ...{ closed: 0, isComplete: false, isDue: false, why: 'the next half-term closes on 2024-11-18' },
  })
  log.end = 7
  expect(await dueOn('2024-11-18')).toMatchObject({
    closed: 1,
    isDue: true,
    why: expect.stringMatching(/^7 /),
  })
  log.end = 0
  expect(await dueOn('2024-11-18')).toEqual({ ...none, closed: 1, isComplete: false, isDue: true, why: '' })
  await closeOn('2024-11-18')
  expect(await dueOn('2024-11-18')).toMatchObject({ closed: 1, released: 1, isDue: false })
  expect(await dueOn('2025-09-01')).toMatchObject({ closed: 6, released: 1, isComplete: true, isDue: true })
  await closeOn('2025-09-01')
  expect(await dueOn('2025-09-01')).toMatchObject({ released: 6, isDue: false, why: 'the year is released' })
})

test('what is overdue is asked of the running academic year and of the one before, for every authority', async () => {
  const { authority, sources, seed, halfTerms } = await scene()
  await seed(halfTerms([usual, usual]))
  const all = await dueReleases(sources, { authorities: [authority], now: new Date('2025-11-25T12:00:00Z') })
  expect(all.map(({ year, closed, isDue }) => [year, closed, isDue])).toEqual([
    [2024, 6, true],
    [2025, 1, true],
  ])
})

test('how releases stand is known wherever the control plane is: overdue, refused since when, audited or not yet', async () => {
  const { authority, sources, seed, incidents, close } = await scene()
  await seed(incidents(usual))
  const standing = async () => {
    const now = new Date('2025-11-25T12:00:00Z')
    const all = await releaseStandingOf(sources, { authorities: [authority], now })
    return {
      ...all,
      overdue: all.overdue.filter((one) => one.year === year),
      audits: all.audits.filter(({ release }) => release.startsWith(`${authority}/`)),
    }
  }
  const { releaseStates } = sources.controlPlane
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

test('a half-term is released once it has closed and settled: without year, term or anything of the half-term that runs', async () => {
  const { seed, closeOn, read, halfTerms } = await scene()
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
  const { seed, closeOn, read, halfTerms } = await scene()
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
  const { urns, seed, closeOn, read, halfTerms } = await scene()
  await seed(halfTerms([usual]))
  await closeOn('2024-12-01')
  const before = await read(1)
  const late = [22, ...usual.slice(1)]
  await seed(halfTerms([late, usual]))
  const second = await closeOn('2025-02-01')
  expect(second).toMatchObject({ isNew: true, carried: [String(urns[0])] })
  expect(await read(2)).toEqual(expect.arrayContaining(before))
  await seed(halfTerms([late, usual, usual, usual, usual, usual]))
  await closeOn('2025-09-01')
  const own = (await read(3)).filter(
    (o) => o.school === urns[0] && o.metric === 'incidents' && o.grain !== 'week',
  )
  const sum = (grain: Grain) =>
    own.filter((o) => o.grain === grain).reduce((so, { value }) => so + (value ?? 0), 0)
  expect([sum('half_term'), sum('term'), sum('year')]).toEqual([120, 120, 120])
})
