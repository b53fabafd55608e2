import type { Metric, RatioMetric } from '@cairn/metrics'
import { DEFAULT_CONFIDENCE, directlyStandardisedRate, ratioToExpected } from '@cairn/statistics'
import { refused } from '../errors.ts'
import type { Row, Status } from '../figures/answer.ts'
import { isShown } from '../figures/published.ts'
import { denominatorBreakdown, isStock, offers } from '../figures/question.ts'
import { type Counts, expectation } from './expected.ts'

/** Whom to compare like with like by. Source: domain reference, section 5, method 5. */
export const standardStrata = ['nc_year', 'sex', 'fsm'] as const

/** By what rates and ratios are standardised. */
export interface Strata {
  /** One characteristic; none, where there is none, or where several were asked for. */
  readonly rate: readonly string[]
  /** Unless fewer were asked for, all that the metric and its roll keep together. */
  readonly ratio: readonly string[]
}

/** @throws GraphQLError where others are asked for than are kept */
export function strataOf(metric: Metric, asked?: readonly string[] | null): Strata {
  const kept =
    metric.kind !== 'rate' && metric.kind !== 'proportion'
      ? []
      : standardStrata.filter(
          (name) =>
            isStock(metric.denominator) &&
            offers(metric, [name]) &&
            denominatorBreakdown(metric.denominator, [name])?.length === 1,
        )
  if (!asked?.length) return { rate: kept.slice(0, 1), ratio: kept }
  const found = kept.filter((name) => asked.includes(name))
  if (found.length === 0 || asked.some((name) => !found.some((one) => one === name)))
    throw refused('standardiseBy', `some of: ${kept.join('; ') || 'none for this metric'}`)
  return { rate: found.length === 1 ? found : [], ratio: found }
}

/** A standardised figure, or why there is none. */
export interface Standardised {
  /** Characteristics of pupils. */
  readonly strata: readonly string[]
  readonly status: Status
  readonly symbol: Row['symbol']
  readonly value: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly confidence: number | null
  readonly method: string
  readonly observed: number | null
  readonly expected: number | null
  readonly reason: string | null
}

const directly =
  'Directly standardised rate (Dobson), events taken as independent; standard population: the reference'
const ratio =
  'Indirectly standardised ratio, 100 is as expected: exact Poisson below 10, Byar from 10, over expected events'
const fitted = 'strata fitted to the reference’s and the school’s figures by each characteristic'

/** What a figure is, whatever comes of it. */
type Kind = Pick<Standardised, 'strata' | 'method'>
export const rateBy = (strata: readonly string[]): Kind => ({ strata, method: directly })
export const ratioBy = (strata: readonly string[]): Kind => ({
  strata,
  method: strata.length > 1 ? `${ratio}; ${fitted}` : ratio,
})

/** Rows by one characteristic: of the reference, which is the standard population, and of schools. */
export interface RateRows {
  readonly reference: readonly Row[]
  readonly schools: readonly Row[]
}

/** Standardises schools' rates from what readers can see of the strata; one hidden stratum hides the whole. */
export function standardisedRates(metric: RatioMetric, by: readonly string[], rows: RateRows) {
  const kind = rateBy(by)
  const parts = new Map(rows.schools.map((row) => [keyOf(row.schoolUrn, stratumOf(row)), row]))
  return (row: Row): Standardised => direct(kind, metric, row, rows.reference, parts)
}

const stratumOf = (row: Row): string => row.dimensions.map((d) => d.value).join(';')
const keyOf = (urn: number | null, stratum: string): string => `${urn} ${stratum}`

function direct(
  kind: Kind,
  metric: RatioMetric,
  row: Row,
  reference: readonly Row[],
  parts: ReadonlyMap<string, Row>,
): Standardised {
  if (!isShown(row)) return withheld(kind, row)
  const strata = []
  for (const standard of reference) {
    if (isWithheld(standard)) return withheld(kind, standard)
    if (!standard.denominator) continue
    const own = parts.get(keyOf(row.schoolUrn, stratumOf(standard)))
    if (own && isWithheld(own)) return withheld(kind, own)
    if (!own?.denominator)
      return notApplicable(kind, 'no pupil in a stratum of the reference: compare schools of one phase')
    strata.push({ x: own.numerator!, n: own.denominator, weight: standard.denominator })
  }
  if (strata.length === 0) return notApplicable(kind, 'the reference has no pupil in any stratum')
  const found = directlyStandardisedRate(strata, { per: metric.per })
  if (found.kind === 'not applicable') return notApplicable(kind, found.reason)
  return shown(kind, found, found.events, null)
}

/** Rows by each of several characteristics, in their order. */
export interface RatioRows {
  /** Of the reference: what was counted, and its roll. */
  readonly events: readonly (readonly Row[])[]
  readonly pupils: readonly (readonly Row[])[]
  /** The reference's roll by two of them at once. */
  readonly pairs: readonly { readonly at: readonly [number, number]; readonly rows: readonly Row[] }[]
  /** Rolls of schools. */
  readonly rolls: readonly (readonly Row[])[]
}

/** The same of ratios, which need of a school its total and its roll alone. */
export function standardisedRatios(by: readonly string[], { events, pupils, pairs, rolls }: RatioRows) {
  const kind = ratioBy(by)
  const hidden = [...events, ...pupils].flat().find(isWithheld)
  const expected =
    hidden ??
    expectation({
      events: events.map(countsOf),
      pupils: pupils.map(countsOf),
      pairs: pairs
        .filter(({ rows }) => rows.length > 0 && !rows.some(isWithheld))
        .map(({ at, rows }) => ({ at, pupils: countsOf(rows) })),
    })
  const own = rolls.map(bySchool)
  return (row: Row): Standardised => {
    if (!isShown(row)) return withheld(kind, row)
    if (typeof expected === 'string') return notApplicable(kind, expected)
    if (typeof expected === 'object') return withheld(kind, expected)
    const roll = own.map((schools) => schools.get(row.schoolUrn) ?? [])
    const unseen = roll.flat().find(isWithheld)
    if (unseen) return withheld(kind, unseen)
    const found = expected(roll.map(countsOf))
    if (found === undefined) return notApplicable(kind, 'the reference has no pupil in a stratum')
    if (found === 0) return notApplicable(kind, 'no event is expected')
    return shown(kind, ratioToExpected(row.numerator!, found, { per: 100 }), row.numerator!, found)
  }
}

function bySchool(rows: readonly Row[]): Map<number | null, Row[]> {
  const schools = new Map<number | null, Row[]>()
  for (const row of rows) schools.set(row.schoolUrn, [...(schools.get(row.schoolUrn) ?? []), row])
  return schools
}

const countsOf = (rows: readonly Row[]): Counts => new Map(rows.map((row) => [stratumOf(row), row.n ?? 0]))

const nothing = { value: null, lower: null, upper: null, confidence: null, observed: null, expected: null }

export const notApplicable = (kind: Kind, reason: string): Standardised => ({
  ...{ ...kind, ...nothing },
  ...{ status: 'NOT_APPLICABLE', symbol: 'z', reason },
})

/** Not shown, and not for want of anything to divide by: then the whole is not shown either. */
const isWithheld = ({ status }: Row): boolean => status !== 'OK' && status !== 'NOT_APPLICABLE'

const withheld = (kind: Kind, { status, reason }: Row): Standardised =>
  status === 'SUPPRESSED'
    ? { ...kind, ...nothing, status, symbol: 'c', reason: 'a figure that it is made of is held back' }
    : notApplicable(kind, reason ?? 'the school has no figure')

const shown = (
  kind: Kind,
  { value, lower, upper }: { value: number; lower: number; upper: number },
  observed: number,
  expected: number | null,
): Standardised => ({
  ...{ ...kind, status: 'OK', symbol: '', value, lower, upper, confidence: DEFAULT_CONFIDENCE },
  ...{ observed, expected, reason: null },
})
