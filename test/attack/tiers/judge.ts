import { live } from '@cairn/disclosure'
import { linearBounds } from '../api/linear.ts'
import { everySchool, type Kind, type KnownTiers } from './known.ts'

export interface JudgedTiers {
  readonly secrets: number
  readonly exposed: number
  /** By how few a number grew from one answer to the next. */
  readonly exposedSince: number
  /** Summed over the leads of schools, each of whom knows all of the own school. */
  readonly exposedToLeads: number
  readonly exposedSinceToLeads: number
  readonly linear: { readonly asked: number; readonly exposed: number }
  /** Of what is exposed to anybody: how much, by what it is. */
  readonly byFigure: Readonly<Record<string, number>>
  readonly leaks: readonly string[]
}

const needOf = (kind: Kind): number =>
  kind === 'whole' ? live.smallestDenominator : kind === 'no secret' ? 0 : live.smallestCount

function isTold(kind: Kind, value: number, low: number, high: number): boolean {
  const need = needOf(kind)
  const width = kind === 'whole' ? Math.ceil(need / 2) : need - 1
  return high - low < width || (value < need && high < need)
}

const mostLeaks = 40

export async function judgeTiers(
  known: KnownTiers,
  sample: number,
  random: () => number,
): Promise<JudgedTiers> {
  const { system, figures } = known
  const leaks: string[] = []
  const byFigure: Record<string, number> = {}
  const secrets = figures.flatMap(({ kind, truth }, at) => (truth > 0 && truth < needOf(kind) ? [at] : []))
  const toldTo = (own: number | undefined) =>
    secrets.filter((at) => {
      const { unit, key, kind, truth } = figures[at]!
      if (unit === own) return false
      // What is all of the own school's is no secret from its lead.
      const isOwn =
        own !== undefined &&
        unit === everySchool &&
        known.has(own, key) &&
        figures[known.at(own, key)]!.truth === truth
      return !isOwn && isTold(kind, truth, system.low[at]!, system.high[at]!)
    })
  const note = (at: number, to: string) => {
    const { unit, key, truth } = figures[at]!
    const name = `${unit === everySchool ? 'all' : 'school'} ${key.split(' ')[0]!.replace(/\d+:?/, '')}`
    byFigure[name] = (byFigure[name] ?? 0) + 1
    if (leaks.length < mostLeaks)
      leaks.push(
        `${to}${unit === everySchool ? 'all' : `school ${unit}`} ${key} is ${truth}, told ${system.low[at]} to ${system.high[at]}: ${because(known, at)}`,
      )
  }
  system.settle()
  checkTruth(known)
  const exposed = toldTo(undefined)
  for (const at of exposed) note(at, '')
  const before = system.save()
  const toLeads = { exposed: 0, since: 0 }
  for (const own of new Set(figures.map(({ unit }) => unit))) {
    if (own === everySchool) continue
    for (const [at, { unit, truth }] of figures.entries()) if (unit === own) system.learn(at, truth, truth)
    system.settle()
    for (const at of toldTo(own)) {
      const isSince = figures[at]!.kind === 'since'
      toLeads[isSince ? 'since' : 'exposed']++
      if (!exposed.includes(at)) note(at, `to the lead of ${own}: `)
    }
    system.restore(before)
  }
  const isSince = (at: number) => figures[at]!.kind === 'since'
  const open = secrets.filter((at) => !exposed.includes(at))
  const asked = Array.from({ length: Math.min(sample, open.length) }, () =>
    open.splice(Math.floor(random() * open.length), 1),
  ).flat()
  const bounds = await linearBounds(system, asked)
  const linear = { asked: bounds.size, exposed: 0 }
  for (const [at, { low, high }] of bounds) {
    const { kind, key, unit, truth } = figures[at]!
    if (low > truth || high < truth) throw new Error(`${unit} ${key} is ${truth}: ${low} to ${high}`)
    if (!isTold(kind, truth, low, high)) continue
    linear.exposed++
    if (leaks.length < mostLeaks)
      leaks.push(`by linear programming ${unit} ${key} is ${truth}, told ${low} to ${high}`)
  }
  return {
    secrets: secrets.length,
    exposed: exposed.filter((at) => !isSince(at)).length,
    exposedSince: exposed.filter(isSince).length,
    exposedToLeads: toLeads.exposed,
    exposedSinceToLeads: toLeads.since,
    ...{ linear, byFigure, leaks },
  }
}

/** @throws Error where the attack has misunderstood an answer */
function checkTruth({ system, figures }: KnownTiers): void {
  for (const [at, { unit, key, truth }] of figures.entries())
    if (system.low[at]! > truth || system.high[at]! < truth)
      throw new Error(`${unit} ${key} is ${truth}, not ${system.low[at]} to ${system.high[at]}`)
}

function because({ system, figures }: KnownTiers, at: number): string {
  const of = (bound: 'low' | 'high') =>
    (system.reason(at, bound) ?? [])
      .slice(0, 6)
      .map((one) => {
        const { unit, key } = figures[one.figure]!
        return `${unit} ${key} ${one.bound === 'low' ? '>=' : '<='} ${system[one.bound][one.figure]}`
      })
      .join(', ')
  return `${of('low') || 'from the start'}; ${of('high')}`
}
