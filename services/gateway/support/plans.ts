import { codesOf, tierDomains } from '@cairn/contracts'
import { readPlanCompliance } from '@cairn/warehouse'
import { Args, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { labelOf } from '../figures/labels.ts'
import { readAsked, SupportArgs } from './asked.ts'
import { ShareFigure, share } from './shown.ts'

@ObjectType({ description: 'Plans of one domain.' })
class PlanRow {
  @Field(() => String)
  domain!: string

  @Field(() => String)
  label!: string

  @Field(() => ShareFigure, {
    description:
      'Of the plans that began in the period and whose first review has fallen due, those reviewed by then.',
  })
  reviewedOnTime!: ShareFigure

  @Field(() => ShareFigure, { description: 'Of the plans live today, those without an overdue review.' })
  upToDate!: ShareFigure

  @Field(() => ShareFigure, {
    description:
      'Of the pupils whom a person last assigned tier 2 or 3, those with a plan of the domain that is live today.',
  })
  withLivePlan!: ShareFigure
}

@ObjectType({ description: 'How plans are kept.' })
class PlanCompliance {
  @Field(() => String, { description: 'The day that “today” and “fallen due” refer to, ISO date.' })
  asOf!: string

  @Field(() => [PlanRow], { description: 'One a domain, always.' })
  rows!: readonly PlanRow[]
}

@Resolver()
export class PlanComplianceResolver {
  @Query(() => PlanCompliance, {
    description: 'Reviews on time, plans up to date, and pupils at tier 2 or 3 with a live plan.',
  })
  async planCompliance(
    @Args(() => SupportArgs) args: SupportArgs,
    @Ctx() context: GatewayContext,
  ): Promise<PlanCompliance> {
    const { scope, query } = await readAsked(args, context)
    const asOf = new Date(context.now()).toISOString().slice(0, 10)
    const counts = await readPlanCompliance(context.warehouse, scope, { ...query, asOf })
    const rows = codesOf(tierDomains).map((domain) => {
      const own = counts.find((row) => row.domain === domain)
      return {
        ...{ domain, label: labelOf(tierDomains, domain) },
        reviewedOnTime: share(scope, own?.onTime ?? 0, own?.due ?? 0),
        upToDate: share(scope, own?.upToDate ?? 0, own?.live ?? 0),
        withLivePlan: share(scope, own?.planned ?? 0, own?.tiered ?? 0),
      }
    })
    return { asOf, rows }
  }
}
