import { Args, ArgsType, Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { answer } from './answer.ts'
import type { PeriodChoice } from './periods.ts'
import { readQuestion } from './question.ts'
import { periodOf, readFilters } from './resolver.ts'
import { DimensionFilter, FigureRow, PeriodInput } from './types.ts'

@ArgsType()
class CompareSchoolsArgs {
  @Field(() => String)
  metric!: string

  @Field(() => PeriodInput, { description: 'One period.' })
  period!: PeriodInput

  @Field(() => Int, { nullable: true, description: 'LA code; may be left out where you have one authority.' })
  authority?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Phase code: schools of this phase alone, and the benchmark over them.',
  })
  phase?: string | null

  @Field(() => [DimensionFilter], {
    nullable: true,
    description: 'One value each: the part of the metric to compare.',
  })
  dimensions?: DimensionFilter[] | null
}

@ObjectType({ description: 'A metric, school by school, beside the authority’s own figure.' })
export class SchoolComparison {
  @Field(() => [FigureRow], { description: 'One a school, by phase and URN; order tells nothing of values.' })
  rows!: readonly FigureRow[]

  @Field(() => FigureRow, {
    nullable: true,
    description:
      'The authority’s own figure, over the same phase. Null for readers of single schools: it is not theirs to see.',
  })
  benchmark!: FigureRow | null

  @Field(() => String, { nullable: true, description: 'As of figures.' })
  asOf!: string | null
}

@Resolver()
export class CompareSchoolsResolver {
  @Query(() => SchoolComparison, {
    description: 'Every school of an authority, with numerator, denominator, value and 95 % interval.',
  })
  async compareSchools(
    @Args(() => CompareSchoolsArgs) args: CompareSchoolsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<SchoolComparison> {
    const { scope, signal } = context
    const authority = args.authority ?? (scope.authorities.length === 1 ? scope.authorities[0]! : undefined)
    if (authority === undefined) throw refused('authority', 'one of yours, since you have several')
    const dimensions = args.dimensions ?? []
    if (dimensions.some((d) => d.values.length !== 1)) throw refused('dimensions', 'one value each')
    const filters = readFilters({
      authorities: [authority],
      phases: args.phase == null ? null : [args.phase],
      dimensions,
    })
    const names = dimensions.map((d) => d.name)
    const period = onePeriod(periodOf(args.period))
    const ask = (place: string) => readQuestion(args.metric, [place, ...names], period, filters)
    const [compared, whole] = await Promise.all([
      answer(context, scope, { ...ask('school'), everyGroup: true }, signal),
      scope.schools === 'all' ? answer(context, scope, ask('authority'), signal) : undefined,
    ])
    return { rows: compared.rows, benchmark: whole?.rows[0] ?? null, asOf: compared.asOf }
  }
}

/** One row a school needs one period. */
function onePeriod(period: PeriodChoice): PeriodChoice {
  const { grain, years, indexes, from, to } = period
  const week =
    grain === 'week' &&
    from !== undefined &&
    to !== undefined &&
    Date.parse(to) - Date.parse(from) < 7 * 86_400_000
  const part = (grain === 'term' || grain === 'half_term') && indexes?.length === 1
  if (years.length !== 1 || !(grain === 'year' || part || week))
    throw refused(
      'period',
      'one period: one academic year, and within it one index or one week from Monday to Sunday',
    )
  return period
}
