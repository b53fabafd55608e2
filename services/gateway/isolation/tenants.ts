import type { SeedCell } from '../installation.ts'
import { supportCounts } from '../support/isolation/testing.ts'

/** An authority whose every name and number is its own and occurs nowhere else: a canary. */
export interface Tenant {
  readonly code: number
  readonly word: string
  readonly urns: readonly number[]
  /** Its numbers are this and a little more. */
  readonly base: number
}
// Far apart: whatever lies between a tenant's base and its double (a curve's points do) is nobody else's number.
export const alpha: Tenant = {
  code: 855,
  word: 'ALPHACANARY',
  urns: [855101, 855102, 855103, 855104, 855105],
  base: 50_011,
}
/** The harshest neighbour: 855 and 867 share a partition of the log. */
export const bravo: Tenant = {
  code: 867,
  word: 'BRAVOCANARY',
  urns: [744201, 744202, 744203, 744204, 744205],
  base: 370_013,
}
export const phasesOf = ['SS', 'PS', 'SP', 'PS', 'SS'] as const

/** Every metric's cells in two academic years, with the tenant's own numbers; `more` moves them all. */
export function cellsOf({ code, urns, base }: Tenant, more = 0): SeedCell[] {
  return urns.flatMap((school, i) => {
    const n = base + i * 17 + more
    const at = (
      metric: string,
      period: number,
      counts: SeedCell['counts'],
      grain?: SeedCell['grain'],
    ): SeedCell => ({
      authority: code,
      school,
      metric,
      period,
      counts,
      ...(grain && { grain }),
    })
    const subscale = 'instrument=resilience-wheel@2;subscale=bonding'
    const bySelf = `${subscale};informant=self`
    return [201, 202].flatMap((_, year) => {
      const week = (2016 + year) * 10_000 + 1003
      return [
        at('headcount', (2017 + year) * 10_000 + 116, {
          '': n * 2,
          'census=spring': n * 2,
          'sex=F': n,
          'sex=M': n,
        }),
        at('exclusions', week, {
          '': n,
          'exclusion_type=SUSP': n - 3,
          'exclusion_type=PERM': 3,
          'reason=PP': n,
          'exclusion_type=SUSP;reason=PP': n - 3,
        }),
        at('incidents', week, {
          '': n + 5,
          'behaviour=bullying': n + 1,
          'mode=online': n,
          'role=target': n,
          'location=classroom': n,
        }),
        at('incidents_resolved', week, { '': n, 'days=2': n }),
        ...Object.entries(supportCounts(n)).map(([metric, counts]) => at(metric, week, counts)),
        at('check_ins', week, { '': n, 'informant=self': n }),
        at('wellbeing_score', week, { [subscale]: [n, n * 50, n * 3000], [bySelf]: [n, n * 50, n * 3000] }),
        ...['pupils_checked_in', 'pupils_with_incident'].flatMap((metric) => [
          at(metric, week, { '': n }),
          at(metric, (2016 + year) * 100 + 1, { '': n }, 'half_term'),
          at(metric, (2016 + year) * 100 + 1, { '': n }, 'term'),
          at(metric, 2016 + year, { '': n }, 'year'),
        ]),
      ]
    })
  })
}

/** Every string and number of an answer; what is base64 is read as well. */
export function* leaves(value: unknown): Generator<string | number> {
  if (typeof value === 'number') yield value
  else if (typeof value === 'string') {
    yield value
    yield Buffer.from(value, 'base64url').toString('latin1')
  } else if (value && typeof value === 'object')
    for (const inner of Object.values(value)) yield* leaves(inner)
}

/** Numbers that are a tenant's own: its codes and whatever lies near its base, its double, or those of all its schools. */
const isNumberOf = ({ code, urns: own, base }: Tenant, n: number): boolean =>
  n === code ||
  own.includes(n) ||
  Math.floor(n / 10_000) === code ||
  [1, 2, own.length, 2 * own.length].some((k) => n >= base * k && n <= base * k + 1_000 * k)

/** What of an answer is the tenant’s own: each name and number by which it can be told. */
export function leaks(answer: unknown, victim: Tenant): (string | number)[] {
  return [...leaves(answer)].filter((leaf) =>
    typeof leaf === 'number'
      ? isNumberOf(victim, leaf)
      : leaf.includes(victim.word) || victim.urns.some((urn) => leaf.includes(String(urn))),
  )
}

export const neighbourOf = (tenant: Tenant) => (tenant === alpha ? bravo : alpha)
