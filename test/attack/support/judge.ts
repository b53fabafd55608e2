import { live } from '@cairn/disclosure'
import type { Known } from './known.ts'

export interface Judged {
  readonly secrets: number
  readonly exposed: number
  /** Summed over the leads of schools, each of whom knows all of the own school. */
  readonly exposedToLeads: number
  /** Of what is exposed to anybody: how much, by what was asked. */
  readonly byQuery: Readonly<Record<string, number>>
  readonly leaks: readonly string[]
}

/** A sample is as small as its number; of a share the denominator is. */
const needOf = (key: string): number =>
  / (n|denominator)$/.test(key) ? live.smallestDenominator : live.smallestCount

function isTold(key: string, value: number, low: number, high: number): boolean {
  const need = needOf(key)
  const width = need === live.smallestCount ? need - 1 : Math.ceil(need / 2)
  return high - low < width || (value < need && high < need)
}

export function judgeAll({ system, keys, truth }: Known): Judged {
  const secrets = keys.flatMap((key, at) => (truth[at]! > 0 && truth[at]! < needOf(key) ? [at] : []))
  const leaks: string[] = []
  const byQuery: Record<string, number> = {}
  const truthOf = new Map(keys.map((key, at) => [key, truth[at]!]))
  /** What is all of the own school's is no secret from its lead. */
  const isOwn = (own: string, at: number) =>
    truthOf.get([own, ...keys[at]!.split(' | ').slice(1)].join(' | ')) === truth[at]
  const toldOf = (own: string) =>
    secrets.filter((at) => {
      if (isOwn(own, at)) return false
      return isTold(keys[at]!, truth[at]!, system.low[at]!, system.high[at]!)
    })
  system.settle()
  const exposed = toldOf('nobody')
  for (const at of exposed) {
    const query = keys[at]!.split(' | ')[2]!.split(' ')[0]!
    byQuery[query] = (byQuery[query] ?? 0) + 1
    if (leaks.length < 20)
      leaks.push(
        `${keys[at]} is ${truth[at]}, told ${system.low[at]} to ${system.high[at]}: ${because(system, keys, at)}`,
      )
  }
  const before = system.save()
  let exposedToLeads = 0
  for (const own of new Set(keys.map((key) => key.split(' ')[0]!))) {
    if (!Number.isInteger(Math.log2(Number(own)))) continue
    for (const [at, key] of keys.entries())
      if (key.startsWith(`${own} |`)) system.learn(at, truth[at]!, truth[at]!)
    system.settle()
    const toLead = toldOf(own)
    exposedToLeads += toLead.length
    for (const at of toLead)
      if (leaks.length < 20 && !exposed.includes(at))
        leaks.push(
          `to the lead of ${own}: ${keys[at]} is ${truth[at]}, told ${system.low[at]} to ${system.high[at]}`,
        )
    system.restore(before)
  }
  return { secrets: secrets.length, exposed: exposed.length, exposedToLeads, byQuery, leaks }
}

function because(system: Known['system'], keys: readonly string[], at: number): string {
  const of = (bound: 'low' | 'high') =>
    (system.reason(at, bound) ?? [])
      .map(
        (one) => `${keys[one.figure]} ${one.bound === 'low' ? '>=' : '<='} ${system[one.bound][one.figure]}`,
      )
      .join(', ')
  return `${of('low') || 'from the start'}; ${of('high')}`
}
