import { attendance, closeRegister, drawAbsence } from './attendance.ts'
import { checkIn } from './check-ins.ts'
import { context, rolls } from './contexts.ts'
import { type SimulatedSchool, simulatedAuthority, simulatedSchools } from './county.ts'
import { Evidence } from './evidence.ts'
import { incidents } from './incidents.ts'
import { Outbox } from './outbox.ts'
import { plannedSessions, programmes } from './programmes.ts'
import { Pupils } from './pupils.ts'
import { Streams } from './random.ts'
import { teachingWeek, weeksInYear } from './school-year.ts'
import { Counts, Sender, simulatedSource } from './sender.ts'
import { leave, support } from './support.ts'
import {
  AbsenceTally,
  HalfTermTally,
  Moments,
  type RollTruth,
  type SchoolTruth,
  type SimulationTruth,
} from './truth.ts'
import type { ProgrammeTally, World } from './world.ts'

export { simulatedSource } from './sender.ts'

export interface SimulationOptions {
  /** 1 to 9. */
  readonly authorities: number
  /** In all; at least one an authority. */
  readonly schools: number
  /** Teaching weeks from September 2025; 40 are a year. */
  readonly weeks: number
  /** A whole number from 0 to 4294967295: the same one gives the same bytes. */
  readonly seed: number
}

/** Another county than the one that options draw: its schools, and the source that its events have. */
export interface GivenCounty {
  readonly schools: readonly SimulatedSchool[]
  readonly source: string
}

/** Events of one authority as NDJSON; the bytes are good until the next ones are asked for. */
export interface Sent {
  readonly authority: number
  readonly bytes: Uint8Array
}

function schoolsOf({ authorities, schools, seed }: Omit<SimulationOptions, 'weeks'>): SimulatedSchool[] {
  // Another seed than the pupils': the same would give both the same streams.
  return simulatedSchools(authorities, schools, new Streams(seed ^ 0x51ed270b, schools))
}

/** The county as a control plane registers it. */
export function simulatedRegister(options: Omit<SimulationOptions, 'weeks'>) {
  return {
    authorities: Array.from({ length: options.authorities }, (_, index) => simulatedAuthority(index)),
    schools: schoolsOf(options).map(({ urn, authority, laestab, name, phase }) => ({
      ...{ urn, authority, laestab, name, phase },
      synthetic: true as const,
    })),
  }
}

/** Share of the largest ethnic group, by authority. */
const mixes = [0.78, 0.45, 0.88, 0.66, 0.82, 0.55, 0.9, 0.72, 0.6]
const [pullBack, restlessness] = [0.35, 0.38]

/**
 * An invented county: its events as NDJSON, in the order of the days on which they are sent, and the truth that
 * figures must come back to. The memory it takes is that of the pupils and of one week's events, whatever the number of
 * weeks. `begun` hears of each week, from 1.
 */
export function* simulate(
  options: SimulationOptions,
  begun: (week: number) => void = () => {},
  given: GivenCounty = { schools: schoolsOf(options), source: simulatedSource },
): Generator<Sent, SimulationTruth> {
  const { schools, source } = given
  const codes = [...new Set(schools.map(({ authority }) => authority))]
  const lanes = schools.map(({ authority }) => codes.indexOf(authority))
  const sent = ({ lane, bytes }: { lane: number; bytes: Uint8Array }): Sent => ({
    authority: codes[lane]!,
    bytes,
  })
  const pupils = new Pupils(schools)
  const outbox = new Outbox()
  // One stream a pupil, then one a school.
  const r = new Streams(options.seed, pupils.count + schools.length)
  // Another seed than the pupils': the same would give both the same streams.
  const own = new Streams(options.seed ^ 0x3c6ef372, pupils.count)
  const counts = new Counts()
  const world: World = {
    ...{ schools, pupils, r, index: 1, week: teachingWeek(0), tierWeek: 0 },
    evidence: new Evidence(pupils.count),
    send: new Sender(outbox, schools, lanes, r, source, counts),
    register: { r: own, send: new Sender(outbox, schools, lanes, own, source, counts) },
    programmes: programmes.map(programmeTally),
    absences: new AbsenceTally(),
    tally: new HalfTermTally(schools.length),
  }
  const halfTerms: SchoolTruth[] = []
  const censuses: RollTruth[] = []
  for (let i = 0; i < pupils.count; i++) {
    pupils.draw(i, schoolOf(world, i), mixOf(world, i), r.of(i))
    drawAbsence(pupils, i, schoolOf(world, i), own.of(i))
  }

  for (let index = 1; index <= options.weeks; index++) {
    begun(index)
    world.index = index
    world.week = teachingWeek(index - 1)
    // 1 January 1970 was a Thursday: weekIndex of mtss, of a day.
    world.tierWeek = Math.floor((world.week.monday + 3) / 7)
    for (let i = 0; i < pupils.count; i++) turn(world, i)
    if (world.week.census)
      censuses.push(...rolls(world, world.week.census, (school) => r.of(pupils.count + school)))
    if (index % weeksInYear === 0 || index === options.weeks)
      for (let i = 0; i < pupils.count; i++) closeRegister(world, i)
    if (world.week.lastOfHalfTerm || index === options.weeks) {
      const { academicYear, halfTerm } = world.week
      halfTerms.push(...schools.map(({ urn }, s) => world.tally.row(s, urn, academicYear, halfTerm)))
      world.tally = new HalfTermTally(schools.length)
    }
    for (const due of outbox.due(world.week.monday + 7)) yield sent(due)
  }
  for (const due of outbox.due(Number.POSITIVE_INFINITY)) yield sent(due)
  return truthOf(options, world, counts, halfTerms, censuses)
}

const schoolOf = ({ schools, pupils }: World, i: number): SimulatedSchool => schools[pupils.school[i]!]!
const mixOf = (world: World, i: number): number => mixes[schoolOf(world, i).authority % mixes.length]!

/** One week of one pupil. */
function turn(world: World, i: number): void {
  const { pupils, r, index, week, register } = world
  r.of(i)
  register.r.of(i)
  if (index % weeksInYear === 1) {
    if (index > 1) moveUp(world, i)
    context(world, i, week.monday)
  } else if (week.weekOfHalfTerm === 0) {
    if (r.chance(0.004)) moveSchool(world, i)
    else if (pupils.fsmFrom[i] === 0 && r.chance(0.005)) {
      pupils.fsmFrom[i] = week.monday
      context(world, i, week.monday)
    }
  }
  const { base, now } = pupils
  now[i] = now[i]! + pullBack * (base[i]! - now[i]!) + restlessness * r.normal()
  checkIn(world, i)
  incidents(world, i)
  support(world, i)
  if (week.lastOfHalfTerm) attendance(world, i)
}

/** A new school year: the oldest leave, and new pupils take their places. */
function moveUp(world: World, i: number): void {
  const { pupils, r, register } = world
  if (pupils.year[i]! + 1 < schoolOf(world, i).years.length) pupils.year[i]!++
  else {
    leave(world, i)
    pupils.generation[i]!++
    pupils.year[i] = 0
    pupils.draw(i, schoolOf(world, i), mixOf(world, i), r)
    drawAbsence(pupils, i, schoolOf(world, i), register.r)
    world.evidence.forget(i)
  }
}

/** To another school of the same phase and authority, where a few tries find one. */
function moveSchool(world: World, i: number): void {
  const { schools, pupils, r, week } = world
  const from = schoolOf(world, i)
  for (let attempt = 0; attempt < 8; attempt++) {
    const to = r.whole(0, schools.length - 1)
    const there = schools[to]!
    if (there === from || there.phase !== from.phase || there.authority !== from.authority) continue
    leave(world, i)
    closeRegister(world, i)
    pupils.school[i] = to
    context(world, i, week.monday)
    return
  }
}

const programmeTally = (): ProgrammeTally => ({
  ...{ ended: 0, sessions: 0, caused: new Moments(), causedAtFullFidelity: new Moments() },
  ...{ points: new Moments(), changed: new Moments(), before: new Moments(), after: new Moments() },
})

function truthOf(
  options: SimulationOptions,
  { pupils, absences, programmes: tallies }: World,
  { emitted, unique, superseded, duplicates, retracted, late, types }: Counts,
  halfTerms: readonly SchoolTruth[],
  rolls: readonly RollTruth[],
): SimulationTruth {
  return {
    ...{ synthetic: true, ...options, pupils: pupils.count },
    events: { emitted, unique, superseded, duplicates, retracted, late, types },
    ...{ halfTerms, rolls, absences: absences.rows() },
    programmes: tallies.map((tally, p) => ({
      type: programmes[p]!.type,
      effectAtFullDose: programmes[p]!.effectAtFullDose,
      ended: tally.ended,
      meanSessions: tally.ended > 0 ? tally.sessions / tally.ended : plannedSessions,
      caused: tally.caused.spread(),
      causedAtFullFidelity: tally.causedAtFullFidelity.spread(),
      points: tally.points.spread(),
      changed: tally.changed.spread(),
      observed: { n: tally.after.n, before: tally.before.mean, after: tally.after.mean },
    })),
    tiers: {
      ...{ semh: tiersOf(pupils.semh), behaviour: tiersOf(pupils.behaviour) },
      attendance: tiersOf(pupils.attendance),
    },
  }
}

function tiersOf(tiers: Uint8Array): [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0]
  for (const tier of tiers) counts[tier - 1]!++
  return counts
}
