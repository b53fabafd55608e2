import type { RatioMetric } from '@cairn/metrics'
import type { GatewayContext } from '../context.ts'
import type { Row } from '../figures/answer.ts'
import { type PublishedRow, published } from '../figures/published.ts'
import { metricOf } from '../figures/question.ts'
import type { Within } from './asking.ts'
import { headcount } from './likeness.ts'
import {
  notApplicable,
  rateBy,
  ratioBy,
  type Standardised,
  type Strata,
  standardisedRates,
  standardisedRatios,
  strataOf,
} from './standardised.ts'
import type { CompareSchoolsArgs } from './types.ts'

/** Standardises rows of schools; whoever does not ask for it does not wait for the strata. */
export interface Standardiser {
  rate(row: PublishedRow): Promise<Standardised>
  ratio(row: PublishedRow): Promise<Standardised>
}

type Ask = (id: string, place: 'school' | 'authority', by: readonly string[]) => Promise<readonly Row[]>

/** @throws GraphQLError where it cannot be standardised by what is asked for */
export function standardiserFor(
  context: GatewayContext,
  args: CompareSchoolsArgs,
  { question, period }: Within,
): Standardiser {
  const metric = metricOf(args.metric)
  const strata = strataOf(metric, args.standardiseBy)
  const none = (reason: string): Standardiser => ({
    rate: async () => notApplicable(rateBy([]), reason),
    ratio: async () => notApplicable(ratioBy([]), reason),
  })
  if (metric.kind !== 'rate' && metric.kind !== 'proportion') return none('neither a rate nor a share')
  if (args.dimensions?.length) return none('no part of a metric is told by characteristics of pupils')
  if (strata.ratio.length === 0)
    return none('the metric keeps none of NC year, sex and FSM, or its roll does not')
  if (period.grain !== 'year') return none('of schools, characteristics of pupils are told by year alone')
  if (context.scope.schools !== 'all')
    return none('the reference is the authority’s, which is not yours to see')
  const ask: Ask = async (id, place, by) =>
    (await published(context, question({ metric: id, place, by }))).rows
  const rates = once(() => ratesOf(metric, strata, ask))
  const ratios = once(() => ratiosOf(metric, strata, ask))
  return { rate: async (row) => (await rates())(row), ratio: async (row) => (await ratios())(row) }
}

async function ratesOf(metric: RatioMetric, { rate, ratio }: Strata, ask: Ask) {
  if (rate.length === 0) {
    const reason = 'a rate is by one: strata of a school by several hold few pupils each'
    return () => notApplicable(rateBy(ratio), reason)
  }
  const [reference, schools] = await Promise.all([
    ask(metric.id, 'authority', rate),
    ask(metric.id, 'school', rate),
  ])
  return standardisedRates(metric, rate, { reference, schools })
}

async function ratiosOf({ numerator }: RatioMetric, { ratio }: Strata, ask: Ask) {
  const each = (id: string, place: 'school' | 'authority') =>
    Promise.all(ratio.map((name) => ask(id, place, [name])))
  const both = ratio.flatMap((one, i) =>
    ratio.slice(i + 1).map(async (other, j) => ({
      at: [i, i + 1 + j] as const,
      rows: await ask(headcount.id, 'authority', [one, other]),
    })),
  )
  const [events, pupils, rolls, pairs] = await Promise.all([
    each(numerator.id, 'authority'),
    each(headcount.id, 'authority'),
    each(headcount.id, 'school'),
    Promise.all(both),
  ])
  return standardisedRatios(ratio, { events, pupils, rolls, pairs })
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
