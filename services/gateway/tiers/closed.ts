import { type Characteristic, type CubeProfile, categories, live, suppress } from '@cairn/disclosure'

/**
 * Readers within the authority see cubes of as many schools as they have: the rules on how many must contribute are
 * those of publication.
 */
const profile: CubeProfile = {
  ...{ ...live, roundTo: 1, smallestSchools: 1, smallestContributors: 1, largestShare: 1 },
}

/** What is known of one school: counts of the outcomes, in their order, for everyone or for one value of a characteristic. */
export interface SchoolCounts {
  readonly school: number
  readonly by: string
  readonly value: string
  readonly counts: readonly number[]
}

/** Counts that may be shown; null where one is held back. `whole` is their sum. */
export interface ClosedCounts {
  readonly counts: readonly (number | null)[]
  readonly whole: number | null
}

export interface Closed {
  readonly profile: string
  /** Of a school; 0: of all schools together. Undefined where nothing was counted. */
  find(school: number, by?: string, value?: string): ClosedCounts | undefined
}

/**
 * Outcomes that add up to a whole, over schools and their pupils' characteristics: decided at once, so that what is held
 * back follows neither from the other outcomes, nor from other values, nor from the schools beside it. Always give all
 * that can be asked for, never what was asked for alone.
 * @param together whether the reader sees what is summed over the schools: without, each is a whole of its own
 */
export function closed(
  rows: readonly SchoolCounts[],
  outcomes: readonly string[],
  together: boolean,
): Closed {
  const schools = [...new Set(rows.map(({ school }) => school))]
  const groups = together ? [schools] : schools.map((school) => [school])
  const characteristics = characteristicsOf(rows)
  const found = new Map<string, ClosedCounts>()
  for (const group of groups.filter(({ length }) => length > 0))
    for (const [key, counts] of closedGroup(rows, group, outcomes, characteristics))
      if (together || !key.startsWith('0 ')) found.set(key, counts)
  return {
    profile: `${profile.id}@${profile.version}`,
    find: (school, by = '', value = '') => found.get(keyOf(school, by, value)),
  }
}

const keyOf = (school: number, by: string, value: string): string => `${school} ${by} ${value}`

function characteristicsOf(rows: readonly SchoolCounts[]): Characteristic[] {
  const values = new Map<string, Set<string>>()
  for (const { by, value } of rows.filter((row) => row.by !== ''))
    values.set(by, (values.get(by) ?? new Set()).add(value))
  return [...values].map(([id, of]) => ({ id, values: [...of].sort() }))
}

function closedGroup(
  rows: readonly SchoolCounts[],
  schools: readonly number[],
  outcomes: readonly string[],
  characteristics: readonly Characteristic[],
): Map<string, ClosedCounts> {
  const shape = {
    ...{ authority: '0', academicYear: 'as at', schools: schools.map(String), characteristics },
    ...{ pairs: [], halfTerms: [], weeks: [] },
  }
  const places = categories(shape).map(({ by: [of] }) => [of?.characteristic ?? '', of?.value ?? ''] as const)
  const given = new Map(rows.map((row) => [keyOf(row.school, row.by, row.value), row.counts]))
  const sum = (counts: readonly number[] = []) => counts.reduce((so, n) => so + n, 0)
  const at = (school: number) => places.map(([by, value]) => given.get(keyOf(school, by, value)))
  const { publication } = suppress(
    {
      shape,
      denominators: new Map(schools.map((school) => [String(school), at(school).map(sum)])),
      metrics: [
        {
          ...{ id: 'outcomes', kind: 'partition' as const, outcomes },
          rows: new Map(
            schools.map((school) => [
              String(school),
              outcomes.map((_, o) => at(school).map((counts) => counts?.[o] ?? 0)),
            ]),
          ),
        },
      ],
    },
    profile,
    { asLeads: schools.length > 1 },
  )
  const found = new Map<string, { counts: (number | null)[]; whole: number | null }>()
  for (const { metric, outcome, school = '0', by, status, value } of publication.figures) {
    const key = keyOf(Number(school), by[0]?.characteristic ?? '', by[0]?.value ?? '')
    if (school !== '0' && !given.has(key)) continue
    const row = found.get(key) ?? { counts: outcomes.map(() => null), whole: null }
    found.set(key, row)
    const shown = status === 'published' ? value! : null
    if (metric === 'denominators') row.whole = shown
    else row.counts[outcomes.indexOf(outcome!)] = shown
  }
  return found
}
