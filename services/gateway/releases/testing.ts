import type { ReleasedFigure, Warehouse } from '@cairn/warehouse'
import { writeRelease } from '@cairn/warehouse/closing'
import fc from 'fast-check'

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
