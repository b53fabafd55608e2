import { toLogRecord } from '@cairn/contracts'
import type { LogRecord } from '@cairn/event-log'
import type { LoggedInput } from './model.ts'

/** Random numbers by seed (mulberry32), so that a failing run can be run again. */
export function randomBy(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Input = Omit<LoggedInput, 'offset'>

export interface StreamOptions {
  readonly seed: number
  readonly authorities: readonly number[]
  readonly schoolsEach: number
  readonly pupilsEach: number
}

/** URNs of an authority's invented schools, in a range that DfE does not use. */
export const schoolsOf = (authority: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => 800_000 + (authority % 1000) * 100 + i)

const days = Array.from({ length: 150 }, (_, i) =>
  new Date(Date.UTC(2025, 5, 20) + i * 86_400_000).toISOString().slice(0, 10),
)

/** No other event is given this day: years to come have no calendar here (see `moved`). */
const toCome = '2099-03-03'

/**
 * An endless stream with everything in it that goes wrong in life: duplicates near and far, versions in any order,
 * corrections that move school or day, type of event and pupil changed between versions, conflicts, retractions before
 * and after, reinstatement, erasures before and after, unknown instruments, follow-ups before their incident, days on
 * both sides of 1 August, and decisions for weeks to come.
 */
export function* stream(options: StreamOptions): Generator<Input> {
  const random = randomBy(options.seed)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const sent: Input[] = []
  let serial = 0
  const pupil = (authority: number) => pseudonym(authority, below(options.pupilsEach))
  const fresh = (authority: number): Input => {
    const id = `e${serial++}`
    const school = String(pick(schoolsOf(authority, options.schoolsEach)))
    const source = `urn:chaos:${school}`
    const day = pick(days)
    const roll = random()
    const event = (type: string, data: unknown): Input => ({
      authority,
      source,
      id,
      version: 1 + below(3),
      type,
      data,
    })
    if (roll < 0.45)
      return event('checkin.submitted', {
        school,
        pupil: pupil(authority),
        instrument: random() < 0.03 ? 'unheard-of@1' : 'resilience-wheel@1',
        informant: pick(['self', 'staff', 'parent']),
        submittedOn: day,
        answers: Object.fromEntries(
          answerIds.filter(() => random() < 0.9).map((item) => [item, 1 + below(5)]),
        ),
      })
    if (roll < 0.65) return event('incident.reported', incident(school, day, authority))
    if (roll < 0.78) {
      const subject = incidentBefore(authority) ?? { source, id: `e${serial + below(20)}` }
      return random() < 0.7
        ? event('incident.resolved', {
            school,
            incident: { source: subject.source, id: subject.id },
            resolvedOn: pick(days),
            outcome: 'restorative',
          })
        : event('incident.reopened', {
            school,
            incident: { source: subject.source, id: subject.id },
            reopenedOn: pick(days),
            reason: 'recurrence',
          })
    }
    if (roll < 0.82)
      return event('attendance.recorded', { school, pupil: pupil(authority), ...attendance(random, day) })
    if (roll < 0.92)
      return event('exclusion.recorded', {
        school,
        ...(random() < 0.7 ? { pupil: pupil(authority) } : {}),
        type: pick(['SUSP', 'PERM']),
        startsOn: day,
        reasons: ['PP', 'BU', 'DB', 'VA'].filter(() => random() < 0.3).slice(0, 3),
      })
    if (roll < 0.93)
      return event('tier.assigned', {
        ...{ school, pupil: pupil(authority), domain: pick(['semh', 'behaviour']), tier: 1 + below(3) },
        // Now and then for a week that is still to come, whenever this runs.
        ...{ assignedOn: serial % 7 === 0 ? toCome : day },
        ...{ reason: 'recommended', decidedBy: 'mental_health_lead' },
      })
    if (roll < 0.98)
      return event('pupil.context.changed', {
        ...{ school, pupil: pupil(authority), effectiveFrom: day, ncYear: pick(['7', '8', '9']) },
        ...(random() < 0.8 ? { sex: pick(['F', 'M']) } : {}),
        ...(random() < 0.5 ? { senProvision: pick(['N', 'K', 'E']) } : {}),
        ...(random() < 0.5 ? { ethnicity: pick(['WBRI', 'AIND', 'REFU']) } : {}),
        ...(random() < 0.5 ? { fsm: mealsFrom(pick(days)) } : {}),
      })
    return event('roll.snapshot.published', {
      school,
      census: pick(['autumn', 'spring', 'summer']),
      censusDate: day,
      rows: ['7', '8', '9'].map((ncYear) => ({
        ncYear,
        ...(random() < 0.5 ? { sex: 'F' } : {}),
        headcount: below(200),
      })),
    })
  }
  const incident = (school: string, day: string, authority: number) => ({
    school,
    occurredOn: day,
    behaviours: random() < 0.3 ? ['bullying', 'verbal_threat'] : ['bullying'],
    mode: pick(['in_person', 'online', 'both']),
    location: pick(['playground', 'corridor']),
    severity: 1 + below(4),
    participants: distinct(
      Array.from({ length: below(4) }, () => ({
        role: pick(['target', 'perpetrator', 'witness']),
        pupil: pupil(authority),
      })),
    ),
  })
  const incidentBefore = (authority: number) => {
    for (let i = 0; i < 8 && sent.length > 0; i++) {
      const e = pick(sent)
      if (e.type === 'incident.reported' && e.authority === authority) return e
    }
    return undefined
  }
  for (;;) {
    const authority = pick(options.authorities)
    const before = sent.length > 0 ? pick(sent) : undefined
    const roll = random()
    let next: Input
    if (!before || roll < 0.6) next = fresh(authority)
    else if (roll < 0.72) next = before
    else if (roll < 0.86) {
      // Another version, newer or older, of the same or of another kind, at the same place or elsewhere.
      const other = fresh(before.authority)
      const data = random() < 0.3 ? other.data : moved(before, other)
      const type = data === other.data ? other.type : before.type
      next = { ...before, version: Math.max(1, before.version - 2 + below(5)), type, data }
    } else if (roll < 0.94) {
      next = {
        authority: before.authority,
        source: before.source,
        id: `r${serial++}`,
        version: 1,
        type: 'event.retracted',
        data: {
          source: before.source,
          id: before.id,
          version: Math.max(2, before.version - 1 + below(3)),
          reason: 'entered_in_error',
        },
      }
    } else if (roll < 0.945) {
      const school = String(pick(schoolsOf(authority, options.schoolsEach)))
      next = {
        authority,
        source: `urn:chaos:${school}`,
        id: `x${serial++}`,
        version: 1,
        type: 'pupil.erased',
        data: { school, pupil: pupil(authority) },
      }
    } else next = { ...before, data: moved(before, fresh(before.authority)) }
    if (next.type !== 'event.retracted' && next.type !== 'pupil.erased' && sent.length < 4_000)
      sent.push(next)
    yield next
  }
}

/** The same event at the other's school or day. */
function moved(event: Input, other: Input): unknown {
  const data = { ...event.data, school: other.data.school }
  const day = dayField[event.type]
  const from = other.data[dayField[other.type] ?? '']
  if (day && from && Number(from.slice(-1)) % 2 === 0) data[day] = from
  if (event.type === 'attendance.recorded') data.from = weekBefore(data.to)
  return data
}

const dayField: Record<string, string> = {
  'checkin.submitted': 'submittedOn',
  'incident.reported': 'occurredOn',
  'incident.resolved': 'resolvedOn',
  'incident.reopened': 'reopenedOn',
  'exclusion.recorded': 'startsOn',
  'attendance.recorded': 'to',
  'tier.assigned': 'assignedOn',
  'pupil.context.changed': 'effectiveFrom',
  'roll.snapshot.published': 'censusDate',
}

/** Six days before, or the first day of the academic year. */
function weekBefore(day: string): string {
  const first = new Date(Date.parse(day) - 6 * 86_400_000).toISOString().slice(0, 10)
  const newYear = `${day.slice(0, 4)}-08-01`
  return first < newYear && newYear <= day ? newYear : first
}

/** A week of attendance up to a day, with so few sessions that a correction of the day stays valid. */
export function attendance(random: () => number, to: string) {
  const possible = 1 + Math.floor(random() * 2)
  const attended = Math.floor(random() * (possible + 1))
  const authorised = Math.floor(random() * (possible - attended + 1))
  const unauthorised = possible - attended - authorised
  return { from: weekBefore(to), to, possible, attended, authorised, unauthorised }
}

const mealsFrom = (day: string) => [
  { type: 'none', from: '2020-09-01' },
  { type: 'TFSM', from: day },
]

const distinct = <T>(list: T[]): T[] => [
  ...new Map(list.map((item) => [JSON.stringify(item), item])).values(),
]

/** What ingest would have made of a pupil's identifier. */
const pseudonym = (authority: number, pupil: number): string =>
  `k1:${(BigInt(authority) * 1_000_003n + BigInt(pupil) * 7_919n).toString(16).padStart(32, '0')}`

export const answerIds = [
  'bonding',
  'boundaries',
  'life_skills',
  'caring_support',
  'high_expectations',
  'meaningful_participation',
].flatMap((subscale) => [1, 2, 3].map((i) => `${subscale}_${i}`))

/** The record that ingest appends for it. */
export const recordOf = (e: Input): LogRecord =>
  toLogRecord(
    { id: e.id, source: e.source, type: e.type, major: 1, version: e.version, data: e.data },
    e.authority,
  )
