import { narrow, type Scope } from '@cairn/access'
import type { Disclosed } from '@cairn/disclosure'
import { isAdditive, type Metric } from '@cairn/metrics'
import type { GatewayContext } from '../context.ts'
import { type Draft, draftFigures } from './draft.ts'
import { estimate } from './estimate.ts'
import { type Group, groupSchools } from './groups.ts'
import { holdBack, profileName } from './hold-back.ts'
import { codeSetOf, labelOf, placeOf } from './labels.ts'
import { begunPeriods, timeIdentifier, timePeriod, weekText, yearOfPeriod } from './periods.ts'
import { brokenDown, type Question } from './question.ts'

export type AnswerDeps = Pick<GatewayContext, 'warehouse' | 'controlPlane' | 'directory' | 'log' | 'now'>

export type Status = 'OK' | 'SUPPRESSED' | 'NOT_APPLICABLE'

export interface DimensionValue {
  readonly name: string
  readonly value: string
  readonly label: string
}

/** One figure as readers get it: nothing in it tells what is held back. */
export interface Row {
  readonly metricId: string
  readonly timePeriod: string
  readonly timeIdentifier: string
  readonly authorityCode: number | null
  readonly authorityName: string | null
  readonly schoolUrn: number | null
  readonly schoolName: string | null
  readonly phase: string | null
  readonly dimensions: readonly DimensionValue[]
  readonly n: number | null
  readonly numerator: number | null
  readonly denominator: number | null
  readonly value: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly confidence: number | null
  readonly method: string | null
  readonly unit: string
  readonly per: number | null
  readonly status: Status
  readonly symbol: '' | 'c' | 'z'
  readonly schools: number | null
  readonly schoolsWithoutRoll: number | null
  readonly rollCensus: string | null
  readonly profile: string
  /** Where the row stands in its answer: period, group, values; rows are sorted by it and cursors hold it. */
  readonly place: string
}

export interface Answer {
  /** In the order of their places. */
  readonly rows: readonly Row[]
  /** ISO 8601, UTC: every event accepted before is in these figures; null where nothing was drained yet. */
  readonly asOf: string | null
}

/**
 * The one way from cells to what a reader sees: cells → statistics → disclosure → rows, whatever asks (figures, school
 * comparisons, later CSV and alerts).
 */
export async function answer(
  deps: AnswerDeps,
  scope: Scope,
  question: Question,
  signal?: AbortSignal,
): Promise<Answer> {
  const { filters, period, places } = question
  const mine = narrow(scope, {
    ...(filters.authorities && { authorities: filters.authorities }),
    ...(filters.schools && { schools: filters.schools }),
  })
  const asOf = await workedOutUpTo(deps, mine, question.metric)
  const schools = (await deps.directory.schools(mine)).filter(
    (s) => filters.phases?.includes(s.phase) ?? true,
  )
  const groups = groupSchools(schools, places)
  if (groups.length === 0) return { rows: [], asOf }
  const today = new Date(deps.now()).toISOString().slice(0, 10)
  const begun = begunPeriods(period, await deps.directory.calendars(mine, period.years), today)
  const reading = { warehouse: deps.warehouse, scope: mine, groups, period, ...(signal && { signal }) }
  const drafts = await draftFigures(reading, question, begun)
  const names = new Map((await deps.directory.authorities(mine)).map((a) => [a.code, a.name]))
  const verdicts = holdBack(question.metric, drafts, scope)
  const caption = captionOf(question, names)
  const rows = drafts.map((draft, i) => rowOf(question.metric, caption(draft), draft, verdicts[i]!))
  if (question.everyGroup) rows.push(...missingRows(drafts, groups, begun, profileName(scope), caption))
  return { rows: rows.sort((a, b) => (a.place < b.place ? -1 : 1)), asOf }
}

/**
 * The oldest drain among the partitions of these authorities: what all figures of an answer have in common. Different
 * pupils are counted a little later than the rest; until that is done nothing is known of their time.
 */
async function workedOutUpTo(deps: AnswerDeps, scope: Scope, metric: Metric): Promise<string | null> {
  const partitions = new Set(scope.authorities.map((a) => deps.log.partitionOf(a)))
  const positions = (await deps.controlPlane.ledger.positions()).filter((p) => partitions.has(p.partition))
  const late = !isAdditive(brokenDown(metric)) && positions.some((p) => p.settled < p.drained)
  const times = positions.map((p) => p.drainedAt)
  if (late || times.length < partitions.size || times.length === 0 || times.includes(undefined)) return null
  return new Date(Math.min(...times.map(Number))).toISOString()
}

/** What is public about a figure, whatever its numbers. */
type Caption = Omit<Row, keyof Numbers | 'status' | 'symbol' | 'profile'>
type Numbers = Pick<Row, (typeof numbers)[number]>

/** What a row that is held back does not say. */
const numbers = [
  'n',
  'numerator',
  'denominator',
  'value',
  'lower',
  'upper',
  'confidence',
  'method',
  'schools',
  'schoolsWithoutRoll',
] as const
const noNumbers = Object.fromEntries(numbers.map((name) => [name, null])) as unknown as Numbers

/** The last step before the reader: of a figure that is held back, only what is public about it goes on. */
function rowOf(metric: Metric, caption: Caption, draft: Draft, { status, symbol, profile }: Disclosed): Row {
  if (status === 'SUPPRESSED') return { ...caption, ...noNumbers, status, symbol, profile }
  const found = estimate(metric, draft)
  return {
    ...caption,
    ...found,
    n: draft.n,
    numerator: draft.ratio?.numerator ?? null,
    denominator: draft.ratio?.denominator ?? null,
    schools: draft.schools,
    schoolsWithoutRoll: draft.roll?.without ?? null,
    ...(found.value === null ? { status: 'NOT_APPLICABLE', symbol: 'z' } : { status: 'OK', symbol: '' }),
    profile,
  }
}

/** Rows that say that there is no figure, for groups that have none at all. */
function missingRows(
  drafts: readonly Draft[],
  groups: readonly Group[],
  begun: readonly number[],
  profile: string,
  caption: (place: Place) => Caption,
): Row[] {
  const there = new Set(drafts.map((d) => `${d.group.number} ${d.period}`))
  const places = begun.flatMap((period) => groups.map((group) => ({ group, period, values: [] })))
  return places
    .filter(({ group, period }) => !there.has(`${group.number} ${period}`))
    .map((place) => ({ ...caption(place), ...noNumbers, status: 'NOT_APPLICABLE', symbol: 'z', profile }))
}

type Place = Pick<Draft, 'group' | 'period' | 'values' | 'roll'>

const captionOf =
  ({ metric, period, breakdown }: Question, names: ReadonlyMap<number, string>) =>
  ({ group, period: when, values, roll }: Place): Caption => {
    const sets = breakdown.map((d) => codeSetOf(brokenDown(metric), d))
    return {
      metricId: metric.id,
      timePeriod: timePeriod(yearOfPeriod(period.grain, when)),
      timeIdentifier: timeIdentifier(period.grain, when),
      authorityCode: group.authority ?? null,
      authorityName: group.authority === undefined ? null : (names.get(group.authority) ?? null),
      schoolUrn: group.school?.urn ?? null,
      schoolName: group.school?.name ?? null,
      phase: group.phase ?? null,
      dimensions: values.map((value, i) => ({ name: breakdown[i]!, value, label: labelOf(sets[i], value) })),
      unit: metric.unit,
      per: perOf(metric),
      rollCensus: roll ? weekText(roll.census) : null,
      place: [when, group.place, ...values.map((value, i) => placeOf(sets[i], value))].join('|'),
    }
  }

const perOf = (metric: Metric): number | null =>
  metric.kind === 'rate' || metric.kind === 'proportion' ? metric.per : null
