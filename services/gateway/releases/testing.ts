import { authenticateReader } from '@cairn/access'
import { KeyCache } from '@cairn/control-plane'
import { type CubeProfile, standard } from '@cairn/disclosure'
import type { ReleasedFigure, Warehouse } from '@cairn/warehouse'
import { type Closed, closeRelease, writeRelease } from '@cairn/warehouse/closing'
import fc from 'fast-check'
import type { Installation } from '../installation.ts'

interface YearToClose {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** URNs. */
  readonly schools: readonly number[]
  readonly profile?: CubeProfile
  /** While the year lasts, the half-terms that have closed, 1 to 6. Absent, the year has closed. */
  readonly through?: number
}

/** Closes a year as the operator would, over the cells that a test has seeded: what is released is what readers then get. */
export async function closeYear(
  { warehouse, controlPlane, keyOf }: Pick<Installation, 'warehouse' | 'controlPlane' | 'keyOf'>,
  { authority, year, schools, profile = standard, through }: YearToClose,
): Promise<Closed> {
  const { keys, readers, calendars } = controlPlane
  closings++
  const key = await keyOf(`closer-${authority}-${closings}`, 'analyst', [authority])
  const scope = await authenticateReader(`Bearer ${key}`, { keys: new KeyCache(keys), readers })
  if (scope instanceof Error) throw scope
  const weeks = (await calendars.weeks([authority], { from: year, to: year })).flatMap((one) => one.weeks)
  const now = new Date(`${year + 1}-09-01T12:00:00Z`)
  return closeRelease({ warehouse, scope, authority, year, profile, schools, weeks, offset: 0, now, through })
}
let closings = 0

interface Tenant {
  readonly code: number
  readonly urns: readonly number[]
  readonly base: number
}

/** A release with the tenant's own numbers, those of the whole authority among them; what it was made of as well. */
export async function releaseOf(
  warehouse: Warehouse,
  { code, urns, base }: Tenant,
  number = 1,
  more = 0,
): Promise<void> {
  const ids = ['headcount', 'incidents', 'exclusions', 'pupils_with_incident']
  const figures = ids.flatMap((metric) =>
    [0, ...urns].map((school, i): ReleasedFigure => {
      const value = (metric === 'headcount' ? 2 : 1) * (base + i * 17 + more)
      return { metric, outcome: '', school, grain: 'year', period: 2016, by: '', status: 'published', value }
    }),
  )
  const info = {
    ...{ authority: code, year: 2016, number, digest: `${number}`, profile: 'standard@1', offset: base },
    ...{ closedAt: '2017-09-01T00:00:00.000Z', schools: urns.length, figures: figures.length, shape: '' },
    ...{ through: 6, isComplete: true },
    definitions: new Map(ids.map((id) => [id, `${id}@1`])),
  }
  const shape = { authority: `${code}`, academicYear: '', schools: urns.map(String), characteristics: [] }
  await writeRelease(warehouse, info, figures, {
    shape: { ...shape, pairs: [], halfTerms: [], weeks: [] },
    denominators: new Map([[`${urns[0]}`, [base]]]),
    metrics: [],
  })
}

/** What the arguments of these queries are tried with, in isolation.test.ts. */
export function releaseArguments(
  tenants: readonly Tenant[],
  codes: () => fc.Arbitrary<number>,
  urns: () => fc.Arbitrary<number>,
  cursor: () => fc.Arbitrary<unknown>,
): Record<string, () => fc.Arbitrary<unknown>> {
  const names = tenants.flatMap(({ code }) => [`${code}/201617/1`, `${code}/201617`, `${code}/201617/2`])
  const ids = ['headcount', 'incidents', 'incident_rate', 'pupils_with_incident_share', 'check_ins', 'nope']
  return {
    'Query.releases.authority': codes,
    'Query.releases.year': () => fc.constantFrom('201617', '2016/17', '201718', 'bad'),
    'Query.releasedFigures.release': () => fc.constantFrom(...names, 'nope'),
    'Query.releasedFigures.metric': () => fc.constantFrom(...ids),
    'Query.releasedFigures.grains': () => fc.subarray(['ACADEMIC_YEAR', 'TERM', 'WEEK']),
    'Query.releasedFigures.schools': () => fc.array(urns(), { maxLength: 3 }),
    'Query.releasedFigures.breakdown': () => fc.constantFrom([], ['sex'], ['severity']),
    'Query.releasedFigures.first': () => fc.integer({ min: 0, max: 9 }),
    'Query.releasedFigures.after': cursor,
  }
}

export const releaseQueries = ['releases', 'releasedFigures'] as const

export const seldomInReleases = [
  'Query.releasedFigures.after',
  'Query.releasedFigures.grains',
  'Query.releasedFigures.schools',
] as const
