import { narrow, scopeKey } from '@cairn/access'
import { readReleases, releaseName } from '@cairn/warehouse'
import { Arg, Args, Ctx, Int, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { pageInfoOf } from '../figures/resolver.ts'
import { pageOf } from '../paging.ts'
import { grainOf } from '../scalars.ts'
import { describeRelease, everyYear, findRelease, readYear } from './find.ts'
import { releasedMetricOf, rowsOf } from './rows.ts'
import { ReleasedFigures, ReleasedFiguresArgs, ReleaseType } from './types.ts'

const limits = { usual: 100, most: 5_000 }
const mostListed = 1_000

@Resolver()
export class ReleasesResolver {
  @Query(() => [ReleaseType], {
    description:
      'Releases of your authorities, oldest first. A year that has none is open: figures shows of it what is safe without one.',
  })
  async releases(
    @Arg('authority', () => Int, { nullable: true }) authority: number | null,
    @Arg('year', () => String, { nullable: true, description: 'Such as 202526.' }) year: string | null,
    @Ctx() { scope, warehouse, signal }: GatewayContext,
  ): Promise<ReleaseType[]> {
    const mine = authority == null ? scope : narrow(scope, { authorities: [authority] })
    const years = year == null ? everyYear : [readYear(year)]
    const found = await readReleases(warehouse, mine, years, signal)
    return found.map((release) => describeRelease(release, scope))
  }

  @Query(() => ReleasedFigures, {
    description:
      'A metric as a release published it: today, tomorrow, and whatever has been corrected since. Readers of single schools ' +
      'get the rows of those.',
  })
  async releasedFigures(
    @Args(() => ReleasedFiguresArgs) args: ReleasedFiguresArgs,
    @Ctx() { scope, warehouse, cursors, signal }: GatewayContext,
  ): Promise<ReleasedFigures> {
    if ((args.schools?.length ?? 0) > mostListed) throw refused('schools', `at most ${mostListed}`)
    const release = await findRelease(warehouse, scope, args.release, signal)
    const metric = releasedMetricOf(release, args.metric)
    const [grains, schools] = [args.grains?.map(grainOf), args.schools ?? undefined]
    const breakdown = args.breakdown ?? undefined
    const rows = await rowsOf(warehouse, scope, { release, metric, grains, schools, breakdown, signal })
    const asked = [releaseName(release), metric.id, grains, schools, breakdown, scopeKey(scope)]
    const question = JSON.stringify(asked)
    const page = pageOf(rows, (row) => row.place, args, limits, cursors, `released ${question}`)
    return {
      release: describeRelease(release, scope),
      rows: page.items,
      totalCount: page.totalCount,
      pageInfo: pageInfoOf(page),
    }
  }
}
