import { scopeKey } from '@cairn/access'
import { phases } from '@cairn/control-plane'
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { type Page, pageOf } from '../paging.ts'
import { grainOf } from '../scalars.ts'
import { readPeriod } from './periods.ts'
import { published } from './published.ts'
import { type Filters, questionKey, readQuestion } from './question.ts'
import { type FigureFilters, Figures, FiguresArgs, type PageInfo, type PeriodInput } from './types.ts'

const limits = { usual: 100, most: 5_000 }
const mostListed = 1_000

@Resolver()
export class FiguresResolver {
  @Query(() => Figures, {
    description: 'A metric by place, dimension and period. Rates and shares come with a 95 % interval.',
  })
  async figures(
    @Args(() => FiguresArgs) args: FiguresArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Figures> {
    const filters = readFilters(args.filters ?? {})
    const question = readQuestion(args.metric, args.groupBy, periodOf(args.period), filters)
    const found = await published(context, question)
    const key = `figures ${questionKey(question)} ${scopeKey(context.scope)}`
    const page = pageOf(found.rows, (row) => row.place, args, limits, context.cursors, key)
    return { rows: page.items, totalCount: page.totalCount, pageInfo: pageInfoOf(page), asOf: found.asOf }
  }
}

export const periodOf = (input: PeriodInput) => readPeriod({ ...input, grain: grainOf(input.grain) })

/** @throws GraphQLError naming the filter that breaks its rule */
export function readFilters({ authorities, schools, phases: asked, dimensions }: FigureFilters): Filters {
  const short = <T>(name: string, list: T[] | null | undefined): T[] | undefined => {
    if (list && list.length > mostListed) throw refused(`filters.${name}`, `at most ${mostListed}`)
    return list ?? undefined
  }
  if (asked?.some((phase) => !(phases as readonly string[]).includes(phase)))
    throw refused('filters.phases', `each one of ${phases.join(', ')}`)
  const values = new Map<string, readonly string[]>()
  for (const filter of short('dimensions', dimensions) ?? []) {
    if (values.has(filter.name)) throw refused('filters.dimensions', 'each dimension once')
    values.set(filter.name, [...new Set(short('dimensions', filter.values))].sort())
  }
  const sorted = (list: number[] | undefined) => list && [...new Set(list)].sort((a, b) => a - b)
  const [some, few] = [sorted(short('authorities', authorities)), sorted(short('schools', schools))]
  return {
    ...(some && { authorities: some }),
    ...(few && { schools: few }),
    ...(asked && { phases: asked }),
    values,
  }
}

export const pageInfoOf = ({ cursors, hasNextPage, hasPreviousPage }: Page<unknown>): PageInfo => ({
  hasNextPage,
  hasPreviousPage,
  startCursor: cursors[0] ?? null,
  endCursor: cursors.at(-1) ?? null,
})
