import { authenticateReader } from '@cairn/access'
import { type ControlPlane, KeyCache } from '@cairn/control-plane'
import { type CubeProfile, standard } from '@cairn/disclosure'
import type { Warehouse } from '@cairn/warehouse'
import { type Closed, closeRelease } from '@cairn/warehouse/closing'
import fc from 'fast-check'

export interface YearToClose {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** URNs. Absent, all of the authority that stand for no aggregate. */
  readonly schools?: readonly number[]
  readonly profile?: CubeProfile
  /** While the year lasts, the half-terms that have closed, 1 to 6. Absent, the year has closed. */
  readonly through?: number
}

/** Closes a year as the operator would, over the cells that a test has seeded: what is released is what readers then get. */
export async function closeYear(
  { warehouse, controlPlane }: { readonly warehouse: Warehouse; readonly controlPlane: ControlPlane },
  { authority, year, schools, profile = standard, through }: YearToClose,
): Promise<Closed> {
  const { calendars, keys, readers } = controlPlane
  const id = `closer-${authority}`
  await readers.add({ id, name: id, role: 'analyst', authorities: [authority], schools: null })
  const { key } = await keys.create({ kind: 'reader', reader: id, label: 'test' })
  const scope = await authenticateReader(`Bearer ${key}`, { keys: new KeyCache(keys), readers })
  await readers.remove(id)
  if (scope instanceof Error) throw scope
  const own = (await controlPlane.schools.list([authority])).filter(({ aggregate }) => !aggregate)
  const weeks = (await calendars.weeks([authority], { from: year, to: year })).flatMap((one) => one.weeks)
  return closeRelease({
    ...{ warehouse, scope, authority, year, profile, weeks, through, offset: 0 },
    ...{ schools: schools ?? own.map(({ urn }) => urn), now: new Date(`${year + 1}-09-01T12:00:00Z`) },
  })
}

/** What the arguments of these queries are tried with, in isolation.test.ts. */
export function releaseArguments(
  tenants: readonly { readonly code: number }[],
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
