import { resilienceWheel2 } from '@cairn/mtss'

const subscales = resilienceWheel2.subscales.map(({ id }) => id)

/** Figures of one school in one half-term, after every correction and retraction. */
export interface SchoolTruth {
  readonly school: number
  readonly academicYear: number
  readonly halfTerm: number
  readonly incidents: number
  /** Pupils who were the perpetrator of at least one incident. */
  readonly pupilsWithIncident: number
  readonly resolved: number
  readonly checkins: number
  /** Sessions of the half-term, where it has ended; and those missed of them. */
  readonly possible: number
  readonly missed: number
  readonly unauthorised: number
  /** Mean score by subscale, 0 to 100; null without check-ins. */
  readonly means: Readonly<Record<string, number | null>>
}

export interface RollTruth {
  readonly census: string
  readonly censusDate: string
  readonly authority: number
  readonly headcount: number
  readonly schools: Readonly<Record<string, number>>
  readonly ncYear: Readonly<Record<string, number>>
  readonly sex: Readonly<Record<string, number>>
  readonly senProvision: Readonly<Record<string, number>>
  readonly fsm: Readonly<Record<string, number>>
}

/** Absence of one academic year, as far as it went, over the schools of one phase. */
export interface AbsenceTruth {
  readonly academicYear: number
  readonly phase: string
  /** Pupils at a school; who changed school counts at each. */
  readonly pupils: number
  readonly possible: number
  readonly missed: number
  /** Sessions missed of those possible, in per cent. */
  readonly rate: number
  /** Pupils who missed a tenth of their sessions, and half of them. */
  readonly persistent: number
  readonly severe: number
}

/** What a programme did to those who ended it, in standard deviations of resilience between pupils. */
export interface ProgrammeTruth {
  readonly type: string
  /** What it causes with every session delivered. */
  readonly effectAtFullDose: number
  readonly ended: number
  readonly meanSessions: number
  /** What it caused: mean and standard deviation over pupils. */
  readonly caused: Spread
  /** The same for those with at least 80 % of the sessions. */
  readonly causedAtFullFidelity: Spread
  /**
   * The same in points of the score from 0 to 100 at the first check-in after it: what is to be expected there, less what
   * would have been without the programme. Those who have a check-in before and one after.
   */
  readonly points: Spread
  /** What changed in all: what it caused, and pupils coming back to their own level. */
  readonly changed: Spread
  /** The last check-in before and the first one after, scores 0 to 100 over all items; those who have both. */
  readonly observed: { readonly n: number; readonly before: number; readonly after: number }
}

export interface Spread {
  readonly n: number
  readonly mean: number | null
  readonly sd: number | null
}

export interface SimulationTruth {
  readonly synthetic: true
  readonly seed: number
  readonly weeks: number
  readonly authorities: number
  readonly schools: number
  readonly pupils: number
  readonly events: {
    /** Lines written. */
    readonly emitted: number
    /** Identities: source and id. */
    readonly unique: number
    /** Versions that a later version replaced. */
    readonly superseded: number
    readonly duplicates: number
    readonly retracted: number
    /** First versions that were sent a week or more after what they tell of. */
    readonly late: number
    readonly types: Readonly<Record<string, number>>
  }
  readonly halfTerms: readonly SchoolTruth[]
  readonly rolls: readonly RollTruth[]
  readonly absences: readonly AbsenceTruth[]
  readonly programmes: readonly ProgrammeTruth[]
  /** Pupils by tier on the last day, as persons assigned them. */
  readonly tiers: Readonly<Record<'semh' | 'behaviour' | 'attendance', readonly [number, number, number]>>
}

/** Count, mean and spread in one pass (Welford). */
export class Moments {
  n = 0
  mean = 0
  #squares = 0

  add(value: number): void {
    this.n++
    const off = value - this.mean
    this.mean += off / this.n
    this.#squares += off * (value - this.mean)
  }

  spread(): Spread {
    return {
      n: this.n,
      mean: this.n > 0 ? this.mean : null,
      sd: this.n > 1 ? Math.sqrt(this.#squares / (this.n - 1)) : null,
    }
  }
}

/** Pupils' years, by academic year and phase. */
export class AbsenceTally {
  readonly #of = new Map<string, Omit<AbsenceTruth, 'rate'>>()

  add(academicYear: number, phase: string, possible: number, missed: number): void {
    const key = `${academicYear} ${phase}`
    const nobody = { academicYear, phase, pupils: 0, possible: 0, missed: 0, persistent: 0, severe: 0 }
    const so = this.#of.get(key) ?? nobody
    this.#of.set(key, {
      ...{ ...so, pupils: so.pupils + 1, possible: so.possible + possible, missed: so.missed + missed },
      persistent: so.persistent + (missed * 10 >= possible ? 1 : 0),
      severe: so.severe + (missed * 2 >= possible ? 1 : 0),
    })
  }

  rows(): AbsenceTruth[] {
    return [...this.#of.values()].map((one) => ({ ...one, rate: (100 * one.missed) / one.possible }))
  }
}

/** Figures of the half-term under way, by school. */
export class HalfTermTally {
  readonly incidents: Int32Array
  readonly pupils: Int32Array
  readonly resolved: Int32Array
  readonly checkins: Int32Array
  readonly #sessions: Int32Array
  readonly #sums: Float64Array
  readonly #counts: Int32Array

  constructor(schools: number) {
    this.incidents = new Int32Array(schools)
    this.pupils = new Int32Array(schools)
    this.resolved = new Int32Array(schools)
    this.checkins = new Int32Array(schools)
    this.#sessions = new Int32Array(schools * 3)
    this.#sums = new Float64Array(schools * subscales.length)
    this.#counts = new Int32Array(schools * subscales.length)
  }

  attendance(school: number, possible: number, missed: number, unauthorised: number): void {
    this.#sessions[school * 3]! += possible
    this.#sessions[school * 3 + 1]! += missed
    this.#sessions[school * 3 + 2]! += unauthorised
  }

  score(school: number, subscale: number, score: number): void {
    this.#sums[school * subscales.length + subscale]! += score
    this.#counts[school * subscales.length + subscale]!++
  }

  row(school: number, urn: number, academicYear: number, halfTerm: number): SchoolTruth {
    const mean = (s: number) => {
      const at = school * subscales.length + s
      return this.#counts[at]! > 0 ? this.#sums[at]! / this.#counts[at]! : null
    }
    const [possible, missed, unauthorised] = this.#sessions.subarray(school * 3, school * 3 + 3)
    return {
      ...{ school: urn, academicYear, halfTerm },
      incidents: this.incidents[school]!,
      pupilsWithIncident: this.pupils[school]!,
      resolved: this.resolved[school]!,
      checkins: this.checkins[school]!,
      ...{ possible: possible!, missed: missed!, unauthorised: unauthorised! },
      means: Object.fromEntries(subscales.map((id, s) => [id, mean(s)])),
    }
  }
}
