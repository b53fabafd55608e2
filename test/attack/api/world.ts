import { type Grain, isAdditive, metrics, type StoredMetric } from '@cairn/metrics'
import type { SeedCell } from '../../../services/gateway/installation.ts'

/** Mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Week {
  readonly week: string
  readonly year: number
  readonly halfTerm: number
  readonly term: number
}

export interface WorldSchool {
  readonly urn: number
  readonly phase: 'PS' | 'SS'
  readonly roll: number
}

/** In the order that breakdowns have them. */
const characteristics = { sex: ['F', 'M'], sen_provision: ['N', 'K', 'E'], fsm: ['yes', 'no'] }
const pairs = [
  ['sex', 'sen_provision'],
  ['sex', 'fsm'],
  ['sen_provision', 'fsm'],
] as const

/** Metrics that the attack is about, and the dimensions of theirs that facts are told apart by here. */
export const attacked: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  incidents: { severity: ['1', '2', '3'], location: ['classroom', 'playground'], ...characteristics },
  pupils_with_incident: { role: ['target', 'perpetrator'], ...characteristics },
  exclusions: { exclusion_type: ['SUSP', 'PERM'], ...characteristics },
  check_ins: { informant: ['self', 'staff'], ...characteristics },
  pupils_checked_in: characteristics,
  incidents_resolved: {},
  headcount: characteristics,
}

/** Pairs of characteristics that a metric keeps by year. */
export const pairsOf = (metric: string): readonly (readonly [string, string])[] =>
  metric === 'headcount' || (metrics.get(metric) as StoredMetric).byYear ? pairs : []

/** What follows from two metrics and is none of its own: incidents less those resolved. */
export const unresolved = 'incidents_unresolved'

export type Kind = 'events' | 'pupils' | 'roll'

export function kindOf(metric: string): Kind {
  if (metric === unresolved) return 'events'
  const stored = metrics.get(metric) as StoredMetric
  return stored.lastInSlice ? 'roll' : isAdditive(stored) ? 'events' : 'pupils'
}

/** True numbers of a year, by name: metric, school, period and value. */
export type Truth = Map<string, number>

export const nameOf = (metric: string, school: number, period: string, by = ''): string =>
  `${metric}|${school}|${period}|${by}`

/** Fourteen schools, small and large ones; the smallest has fewer pupils than may be told. */
export function schoolsOf(seed: number, first: number): WorldSchool[] {
  const random = randomOf(seed)
  return Array.from({ length: 14 }, (_, i) => ({
    urn: first + i,
    phase: i < 10 ? ('PS' as const) : ('SS' as const),
    roll: i === 0 ? 7 : i === 1 ? 16 : Math.round((i < 10 ? 90 : 320) * (0.7 + random() * 0.8)),
  }))
}

/** What happened to one pupil of a school in a week: metrics that count it, each with its dimensions. */
export interface Happened {
  readonly urn: number
  readonly week: Week
  readonly pupil: number
  readonly counted: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const picked = (random: () => number, values: readonly string[]) =>
  values[Math.floor(random() ** 1.6 * values.length)]!

function incident(random: () => number, urn: number, week: Week, roll: number): Happened {
  const { severity, location } = attacked.incidents!
  return {
    ...{ urn, week, pupil: Math.floor(random() ** 2 * roll) },
    counted: {
      incidents: { severity: picked(random, severity!), location: picked(random, location!) },
      pupils_with_incident: { role: picked(random, attacked.pupils_with_incident!.role!) },
      ...(random() < 0.8 && { incidents_resolved: {} }),
      ...(random() < 0.15 && {
        exclusions: { exclusion_type: picked(random, ['SUSP', 'SUSP', 'SUSP', 'PERM']) },
      }),
    },
  }
}

function checkIn(random: () => number, urn: number, week: Week, roll: number): Happened {
  const informant = picked(random, attacked.check_ins!.informant!)
  const pupil = Math.floor(random() * roll)
  return { urn, week, pupil, counted: { check_ins: { informant }, pupils_checked_in: {} } }
}

/** What happened in one year: rarely at some schools, often at others. */
export function happened(schools: readonly WorldSchool[], weeks: readonly Week[], seed: number): Happened[] {
  const random = randomOf(seed)
  const count = (mean: number) => Math.floor(mean * 2 * random() + random())
  return schools.flatMap(({ urn, roll }) => {
    const often = 0.0008 + random() ** 2 * 0.012
    return weeks.flatMap((week) => [
      ...Array.from({ length: count(roll * often) }, () => incident(random, urn, week, roll)),
      ...Array.from({ length: count(roll * 0.01) }, () => checkIn(random, urn, week, roll)),
    ])
  })
}

/** What comes late: one to four of most kinds at a few schools; at a large one as many as a release may take. */
export function late(schools: readonly WorldSchool[], weeks: readonly Week[], seed: number): Happened[] {
  const random = randomOf(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!
  const few = Array.from({ length: 4 }, () => pick(schools.slice(1))).flatMap(({ urn, roll }) => {
    const week = pick(weeks)
    return Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      (random() < 0.7 ? incident : checkIn)(random, urn, week, roll),
    )
  })
  const large = pick(schools.filter(({ roll }) => roll > 250))
  const week = pick(weeks)
  const many = Array.from({ length: 60 }, (_, i): Happened => {
    const { counted, ...one } = incident(random, large.urn, week, large.roll)
    const { incidents, pupils_with_incident } = counted
    return {
      ...{ ...one, pupil: large.roll - 1 - i },
      counted: { incidents: incidents!, pupils_with_incident: pupils_with_incident! },
    }
  })
  return [...few, ...many]
}

/** The same for one pupil of a school whenever it is asked. */
function characteristicsOf(urn: number, pupil: number): Record<string, string> {
  const random = randomOf(urn * 4_099 + pupil)
  const need = (urn % 7) / 12
  return {
    sex: random() < 0.47 ? 'F' : 'M',
    fsm: random() < 0.1 + need ? 'yes' : 'no',
    sen_provision: random() < 0.05 ? 'E' : random() < 0.15 ? 'K' : 'N',
  }
}

/** Every number that is not 0 of a year. */
export function truthOf(schools: readonly WorldSchool[], year: number, events: readonly Happened[]): Truth {
  const truth: Truth = new Map()
  const pupils = new Map<string, Set<number>>()
  for (const { urn, week, pupil, counted } of events) {
    const own = characteristicsOf(urn, pupil)
    for (const [metric, dimensions] of Object.entries(counted)) {
      const all: Record<string, string> = { ...own, ...dimensions }
      const isOfPupils = kindOf(metric) === 'pupils'
      const bys = ['', ...Object.keys(attacked[metric]!).map((d) => `${d}=${all[d]}`)]
      const both = pairsOf(metric).map((pair) => pair.map((d) => `${d}=${all[d]}`).join(';'))
      for (const period of periodsOf(week))
        for (const by of period.startsWith('year') ? [...bys, ...both] : bys) {
          const name = nameOf(metric, urn, period, by)
          const seen = isOfPupils ? (pupils.get(name) ?? new Set<number>()).add(pupil) : undefined
          if (seen) pupils.set(name, seen)
          truth.set(name, seen?.size ?? (truth.get(name) ?? 0) + 1)
        }
    }
  }
  for (const { urn, roll } of schools)
    for (let pupil = 0; pupil < roll; pupil++) {
      const own = characteristicsOf(urn, pupil)
      const singles = Object.keys(attacked.headcount!).map((d) => `${d}=${own[d]}`)
      const both = pairs.map((pair) => pair.map((d) => `${d}=${own[d]}`).join(';'))
      for (const by of ['', ...singles, ...both]) {
        const name = nameOf('headcount', urn, `year ${year}`, by)
        truth.set(name, (truth.get(name) ?? 0) + 1)
      }
    }
  return truth
}

export const periodsOf = ({ week, year, halfTerm, term }: Week): string[] => [
  `week ${week.replaceAll('-', '')}`,
  `half_term ${year * 100 + halfTerm}`,
  `term ${year * 100 + term}`,
  `year ${year}`,
]

/** Cells as they are kept: additive metrics by week, the others by each period. */
export function cellsOf(truth: Truth, authority: number): SeedCell[] {
  const cells = new Map<string, { cell: SeedCell; counts: Record<string, number> }>()
  for (const [name, n] of truth) {
    const [metric, school, when, by] = name.split('|') as [string, string, string, string]
    const [grain, period] = when.split(' ') as [Grain, string]
    const stored = metrics.get(metric) as StoredMetric
    // Pairs stand by year alone; else what adds up is kept by week.
    if (stored.lastInSlice !== true && isAdditive(stored) && grain !== 'week' && !by.includes(';')) continue
    const at = stored.lastInSlice ? (Number(period) + 1) * 10_000 + 120 : Number(period)
    const key = `${metric}|${school}|${when}`
    const found = cells.get(key) ?? {
      cell: {
        authority,
        school: Number(school),
        metric,
        grain: stored.lastInSlice ? 'week' : grain,
        period: mondayOf(stored, at),
        counts: {},
      },
      counts: {},
    }
    found.counts[by] = n
    if (stored.lastInSlice && by === '') found.counts['census=spring'] = n
    if (metric === 'incidents_resolved' && by === '') found.counts['days=2'] = n
    cells.set(key, found)
  }
  return [...cells.values()].map(({ cell, counts }) => ({ ...cell, counts }))
}

/** The spring census stands in the week that it falls in. */
function mondayOf(stored: StoredMetric, at: number): number {
  if (!stored.lastInSlice) return at
  const day = new Date(`${String(at).slice(0, 4)}-01-20T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return Number(day.toISOString().slice(0, 10).replaceAll('-', ''))
}
