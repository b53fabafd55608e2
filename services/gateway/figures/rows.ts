import { type Symbol as Mark, type Profile, stampOf } from '@cairn/disclosure'
import { drawnFrom, type Metric } from '@cairn/metrics'
import { estimate } from './estimate.ts'
import type { Group } from './groups.ts'
import { codeSetOf, labelOf, placeOf } from './labels.ts'
import { timeIdentifier, timePeriod, weekText, yearOfPeriod } from './periods.ts'
import { brokenDown, type Question } from './question.ts'
import { reasons, type Status, type Told } from './told.ts'

export interface DimensionValue {
  readonly name: string
  readonly value: string
  readonly label: string
}

/** One figure as readers get it: nothing in it tells what is held back. */
export interface Row {
  readonly metricId: string
  readonly definitionId: string
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
  readonly symbol: Mark
  readonly schools: number | null
  readonly schoolsWithoutRoll: number | null
  readonly rollCensus: string | null
  readonly profile: string
  /** Name of the release that it comes from; of several, all their names. */
  readonly release: string | null
  /** Why there is no figure, or how far it goes; null where it is OK. */
  readonly reason: string | null
  /** Where the row stands in its answer: period, group, values; rows are sorted by it and cursors hold it. */
  readonly place: string
}

/** What is public about a figure, whatever its numbers. */
export type Caption = Omit<Row, keyof Numbers | keyof Verdict>
type Numbers = Pick<Row, (typeof numbers)[number]>
type Verdict = Pick<Row, 'status' | 'symbol' | 'profile' | 'release' | 'reason'>

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

/** The last step before the reader. */
export function rowOf(metric: Metric, caption: Caption, told: Told): Row {
  const { status, symbol, profile, release, reason, figure } = told
  const verdict: Verdict = { status, symbol, profile, release, reason }
  const named = { ...caption, definitionId: told.definitionId ?? caption.definitionId }
  if (!figure) return { ...named, ...noNumbers, ...verdict }
  const found = estimate(metric, figure)
  const isNothing = found.value === null
  return {
    ...{ ...named, ...found, ...verdict },
    n: figure.n,
    numerator: figure.ratio?.numerator ?? null,
    denominator: figure.ratio?.denominator ?? null,
    schools: figure.schools,
    schoolsWithoutRoll: figure.without,
    ...(isNothing && { status: 'NOT_APPLICABLE', symbol: 'z', reason: reasons.NOT_APPLICABLE }),
  }
}

/** Rows that say that there is no figure, for groups that have none at all. */
export function missingRows(
  told: readonly Told[],
  groups: readonly Group[],
  begun: readonly number[],
  profile: Profile,
  caption: (place: Place) => Caption,
): Row[] {
  const there = new Set(told.map((d) => `${d.group.number} ${d.period}`))
  const places = begun.flatMap((period) => groups.map((group) => ({ group, period, values: [] })))
  const verdict: Verdict = {
    ...{
      status: 'NOT_APPLICABLE',
      symbol: 'z',
      release: null,
      reason: 'there is no roll and nothing counted',
    },
    profile: stampOf(profile),
  }
  return places
    .filter(({ group, period }) => !there.has(`${group.number} ${period}`))
    .map((place) => ({ ...caption(place), ...noNumbers, ...verdict }))
}

export type Place = Pick<Told, 'group' | 'period' | 'values' | 'census'>

export function captionOf(
  { metric, period, breakdown }: Question,
  names: ReadonlyMap<number, string>,
): (place: Place) => Caption {
  const sets = breakdown.map((d) => codeSetOf(brokenDown(metric), d))
  const definitionId = drawnFrom(metric)
  return ({ group, period: when, values, census }) => ({
    metricId: metric.id,
    definitionId,
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
    rollCensus: census === undefined ? null : weekText(census),
    place: [when, group.place, ...values.map((value, i) => placeOf(sets[i], value))].join('|'),
  })
}

const perOf = (metric: Metric): number | null =>
  metric.kind === 'rate' || metric.kind === 'proportion' ? metric.per : null
