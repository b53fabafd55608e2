import { standard } from '@cairn/disclosure'
import { judged, secretsOf } from './judge.ts'
import type { Knowledge } from './knowledge.ts'
import { linearBounds } from './linear.ts'
import { periodOf } from './read.ts'
import { attacked, nameOf, periodsOf, type Truth, type Week } from './world.ts'

/** Scores are 0 to 4 steps of 25 points. */
export const step = 25
export const most = 4

/** By name, as of check-ins: how many scores there are, Σx and Σx² in steps. */
export interface Score {
  readonly n: Truth
  readonly x: Truth
  readonly xx: Truth
}

interface Span {
  readonly low: number
  readonly high: number
}

export type Row = Record<string, string> & {
  readonly n: number | null
  readonly value: number | null
  readonly schoolUrn: any
}

/** Numbers of values and their sums as figures beside the counts: they add up as check-ins do, and are bound by them. */
export class Means {
  readonly names: string[] = []
  readonly at = new Map<string, number>()
  readonly truth = new Map<number, number>()

  constructor(
    readonly knowledge: Knowledge,
    weeks: readonly Week[],
    readonly scores: readonly (Score & { readonly subscale: string })[],
  ) {
    const { system } = knowledge
    const dimensions = attacked.check_ins!
    const bys = ['', ...Object.entries(dimensions).flatMap(([d, values]) => values.map((v) => `${d}=${v}`))]
    const parents = new Map<string, Set<string>>()
    for (const week of weeks) {
      const [w, h, t, y] = periodsOf(week) as [string, string, string, string]
      for (const [parent, child] of [
        [y, t],
        [t, h],
        [h, w],
      ] as const)
        parents.set(parent, (parents.get(parent) ?? new Set()).add(child))
    }
    const periods = [...new Set(weeks.flatMap(periodsOf))]
    const units = [...knowledge.schools.map((_, i) => 2 ** i), knowledge.all]
    for (const { subscale, ...score } of scores)
      for (const what of ['n', 'x'] as const) {
        const of = (mask: number, period: string, by: string) =>
          this.at.get(`${subscale} ${what}|${mask}|${period}|${by}`)!
        for (const mask of units)
          for (const period of periods)
            for (const by of bys)
              this.#add(`${subscale} ${what}|${mask}|${period}|${by}`, score[what], mask, period, by)
        for (const by of bys)
          for (const period of periods)
            system.sum(
              of(knowledge.all, period, by),
              units.slice(0, -1).map((mask) => of(mask, period, by)),
            )
        for (const mask of units) {
          for (const by of bys)
            for (const [parent, children] of parents)
              system.sum(
                of(mask, parent, by),
                [...children].map((child) => of(mask, child, by)),
              )
          for (const period of periods)
            for (const [d, values] of Object.entries(dimensions))
              system.sum(
                of(mask, period, ''),
                values.map((v) => of(mask, period, `${d}=${v}`)),
              )
        }
      }
    for (const { subscale } of scores)
      for (const mask of units)
        for (const period of periods)
          for (const by of bys) {
            const [n, x] = ['n', 'x'].map(
              (what) => this.at.get(`${subscale} ${what}|${mask}|${period}|${by}`)!,
            ) as [number, number]
            const checkIns = { metric: 'check_ins', mask, period, by, state: 'released' }
            if (knowledge.has(checkIns)) system.atMost(n, knowledge.at(checkIns))
            system.row(
              [
                [n, most],
                [x, -1],
              ],
              0,
              2 ** 31,
            )
          }
  }

  #add(name: string, truth: Truth, mask: number, period: string, by: string): void {
    const { schools, system } = this.knowledge
    const at = system.figure()
    this.at.set(name, at)
    const members = schools.filter((_, i) => mask & (2 ** i))
    this.truth.set(
      at,
      members.reduce((so, { urn }) => so + (truth.get(nameOf('check_ins', urn, period, by)) ?? 0), 0),
    )
    this.names[at] = name
  }

  /** @returns how many numbers are told */
  learn(rows: readonly Row[], urns: readonly number[]): number {
    const { system, all } = this.knowledge
    let told = 0
    for (const { metricId, timePeriod, timeIdentifier, schoolUrn, breakdown, n, value } of rows) {
      if (metricId !== 'wellbeing_score' || typeof n !== 'number') continue
      const [of, by = ''] = [
        /subscale=(\w+)/.exec(breakdown!)![1]!,
        /subscale=\w+;(.*)/.exec(breakdown!)?.[1],
      ]
      const mask = schoolUrn === null || schoolUrn === '' ? all : 2 ** urns.indexOf(Number(schoolUrn))
      const period = periodOf(timePeriod!, timeIdentifier!)
      for (const [what, number] of [
        ['n', n],
        ['x', typeof value === 'number' ? Math.round((n * value) / step) : undefined],
      ] as const) {
        const at = this.at.get(`${of} ${what}|${mask}|${period}|${by}`)
        if (at === undefined || number === undefined) continue
        if (this.truth.get(at) !== number)
          throw new Error(`${this.names[at]} is ${this.truth.get(at)}, told ${number}`)
        system.learn(at, number, number)
        told++
      }
    }
    return told
  }

  unitOf(at: number): number {
    return Number(this.names[at]!.split('|')[1])
  }

  /** Samples that are too few for a mean: of schools and of the authority. */
  secrets(): number[] {
    return [...this.truth].flatMap(([at, value]) =>
      this.names[at]!.includes(' n|') && value > 0 && value < standard.smallestSample ? [at] : [],
    )
  }

  /** Σx of what this is the number of values of. */
  sumOf(at: number): number {
    return this.at.get(this.names[at]!.replace(' n|', ' x|'))!
  }

  /** Whether a mean of too few is known to within a step of its scale. */
  isTold(n: Span, sum: Span): boolean {
    return Math.min(most, sum.high / Math.max(n.low, 1)) - sum.low / n.high < 1
  }

  /** Whether how many values there are is known to within few: of those that were sent some were not scored. */
  isCounted(at: number, { low, high }: Span): boolean {
    const need = standard.smallestCount
    return high - low < need - 1 || (this.truth.get(at)! < need && high < need)
  }
}

/** As anyone and as each lead, by bounds; then a sample of what is open by linear programming over counts and means at once. */
export async function look(knowledge: Knowledge, means: Means, size: number, random: () => number) {
  const { system, figures, truth } = knowledge
  const counts = new Set(secretsOf(knowledge))
  const few = new Set(means.secrets())
  const secrets = [...counts, ...few]
  const unitOf = (at: number) => (counts.has(at) ? figures[at]!.mask : means.unitOf(at))
  const known = (at: number): Span => ({ low: system.low[at]!, high: system.high[at]! })
  const isTold = (at: number, boundsOf: (at: number) => Span) => {
    const { low, high } = boundsOf(at)
    if (counts.has(at)) return judged(knowledge, at, low, high) !== 'safe'
    return means.isTold({ low, high }, boundsOf(means.sumOf(at)))
  }
  const truthOfSecret = (at: number) => (counts.has(at) ? truth[at]! : means.truth.get(at)!)
  const leaks: string[] = []
  const toldTo = (own: number) => secrets.filter((at) => unitOf(at) !== own && isTold(at, known))
  const nameOfSecret = (at: number) => (counts.has(at) ? JSON.stringify(figures[at]) : means.names[at]!)
  system.settle()
  for (const at of secrets)
    if (system.low[at]! > truthOfSecret(at) || system.high[at]! < truthOfSecret(at))
      throw new Error(
        `${nameOfSecret(at)} is ${truthOfSecret(at)}, not ${system.low[at]} to ${system.high[at]}`,
      )
  const exposed = toldTo(0)
  leaks.push(...exposed.map((at) => `${nameOfSecret(at)}: ${system.low[at]} to ${system.high[at]}`))
  const counted = [...few].filter((at) => means.isCounted(at, known(at))).length
  const before = system.save()
  let exposedToLeads = 0
  for (const i of knowledge.schools.keys()) {
    const own = 2 ** i
    for (const [at, { mask }] of figures.entries()) if (mask === own) system.learn(at, truth[at]!, truth[at]!)
    for (const [at, value] of means.truth) if (means.unitOf(at) === own) system.learn(at, value, value)
    system.settle()
    const toLead = toldTo(own)
    exposedToLeads += toLead.length
    leaks.push(
      ...toLead
        .slice(0, 3)
        .map((at) => `to the lead of ${i}: ${nameOfSecret(at)}: ${system.low[at]} to ${system.high[at]}`),
    )
    system.restore(before)
  }
  // Of counts and of means alike.
  const asked = [counts, few].flatMap((of) => {
    const open = [...of].filter((at) => !exposed.includes(at))
    return Array.from({ length: Math.min(size, open.length) }, () =>
      open.splice(Math.floor(random() * open.length), 1),
    ).flat()
  })
  const sums = asked.flatMap((at) => (few.has(at) ? [means.sumOf(at)] : []))
  const bounds = await linearBounds(system, [...asked, ...sums])
  const told = asked.filter((at) => isTold(at, (one) => bounds.get(one)!))
  leaks.push(
    ...told.map((at) => `by linear programming ${nameOfSecret(at)}: ${JSON.stringify(bounds.get(at))}`),
  )
  const linear = { asked: asked.length, exposed: told.length }
  return {
    secrets: secrets.length,
    counted,
    exposed: exposed.length,
    exposedToLeads,
    linear,
    leaks: leaks.slice(0, 20),
  }
}
