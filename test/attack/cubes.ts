import { type Publication, standard } from '@cairn/disclosure'
import type { Rule } from '../../packages/disclosure/rules.ts'
import { leadIntervals, publicIntervals } from './bounds.ts'
import { type CountySize, inventedCube, seeded } from './county.ts'
import { attack, publish, rules, withoutOf } from './cube.ts'
import { exposed, isSecret, judge, noTally, type Tally } from './judge.ts'
import { type Knowledge, knowledgeOf } from './knowledge.ts'
import { linearIntervals } from './linear.ts'

export interface AttackedCubes {
  rows: Row[]
  hidden: { metric: string; kind: string; share: number }[]
  suppression: { public: Spread; withoutAudit: Spread; asLeads: Spread }
  missed: string[]
}

interface Row {
  off: string
  /** By passing bounds along. */
  public: Tally
  leads: Tally
  /** By linear programming: with the rules on, and without the derived lines, which only it can show to be needed. */
  linear: Tally
  linearLeads: Tally
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

/** Protected figures a metric that are bounded as each lead: there are as many leads as schools. */
const mostByLead = 10

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
    linearLeads: noTally(),
  }))
  const times = { public: [] as number[], withoutAudit: [] as number[], asLeads: [] as number[] }
  let hidden: AttackedCubes['hidden'] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const cube = inventedCube(size, seed)
    times.withoutAudit.push(publish(cube, new Set<Rule>(['audit'])).tookMs)
    times.public.push(publish(cube, new Set()).tookMs)
    for (const [index, off] of offs.entries()) {
      // Rare metrics show it: hardly anyone is counted twice.
      const county = off === 'derived' ? inventedCube(size, seed, [0.2, 0.5, 1, 4]) : cube
      const isOn = off === undefined
      const attacked = attack(county, withoutOf(off), {
        auditAsLeads: isOn,
        asLeads: isOn || off === 'lead' || off === 'audit',
      })
      if (isOn) times.asLeads.push(attacked.suppressedIn)
      add(rows[index]!.public, attacked.public)
      add(rows[index]!.leads, attacked.leads)
      if (isOn && seed === 1) hidden = hiddenShares(attacked.publication)
      if (linear > 0 && (isOn || off === 'derived')) {
        const knowledge = knowledgeOf(county, attacked.publication)
        add(rows[index]!.linear, await linearTally(knowledge, isOn ? linear : Math.max(linear, 40), seed))
        for (const lead of isOn ? cube.shape.schools.keys() : []) {
          add(
            rows[index]!.linearLeads,
            await linearTally(knowledge, Math.min(linear, mostByLead), seed, lead),
          )
        }
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
    missed: rows.flatMap((row) => {
      const { off } = row
      const leaks = [row.public, row.leads, row.linear, row.linearLeads].some((one) => exposed(one) > 0)
      if (without) return leaks ? [`without ${without} figures are exposed`] : []
      if (off === 'none') return leaks ? ['figures are exposed with the rules on'] : []
      const base = rows.find((row) => row.off === 'audit')!
      const isShown = off === 'audit' || off === 'derived' ? leaks : exposedMore(base, row)
      return isShown ? [] : [`without ${off} no more leaks: the attack does not show that it is needed`]
    }),
  }
}

/**
 * A seeded sample of protected figures by linear programming, under everything published at once.
 * @param size at most so many a metric; Infinity for all
 * @param lead the school whose lead reads, knowing its own figures besides; -1 for the public
 */
export async function linearTally(
  knowledge: Knowledge,
  size: number,
  seed: number,
  lead = -1,
): Promise<Tally> {
  const random = seeded(seed)
  const result = noTally()
  const seen = publicIntervals(knowledge)
  const known = lead < 0 ? seen : leadIntervals(knowledge, seen, lead)
  const most = (at: number) => {
    const of = knowledge.denominator[at]!
    return of < 0 ? 0 : known.high[of]!
  }
  const secret = [...knowledge.keys.keys()].filter(
    (at) => (lead < 0 || knowledge.owner[at] !== lead) && isSecret(knowledge, at, standard),
  )
  const asked = [...new Set(knowledge.metric)].flatMap((metric) =>
    secret
      .filter((at) => knowledge.metric[at] === metric)
      .map((at) => ({ at, order: random() }))
      .sort((one, other) => one.order - other.order)
      .slice(0, size)
      .map(({ at }) => at),
  )
  const found = await linearIntervals(knowledge, known, asked)
  for (const at of asked) {
    const { low, high } = found.get(at) ?? { low: known.low[at]!, high: known.high[at]! }
    const verdict = judge(knowledge, at, standard, low, high, most(at))
    result.secret += 1
    if (verdict !== 'safe') result[verdict] += 1
  }
  return result
}

/** Every rule is switched off together with the audit, so that it must leak more than the audit's absence alone. */
function exposedMore(base: { public: Tally; leads: Tally }, row: { public: Tally; leads: Tally }): boolean {
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
