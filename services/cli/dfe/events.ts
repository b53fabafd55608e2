import { createHash } from 'node:crypto'
import type { ExclusionRecorded, RollSnapshotPublished } from '@cairn/contracts'
import { defaultHalfTerms } from '@cairn/control-plane'
import { lineOf } from '../events/cloud-event.ts'
import type { AuthorityPlan, Establishment } from './plan.ts'
import { typeCodes } from './plan.ts'

/** `source` of an authority's events; the whole of what its key may send as. */
export const sourceOf = (year: string, code: number): string => `urn:dfe:exclusions/${year}/${code}`

const dayMs = 86_400_000
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Every event of an authority, one JSON text each. Ids and dates are worked out, so that every replay sends the same. */
export function* eventsOf(plan: AuthorityPlan, year: string): Generator<string> {
  const days = schoolDays(Number(year.slice(0, 4)))
  const source = sourceOf(year, plan.authority.code)
  for (const one of plan.establishments) {
    yield roll(one, source, year)
    yield* exclusions(one, source, days)
  }
}

function roll({ type, school, headcount }: Establishment, source: string, year: string): string {
  const data: RollSnapshotPublished = {
    school: String(school.urn),
    census: 'spring',
    censusDate: springCensus(Number(year.slice(0, 4))),
    rows: [{ headcount }],
  }
  return lineOf({ type: 'roll.snapshot.published', source, id: `roll-${typeCodes[type].phase}`, data })
}

function* exclusions(
  { type, school, exclusions }: Establishment,
  source: string,
  days: readonly string[],
): Generator<string> {
  for (const { kind, reason, count } of exclusions) {
    const name = `${typeCodes[type].phase}-${kind}-${reason ?? 'unknown'}`
    // Where in the year the first one falls: else a single exclusion would always be on the first day of school.
    const shift = createHash('sha256').update(`${source} ${name}`).digest().readUInt32BE(0) % days.length
    for (let i = 0; i < count; i++) {
      const data: ExclusionRecorded = {
        school: String(school.urn),
        type: kind,
        startsOn: days[(shift + Math.floor((i * days.length) / count)) % days.length]!,
        reasons: reason ? [reason] : [],
      }
      yield lineOf({ type: 'exclusion.recorded', source, id: `${name}-${i + 1}`, data })
    }
  }
}

/** Mondays to Fridays of the half-terms. The tables have no dates: the year is all that is true of them. */
export function schoolDays(academicYear: number): string[] {
  return defaultHalfTerms(academicYear).flatMap(({ firstDay, lastDay }) => {
    const days: string[] = []
    for (let at = Date.parse(`${firstDay}T00:00:00Z`); at <= Date.parse(`${lastDay}T00:00:00Z`); at += dayMs)
      if (new Date(at).getUTCDay() % 6 !== 0) days.push(iso(at))
    return days
  })
}

/** The third Thursday of January, which the published headcounts are of. */
export function springCensus(academicYear: number): string {
  const first = Date.UTC(academicYear + 1, 0, 1)
  const thursday = (4 - new Date(first).getUTCDay() + 7) % 7
  return iso(first + (thursday + 14) * dayMs)
}
