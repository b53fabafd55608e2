import {
  defaultTimelines,
  type Episodes,
  evidenceSources,
  kinds,
  type PupilEvidence,
  resilienceWheel2,
  seriesOf,
  tierFold,
} from '@cairn/mtss'

const domains = ['semh', 'behaviour', 'attendance'] as const
export type SimulatedDomain = (typeof domains)[number]

const subscales = resilienceWheel2.subscales
const none = 255
/** Check-ins and incidents of a pupil that persons still have before them: the rules look back 26 weeks at most. */
const [checkinsKept, incidentsKept] = [32, 8]
/** Half-terms of attendance: in 16 weeks there are two or three. */
const spansKept = 3

const machines = domains.map((domain) => {
  const names = seriesOf(defaultTimelines[domain])
  return {
    decide: tierFold(defaultTimelines[domain]),
    series: subscales.map(({ id }) => names.indexOf(`resilience-wheel.${id}`)),
  }
})

/** Severity of the band that a score of 0 to 100 falls into, by the wheel's own bands. */
export function severityOf(subscale: number, score: number): number {
  const bands = resilienceWheel2.bands!.find(({ scale }) => scale === subscales[subscale]!.id)!
  return bands.steps.find(({ upTo }) => score <= upTo)!.severity
}

/**
 * What persons at a school have before them when they decide about a pupil's tier: the last check-ins by their bands, the
 * last incidents, and the last decision. The recommendation is worked out from it by the product's own fold and shipped
 * rules; these read bands alone, so no scores are kept. Of a fixed size for each pupil, whatever the number of weeks.
 */
export class Evidence {
  readonly #checkins: { week: Uint16Array; source: Uint8Array; bands: Uint8Array; next: Uint32Array }
  readonly #incidents: { week: Uint16Array; said: Uint8Array; next: Uint16Array }
  readonly #spans: { week: Uint16Array; attended: Uint8Array; possible: Uint8Array; next: Uint8Array }
  readonly #decided: Record<SimulatedDomain, { week: Uint16Array; tier: Uint8Array }>

  constructor(pupils: number) {
    const places = pupils * checkinsKept
    this.#checkins = {
      ...{ week: new Uint16Array(places), source: new Uint8Array(places) },
      ...{ bands: new Uint8Array(places * subscales.length), next: new Uint32Array(pupils) },
    }
    this.#incidents = {
      ...{ week: new Uint16Array(pupils * incidentsKept), said: new Uint8Array(pupils * incidentsKept) },
      next: new Uint16Array(pupils),
    }
    const spans = pupils * spansKept
    this.#spans = {
      ...{ week: new Uint16Array(spans), attended: new Uint8Array(spans), possible: new Uint8Array(spans) },
      next: new Uint8Array(pupils),
    }
    const decided = () => ({ week: new Uint16Array(pupils), tier: new Uint8Array(pupils) })
    this.#decided = { semh: decided(), behaviour: decided(), attendance: decided() }
  }

  /** Another pupil has the place now. */
  forget(i: number): void {
    this.#checkins.next[i] = 0
    this.#incidents.next[i] = 0
    this.#spans.next[i] = 0
    for (const { tier } of Object.values(this.#decided)) tier[i] = 0
  }

  /** A check-in; `severity` by subscale, undefined where it has no score. */
  checkIn(
    i: number,
    week: number,
    informant: 'self' | 'staff',
    severity: (subscale: number) => number | undefined,
  ) {
    const at = i * checkinsKept + (this.#checkins.next[i]!++ % checkinsKept)
    this.#checkins.week[at] = week
    this.#checkins.source[at] = evidenceSources[informant]
    for (let s = 0; s < subscales.length; s++)
      this.#checkins.bands[at * subscales.length + s] = severity(s) ?? none
  }

  /** An incident that the pupil caused (evidence of behaviour) or was the target of (of SEMH). */
  incident(i: number, week: number, domain: 'semh' | 'behaviour', severity: number): void {
    const at = i * incidentsKept + (this.#incidents.next[i]!++ % incidentsKept)
    this.#incidents.week[at] = week
    this.#incidents.said[at] = severity * 2 + (domain === 'semh' ? 1 : 0)
  }

  /** A half-term of attendance that ends in this week. */
  attendance(i: number, week: number, attended: number, possible: number): void {
    const { next } = this.#spans
    const at = i * spansKept + (next[i]! % spansKept)
    next[i]!++
    this.#spans.week[at] = week
    this.#spans.attended[at] = attended
    this.#spans.possible[at] = possible
  }

  decided(i: number, week: number, domain: SimulatedDomain, tier: number): void {
    this.#decided[domain].week[i] = week
    this.#decided[domain].tier[i] = tier
  }

  /** Whether anything in the window could move the pupil: nobody leaves tier 1 on one source's word, but for the register's. */
  worthALook(i: number, week: number, domain: SimulatedDomain): boolean {
    if (this.#decided[domain].tier[i]! > 1) return true
    if (domain === 'attendance') {
      const { attended, possible, next } = this.#spans
      return [...kept(i, next[i]!, spansKept)].some((at) => attended[at]! < 0.9 * possible[at]!)
    }
    let sources = 0
    for (const at of kept(i, this.#checkins.next[i]!, checkinsKept))
      if (this.#checkins.week[at]! > week - 8) sources |= 1 << this.#checkins.source[at]!
    for (const at of kept(i, this.#incidents.next[i]!, incidentsKept))
      if (this.#incidents.week[at]! > week - 8 && this.#domainOf(at) === domain) sources |= 8
    return (sources & (sources - 1)) !== 0
  }

  /** What Cairn would say at the end of the week. */
  recommendation(i: number, week: number, domain: SimulatedDomain): Episodes {
    const { decide, series } = machines[domains.indexOf(domain)]!
    return decide(this.#of(i, domain, series), week)
  }

  #domainOf(at: number): SimulatedDomain {
    return this.#incidents.said[at]! % 2 === 1 ? 'semh' : 'behaviour'
  }

  #of(i: number, domain: SimulatedDomain, series: readonly number[]): PupilEvidence {
    const rows: [
      week: number,
      kind: number,
      source: number,
      series: number,
      value: number,
      severity: number,
      event: number,
      outOf: number,
    ][] = []
    const { week, source, bands } = this.#checkins
    const { behaviour_log, decision, register } = evidenceSources
    if (domain === 'attendance')
      for (const at of kept(i, this.#spans.next[i]!, spansKept)) {
        const [attended, possible] = [this.#spans.attended[at]!, this.#spans.possible[at]!]
        rows.push([this.#spans.week[at]!, kinds.attendance, register, -1, attended, 0, at, possible])
      }
    else
      for (const at of kept(i, this.#checkins.next[i]!, checkinsKept))
        for (let s = 0; s < subscales.length; s++) {
          const band = bands[at * subscales.length + s]!
          if (band !== none) rows.push([week[at]!, kinds.score, source[at]!, series[s]!, 0, band, at, 0])
        }
    for (const at of kept(i, this.#incidents.next[i]!, incidentsKept))
      if (this.#domainOf(at) === domain)
        rows.push([
          ...([this.#incidents.week[at]!, kinds.incident, behaviour_log, -1] as const),
          ...([0, this.#incidents.said[at]! >> 1, -1 - at, 0] as const),
        ])
    const decided = this.#decided[domain]
    if (decided.tier[i]! > 0)
      rows.push([decided.week[i]!, kinds.assignment, decision, -1, decided.tier[i]!, 0, -1, 0])
    // Stable: within a week what was pushed first comes first, so check-ins keep their order.
    rows.sort((a, b) => a[0] - b[0])
    const column = (c: number) => rows.map((row) => row[c]!)
    return {
      ...{ week: column(0), kind: column(1), source: column(2), series: column(3), value: column(4) },
      ...{ severity: column(5), event: column(6), outOf: column(7) },
    }
  }
}

/** Places of a ring that are in use, oldest first. */
function* kept(i: number, next: number, places: number): Generator<number> {
  for (let n = Math.max(0, next - places); n < next; n++) yield i * places + (n % places)
}
