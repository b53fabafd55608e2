import { codesOf, tierDomains } from '@cairn/contracts'
import { type PlanCounts, readPlanCompliance } from '@cairn/warehouse'
import { Args, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { labelOf } from '../figures/labels.ts'
import { numbersOf, shareAmong, sizesIn } from './among.ts'
import { readAsked, SupportArgs } from './asked.ts'
import { ShareFigure } from './shown.ts'

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
    const asked = await readAsked(args, context)
    const asOf = new Date(context.now()).toISOString().slice(0, 10)
    const counts = await readPlanCompliance(context.warehouse, asked.all.scope, {
      ...{ ...asked.query, schools: asked.all.schools, asOf, bySchool: true },
    })
    const rows = codesOf(tierDomains).map((domain) => {
      const own = counts.filter((row) => row.domain === domain)
      const shareOf = (part: keyof PlanCounts, whole: keyof PlanCounts) => {
        const [parts, wholes] = [part, whole].map((of) => numbersOf(own, (row) => Number(row[of])))
        return shareAmong(asked, parts!, wholes!, sizesIn(wholes!))
      }
      return {
        ...{ domain, label: labelOf(tierDomains, domain) },
        reviewedOnTime: shareOf('onTime', 'due'),
        upToDate: shareOf('upToDate', 'live'),
        withLivePlan: shareOf('planned', 'tiered'),
      }
    })
    return { asOf, rows }
  }
}
