import type { SimulationTruth } from '@cairn/simulation'
import { type Compared, check, nothingCompared } from './compare.ts'
import { ask } from './queries.ts'

interface Row {
  readonly schoolUrn: number | null
  readonly timeIdentifier: string
  readonly value: number | null
  readonly status: string
  readonly release: string | null
}

/** What of the truth readers can ask for, by metric. */
const counted = { incidents: 'incidents', check_ins: 'checkins' } as const

export interface Read {
  /** An analyst's rows of schools and of the whole authority, out of its release. */
  readonly released: Compared
  /** Of these, figures that are held back: compared is only that they have no number. */
  readonly heldBack: number
  /** A school lead's own rows, counted when asked. */
  readonly live: Compared
}

/**
 * What readers get through GraphQL, by half-term, against the simulation's truth: an analyst of the whole authority what was
 * released, the lead of one school what its school has recorded.
 */
export async function compareReaders(
  gateway: string,
  keys: { readonly across: string; readonly lead: string; readonly school: number },
  { authority, year }: { readonly authority: number; readonly year: string },
  truth: SimulationTruth,
): Promise<Read> {
  const [released, live] = [nothingCompared(), nothingCompared()]
  let heldBack = 0
  const rolls = truth.rolls.filter((one) => one.authority === authority)
  const schools = new Set(rolls.flatMap((one) => Object.keys(one.schools).map(Number)))
  for (const [metric, name] of Object.entries(counted)) {
    const figures = async (key: string, place: 'school' | 'authority'): Promise<Row[]> => {
      const period = `period: { grain: HALF_TERM, academicYears: ["${year}"] }`
      const of = `metric: "${metric}", groupBy: ["${place}"], filters: { authorities: [${authority}] }, first: 5000`
      const rows = 'rows { schoolUrn timeIdentifier value status release }'
      return (await ask(gateway, key, `{ figures(${of}, ${period}) { ${rows} } }`)).figures.rows
    }
    const want = (school: number | null, halfTerm: string) =>
      truth.halfTerms
        .filter((one) => schools.has(one.school) && (school === null || one.school === school))
        .filter(
          (one) => `Half-term ${one.halfTerm}` === halfTerm && `${one.academicYear}` === year.slice(0, 4),
        )
        .reduce((sum, one) => sum + one[name as 'incidents' | 'checkins'], 0)
    for (const row of [
      ...(await figures(keys.across, 'school')),
      ...(await figures(keys.across, 'authority')),
    ]) {
      const what = `${metric} of ${row.schoolUrn ?? authority} in ${row.timeIdentifier}`
      check(released, `${what} is released`, row.release === null, false)
      if (row.status === 'SUPPRESSED') heldBack++
      const told = row.status === 'OK' ? want(row.schoolUrn, row.timeIdentifier) : null
      check(released, what, row.value, told)
    }
    for (const row of await figures(keys.lead, 'school')) {
      const what = `${metric} of ${row.schoolUrn} in ${row.timeIdentifier}, to its lead`
      check(live, what, row.schoolUrn, keys.school)
      check(live, what, row.value, want(keys.school, row.timeIdentifier))
    }
  }
  return { released, heldBack, live }
}
