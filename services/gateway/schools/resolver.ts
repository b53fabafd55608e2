import { narrow, scopeKey } from '@cairn/access'
import { type Phase, phases } from '@cairn/control-plane'
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { phaseLabels, type School } from '../directory.ts'
import { refused } from '../errors.ts'
import { pageInfoOf } from '../figures/resolver.ts'
import { pageOf } from '../paging.ts'
import { SchoolConnection, SchoolsArgs, type SchoolType } from './types.ts'

const limits = { usual: 50, most: 500 }

@Resolver()
export class SchoolsResolver {
  @Query(() => SchoolConnection, { description: 'Your schools, by authority and URN.' })
  async schools(
    @Args(() => SchoolsArgs) args: SchoolsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<SchoolConnection> {
    const { authority, phase, search } = args
    if (phase != null && !phases.includes(phase as Phase))
      throw refused('phase', `one of ${phases.join(', ')}`)
    const scope = authority == null ? context.scope : narrow(context.scope, { authorities: [authority] })
    const wanted = search?.trim().toLowerCase() ?? ''
    const found = (await context.directory.schools(scope)).filter(
      (s) =>
        (phase == null || s.phase === phase) &&
        (s.name.toLowerCase().includes(wanted) || String(s.urn) === wanted),
    )
    const key = JSON.stringify(['schools', authority ?? null, phase ?? null, wanted, scopeKey(context.scope)])
    const page = pageOf(found, (s) => `${s.authority} ${s.urn}`, args, limits, context.cursors, key)
    return {
      edges: page.items.map((school, i) => ({ cursor: page.cursors[i]!, node: nodeOf(school) })),
      pageInfo: pageInfoOf(page),
      totalCount: page.totalCount,
    }
  }
}

const nodeOf = (school: School): SchoolType => ({ ...school, phaseName: phaseLabels[school.phase] })
