import { type Publication, standard } from '@cairn/disclosure'
import type { Rule } from '../../packages/disclosure/rules.ts'
import { publicIntervals } from './bounds.ts'
import { type CountySize, inventedCube, seeded } from './county.ts'
import { attack, publish, rules, withoutOf } from './cube.ts'
import { isSecret, judge, noTally, type Tally } from './judge.ts'
import { type Knowledge, knowledgeOf } from './knowledge.ts'
import { linearIntervals } from './linear.ts'

export interface AttackedCubes {
  rows: { off: string; public: Tally; leads: Tally; linear: Tally }[]
  hidden: { metric: string; kind: string; share: number }[]
  suppression: { public: Spread; withoutAudit: Spread; asLeads: Spread }
  missed: string[]
}

interface Spread {
  p50: number
  p95: number
}

interface Asked {
  seeds: number
  linear: number
  size: CountySize
  table: boolean
  without?: Rule
  progress(line: string): void
}

export const ruleNames: readonly string[] = rules
export const isRule = (name: string): name is Rule => ruleNames.includes(name)

/** Attacks invented counties with the rules on, or one off, or each off in turn; says what does not hold. */
export async function attackCubes({
  seeds,
  linear,
  size,
  table,
  without,
  progress,
}: Asked): Promise<AttackedCubes> {
  const offs: (Rule | undefined)[] = without
    ? [without]
    : table
      ? [undefined, 'audit', ...rules]
      : [undefined]
  const rows = offs.map((off) => ({
    off: off ?? 'none',
    public: noTally(),
    leads: noTally(),
    linear: noTally(),
  }))
  const times = { public: [] as number[], withoutAudit: [] as number[], asLeads: [] as number[] }
  let hidden: AttackedCubes['hidden'] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const cube = inventedCube(size, seed)
    times.withoutAudit.push(publish(cube, new Set<Rule>(['audit'])).tookMs)
    times.public.push(publish(cube, new Set()).tookMs)
    for (const [index, off] of offs.entries()) {
      const isOn = off === undefined
      const attacked = attack(cube, withoutOf(off), {
        auditAsLeads: isOn,
        asLeads: isOn || off === 'lead' || off === 'audit',
      })
      if (isOn) times.asLeads.push(attacked.suppressedIn)
      add(rows[index]!.public, attacked.public)
      add(rows[index]!.leads, attacked.leads)
      if (isOn) {
        if (seed === 1) hidden = hiddenShares(attacked.publication)
        const knowledge = knowledgeOf(cube, attacked.publication)
        add(rows[index]!.linear, await linearTally(knowledge, linear, seed))
      }
      progress(`county ${seed}, ${off ?? 'rules on'}: ${JSON.stringify(attacked.public)}`)
    }
  }
  return {
    rows,
    hidden,
    suppression: {
      public: spread(times.public),
      withoutAudit: spread(times.withoutAudit),
      asLeads: spread(times.asLeads),
    },
    missed: rows.flatMap(({ off, public: seen, leads, linear: lp }) => {
      const leaks = [seen, leads, lp].some((one) => one.pinned + one['within 1'] + one.failing > 0)
      if (without) return leaks ? [`without ${without} figures are exposed`] : []
      if (off === 'none') return leaks ? ['figures are exposed with the rules on'] : []
      const base = rows.find((row) => row.off === 'audit')!
      const isShown = off === 'audit' ? leaks : exposedMore(base, { public: seen, leads })
      return isShown ? [] : [`without ${off} no more leaks: the attack does not show that it is needed`]
    }),
  }
}

/** A seeded sample of protected figures by linear programming, under everything published at once. */
export async function linearTally(knowledge: Knowledge, size: number, seed: number): Promise<Tally> {
  const random = seeded(seed)
  const result = noTally()
  const known = publicIntervals(knowledge)
  const most = (at: number) => {
    const of = knowledge.denominator[at]!
    return of < 0 ? 0 : known.high[of]!
  }
  for (const metric of new Set(knowledge.metric)) {
    const secret = [...knowledge.keys.keys()].filter(
      (at) => knowledge.metric[at] === metric && isSecret(knowledge, at, standard),
    )
    const asked = secret
      .map((at) => ({ at, order: random() }))
      .sort((one, other) => one.order - other.order)
      .slice(0, size)
      .map(({ at }) => at)
    const found = await linearIntervals(knowledge, known, asked)
    for (const at of asked) {
      const { low, high } = found.get(at) ?? { low: known.low[at]!, high: known.high[at]! }
      const verdict = judge(knowledge, at, standard, low, high, most(at))
      result.secret += 1
      if (verdict !== 'safe') result[verdict] += 1
    }
  }
  return result
}

/** Every rule is switched off together with the audit, so that it must leak more than the audit's absence alone. */
function exposedMore(base: { public: Tally; leads: Tally }, row: { public: Tally; leads: Tally }): boolean {
  const exposed = (one: Tally) => one.pinned + one['within 1'] + one.failing
  return exposed(row.public) > exposed(base.public) || exposed(row.leads) > exposed(base.leads)
}

function add(to: Tally, more: Tally): void {
  for (const name of Object.keys(to) as (keyof Tally)[]) to[name] += more[name]
}

function spread(times: number[]): Spread {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  return { p50: at(0.5), p95: at(0.95) }
}

/** Share of hidden figures by metric and by kind of cube. */
export function hiddenShares({ figures }: Publication): AttackedCubes['hidden'] {
  const groups = new Map<string, { metric: string; kind: string; all: number; hidden: number }>()
  for (const { metric, school, by, status } of figures) {
    const kind = `${school === undefined ? 'authority' : 'schools'} ${['totals', 'singles', 'pairs'][by.length]}`
    const group = groups.get(`${metric} ${kind}`) ?? { metric, kind, all: 0, hidden: 0 }
    group.all += 1
    if (status === 'hidden') group.hidden += 1
    groups.set(`${metric} ${kind}`, group)
  }
  return [...groups.values()].map(({ metric, kind, all, hidden }) => ({ metric, kind, share: hidden / all }))
}
