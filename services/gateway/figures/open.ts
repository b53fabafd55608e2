import { type Provisional, provisionally, type SchoolPart } from '@cairn/disclosure'
import type { Metric } from '@cairn/metrics'
import type { School } from '../directory.ts'
import { readWhole, roll } from './draft.ts'
import { yearOfPeriod } from './periods.ts'
import { isStock, type Question } from './question.ts'
import { type Reading, type Rolls, readRolls, readSums, type Sums } from './sums.ts'

/** A whole authority in periods that no release holds. */
export interface Wanted {
  readonly authority: number
  /** Its own schools: no aggregates. */
  readonly schools: readonly School[]
  readonly periods: readonly number[]
  /** Schools that the release of the year has; undefined where there is none: then those with a roll. */
  released(year: number): ReadonlySet<number> | undefined
}

export interface OpenFigure {
  /** Undefined where it is not safe. */
  readonly shown: Provisional | undefined
  readonly schools: ReadonlySet<number>
}

/** Counts, rates and shares; sums of a quantity, means and medians stand in releases alone. */
export function isCountable(metric: Metric): boolean {
  if (metric.kind === 'median') return false
  const of = metric.kind === 'stored' ? [metric] : [metric.numerator, metric.denominator]
  return of.every((one) => isStock(one) || one.measure.kind === 'count' || one.measure.kind === 'pupils')
}

/**
 * Counts whole authorities in open periods, over the schools that a release has or would have, and keeps of it what is safe
 * alone. By `authority period`; an authority without any such school is not there.
 */
export async function countOpen(
  reading: Omit<Reading, 'groups'>,
  question: Question,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, OpenFigure>> {
  const { metric, period } = question
  const found = new Map<string, OpenFigure>()
  const asked = wanted.filter(({ periods }) => periods.length > 0)
  if (asked.length === 0 || metric.kind === 'median') return found
  const schools = asked.flatMap((one) => one.schools)
  const bySchool: Reading = {
    ...reading,
    groups: schools.map((school) => ({ number: school.urn, schools: [school], place: '' })),
  }
  const above = metric.kind === 'stored' ? metric : metric.numerator
  const [sums, rolls, wholes] = await Promise.all([
    isStock(above) ? undefined : readSums(bySchool, above, [], period.years),
    readRolls(bySchool, roll, []),
    wholesOf(bySchool, question, metric),
  ])
  for (const { authority, schools: own, periods, released } of asked)
    for (const when of periods) {
      const year = yearOfPeriod(period.grain, when)
      const having = released(year)
      const counted = own.filter(({ urn }) => having?.has(urn) ?? pupilsOf(rolls, year, urn) > 0)
      if (counted.length === 0) continue
      const parts = counted.map(({ urn }): SchoolPart => {
        const pupils = pupilsOf(rolls, year, urn)
        const among = wholes ? countOf(wholes, urn, when) : isAmongRoll(metric) ? pupils : undefined
        return {
          count: sums ? countOf(sums, urn, when) : pupils,
          ...(among !== undefined && { among }),
        }
      })
      found.set(`${authority} ${when}`, {
        shown: provisionally(parts, isPart(metric, wholes)),
        schools: new Set(counted.map(({ urn }) => urn)),
      })
    }
  return found
}

/** What happened in the same period that the metric counts some of, or is divided by. */
function wholesOf(reading: Reading, question: Question, metric: Exclude<Metric, { kind: 'median' }>) {
  if (metric.kind === 'stored') return readWhole(reading, question, metric)
  return isStock(metric.denominator)
    ? undefined
    : readSums(reading, metric.denominator, [], reading.period.years)
}

const pupilsOf = (rolls: Rolls, year: number, urn: number): number => rolls.get(year, urn)?.total ?? 0
const countOf = (sums: Sums, urn: number, period: number): number => sums.get(urn, period, [])?.n ?? 0

/** Pupils of a school are some of its roll, whether that is asked for beside them or not. */
const isAmongRoll = (metric: Metric): boolean =>
  metric.kind === 'stored' ? metric.measure.kind === 'pupils' : true

const isPart = (metric: Metric, wholes: Sums | undefined): boolean =>
  metric.kind === 'proportion' ||
  (metric.kind === 'stored' && (wholes !== undefined || metric.measure.kind === 'pupils'))
