import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { type PublishedRow, published } from '../figures/published.ts'
import { metricOf } from '../figures/question.ts'
import { type Asking, type Within, within } from './asking.ts'
import { funnelAround, isFunnel, judge } from './funnel.ts'
import { headcount } from './likeness.ts'
import { findSimilar } from './similar-schools.ts'
import { notApplicable, standardiser, strataOf } from './standardised.ts'
import { Benchmark, CompareSchoolsArgs, SchoolComparison, SchoolOrder } from './types.ts'

@Resolver()
export class CompareSchoolsResolver {
  @Query(() => SchoolComparison, {
    description:
      'Every school of an authority: crude value and 95 % interval, funnel limits, standardised values and a judgement ' +
      'against a benchmark. All of it is worked out from figures that are shown in it.',
  })
  async compareSchools(
    @Args(() => CompareSchoolsArgs) args: CompareSchoolsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<SchoolComparison> {
    const { metric: id, dimensions } = args
    const metric = metricOf(id)
    const asked = within(context.scope, args)
    const schools = await similarOnes(context, args, asked)
    const ask = (asking: Omit<Asking, 'metric'>) => asked.question({ metric: id, dimensions, ...asking })
    const whole =
      args.against === Benchmark.AUTHORITY ? { place: 'authority' as const } : { anywhere: true as const }
    // Read before anything is asked: a refusal must not leave a question behind that nobody waits for.
    const [ofSchools, ofAll] = [ask({ place: 'school', ...(schools && { schools }) }), ask(whole)]
    const [compared, benchmarks, standardise] = await Promise.all([
      published(context, { ...ofSchools, everyGroup: true }),
      context.scope.schools === 'all' ? published(context, ofAll) : undefined,
      standardiserFor(context, args, asked),
    ])
    const benchmark = benchmarks?.rows[0] ?? null
    const funnel = funnelAround(metric, benchmark)
    return {
      rows: inOrder(compared.rows, args.orderBy).map((row) => ({
        ...row,
        funnel: isFunnel(funnel) ? (funnel.point(row) ?? null) : null,
        judgement: judge(metric, row, benchmark),
        ...standardise.of(row),
      })),
      benchmark,
      funnel: isFunnel(funnel)
        ? {
            ...{ status: 'OK', reason: null, centre: funnel.centre, method: funnel.method },
            curve: funnel.curve(compared.rows),
          }
        : { status: 'NOT_APPLICABLE', reason: funnel.reason, centre: null, method: null, curve: [] },
      strata: standardise.strata,
      suppressed: compared.rows.filter((row) => row.status === 'SUPPRESSED').map((row) => row.schoolUrn!),
      asOf: compared.asOf,
    }
  }
}

/** URNs of a school and those most like it; undefined where all are asked for. */
async function similarOnes(
  context: GatewayContext,
  { similarTo, nearest, phase }: CompareSchoolsArgs,
  { period, authority }: Within,
): Promise<number[] | undefined> {
  if (similarTo != null) {
    const year = { grain: 'year' as const, years: period.years }
    const { nearby } = await findSimilar(
      context,
      similarTo,
      nearest ?? 10,
      year,
      (school) => school.authority === authority && (phase == null || school.phase === phase),
    )
    return [similarTo, ...nearby.map(({ id }) => id)]
  }
  if (nearest != null) throw refused('nearest', 'with similarTo alone')
  return undefined
}

type Figures = Pick<SchoolComparison['rows'][number], 'standardisedRate' | 'standardisedRatio'>

/** How rows are standardised; asks for the strata where there are some. */
async function standardiserFor(
  context: GatewayContext,
  args: CompareSchoolsArgs,
  { question, period }: Within,
): Promise<{ strata: readonly string[]; of: (row: PublishedRow) => Figures }> {
  const metric = metricOf(args.metric)
  const strata = args.dimensions?.length ? [] : strataOf(metric, args.standardiseBy)
  const none = (reason: string) => ({
    strata: [],
    of: (): Figures => ({
      standardisedRate: notApplicable('none', reason),
      standardisedRatio: notApplicable('none', reason),
    }),
  })
  if (metric.kind !== 'rate' && metric.kind !== 'proportion') return none('neither a rate nor a share')
  if (strata.length === 0) return none('the metric keeps none of NC year, sex and FSM, or its roll does not')
  if (period.grain !== 'year') return none('of schools, characteristics of pupils are told by year alone')
  if (context.scope.schools !== 'all')
    return none('the reference is the authority’s, which is not yours to see')
  const ask = async (id: string, place: 'school' | 'authority', asked: Partial<Asking> = {}) =>
    published(context, question({ metric: id, place, by: strata, ...asked }))
  const [reference, schools, rolls] = await Promise.all([
    ask(args.metric, 'authority'),
    ask(args.metric, 'school'),
    ask(headcount.id, 'school', { period: { grain: 'year', years: period.years } }),
  ])
  const by = standardiser(metric, { reference: reference.rows, schools: schools.rows, rolls: rolls.rows })
  return { strata, of: (row) => ({ standardisedRate: by.rate(row), standardisedRatio: by.ratio(row) }) }
}

/** By name, or by what is shown: never by a number that is held back. */
function inOrder(rows: readonly PublishedRow[], order: SchoolOrder): PublishedRow[] {
  const byName = rows.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en-GB'))
  if (order === SchoolOrder.NAME) return byName
  return byName.sort(
    (a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY) || 0,
  )
}

const nameOf = ({ schoolName, schoolUrn }: PublishedRow): string => `${schoolName} ${schoolUrn}`
