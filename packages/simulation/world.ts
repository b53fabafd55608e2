import type { SimulatedSchool } from './county.ts'
import type { Evidence } from './evidence.ts'
import type { Pupils } from './pupils.ts'
import type { Streams } from './random.ts'
import type { TeachingWeek } from './school-year.ts'
import type { Sender } from './sender.ts'
import type { AbsenceTally, HalfTermTally, Moments } from './truth.ts'

/** What the parts of the simulation share. Pupils and schools are indexes; days count from 1970-01-01. */
export interface World {
  readonly schools: readonly SimulatedSchool[]
  readonly pupils: Pupils
  /** On the stream of the pupil whose turn it is. */
  readonly r: Streams
  readonly send: Sender
  /** Attendance draws and sends on streams of its own, so that it shifts nothing of what happens else. */
  readonly register: { readonly r: Streams; readonly send: Sender }
  /** What persons see of each pupil. */
  readonly evidence: Evidence
  readonly programmes: readonly ProgrammeTally[]
  readonly absences: AbsenceTally
  /** Of the half-term under way. */
  tally: HalfTermTally
  /** Week of the simulation, from 1: 0 stands for never. */
  index: number
  week: TeachingWeek
  /** The same week as tiers count it. */
  tierWeek: number
}

export interface ProgrammeTally {
  ended: number
  sessions: number
  readonly caused: Moments
  readonly causedAtFullFidelity: Moments
  readonly points: Moments
  readonly changed: Moments
  readonly before: Moments
  readonly after: Moments
}

/** Identifier of the pupil who has this place on the roll now. */
export const pupilId = ({ generation }: Pupils, i: number): string => `sim-${i.toString(36)}-${generation[i]}`

/** How events of the pupil who has this place are named. */
export const place = ({ generation }: Pupils, i: number): string => `${i.toString(36)}.${generation[i]}`

export const urnOf = ({ schools, pupils }: World, i: number): number => schools[pupils.school[i]!]!.urn
