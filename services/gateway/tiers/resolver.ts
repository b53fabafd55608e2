import { mondayOfWeek } from '@cairn/mtss'
import { readTierMovement, readTierTable } from '@cairn/warehouse'
import { Args, Ctx, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import { refuseOtherThanMovement } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { domainOf, endingWeek, upToOf, weekOf } from './asked.ts'
import { explainTier } from './explanation.ts'
import { mixRows, shownMovement } from './mix.ts'
import {
  TierExplanation,
  TierExplanationArgs,
  TierMix,
  TierMixArgs,
  TierMovement,
  TierMovementArgs,
} from './types.ts'

/** Source: domain reference, section 3. */
const nominal = [80, 15, 5]

@Resolver()
@UseMiddleware(tellsBasis)
export class TiersResolver {
  @Query(() => TierMix, { description: 'Pupils by recommended or assigned tier, as at the end of a week.' })
  async tierMix(
    @Args(() => TierMixArgs) args: TierMixArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierMix> {
    const { scope, warehouse, directory, signal } = context
    const domain = domainOf(args.domain)
    const week = await endingWeek(context, args.authority, 'week', args.week)
    const question = { authorities: [args.authority], domain, signal }
    const [found, schools, upTo] = await Promise.all([
      readTierTable(warehouse, scope, { ...question, week }),
      directory.schools(scope),
      upToOf(context, question),
    ])
    const names = new Map(schools.map(({ urn, name }) => [urn, name]))
    const rows = mixRows(found, scope, args.pupilsBy ?? undefined)
    return {
      ...{ week: mondayOfWeek(week), domain, nominal, upTo },
      rows: rows.map((row) => ({ ...row, schoolName: names.get(row.schoolUrn ?? 0) ?? null })),
    }
  }

  @Query(() => TierMovement, {
    description:
      'Which tiers pupils moved from and to, over what you may see; held back where the mix of either week is.',
  })
  async tierMovement(
    @Args(() => TierMovementArgs) args: TierMovementArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierMovement> {
    const { scope, warehouse, signal } = context
    const domain = domainOf(args.domain)
    const [week, later] = [weekOf('week', args.week), weekOf('later', args.later)]
    await refuseOtherThanMovement(
      ...([context, args.authority, { field: 'week', week }, { field: 'later', week: later }] as const),
    )
    if (later <= week) throw refused('later', 'a week after the other')
    const question = { authorities: [args.authority], domain, signal }
    const [rows, upTo, ...mixes] = await Promise.all([
      readTierMovement(warehouse, scope, { ...question, week, later }),
      upToOf(context, question),
      ...[week, later].map((at) => readTierTable(warehouse, scope, { ...question, week: at })),
    ])
    const asked = { week: mondayOfWeek(week), later: mondayOfWeek(later), domain, upTo }
    const bySchool = rows.map(({ counts }) => counts)
    return { ...asked, ...shownMovement(bySchool, mixes, scope) }
  }

  @Query(() => TierExplanation, {
    nullable: true,
    description:
      'Which rule and which evidence put one of your pupils in a tier: for the lead of the school that has the pupil now. Null for everybody else.',
  })
  async tierExplanation(
    @Args(() => TierExplanationArgs) args: TierExplanationArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierExplanation | null> {
    if (args.pupil.length > 100) throw refused('pupil', 'at most 100 characters')
    const { authority, pupil } = args
    return explainTier(context, {
      authority,
      pupil,
      domain: domainOf(args.domain),
      week: weekOf('week', args.week),
    })
  }
}
