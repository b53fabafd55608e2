import { type SeedCell, seed } from '../../../services/gateway/installation.ts'
import { authority, openAuthority } from './authority.ts'
import { Knowledge } from './knowledge.ts'
import { look, Means, most, type Row, type Score, step } from './means-known.ts'
import { readAnswer, readCsv } from './read.ts'
import { cellsOf, type Happened, happened, randomOf, truthOf, type Week, type WorldSchool } from './world.ts'

export interface AttackedMeans {
  readonly seed: number
  /** Told of counts, and of means: n and Σx. */
  readonly numbers: number
  readonly means: number
  readonly secrets: number
  readonly exposed: number
  readonly exposedToLeads: number
  /** Of means that are held back: how many values they are of is known to within few, the mean is not. */
  readonly counted: number
  readonly linear: { readonly asked: number; readonly exposed: number }
  readonly leaks: readonly string[]
}

const year = 2024
const instrument = 'resilience-wheel@2'
const subscales = ['bonding', 'coping'] as const
/**
 * Releases a year and puts all of it together that the CSV has: counts of schools by period and characteristic, the authority's
 * tables by dimensions of their own, pair tables, and means with their numbers of values and sums, which check-ins bound.
 */
export async function attackMeans({
  seed: number,
  linear,
}: {
  seed: number
  linear: number
}): Promise<AttackedMeans> {
  const { gateway, schools, urns } = await openAuthority(number, {
    now: () => Date.parse('2025-09-02T12:00:00Z'),
  })
  try {
    const [calendar] = await gateway.controlPlane.calendars.weeks([authority], { from: year, to: year })
    const weeks: Week[] = calendar!.weeks
    const random = randomOf(number * 131)
    const events = happened(schools, weeks, number * 10 + year)
    const truth = truthOf(schools, year, events)
    const scores = subscales.map((subscale) => ({ subscale, ...scoreOf(schools, events, random) }))
    await seed(gateway.warehouse, [...cellsOf(truth, authority), ...cellsOfScores(scores)])
    await gateway.release({ authority, year })
    const key = await gateway.keyOf('analyst', 'analyst', [authority])
    const { body } = await gateway.app.inject({
      url: `/v1/releases/${authority}/202425/1.csv`,
      headers: { authorization: `Bearer ${key}` },
    })
    const rows = readCsv(body) as Row[]
    const knowledge = new Knowledge(schools, year)
    knowledge.declare('released', { truth, weeks })
    let numbers = 0
    for (const { place, low, high } of readAnswer(rows, { urns, phases: [], mask: knowledge.all }).told) {
      const figure = { ...place, state: 'released' }
      if (!knowledge.has(figure)) continue
      numbers++
      const at = knowledge.at(figure)
      if (knowledge.truth[at] !== low)
        throw new Error(`told ${low}, is ${knowledge.truth[at]}: ${JSON.stringify(place)}`)
      knowledge.system.learn(at, low, high)
    }
    const means = new Means(knowledge, weeks, scores)
    const told = means.learn(rows, urns)
    return { seed: number, numbers, means: told, ...(await look(knowledge, means, linear, random)) }
  } finally {
    await gateway.close()
  }
}

/** Of nine in ten check-ins a score; counted as check-ins are, once, by its size and by its square. */
function scoreOf(schools: readonly WorldSchool[], events: readonly Happened[], random: () => number): Score {
  const scored = events.flatMap((one) => {
    const of = one.counted.check_ins
    return of && random() < 0.9
      ? [{ size: Math.floor(random() * (most + 1)), event: { ...one, counted: { check_ins: of } } }]
      : []
  })
  const times = (count: (size: number) => number) =>
    truthOf(
      schools,
      year,
      scored.flatMap(({ size, event }) => Array<Happened>(count(size)).fill(event)),
    )
  return { n: times(() => 1), x: times((size) => size), xx: times((size) => size * size) }
}

/** Means are kept by week, all subscales in one cell. */
function cellsOfScores(scores: readonly (Score & { readonly subscale: string })[]): SeedCell[] {
  const cells = new Map<string, { cell: SeedCell; counts: Record<string, [number, number, number]> }>()
  for (const { subscale, n, x, xx } of scores)
    for (const [name, count] of n) {
      const [metric, school, when, by] = name.split('|') as [string, string, string, string]
      if (metric !== 'check_ins' || !when.startsWith('week')) continue
      const place = `${school}|${when}`
      const cell = {
        authority,
        school: Number(school),
        metric: 'wellbeing_score',
        period: Number(when.split(' ')[1]),
      }
      const found = cells.get(place) ?? { cell: { ...cell, counts: {} }, counts: {} }
      found.counts[[`instrument=${instrument}`, `subscale=${subscale}`, ...(by ? [by] : [])].join(';')] = [
        count,
        step * (x.get(name) ?? 0),
        step * step * (xx.get(name) ?? 0),
      ]
      cells.set(place, found)
    }
  return [...cells.values()].map(({ cell, counts }) => ({ ...cell, counts }))
}
