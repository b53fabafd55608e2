import type { Scope } from '@cairn/access'
import { ArgsType, Field, Int } from 'type-graphql'
import { refused } from '../errors.ts'
import type { PeriodChoice } from '../figures/periods.ts'
import { type Place, type Question, readQuestion } from '../figures/question.ts'
import { periodOf, readFilters } from '../figures/resolver.ts'
import { type DimensionFilter, PeriodInput } from '../figures/types.ts'

/** Where and when: one period of one authority. */
@ArgsType()
export class WithinAuthorityArgs {
  @Field(() => PeriodInput, { description: 'One period.' })
  period!: PeriodInput

  @Field(() => Int, { nullable: true, description: 'LA code; may be left out where you have one authority.' })
  authority?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Phase code: schools of this phase alone, and the benchmark over them.',
  })
  phase?: string | null
}

export interface Asking {
  readonly metric: string
  /** Grouped by; absent: all schools of the reader together. */
  readonly place?: Place
  /** Grouped by as well. */
  readonly by?: readonly string[]
  /** One value each. */
  readonly dimensions?: readonly DimensionFilter[] | null | undefined
  readonly schools?: readonly number[]
  /** All authorities of the reader. */
  readonly anywhere?: true
  readonly period?: PeriodChoice
}

export interface Within {
  readonly authority: number
  readonly period: PeriodChoice
  question(asking: Asking): Question
}

/**
 * Makes questions about one authority, or its schools, in one period.
 * @throws GraphQLError naming the argument that breaks its rule
 */
export function within(scope: Scope, args: WithinAuthorityArgs): Within {
  const authority = authorityOf(scope, args.authority)
  const own = onePeriod(periodOf(args.period))
  const question = ({
    metric,
    place,
    by = [],
    dimensions,
    schools,
    anywhere,
    period = own,
  }: Asking): Question => {
    const kept = oneValueEach(dimensions ?? [])
    const filters = readFilters({
      authorities: anywhere ? null : [authority],
      schools: schools ? [...schools] : null,
      phases: args.phase == null ? null : [args.phase],
      dimensions: kept,
    })
    const names = [...(place ? [place] : []), ...kept.map((d) => d.name), ...by]
    return readQuestion(metric, names, period, filters)
  }
  return { authority, period: own, question }
}

/** @throws GraphQLError where there are several to choose from */
export function authorityOf(scope: Scope, asked: number | null | undefined): number {
  const authority = asked ?? (scope.authorities.length === 1 ? scope.authorities[0] : undefined)
  if (authority === undefined) throw refused('authority', 'one of yours, since you have several')
  return authority
}

export function oneValueEach(dimensions: readonly DimensionFilter[]): DimensionFilter[] {
  if (dimensions.some((d) => d.values.length !== 1)) throw refused('dimensions', 'one value each')
  return [...dimensions]
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
