import { answerIds, attendance, type Input, randomBy, schoolsOf } from './stream.ts'

export interface SupportStreamOptions {
  readonly seed: number
  readonly authority: number
  readonly pupils: number
  /** Events between two weeks: the present moves on with the stream. */
  readonly eventsPerWeek: number
  /** Of all events, how many erase a pupil. */
  readonly erasures?: number
}

const day = (index: number) => new Date(Date.UTC(2025, 7, 25) + index * 86_400_000).toISOString().slice(0, 10)
const pupil = (authority: number, n: number) =>
  `k1:${(BigInt(authority) * 1_000_003n + BigInt(n) * 7_919n).toString(16).padStart(32, '0')}`

/**
 * What tiers are made of, as it is received, with what goes wrong in life: days to come, corrections that change pupil, school, day or the kind of event,
 * in any order of versions; retractions, erasures, snapshots that come late or speak of the future, decisions.
 */
export function* supportStream(o: SupportStreamOptions): Generator<Input> {
  const random = randomBy(o.seed)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const { authority } = o
  const sent: Input[] = []
  let serial = 0
  const someone = () => pupil(authority, below(o.pupils))
  const today = () => Math.floor((serial / o.eventsPerWeek) * 7)
  // Mostly of late, now and then long ago, or still to come.
  const when = () => {
    const now = today()
    if (random() < 0.03) return day(now + below(random() < 0.5 ? 10 : 400))
    return day(Math.max(0, now - (random() < 0.7 ? below(14) : below(now + 1))))
  }
  const data = (): [type: string, data: any] => {
    const at = { school: String(pick(schoolsOf(authority, 3))), pupil: someone() }
    const decided = {
      domain: pick(['semh', 'behaviour', 'attendance']),
      reason: 'goal_met',
      decidedBy: 'mental_health_lead',
    }
    const roll = random()
    if (roll < 0.45) {
      const least = 1 + below(3)
      const answer = () => Math.min(5, least + below(4))
      const answers = Object.fromEntries(answerIds.filter(() => random() < 0.9).map((id) => [id, answer()]))
      const informant = pick(['self', 'self', 'staff', 'parent'])
      const sent = { instrument: 'resilience-wheel@1', informant, submittedOn: when(), answers }
      return ['checkin.submitted', { ...at, ...sent }]
    }
    if (roll < 0.75) {
      const participants = Array.from({ length: below(4) }, () => ({
        role: pick(['perpetrator', 'perpetrator', 'target', 'witness']),
        pupil: someone(),
      }))
      const unlike = new Map(participants.map((one) => [JSON.stringify(one), one]))
      const what = { behaviours: ['bullying'], mode: 'in_person', location: 'playground' }
      const { school } = at
      const rest = { occurredOn: when(), severity: 1 + below(4), participants: [...unlike.values()] }
      return ['incident.reported', { school, ...what, ...rest }]
    }
    if (roll < 0.79) return ['attendance.recorded', { ...at, ...attendance(random, when()) }]
    if (roll < 0.84)
      return [
        'tier.assigned',
        { ...at, ...decided, tier: 1 + below(3), assignedOn: when(), reason: 'recommended' },
      ]
    if (roll < 0.87) return ['tier.exited', { ...at, ...decided, exitedOn: when() }]
    if (roll < 0.9) return ['exclusion.recorded', { ...at, type: 'SUSP', startsOn: when(), reasons: ['PP'] }]
    const effectiveFrom = random() < 0.2 ? day(below(400)) : when()
    const fsm = [
      { type: 'none', from: '2020-09-01' },
      { type: 'TFSM', from: day(below(200)) },
    ]
    return [
      'pupil.context.changed',
      {
        ...{ ...at, effectiveFrom, ncYear: pick(['7', '8', '9']) },
        ...(random() < 0.8 ? { sex: pick(['F', 'M']) } : {}),
        ...(random() < 0.5 ? { senProvision: pick(['N', 'K', 'E']) } : {}),
        ...(random() < 0.5 ? { ethnicity: pick(['WBRI', 'AIND', 'REFU']) } : {}),
        ...(random() < 0.5 ? { fsm } : {}),
      },
    ]
  }
  // By a clock that is set back now and then.
  const received = () => {
    const setBack = random() < 0.02 ? below(20) : 0
    return Date.UTC(2025, 7, 25) + (today() - setBack + random()) * 86_400_000
  }
  for (;;) {
    serial++
    const before = sent.length > 0 ? pick(sent) : undefined
    const roll = random()
    const source = 'urn:tiers'
    let next: Input
    if (!before || roll < 0.65) {
      const [type, made] = data()
      next = { authority, source, id: `s${serial}`, version: 1 + below(3), type, data: made }
    } else if (roll < 0.7) next = before
    else if (roll < 0.9) {
      // Another version: of another pupil, school or day, or of another kind altogether.
      const [type, made] = data()
      const { pupil, school } = made
      const corrected = { ...before.data, school, ...(before.data.pupil && pupil ? { pupil } : {}) }
      const other = random() < 0.3
      const version = Math.max(1, before.version - 1 + below(4))
      next = { ...before, version, type: other ? type : before.type, data: other ? made : corrected }
    } else if (roll < 1 - (o.erasures ?? 0.002)) {
      const version = Math.max(2, before.version - 1 + below(3))
      const what = { source, id: before.id, version, reason: 'entered_in_error' }
      next = { authority, source, id: `s${serial}`, version: 1, type: 'event.retracted', data: what }
    } else {
      const who = { school: String(schoolsOf(authority, 1)[0]), pupil: someone() }
      next = { authority, source, id: `s${serial}`, version: 1, type: 'pupil.erased', data: who }
    }
    if (next.type !== 'event.retracted' && next.type !== 'pupil.erased') sent.push(next)
    yield { ...next, appendedAt: Math.floor(received()) }
  }
}
