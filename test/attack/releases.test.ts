import {
  type Cube,
  coordinates,
  nextRelease,
  type Publication,
  periods,
  placeOf,
  type Shape,
  standard,
  suppress,
} from '@cairn/disclosure'
import { expect, test } from 'vitest'
import { leadIntervals, publicIntervals } from './bounds.ts'
import { inventedCube } from './county.ts'
import { exposed, tally } from './judge.ts'
import { knowledgeOf } from './knowledge.ts'

const county = inventedCube({ primaries: 12, secondaries: 4, weeks: 0 }, 1, [10])

/** The tiers of the year alone, as one metric, or each as a metric of its own. */
function tiers(isSeparate: boolean): Cube {
  const shape = { ...county.shape, halfTerms: [], weeks: [] }
  const { rows: all, ...tier } = county.metrics.find(({ kind }) => kind === 'partition')!
  const size = coordinates(shape, 'partition').length
  const rows = new Map(
    [...all].map(([school, each]) => [school, each.map((row) => [...Array.from(row).slice(0, size)])]),
  )
  const one = (at: number) => new Map([...rows].map(([school, each]) => [school, [each[at]!]]))
  const metrics = isSeparate
    ? tier.outcomes!.map((id, at) => ({ id, kind: 'pupils' as const, rows: one(at) }))
    : [{ ...tier, rows }]
  return { ...county, shape, metrics }
}

test('outcomes published as metrics of their own give away what one metric of them keeps', () => {
  const look = (cube: Cube, outcomes: readonly string[] = []) => {
    const knowledge = knowledgeOf(cube, suppress(cube, standard).publication)
    const at = new Map(knowledge.keys.map((key, index) => [key, index]))
    for (const [key, total] of at) {
      // What everyone knows of tiers: a pupil is in one of them.
      const parts = outcomes.flatMap((id) => at.get(key.replace(/^denominators/, id)) ?? [])
      if (key.startsWith('denominators') && parts.length > 0)
        knowledge.relations.push({ kind: 'sum', total, parts })
    }
    const seen = tally(knowledge, publicIntervals(knowledge), standard)
    expect(seen.secret).toBeGreaterThan(100)
    return exposed(seen)
  }
  expect(look(tiers(false))).toBe(0)
  expect(look(tiers(true), ['Tier 1', 'Tier 2', 'Tier 3'])).toBeGreaterThan(20)
})

/** One more pupil with a hit, in every third school: late entries. */
function corrected(cube: Cube, by: number, round: number): Cube {
  const metrics = cube.metrics.map((metric) => {
    if (metric.kind !== 'pupils') return metric
    const rows = [...metric.rows].map(([school, each], index) => {
      const total = each[0]!
      const isLate = index % 3 === round
      return [school, isLate ? [moved(cube, school, total, by)] : each] as const
    })
    return { ...metric, rows: new Map(rows) }
  })
  return { ...cube, metrics }
}

/** A row with `by` more in the year's total, and in its first value of each characteristic that has room. */
function moved(cube: Cube, school: string, row: ArrayLike<number>, by: number): number[] {
  const next = Array.from(row)
  const roll = cube.denominators.get(school)!
  const { characteristics } = cube.shape
  let from = 1
  const spots = [0]
  for (const { values } of characteristics) {
    const spot = values.findIndex((_, at) => roll[from + at]! - next[from + at]! >= by)
    if (spot < 0) return next
    spots.push(from + spot)
    from += values.length
  }
  const all = coordinates(cube.shape, 'pupils')
  // The first half-term, at school and authority alike, so that the year stays within its half-terms.
  const first = all.findIndex(({ period }) => period === 1)
  for (const spot of spots) {
    next[spot]! += by
    next[first + spot]! += by
  }
  return next
}

const seenMoves = (before: Publication, after: Publication) => {
  const old = new Map(before.figures.map((figure) => [JSON.stringify({ ...figure, value: 0 }), figure.value]))
  return after.figures.flatMap((figure) => {
    const was = old.get(JSON.stringify({ ...figure, value: 0 }))
    if (figure.school === undefined || figure.value === undefined || was === undefined) return []
    return figure.value === was ? [] : [Math.abs(figure.value - was)]
  })
}

test('over three releases no reader sees a school figure move by one to four; published anew each time, many do', () => {
  const cubes = [county]
  for (const [round, by] of [1, 2, 6].entries()) cubes.push(corrected(cubes.at(-1)!, by, round))
  let release = nextRelease(undefined, cubes[0]!, standard)
  const moves: number[] = []
  const carried: number[] = []
  for (const cube of cubes.slice(1)) {
    const next = nextRelease(release, cube, standard)
    moves.push(...seenMoves(release.disclosure.publication, next.disclosure.publication))
    carried.push(next.carried.length)
    release = next
  }
  expect(carried.every((schools) => schools > 0)).toBe(true)
  expect(moves.length).toBeGreaterThan(0)
  expect(moves.filter((move) => move < 5)).toEqual([])

  const anew = cubes.map((cube) => suppress(cube, standard).publication)
  const naive = anew.slice(1).flatMap((after, index) => seenMoves(anew[index]!, after))
  expect(naive.filter((move) => move < 5).length).toBeGreaterThan(20)
})

/** The county after so many half-terms, while its year lasts. */
function soFar(cube: Cube, halfTerms: number): Cube {
  const shape: Shape = { ...cube.shape, lasts: true, halfTerms: cube.shape.halfTerms.slice(0, halfTerms) }
  const metrics = cube.metrics.map((metric) => {
    const keys = (of: Shape) => {
      const names = periods(of, metric.kind)
      return coordinates(of, metric.kind).map(({ category, period }) => `${category} ${names[period]!.id}`)
    }
    const at = new Map(keys(cube.shape).map((key, index) => [key, index]))
    const spots = keys(shape).map((key) => at.get(key)!)
    const rows = [...metric.rows].map(
      ([school, each]) => [school, each.map((row) => spots.map((spot) => row[spot]!))] as const,
    )
    return { ...metric, rows: new Map(rows) }
  })
  return { ...cube, shape, metrics }
}

test('half-term by half-term and then the year: what was shown or hidden stays so, and nothing of all that can be worked out', () => {
  const cubes = [1, 2, 3, 4, 5].map((halfTerms) => soFar(county, halfTerms))
  let release = nextRelease(undefined, cubes[0]!, standard)
  let moved = 0
  for (const cube of [...cubes.slice(1), county]) {
    const old = release.disclosure.publication.figures
    const former = new Map(old.map((figure) => [placeOf(figure), figure.status]))
    const next = nextRelease(release, cube, standard, former)
    expect(next.disclosure.strained).toEqual([])
    const now = new Map(next.disclosure.publication.figures.map((one) => [placeOf(one), one]))
    expect(old.filter((one) => now.get(placeOf(one))?.status !== one.status)).toEqual([])
    const alone = suppress(cube, standard).publication.figures
    moved += alone.filter((one) => (former.get(placeOf(one)) ?? one.status) !== one.status).length
    const knowledge = knowledgeOf(cube, next.disclosure.publication)
    const seen = tally(knowledge, publicIntervals(knowledge), standard)
    expect(seen.secret).toBeGreaterThan(50)
    expect(exposed(seen)).toBe(0)
    release = next
  }
  // Each worked out alone would show some of what an earlier one hid, or the other way round.
  expect(moved).toBeGreaterThan(0)
})

test('however many schools there are, a release leaves nothing open to a lead, as closing for the public alone would', () => {
  const large = inventedCube({ primaries: 115, secondaries: 15, weeks: 0 }, 1, [2])
  const toLeads = (publication: Publication) => {
    const knowledge = knowledgeOf(large, publication)
    const known = publicIntervals(knowledge)
    return large.shape.schools
      .map((_, lead) => exposed(tally(knowledge, leadIntervals(knowledge, known, lead), standard, lead)))
      .reduce((so, one) => so + one)
  }
  expect(toLeads(suppress(large, standard).publication)).toBeGreaterThan(0)
  const { publication } = nextRelease(undefined, large, standard).disclosure
  expect(toLeads(publication)).toBe(0)
  expect(publication.figures.filter(({ status }) => status === 'published').length).toBeGreaterThan(3_000)
})
