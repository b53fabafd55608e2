import type { Grain } from '@cairn/metrics'
import type { ReleaseInfo } from '@cairn/warehouse'
import type { School } from '../directory.ts'
import { roll } from './draft.ts'
import { Held, Newest, Superseded } from './held.ts'
import { splitOf, whole } from './parts.ts'
import type { CalendarWeek } from './periods.ts'
import { brokenDown, denominatorBreakdown, isStock, type Question } from './question.ts'
import type { Reading } from './sums.ts'

export interface Across extends Reading {
  /** All own schools of the reader's authorities; undefined where the reader may not see all of them. */
  readonly own: readonly School[] | undefined
  /** Weeks of each authority's term calendar. */
  readonly weeks: ReadonlyMap<number, readonly CalendarWeek[]>
  readonly settleDays: number
  /** ISO date. */
  readonly today: string
}

/** What releases hold of the question's metric, or of its numerator or denominator. */
interface Layer {
  /** Its id. */
  readonly metric: string
  readonly held: Held
}

interface Denominator extends Layer {
  /** The roll, which stands by year alone. */
  readonly isYearly: boolean
  /** Its values among those of the question's breakdown. */
  shared(values: readonly string[]): readonly string[]
}

/** All that rows across schools come from: the newest releases, as far as the question asks for them. */
export interface Sources extends Across {
  readonly question: Question
  readonly newest: Newest
  /** The metric itself; of a rate or share its numerator. */
  readonly above: Layer
  readonly below: Denominator | undefined
  /** By which the schools of each release are known. */
  readonly rolls: Held
}

/** Releases are seldom and reading is short: the second time is the last one unless something is wrong. */
export async function readSources(across: Across, question: Question, times = 3): Promise<Sources> {
  try {
    return await readOnce(across, question)
  } catch (error) {
    if (!(error instanceof Superseded) || times === 1) throw error
    return readSources(across, question, times - 1)
  }
}

async function readOnce(across: Across, question: Question): Promise<Sources> {
  const { metric, breakdown, period } = question
  const newest = await Newest.read(across, period.years)
  const parts = across.groups.flatMap((group) => splitOf(across, group))
  const units = (['schools', 'authority'] as const).filter((unit) =>
    parts.some(({ school }) => (school === whole) === (unit === 'authority')),
  )
  const read = (of: string, by: readonly string[], grain: Grain, from: typeof units = units) =>
    Held.read(across, newest, { metric: of, breakdown: by, grain, units: from })
  const above = metric.kind === 'median' ? metric.id : brokenDown(metric).id
  const denominator = metric.kind === 'rate' || metric.kind === 'proportion' ? metric.denominator : undefined
  const shared = (denominator && denominatorBreakdown(denominator, breakdown)) ?? []
  const isYearly = denominator !== undefined && isStock(denominator)
  const [held, below, rolls] = await Promise.all([
    read(above, breakdown, period.grain),
    denominator && read(denominator.id, shared, isYearly ? 'year' : period.grain),
    read(roll.id, [], 'year', ['schools']),
  ])
  return {
    ...{ ...across, question, newest, rolls, above: { metric: above, held } },
    below: denominator && {
      ...{ metric: denominator.id, held: below!, isYearly },
      shared: (values) => shared.map((d) => values[breakdown.indexOf(d)]!),
    },
  }
}

export const holds = ({ above, below }: Sources, { definitions }: ReleaseInfo): boolean =>
  [above, below].every((layer) => !layer || definitions.has(layer.metric))

/** Whether a release reaches to the end of a period; terms and the year stand in that of a whole year alone. */
export function reaches(
  { question, weeks }: Sources,
  { authority, isComplete, through }: ReleaseInfo,
  period: number,
): boolean {
  if (isComplete) return true
  const { grain } = question.period
  if (grain === 'year') return isStock(brokenDown(question.metric))
  if (grain === 'half_term') return period % 100 <= through
  if (grain === 'term') return false
  const week = weeks.get(authority)?.find((one) => Number(one.week.replaceAll('-', '')) === period)
  return week !== undefined && week.halfTerm <= through
}
