import { Args, ArgsType, Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import type { School } from '../directory.ts'
import { refused } from '../errors.ts'
import { type PeriodChoice, readPeriod, timePeriod } from '../figures/periods.ts'
import { hasRoll, headcount, type Likeness, likenessOf, nearestSchools } from './likeness.ts'

export const mostSimilar = 20

@ArgsType()
class SimilarSchoolsArgs {
  @Field(() => Int, { description: 'The school to find others like, by URN.' })
  urn!: number

  @Field(() => Int, { defaultValue: 5, description: `1 to ${mostSimilar}.` })
  n!: number

  @Field(() => String, { description: 'Academic year of the roll, such as 202526.' })
  academicYear!: string
}

@ObjectType({ description: 'How much one characteristic parts two schools.' })
export class SimilarityReason {
  @Field(() => String)
  feature!: string

  @Field(() => Float, {
    description:
      'The other school minus this one in standard deviations over your schools; of a category √2 or 0.',
  })
  difference!: number

  @Field(() => Float, { description: 'Share of the squared distance, 0 to 1.' })
  share!: number
}

@ObjectType({ description: 'A school that is like another one, how much, and in what they differ.' })
export class SimilarSchool {
  @Field(() => Int)
  schoolUrn!: number

  @Field(() => String)
  schoolName!: string

  @Field(() => String)
  phase!: string

  @Field(() => Int)
  authorityCode!: number

  @Field(() => Float, {
    description: 'Weighted standardised distance; 0 = alike in everything that is known.',
  })
  distance!: number

  @Field(() => [SimilarityReason], { description: 'Largest first.' })
  reasons!: readonly SimilarityReason[]

  @Field(() => [String], {
    description: 'Not known of either school, or held back: the distance is without them.',
  })
  missing!: readonly string[]
}

@ObjectType({ description: 'Schools that are most like one. It says nothing of how well any of them does.' })
export class SimilarSchools {
  @Field(() => [SimilarSchool], { description: 'Nearest first, among your schools.' })
  rows!: readonly SimilarSchool[]

  @Field(() => [Int], {
    description:
      'URNs of your schools whose roll is held back or not there. They are like none; nor is any like the one asked for, ' +
      'where it is among them.',
  })
  withoutRoll!: readonly number[]

  @Field(() => [String], { description: 'What they are compared by.' })
  features!: readonly string[]

  @Field(() => [String], { description: 'What they would be compared by if the roll kept it.' })
  notKept!: readonly string[]

  @Field(() => String)
  method!: string

  @Field(() => String, { description: 'Id of the metric that the characteristics are taken from.' })
  metricId!: string

  @Field(() => String)
  timePeriod!: string

  @Field(() => String)
  profile!: string

  @Field(() => String, { nullable: true, description: 'As of figures.' })
  asOf!: string | null
}

const method =
  '√(Σ w δ² / Σ w) over the published roll, δ in standard deviations among your schools; phase weighs 2, size ' +
  '(logarithm) and each mix 1; what is held back is left out'

@Resolver()
export class SimilarSchoolsResolver {
  @Query(() => SimilarSchools, {
    description: 'The schools nearest to one by phase, size and the make-up of the roll, with the reasons.',
  })
  async similarSchools(
    @Args(() => SimilarSchoolsArgs) { urn, n, academicYear }: SimilarSchoolsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<SimilarSchools> {
    const period = readPeriod({ grain: 'year', academicYears: [academicYear] })
    const { schools, likeness, nearby } = await findSimilar(context, urn, n, period)
    const titles = new Map(likeness.features.map(({ id, title }) => [id, title]))
    const byUrn = new Map(schools.map((school) => [school.urn, school]))
    return {
      rows: nearby.map(({ id, distance, contributions, missing }) => {
        const { name, phase, authority } = byUrn.get(id)!
        return {
          ...{ schoolUrn: id, schoolName: name, phase, authorityCode: authority, distance },
          reasons: contributions.map(({ feature, ...rest }) => ({ feature: titles.get(feature)!, ...rest })),
          missing: missing.map((feature) => titles.get(feature)!),
        }
      }),
      withoutRoll: schools.filter((school) => !hasRoll(likeness, school.urn)).map((school) => school.urn),
      features: [...titles.values()],
      notKept: likeness.notKept,
      method,
      metricId: headcount.id,
      timePeriod: timePeriod(period.years[0]!),
      profile: likeness.profile,
      asOf: likeness.asOf,
    }
  }
}

/**
 * Schools like one, by the roll of a year, among all that the reader may see or some of them.
 * @throws GraphQLError where the school is none of the reader's, or n is out of bounds
 */
export async function findSimilar(
  context: GatewayContext,
  urn: number,
  n: number,
  year: PeriodChoice,
  among: (school: School) => boolean = () => true,
) {
  if (n < 1 || n > mostSimilar) throw refused('n', `1 to ${mostSimilar}`)
  const schools: School[] = await context.directory.schools(context.scope)
  if (!schools.some((school) => school.urn === urn)) throw refused('urn', 'one of your schools')
  const likeness: Likeness = await likenessOf(context, schools, year)
  return { schools, likeness, nearby: nearestSchools(likeness, urn, schools.filter(among), n) }
}
