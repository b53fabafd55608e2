import {
  behaviourCodes,
  type CheckinSubmitted,
  type ExclusionRecorded,
  type IncidentReported,
  type IncidentResolved,
  type RollSnapshotPublished,
} from '@cairn/contracts'
import { nameOf, resilienceWheel } from '@cairn/mtss'
import { lineOf } from '../events/cloud-event.ts'
import { type DemoSchool, demoSchools, demoWeeks } from './county.ts'
import { type Random, random } from './random.ts'

export const demoSource = 'urn:cairn:demo'

interface Pupil {
  readonly id: string
  readonly ncYear: string
  readonly sex: 'F' | 'M'
  readonly senProvision: 'N' | 'K' | 'E'
  readonly fsm: boolean
  /** How the pupil is, from 0 to 1: what check-ins are drawn around. */
  readonly resilience: number
}

/** Every event of the demonstration, one JSON text each, the same ones each time: ids too, so a second load adds nothing. */
export function* demoEvents(seed = 20_250_901): Generator<string> {
  for (const school of demoSchools) {
    const r = random(seed + school.urn)
    const pupils = Array.from({ length: school.pupils }, (_, i) => pupil(school, i, r))
    yield* rolls(school, pupils)
    yield* checkIns(school, pupils, r)
    yield* incidents(school, pupils, r)
    yield* exclusions(school, pupils, r)
  }
}

function pupil(school: DemoSchool, index: number, r: Random): Pupil {
  const special = school.phase === 'SP'
  const fsm = r.chance(special ? 0.45 : 0.24)
  const senProvision = special ? 'E' : r.chance(0.04) ? 'E' : r.chance(0.14) ? 'K' : 'N'
  return {
    id: `demo-${school.urn}-${String(index + 1).padStart(4, '0')}`,
    ncYear: school.years[index % school.years.length]!,
    sex: r.chance(0.49) ? 'F' : 'M',
    senProvision,
    fsm,
    resilience: 0.45 + 0.4 * r.next() - (fsm ? 0.06 : 0) - (senProvision === 'N' ? 0 : 0.05),
  }
}

const event = <Data>(type: string, school: DemoSchool, id: string, data: Data): string =>
  lineOf({ type, source: `${demoSource}/${school.urn}`, id: `${school.urn}-${id}`, data })

function* rolls(school: DemoSchool, pupils: readonly Pupil[]): Generator<string> {
  const rows = new Map<string, RollSnapshotPublished['rows'][number]>()
  for (const { ncYear, sex, senProvision, fsm } of pupils) {
    const key = [ncYear, sex, senProvision, fsm].join()
    rows.set(key, { ncYear, sex, senProvision, fsm, headcount: (rows.get(key)?.headcount ?? 0) + 1 })
  }
  for (const [census, censusDate] of [
    ['autumn', '2025-10-02'],
    ['spring', '2026-01-15'],
  ] as const) {
    const data: RollSnapshotPublished = {
      school: String(school.urn),
      census,
      censusDate,
      rows: [...rows.values()],
    }
    yield event('roll.snapshot.published', school, `roll-${census}`, data)
  }
}

/** Each pupil from Year 3 is asked every fourth week; some do not answer, some leave items out. */
function* checkIns(school: DemoSchool, pupils: readonly Pupil[], r: Random): Generator<string> {
  const asked = pupils.filter((one) => !['R', '1', '2'].includes(one.ncYear))
  for (const [w, week] of demoWeeks.entries())
    for (const [i, one] of asked.entries()) {
      if (i % 4 !== w % 4 || !r.chance(school.response)) continue
      const data: CheckinSubmitted = {
        school: String(school.urn),
        pupil: one.id,
        instrument: nameOf(resilienceWheel),
        informant: r.chance(0.9) ? 'self' : 'staff',
        submittedOn: dayOf(week, r.whole(0, 4)),
        answers: answers(one.resilience + 0.006 * w, r),
      }
      yield event('checkin.submitted', school, `checkin-${one.id}-${week}`, data)
    }
}

function answers(level: number, r: Random): Record<string, number> {
  const given: Record<string, number> = {}
  for (const { id, min, max } of resilienceWheel.items) {
    if (r.chance(0.03)) continue
    const wanted = min + (max - min) * (level + 0.5 * (r.next() - 0.5))
    given[id] = Math.min(max, Math.max(min, Math.round(wanted)))
  }
  return given
}

const frequent = ['disruption', 'disruption', 'verbal_threat', 'physical_aggression', 'bullying', 'damage']
const locations = ['classroom', 'corridor', 'playground', 'playground', 'dining_hall', 'journey']
const outcomes = ['restorative', 'sanction', 'family_meeting', 'support_for_target', 'no_further_action']

function* incidents(school: DemoSchool, pupils: readonly Pupil[], r: Random): Generator<string> {
  for (const week of demoWeeks) {
    const count = Math.floor((school.pupils / 100) * school.trouble * (0.6 + 0.8 * r.next()) + r.next())
    for (let i = 1; i <= count; i++) {
      const id = `incident-${week}-${i}`
      const day = r.whole(0, 4)
      const online = r.chance(0.1)
      const data: IncidentReported = {
        school: String(school.urn),
        occurredOn: dayOf(week, day),
        behaviours: [r.chance(0.75) ? r.pick(frequent) : r.pick(behaviourCodes)],
        mode: online ? 'online' : 'in_person',
        location: online ? 'online' : r.pick(locations),
        severity: r.pick([1, 1, 1, 2, 2, 3]) as 1 | 2 | 3,
        participants: [
          { role: 'target', pupil: r.pick(pupils).id },
          { role: 'perpetrator', pupil: r.pick(pupils).id },
        ],
      }
      yield event('incident.reported', school, id, data)
      if (r.chance(0.72)) yield resolution(school, id, dayOf(week, day + r.whole(0, 12)), r)
    }
  }
}

function resolution(school: DemoSchool, incident: string, resolvedOn: string, r: Random): string {
  const data: IncidentResolved = {
    school: String(school.urn),
    incident: { source: `${demoSource}/${school.urn}`, id: `${school.urn}-${incident}` },
    resolvedOn,
    outcome: r.pick(outcomes),
  }
  return event('incident.resolved', school, `${incident}-resolved`, data)
}

function* exclusions(school: DemoSchool, pupils: readonly Pupil[], r: Random): Generator<string> {
  const perHundred = { PS: 0.6, SS: 3.6, SP: 4 }[school.phase]
  const count = Math.round((school.pupils / 100) * perHundred * school.trouble)
  for (let i = 1; i <= count; i++) {
    const permanent = school.phase === 'SS' && i === count
    const data: ExclusionRecorded = {
      school: String(school.urn),
      pupil: r.pick(pupils).id,
      type: permanent ? 'PERM' : 'SUSP',
      startsOn: dayOf(r.pick(demoWeeks), r.whole(0, 4)),
      reasons: [r.pick(['DB', 'DB', 'VA', 'PP', 'PA', 'DM', 'OW', 'BU'])],
      ...(permanent ? {} : { sessions: r.whole(1, 10) }),
    }
    yield event('exclusion.recorded', school, `exclusion-${i}`, data)
  }
}

const dayOf = (monday: string, days: number): string =>
  new Date(Date.parse(`${monday}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
