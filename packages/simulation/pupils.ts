import { ethnicityCodes } from '@cairn/contracts'
import type { SimulatedSchool } from './county.ts'
import type { Streams } from './random.ts'

export const senCodes = ['N', 'K', 'E'] as const
export const needCodes = ['SEMH', 'SLCN', 'MLD', 'SPLD', 'ASD', 'PD', 'OTH'] as const
const needShares = [0.22, 0.3, 0.14, 0.12, 0.13, 0.03, 0.06]
/** Days since 1970 of 2021-09-01: free school meals of those who have had them all along. */
const longAgo = 18_871

/** Every pupil of the county, a few dozen bytes each. Index = place on the roll; a leaver's place is given anew. */
export class Pupils {
  readonly count: number
  readonly school: Uint16Array
  /** Index into the years of the school. */
  readonly year: Uint8Array
  /** How often the place was given anew. */
  readonly generation: Uint8Array
  readonly sex: Uint8Array
  readonly sen: Uint8Array
  readonly need: Uint8Array
  /** Day since 1970 from which the pupil is eligible; 0 not eligible. */
  readonly fsmFrom: Uint16Array
  readonly ethnicity: Uint8Array
  readonly carer: Uint8Array
  readonly lookedAfter: Uint8Array
  /** Resilience that the pupil comes back to, in standard deviations; a programme shifts it. */
  readonly base: Float32Array
  /** Resilience of the week. */
  readonly now: Float32Array
  /** Smoothed check-ins, in the same unit; NaN before the first. */
  readonly seen: Float32Array
  /** The last check-in alone. */
  readonly last: Float32Array
  /** Incidents a week to be expected. */
  readonly rate: Float32Array
  /** Half-term in which the pupil last counted with an incident; -1 never. */
  readonly countedIn: Int16Array
  /** Tiers of the three domains, 1 to 3. */
  readonly semh: Uint8Array
  readonly behaviour: Uint8Array
  readonly attendance: Uint8Array
  /** Share of sessions that the pupil misses, to be expected. */
  readonly absence: Float32Array
  /** Sessions of the year at the present school, and those missed of them. */
  readonly possible: Uint16Array
  readonly missed: Uint16Array
  /** Week in which the present plan began, from 1; 0 none. */
  readonly plan: Uint16Array
  /** Programme under way: 0 none, 1 works, 2 does not. */
  readonly programme: Uint8Array
  readonly programmeFrom: Uint16Array
  readonly sessions: Uint8Array
  /** Share of planned sessions that the pupil takes part in. */
  readonly fidelity: Float32Array
  readonly before: Float32Array
  readonly lastBefore: Float32Array
  /** A programme that ended and waits for the first check-in after it. */
  readonly awaits: Uint8Array

  constructor(schools: readonly SimulatedSchool[]) {
    const n = schools.reduce((sum, { pupils }) => sum + pupils, 0)
    this.count = n
    this.school = new Uint16Array(n)
    const bytes = () => new Uint8Array(n)
    const floats = () => new Float32Array(n)
    const shorts = () => new Uint16Array(n)
    ;[this.year, this.generation, this.sex, this.sen, this.need] = [
      bytes(),
      bytes(),
      bytes(),
      bytes(),
      bytes(),
    ]
    ;[this.ethnicity, this.carer, this.lookedAfter] = [bytes(), bytes(), bytes()]
    ;[this.semh, this.behaviour, this.programme, this.sessions] = [bytes(), bytes(), bytes(), bytes()]
    ;[this.awaits, this.fsmFrom, this.plan, this.programmeFrom] = [bytes(), shorts(), shorts(), shorts()]
    ;[this.base, this.now, this.seen, this.last, this.rate] = [
      floats(),
      floats(),
      floats(),
      floats(),
      floats(),
    ]
    ;[this.fidelity, this.before, this.lastBefore] = [floats(), floats(), floats()]
    ;[this.attendance, this.absence, this.possible, this.missed] = [bytes(), floats(), shorts(), shorts()]
    this.countedIn = new Int16Array(n)
    let at = 0
    for (const [index, { pupils, years }] of schools.entries())
      for (let i = 0; i < pupils; i++, at++) {
        this.school[at] = index
        this.year[at] = i % years.length
      }
  }

  /** A new pupil takes the place. `mix` is the share of the largest group in the area. */
  draw(i: number, school: SimulatedSchool, mix: number, r: Streams): void {
    this.sex[i] = r.chance(0.49) ? 0 : 1
    this.sen[i] = school.phase === 'SP' ? 2 : r.weighted([0.82, 0.13, 0.05])
    this.need[i] = r.weighted(needShares)
    this.fsmFrom[i] = r.chance(school.fsm) ? longAgo : 0
    this.ethnicity[i] = r.chance(mix) ? 0 : r.whole(1, ethnicityCodes.length - 1)
    this.carer[i] = r.weighted([0.01, 0.01, 0.98])
    this.lookedAfter[i] = r.chance(0.008) ? 1 : 0
    const burden = (this.fsmFrom[i]! > 0 ? 0.2 : 0) + (this.sen[i]! > 0 ? 0.2 : 0)
    this.base[i] = 0.8 * r.normal() - burden + 0.1
    this.now[i] = this.base[i]! + 0.5 * r.normal()
    this.seen[i] = Number.NaN
    this.last[i] = Number.NaN
    // A gamma rate makes the counts negative binomial: most pupils none, a few many.
    this.rate[i] = 0.022 * school.trouble * r.gamma(0.25)
    this.countedIn[i] = -1
    this.semh[i] = 1
    this.behaviour[i] = 1
    this.plan[i] = 0
    this.programme[i] = 0
    this.awaits[i] = 0
    this.fidelity[i] = r.chance(0.7) ? 0.95 : 0.55
  }
}
