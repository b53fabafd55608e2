import { kinds, type PupilEvidence } from './evidence.ts'
import { seriesOf } from './fold.ts'
import type { Domain, PolicyTimeline } from './policy.ts'

/** Numbers below 16 for who or what said so: two entries with one number are one source. */
export const evidenceSources = {
  self: 0,
  staff: 1,
  parent: 2,
  behaviour_log: 3,
  register: 4,
  decision: 5,
  other: 15,
} as const

export const sourceNumber = (informant: string): number =>
  informant === 'self' || informant === 'staff' || informant === 'parent'
    ? evidenceSources[informant]
    : evidenceSources.other

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(evidenceSources).map(([name, number]) => [number, name]),
)

export const sourceName = (source: number): string => names.get(source) ?? 'other'

/** Integer units of a score: hundredths of a point, so that both evaluators compare whole numbers. */
export const scoreScale = 100

/**
 * The series of a score among those that a policy names: `sdq.total_difficulties.parent` is what that informant gives,
 * `sdq.total_difficulties` what everybody gives whom no rule of the policy names. −1 where no rule reads it. Versions
 * of an instrument are one series.
 */
export function seriesIndex(
  names: readonly string[],
  instrument: string,
  subscale: string,
  informant: string,
): number {
  const series = `${instrument.split('@')[0]}.${subscale}`
  const own = names.indexOf(`${series}.${informant}`)
  return own >= 0 ? own : names.indexOf(series)
}

/** Bits by which a piece of evidence says which domains read it. */
export const domainBits: Readonly<Record<Domain, number>> = { semh: 1, behaviour: 2, attendance: 4 }

/** One pupil's evidence of every domain, in its total order: parallel arrays, one entry an event. */
export interface EventsOfPupil {
  readonly week: readonly number[]
  readonly kind: readonly number[]
  readonly domains: readonly number[]
  readonly source: readonly number[]
  /** Index in the forms; of check-ins. */
  readonly form: readonly number[]
  /** In hundredths, and severities of their bands (−1 where there is none), in the order of the form. */
  readonly scores: readonly (readonly number[])[]
  readonly bands: readonly (readonly number[])[]
  readonly severity: readonly number[]
  readonly tier: readonly number[]
  /** Sessions; of attendance. */
  readonly attended: readonly number[]
  readonly possible: readonly number[]
}

/**
 * What a domain reads of a pupil's events; a check-in is one entry for each of its scores. `forms`: instrument and scored
 * subscales of a check-in, by spaces. `unread: false` leaves scores out that no rule reads, but for one where a check-in
 * would else be no point: the same tiers in a fraction of the time.
 */
export function evidenceReader(
  domain: Domain,
  timeline: PolicyTimeline,
  forms: readonly string[],
  { unread = true } = {},
): (events: EventsOfPupil) => PupilEvidence {
  const names = seriesOf(timeline)
  const bit = domainBits[domain]
  /** Series of a check-in's scores by `form * 16 + source`. */
  const places = forms.flatMap((form) => {
    const [instrument = '', ...subscales] = form.split(' ')
    return Array.from({ length: 16 }, (_, source) =>
      Int16Array.from(subscales, (id) => seriesIndex(names, instrument, id, sourceName(source))),
    )
  })
  return (events) => {
    const of = {
      ...{
        week: [] as number[],
        event: [] as number[],
        kind: [] as number[],
        source: [] as number[],
        series: [] as number[],
      },
      ...{ value: [] as number[], outOf: [] as number[], severity: [] as number[] },
    }
    const add = (i: number, series: number, value: number, severity: number, outOf = 0) => {
      of.week.push(events.week[i]!)
      of.event.push(i)
      of.kind.push(events.kind[i]!)
      of.source.push(events.source[i]!)
      of.series.push(series)
      of.value.push(value)
      of.outOf.push(outOf)
      of.severity.push(severity)
    }
    for (const [i, domains] of events.domains.entries()) {
      if ((domains & bit) === 0) continue
      if (events.kind[i] === kinds.attendance) {
        add(i, -1, events.attended[i]!, 0, events.possible[i]!)
        continue
      }
      if (events.kind[i] !== kinds.score) {
        add(i, -1, events.tier[i]!, events.severity[i]!)
        continue
      }
      const series = places[events.form[i]! * 16 + events.source[i]!]!
      const [scores, bands] = [events.scores[i]!, events.bands[i]!]
      const before = of.week.length
      for (let s = 0; s < scores.length; s++)
        if (unread || series[s]! >= 0)
          add(i, series[s]!, scores[s]!, bands[s]! < 0 ? Number.NaN : (bands[s] ?? Number.NaN))
      // A submission of which no rule reads a score is a point and a source all the same.
      if (of.week.length === before && scores.length > 0) add(i, -1, scores[0]!, Number.NaN)
    }
    return of
  }
}
