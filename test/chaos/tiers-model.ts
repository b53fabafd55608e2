import { identityOf } from '@cairn/contracts'
import {
  type Domain,
  domains,
  evaluateTiers,
  type PolicyTimeline,
  type PupilEvidence,
  seriesOf,
} from '@cairn/mtss'
import type { Warehouse } from '@cairn/warehouse'
import { type Comparison, compare } from './compare.ts'
import { expected, type LoggedInput, type ModelOptions, winners } from './model.ts'
import { modelOptions, testTimelines } from './world.ts'

/** `authority|domain|pupil` → what must stand there, as JSON. */
export type Recommendations = Map<string, string>

interface Said {
  readonly week: number
  readonly order: string
  readonly school: number
  readonly domains: readonly string[]
  readonly kind: number
  readonly source: number
  readonly scores: readonly (readonly [series: string, score: number])[]
  readonly severity: number
  readonly tier: number
  /** Of attendance. */
  readonly sessions?: { readonly attended: number; readonly possible: number }
  readonly snapshot?: any
}

const dayField: Record<string, string> = {
  'checkin.submitted': 'submittedOn',
  'incident.reported': 'occurredOn',
  'attendance.recorded': 'to',
  'tier.assigned': 'assignedOn',
  'tier.exited': 'exitedOn',
  'pupil.context.changed': 'effectiveFrom',
}

/** Weeks by counting Mondays: 29 December 1969 was one. */
const weekOfDay = (day: string) => Math.floor((Date.parse(day) - Date.parse('1969-12-29')) / (7 * 86_400_000))

/** The week that an event moves the present to: its own, or that in which it was received, if it speaks of a later one. */
function weekReached({ type, data, appendedAt }: LoggedInput): number {
  const week = weekOfDay(data[dayField[type]!])
  return appendedAt === undefined ? week : Math.min(week, weekOfDay(new Date(appendedAt).toISOString()))
}

const informants = ['self', 'staff', 'parent']

/** What an event says of each pupil, worked out apart from the pipeline. */
function saidOf(e: LoggedInput, score: ModelOptions['score']): [pupil: string, said: Said][] {
  const day: string = e.data[dayField[e.type]!]
  const id = identityOf(e.source, e.id)
  const said = (rest: Partial<Said>): Said => ({
    ...{ week: weekOfDay(day), school: Number(e.data.school), domains: [], kind: 3, source: 5 },
    // The engine compares the second half of a UUID first.
    order: `${day} ${id.slice(19)} ${id.slice(0, 18)}`,
    ...{ scores: [], severity: 0, tier: 0, ...rest },
  })
  if (e.type === 'checkin.submitted') {
    const { instrument, informant, answers, pupil } = e.data
    const scores = [...score(instrument, answers)!].map(
      ([subscale, value]) => [`${instrument.split('@')[0]}.${subscale}`, Math.round(value * 100)] as const,
    )
    const source = informants.indexOf(informant)
    return [[pupil, said({ domains: ['semh', 'behaviour'], kind: 0, source, scores })]]
  }
  if (e.type === 'incident.reported') {
    const pupils = new Set<string>(e.data.participants.map((p: any) => p.pupil))
    return [...pupils].map((pupil) => {
      const roles = e.data.participants.filter((p: any) => p.pupil === pupil).map((p: any) => p.role)
      const domains = [
        ...(roles.includes('perpetrator') ? ['behaviour'] : []),
        ...(roles.includes('target') ? ['semh'] : []),
      ]
      return [pupil, said({ domains, kind: 1, source: 3, severity: e.data.severity })]
    })
  }
  if (e.type === 'attendance.recorded') {
    const { attended, possible } = e.data
    return [
      [e.data.pupil, said({ domains: ['attendance'], kind: 2, source: 4, sessions: { attended, possible } })],
    ]
  }
  if (e.type === 'pupil.context.changed')
    return [[e.data.pupil, said({ kind: 4, source: 15, snapshot: e.data })]]
  return [[e.data.pupil, said({ domains: [e.data.domain], tier: e.data.tier ?? 1 })]]
}

/** Recommendations that a log must end in, by the plain evaluator over what stands. */
export function expectedRecommendations(
  log: readonly LoggedInput[],
  options: ModelOptions,
  timelines: Readonly<Record<Domain, PolicyTimeline>>,
): Recommendations {
  const current = winners(log, options).current.filter((e) => dayField[e.type])
  const found: Recommendations = new Map()
  const pupils = new Map<string, Said[]>()
  const present = new Map<number, number>()
  for (const e of current) {
    if (e.type !== 'pupil.context.changed')
      present.set(e.authority, Math.max(weekReached(e), present.get(e.authority) ?? 0))
    for (const [pupil, said] of saidOf(e, options.score)) {
      const key = `${e.authority} ${pupil}`
      pupils.set(key, [...(pupils.get(key) ?? []), said])
    }
  }
  for (const [key, all] of pupils) {
    const [authority = '', pupil = ''] = key.split(' ')
    const ordered = all.sort((a, b) => (a.order < b.order ? -1 : 1))
    const upTo = present.get(Number(authority)) ?? 0
    for (const domain of domains) {
      const names = seriesOf(timelines[domain])
      const evidence = arraysOf(
        ordered.filter((said) => said.domains.includes(domain)),
        names,
      )
      const episodes = evaluateTiers(evidence, names, timelines[domain], upTo)
      if (episodes.from.length > 0)
        found.set(
          `${authority}|${domain}|${pupil.slice(3)}`,
          JSON.stringify({ upTo, ...episodes, context: contextByHand(ordered) }),
        )
    }
  }
  return found
}

function arraysOf(said: readonly Said[], names: readonly string[]): PupilEvidence {
  const rows = said.flatMap((one, event) =>
    one.kind === 0
      ? one.scores.map(([name, value]) => {
          const own = `${name}.${informants[one.source]}`
          const series = names.indexOf(names.includes(own) ? own : name)
          // The first version of the wheel has no bands.
          return { ...one, event, series, value, severity: Number.NaN }
        })
      : [{ ...one, event, series: -1, value: one.sessions?.attended ?? one.tier }],
  )
  return {
    week: rows.map((r) => r.week),
    event: rows.map((r) => r.event),
    kind: rows.map((r) => r.kind),
    source: rows.map((r) => r.source),
    series: rows.map((r) => r.series),
    value: rows.map((r) => r.value),
    outOf: rows.map((r) => r.sessions?.possible ?? 0),
    severity: rows.map((r) => r.severity),
  }
}

const groups: Record<string, string> = { WBRI: 'white', AIND: 'asian', REFU: 'unknown' }

/** Week by week: the newest snapshot by the week's end, the meals in force, the school. One entry where it changes. */
function contextByHand(said: readonly Said[]): string[] {
  const last = Math.max(
    ...said.flatMap((s) => [s.week, ...(s.snapshot?.fsm ?? []).map((f: any) => weekOfDay(f.from))]),
  )
  const entries: string[] = []
  let before = ''
  for (let week = said[0]!.week; week <= last; week++) {
    const upToNow = said.filter((s) => s.week <= week)
    const snapshot = upToNow.filter((s) => s.snapshot).at(-1)
    const { ncYear, sex, senProvision, ethnicity, fsm = [] } = snapshot?.snapshot ?? {}
    const meals = fsm.filter((f: any) => weekOfDay(f.from) <= week).at(-1)?.type
    const school = snapshot?.school ?? upToNow.at(-1)!.school
    const now = [school, ncYear, sex, senProvision, groups[ethnicity], meals]
      .map((v) => v ?? 'unknown')
      .join(' ')
    if (now !== before) entries.push(`${week} ${now}`)
    before = now
  }
  return entries
}

/** Every recommendation that stands in the warehouse and says something. */
export async function storedRecommendations(
  warehouse: Warehouse,
  authorities: readonly number[],
): Promise<Recommendations> {
  const rows = await warehouse.query<any>({
    name: 'all_recommendations',
    sql: `SELECT *, replaceAll(toString(pupil), '-', '') AS hex FROM recommendation FINAL
      WHERE authority IN {authorities:Array(UInt16)} AND notEmpty(ep_from)`,
    params: { authorities: [...authorities] },
  })
  return new Map(
    rows.map((r) => [
      `${r.authority}|${r.domain}|${r.hex}`,
      JSON.stringify({
        ...{
          upTo: r.up_to,
          from: r.ep_from,
          tier: r.ep_tier,
          rule: r.ep_rule,
          recommended: r.ep_recommended,
        },
        ...{ assigned: r.ep_assigned, observed: r.ep_observed, policy: r.ep_policy },
        context: r.cx_from.map((from: number, i: number) =>
          [
            ...[from, r.cx_school[i], r.cx_nc_year[i], r.cx_sex[i], r.cx_sen[i], r.cx_ethnicity[i]],
            r.cx_fsm[i],
          ].join(' '),
        ),
      }),
    ]),
  )
}

/** Cells, reconciliation and recommendations of a whole history, by the rules that tests are under. */
export async function compareAll(warehouse: Warehouse, history: readonly LoggedInput[]): Promise<Comparison> {
  const model = expected(history, modelOptions)
  const cells = await compare(warehouse, model)
  const tiers = await compareRecommendations(
    warehouse,
    [...model.terms.keys()],
    expectedRecommendations(history, modelOptions, testTimelines),
  )
  return {
    ...cells,
    ...{ cells: cells.cells + tiers.rows, wrong: cells.wrong + tiers.wrong },
    examples: [...cells.examples, ...tiers.examples],
  }
}

export interface TierComparison {
  readonly rows: number
  readonly wrong: number
  readonly examples: readonly string[]
}

export async function compareRecommendations(
  warehouse: Warehouse,
  authorities: readonly number[],
  want: Recommendations,
): Promise<TierComparison> {
  const have = await storedRecommendations(warehouse, authorities)
  const keys = [...new Set([...have.keys(), ...want.keys()])]
  const off = keys.filter((key) => have.get(key) !== want.get(key))
  const examples = off.slice(0, 3).map((key) => `${key}\n  has  ${have.get(key)}\n  want ${want.get(key)}`)
  return { rows: keys.length, wrong: off.length, examples }
}
