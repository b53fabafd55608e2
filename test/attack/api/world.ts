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

/** Metrics that the attack is about, and the dimensions of theirs that facts are told apart by here. */
export const attacked: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  incidents: { severity: ['1', '2', '3'], location: ['classroom', 'playground'] },
  pupils_with_incident: { role: ['target', 'perpetrator'] },
  exclusions: { exclusion_type: ['SUSP', 'PERM'] },
  check_ins: { informant: ['self', 'staff'] },
  pupils_checked_in: {},
  incidents_resolved: {},
  headcount: { sex: ['F', 'M'], fsm: ['yes', 'no'], sen_provision: ['N', 'K', 'E'] },
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

/** What happened in one year: rarely at some schools, often at others. */
export function happened(schools: readonly WorldSchool[], weeks: readonly Week[], seed: number): Truth {
  const random = randomOf(seed)
  const truth: Truth = new Map()
  const pick = (values: readonly string[]) => values[Math.floor(random() ** 1.6 * values.length)]!
  const pupils = new Map<string, Set<number>>()
  const add = (metric: string, school: number, week: Week, dims: Record<string, string>, pupil: number) => {
    const bys = ['', ...Object.entries(dims).map(([d, v]) => `${d}=${v}`)]
    const stored = metrics.get(metric) as StoredMetric
    for (const period of periodsOf(week))
      for (const by of bys) {
        const name = nameOf(metric, school, period, by)
        if (isAdditive(stored)) truth.set(name, (truth.get(name) ?? 0) + 1)
        else {
          const seen = pupils.get(name) ?? new Set()
          pupils.set(name, seen.add(pupil))
          truth.set(name, seen.size)
        }
      }
  }
  for (const { urn, roll } of schools) {
    const often = 0.0008 + random() ** 2 * 0.012
    for (const week of weeks) {
      const count = (mean: number) => Math.floor(mean * 2 * random() + random())
      for (let i = count(roll * often); i > 0; i--) {
        const pupil = Math.floor(random() ** 2 * roll)
        const { severity, location } = attacked.incidents!
        add('incidents', urn, week, { severity: pick(severity!), location: pick(location!) }, pupil)
        add('pupils_with_incident', urn, week, { role: pick(attacked.pupils_with_incident!.role!) }, pupil)
        if (random() < 0.8) add('incidents_resolved', urn, week, {}, pupil)
        if (random() < 0.15)
          add('exclusions', urn, week, { exclusion_type: pick(['SUSP', 'SUSP', 'SUSP', 'PERM']) }, pupil)
      }
      for (let i = count(roll * 0.01); i > 0; i--) {
        const pupil = Math.floor(random() * roll)
        add('check_ins', urn, week, { informant: pick(attacked.check_ins!.informant!) }, pupil)
        add('pupils_checked_in', urn, week, {}, pupil)
      }
    }
    addRoll(truth, urn, roll, weeks[0]!.year, random)
  }
  return truth
}

function addRoll(truth: Truth, urn: number, roll: number, year: number, random: () => number): void {
  const set = (by: string, n: number) => truth.set(nameOf('headcount', urn, `year ${year}`, by), n)
  set('', roll)
  for (const [dimension, values] of Object.entries(attacked.headcount!)) {
    let left = roll
    values.forEach((value, i) => {
      const n =
        i === values.length - 1
          ? left
          : Math.round(left * (dimension === 'sex' ? 0.4 + random() * 0.2 : 0.1 + random() * 0.75))
      set(`${dimension}=${value}`, n)
      left -= n
    })
  }
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
    if (stored.lastInSlice !== true && isAdditive(stored) && grain !== 'week') continue
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
