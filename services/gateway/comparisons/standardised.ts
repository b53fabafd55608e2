import type { Metric, RatioMetric } from '@cairn/metrics'
import { DEFAULT_CONFIDENCE, directlyStandardisedRate, indirectlyStandardisedRatio } from '@cairn/statistics'
import { refused } from '../errors.ts'
import type { Row, Status } from '../figures/answer.ts'
import { isShown } from '../figures/published.ts'
import { denominatorBreakdown, isStock, offers } from '../figures/question.ts'

/** Whom to compare like with like by. Source: domain reference, section 5, method 5. */
export const standardStrata = ['nc_year', 'sex', 'fsm'] as const

/**
 * The most of them that a metric and its roll keep together; none where it keeps none.
 * @throws GraphQLError where fewer are asked for that are not kept together
 */
export function strataOf(metric: Metric, asked?: readonly string[] | null): readonly string[] {
  if (metric.kind === 'stored' || metric.kind === 'median' || !isStock(metric.denominator)) return []
  const kept = standardStrata.filter(
    (name) => offers(metric, [name]) && denominatorBreakdown(metric.denominator, [name])?.length === 1,
  )
  if (!asked?.length) return kept.slice(0, 1)
  const found = kept.filter((name) => asked.length === 1 && asked[0] === name)
  if (found.length === 0)
    throw refused('standardiseBy', `one of: ${kept.join('; ') || 'none for this metric'}`)
  return found
}

/** A standardised figure, or why there is none. */
export interface Standardised {
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

export interface StrataRows {
  /** Of the authority, one a stratum: the standard population, and its events. */
  readonly reference: readonly Row[]
  /** Of each school, one a stratum. */
  readonly schools: readonly Row[]
  /** Pupils on roll of each school, one a stratum: known where events of the stratum are held back. */
  readonly rolls: readonly Row[]
}

const directly =
  'Directly standardised rate (Dobson), events taken as independent; standard population: the reference'
const indirectly =
  'Indirectly standardised ratio, 100 is as expected: exact Poisson below 10, Byar from 10, over expected events'

/** Standardises schools' figures from what readers can see of the strata; one hidden stratum hides the whole. */
export function standardiser(metric: RatioMetric, rows: StrataRows) {
  const parts = bySchoolAndStratum(rows.schools)
  const rolls = bySchoolAndStratum(rows.rolls)
  return {
    rate: (row: Row): Standardised => direct(metric, row, rows.reference, parts),
    ratio: (row: Row): Standardised => indirect(row, rows.reference, rolls),
  }
}

const stratumOf = (row: Row): string => row.dimensions.map((d) => d.value).join(';')
const keyOf = (urn: number | null, stratum: string): string => `${urn} ${stratum}`
const bySchoolAndStratum = (rows: readonly Row[]) =>
  new Map(rows.map((row) => [keyOf(row.schoolUrn, stratumOf(row)), row]))

function direct(
  metric: RatioMetric,
  row: Row,
  reference: readonly Row[],
  parts: ReadonlyMap<string, Row>,
): Standardised {
  if (!isShown(row)) return withheld(directly, row)
  const strata = []
  for (const standard of reference) {
    if (isWithheld(standard)) return withheld(directly, standard)
    if (!standard.denominator) continue
    const own = parts.get(keyOf(row.schoolUrn, stratumOf(standard)))
    if (own && isWithheld(own)) return withheld(directly, own)
    if (!own?.denominator)
      return notApplicable(directly, 'no pupil in a stratum of the reference: compare schools of one phase')
    strata.push({ x: own.numerator!, n: own.denominator, weight: standard.denominator })
  }
  if (strata.length === 0) return notApplicable(directly, 'the reference has no pupil in any stratum')
  const found = directlyStandardisedRate(strata, { per: metric.per })
  if (found.kind === 'not applicable') return notApplicable(directly, found.reason)
  return shown(directly, found, found.events, null)
}

function indirect(row: Row, reference: readonly Row[], rolls: ReadonlyMap<string, Row>): Standardised {
  if (!isShown(row)) return withheld(indirectly, row)
  const strata = []
  for (const standard of reference) {
    const pupils = rolls.get(keyOf(row.schoolUrn, stratumOf(standard)))
    if (pupils && isWithheld(pupils)) return withheld(indirectly, pupils)
    if (isWithheld(standard)) return withheld(indirectly, standard)
    if (!pupils?.n) continue
    if (!standard.denominator) return notApplicable(indirectly, 'the reference has no pupil in a stratum')
    strata.push({ n: pupils.n, referenceX: standard.numerator!, referenceN: standard.denominator })
  }
  if (!strata.some(({ referenceX }) => referenceX > 0))
    return notApplicable(indirectly, 'no event is expected')
  const found = indirectlyStandardisedRatio(row.numerator!, strata, { per: 100 })
  return shown(indirectly, found, found.observed, found.expected)
}

const nothing = { value: null, lower: null, upper: null, confidence: null, observed: null, expected: null }

export const notApplicable = (method: string, reason: string): Standardised => ({
  ...nothing,
  ...{ status: 'NOT_APPLICABLE', symbol: 'z', method, reason },
})

/** Not shown, and not for want of anything to divide by: then the whole is not shown either. */
const isWithheld = ({ status }: Row): boolean => status !== 'OK' && status !== 'NOT_APPLICABLE'

const withheld = (method: string, { status, reason }: Row): Standardised =>
  status === 'SUPPRESSED'
    ? { ...nothing, status, symbol: 'c', method, reason: 'a figure that it is made of is held back' }
    : notApplicable(method, reason ?? 'the school has no figure')

const shown = (
  method: string,
  { value, lower, upper }: { value: number; lower: number; upper: number },
  observed: number,
  expected: number | null,
): Standardised => ({
  ...{ status: 'OK', symbol: '', value, lower, upper, confidence: DEFAULT_CONFIDENCE },
  ...{ method, observed, expected, reason: null },
})
