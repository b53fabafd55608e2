import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { type PublishedRow, published } from '../figures/published.ts'
import { metricOf } from '../figures/question.ts'
import { type Asking, type Within, within } from './asking.ts'
import { funnelAround, isFunnel, judge } from './funnel.ts'
import { findSimilar } from './similar-schools.ts'
import { standardiserFor } from './standardising.ts'
import {
  Benchmark,
  ComparedSchool,
  CompareSchoolsArgs,
  SchoolComparison,
  SchoolOrder,
  StandardisedFigure,
} from './types.ts'

@Resolver(() => ComparedSchool)
export class CompareSchoolsResolver {
  @Query(() => SchoolComparison, {
    description:
      'Every school of an authority: crude value and 95 % interval, funnel limits, standardised values and a judgement ' +
      'against a benchmark. All of it is worked out from figures that you can ask for.',
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
    const standardiser = standardiserFor(context, args, asked)
    const [ofSchools, ofAll] = [ask({ place: 'school', ...(schools && { schools }) }), ask(whole)]
    const [compared, benchmarks] = await Promise.all([
      published(context, { ...ofSchools, everyGroup: true }),
      context.scope.schools === 'all' ? published(context, ofAll) : undefined,
    ])
    const benchmark = benchmarks?.rows[0] ?? null
    const funnel = funnelAround(metric, benchmark)
    return {
      rows: inOrder(compared.rows, args.orderBy).map((row) => ({
        ...row,
        funnel: isFunnel(funnel) ? (funnel.point(row) ?? null) : null,
        judgement: judge(metric, row, benchmark),
        standardise: { rate: () => standardiser.rate(row), ratio: () => standardiser.ratio(row) },
      })),
      benchmark,
      funnel: isFunnel(funnel)
        ? {
            ...{ status: 'OK', reason: null, centre: funnel.centre, method: funnel.method },
            curve: funnel.curve(compared.rows),
          }
        : { status: 'NOT_APPLICABLE', reason: funnel.reason, centre: null, method: null, curve: [] },
      suppressed: compared.rows.filter((row) => row.status === 'SUPPRESSED').map((row) => row.schoolUrn!),
      asOf: compared.asOf,
    }
  }

  @FieldResolver(() => StandardisedFigure, { description: 'In the metric’s unit, by one characteristic.' })
  standardisedRate(@Root() { standardise }: ComparedSchool): Promise<StandardisedFigure> {
    return standardise.rate()
  }

  @FieldResolver(() => StandardisedFigure, {
    description:
      '100 is as expected of the school’s pupils at the authority’s rates: unless fewer were asked for, by NC year, sex and ' +
      'free school meals at once, fitted to what is released by each of them.',
  })
  standardisedRatio(@Root() { standardise }: ComparedSchool): Promise<StandardisedFigure> {
    return standardise.ratio()
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

/** By name, or by what is shown: never by a number that is held back. */
function inOrder(rows: readonly PublishedRow[], order: SchoolOrder): PublishedRow[] {
  const byName = rows.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en-GB'))
  if (order === SchoolOrder.NAME) return byName
  return byName.sort(
    (a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY) || 0,
  )
}

const nameOf = ({ schoolName, schoolUrn }: PublishedRow): string => `${schoolName} ${schoolUrn}`
