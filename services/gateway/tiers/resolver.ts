import { type Domain, domains, mondayOfWeek, weekIndex } from '@cairn/mtss'
import { readTierMix, readTierMovement } from '@cairn/warehouse'
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import type { FigureStatus } from '../scalars.ts'
import { explainTier } from './explanation.ts'
import { authorityMix, seesAll, wholeOrNothing } from './mix.ts'
import {
  TierArgs,
  TierExplanation,
  TierExplanationArgs,
  TierMix,
  type TierMixRow,
  TierMovement,
  TierMovementArgs,
} from './types.ts'

/** Source: domain reference, section 3. */
const nominal = [80, 15, 5]

@Resolver()
export class TiersResolver {
  @Query(() => TierMix, { description: 'Pupils by recommended or assigned tier, as at the end of a week.' })
  async tierMix(@Args(() => TierArgs) args: TierArgs, @Ctx() context: GatewayContext): Promise<TierMix> {
    const { scope, warehouse, directory, signal } = context
    const domain = domainOf(args.domain)
    const week = weekOf('week', args.week)
    const question = { authorities: [args.authority], domain, signal }
    const [found, schools] = await Promise.all([
      readTierMix(warehouse, scope, { ...question, week }),
      directory.schools(scope),
    ])
    const names = new Map(schools.map(({ urn, name }) => [urn, name]))
    const rows = found.map(({ school, tiers }) => rowOf(school, names.get(school) ?? null, tiers))
    if (seesAll(scope) && found.length > 0) rows.push(rowOf(null, null, authorityMix(found)))
    return { week: mondayOfWeek(week), domain, nominal, rows }
  }

  @Query(() => TierMovement, { description: 'Which tiers pupils moved from and to, over what you may see.' })
  async tierMovement(
    @Args(() => TierMovementArgs) args: TierMovementArgs,
    @Ctx() { scope, warehouse, signal }: GatewayContext,
  ): Promise<TierMovement> {
    const domain = domainOf(args.domain)
    const [week, later] = [weekOf('week', args.week), weekOf('later', args.later)]
    if (later <= week) throw refused('later', 'a week after the other')
    const question = { authorities: [args.authority], domain, signal }
    const rows = await readTierMovement(warehouse, scope, { ...question, week, later })
    const counts = Array.from({ length: 9 }, (_, i) => rows.reduce((sum, row) => sum + row.counts[i]!, 0))
    const { status, symbol, profile } = wholeOrNothing(counts)
    const pupils = [0, 3, 6].map((at) => counts.slice(at, at + 3))
    return {
      ...{ week: mondayOfWeek(week), later: mondayOfWeek(later), domain },
      ...{ pupils: status === 'OK' ? pupils : null, status: status as FigureStatus, symbol, profile },
    }
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

function rowOf(school: number | null, name: string | null, tiers: readonly number[] | undefined): TierMixRow {
  const verdict = wholeOrNothing(tiers ?? [1])
  const { status, symbol, profile } = verdict
  const [tier1 = null, tier2 = null, tier3 = null] = tiers && status === 'OK' ? tiers : []
  return {
    ...{ schoolUrn: school, schoolName: name, tier1, tier2, tier3 },
    ...{ status: status as FigureStatus, symbol, profile },
  }
}

function domainOf(text: string): Domain {
  if (!(domains as readonly string[]).includes(text)) throw refused('domain', `one of ${domains.join(', ')}`)
  return text as Domain
}

function weekOf(field: string, text: string): number {
  const week = /^\d{4}-\d\d-\d\d$/.test(text) ? weekIndex(text) : Number.NaN
  if (!(week > 0 && week < 65_000)) throw refused(field, 'an ISO date')
  return week
}
