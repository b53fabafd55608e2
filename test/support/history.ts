import type { LoggedInput } from '../chaos/model.ts'
import { answerIds, type Input, randomBy } from '../chaos/stream.ts'

/** Schools of an authority's history. */
export const schoolsOf = (authority: number): readonly [number, number] => [
  800_000 + authority * 2,
  800_001 + authority * 2,
]

const dayFrom = (first: string, after: number): string =>
  new Date(Date.parse(first) + after * 86_400_000).toISOString().slice(0, 10)

export const types = ['cbt', 'mindfulness', 'social_skills']
const techniques = ['breathing', 'grounding', 'role_play']
const targets = ['cognitive', 'emotional', 'social']

/**
 * A small invented history of support: interventions with sessions and ends, plans with reviews, closures and ratings,
 * tiers, check-ins and contexts, out of order, with corrected versions and some taken back.
 */
export function historyOf(authority: number, seed: number, pupils: number): Input[] {
  const random = randomBy(seed)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const events: Input[] = []
  const source = 'urn:mis:support'
  const add = (id: string, type: string, data: unknown) => {
    events.push({ authority, source, id, version: 2, type, data })
    const roll = random()
    // An earlier version that said something else, wherever it comes.
    if (roll < 0.1) events.push({ authority, source, id, version: 1, type, data: other(data, authority) })
    else if (roll < 0.15)
      events.push({
        ...{ authority, source, id: `r-${id}`, version: 1, type: 'event.retracted' },
        data: { source, id, version: 3, reason: 'entered_in_error' },
      })
  }
  for (let p = 0; p < pupils; p++) {
    const who = {
      school: String(pick(schoolsOf(authority))),
      pupil: `k1:${(BigInt(authority) * 1_000_003n + BigInt(p) * 7_919n).toString(16).padStart(32, '0')}`,
    }
    for (let c = below(3); c > 0; c--) context(`x${p}-${c}`, who)
    for (let i = below(3); i > 0; i--) intervention(`i${p}-${i}`, who)
    if (random() < 0.7) plan(`p${p}`, who)
    if (random() < 0.3)
      add(`t${p}`, 'tier.assigned', {
        ...{ ...who, domain: 'semh', tier: 1 + below(3), assignedOn: dayFrom('2025-09-01', below(60)) },
        ...{ reason: 'screening', decidedBy: 'senco' },
      })
    for (let c = below(9); c > 0; c--)
      add(`c${p}-${c}`, 'checkin.submitted', {
        ...{ ...who, instrument: 'resilience-wheel@1', informant: random() < 0.9 ? 'self' : 'staff' },
        submittedOn: dayFrom('2025-09-01', below(200)),
        answers: Object.fromEntries(
          answerIds.flatMap((item) => (random() < 0.9 ? [[item, 1 + below(5)]] : [])),
        ),
      })
  }
  function context(id: string, who: { school: string; pupil: string }) {
    add(id, 'pupil.context.changed', {
      ...{ ...who, effectiveFrom: dayFrom('2025-07-01', below(200)), ncYear: pick(['7', '8', '9']) },
      ...(random() < 0.8 && { sex: pick(['F', 'M']), senProvision: pick(['N', 'K']) }),
      ...(random() < 0.8 && { ethnicity: pick(['WBRI', 'AIND', 'REFU']) }),
      fsm: [
        { type: 'none', from: '2021-09-01' },
        { type: 'TFSM', from: dayFrom('2025-09-01', below(150)) },
      ],
    })
  }
  function intervention(id: string, who: { school: string; pupil: string }) {
    const start = below(100)
    const plannedSessions = 2 + below(4)
    add(id, 'intervention.started', {
      ...{ ...who, startedOn: dayFrom('2025-09-08', start), type: pick(types), approach: 'other' },
      ...{ technique: pick(techniques), targetDomain: pick(targets), level: 'individual' },
      ...{ plannedSessions, plannedMinutes: plannedSessions * 30 },
    })
    const named = { ...who, intervention: { source, id } }
    for (let s = below(plannedSessions + 2); s > 0; s--)
      add(`${id}-s${s}`, 'intervention.session.delivered', {
        ...{ ...named, deliveredOn: dayFrom('2025-09-08', start + s * 7) },
        ...{ minutes: pick([20, 30, 40]), technique: pick(techniques) },
      })
    if (random() < 0.8)
      add(`${id}-e`, 'intervention.ended', {
        ...{ ...named, endedOn: dayFrom('2025-09-08', start + below(60)) },
        reason: pick(['planned_end', 'declined']),
      })
  }
  function plan(id: string, who: { school: string; pupil: string }) {
    const start = below(100)
    add(id, 'plan.created', {
      ...{ ...who, createdOn: dayFrom('2025-09-08', start), reviewDueOn: dayFrom('2025-09-08', start + 42) },
      ...{ domain: pick(['semh', 'behaviour']), goals: ['g1', 'g2'].slice(below(3)).map(goalOf) },
    })
    const named = { ...who, plan: { source, id } }
    for (let r = below(3); r > 0; r--)
      add(`${id}-r${r}`, 'plan.reviewed', {
        ...{ ...named, reviewedOn: dayFrom('2025-09-08', start + 25 + below(30)), outcome: 'continue' },
      })
    for (let g = below(6); g > 0; g--)
      add(`${id}-g${g}`, 'goal.rated', {
        ...{ ...named, goal: pick(['g1', 'g2', 'g3']), ratedOn: dayFrom('2025-09-08', start + below(40)) },
        ...{ rating: below(11), informant: 'self' },
      })
    if (random() < 0.4)
      add(`${id}-c`, 'plan.closed', {
        ...{ ...named, closedOn: dayFrom('2025-09-08', start + below(120)), reason: 'goal_met' },
      })
  }
  return events
    .map((event) => ({ event, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event)
}

const goalOf = (id: string) => ({ id, area: id === 'g1' ? 'coping' : 'belonging' })

const days = ['submittedOn', 'startedOn', 'deliveredOn', 'endedOn', 'createdOn', 'ratedOn', 'closedOn']

/** What the earlier version said: the other school, and a day three weeks before. */
function other(data: any, authority: number): unknown {
  const [one, two] = schoolsOf(authority)
  const moved = { ...data, school: String(data.school === String(one) ? two : one) }
  for (const field of days) if (data[field]) moved[field] = dayFrom(data[field], -21)
  return moved
}

/** What holds in the end: the newest version of each event, less those taken back. */
export function current(log: readonly LoggedInput[]): LoggedInput[] {
  const taken = new Set(log.filter((e) => e.type === 'event.retracted').map((e) => e.data.id))
  return log.filter((e) => e.version === 2 && !taken.has(e.id))
}
