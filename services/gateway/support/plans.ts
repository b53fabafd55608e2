import { codesOf, tierDomains } from '@cairn/contracts'
import { type PlanCounts, readPlanCompliance } from '@cairn/warehouse'
import { Args, Ctx, Field, ObjectType, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { labelOf } from '../figures/labels.ts'
import { numbersOf, shareAmong } from './among.ts'
import { readAsked } from './asked.ts'
import { type AskedBy, PupilArgs, PupilGroup, readPupilsBy, valuesOf } from './by-pupils.ts'
import { ShareFigure } from './shown.ts'
import { heldAlone, shareOfValue, shownValues, type TableRow } from './tables.ts'

@ObjectType({ description: 'Plans of one domain.' })
class PlanRow {
  @Field(() => String)
  domain!: string

  @Field(() => String)
  label!: string

  @Field(() => PupilGroup, { nullable: true, description: 'Null: all pupils.' })
  pupils!: PupilGroup | null

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

  @Field(() => [PlanRow], { description: 'One a domain, always; with pupilsBy one a domain and value.' })
  rows!: readonly PlanRow[]
}

/** By figure: a part, and what it is a part of. */
const figures = {
  reviewedOnTime: ['onTime', 'due'],
  upToDate: ['upToDate', 'live'],
  withLivePlan: ['planned', 'tiered'],
} as const

@Resolver()
@UseMiddleware(tellsBasis)
export class PlanComplianceResolver {
  @Query(() => PlanCompliance, {
    description: 'Reviews on time, plans up to date, and pupils at tier 2 or 3 with a live plan.',
  })
  async planCompliance(
    @Args(() => PupilArgs) args: PupilArgs,
    @Ctx() context: GatewayContext,
  ): Promise<PlanCompliance> {
    const asked = await readAsked(args, context)
    const asOf = new Date(context.now()).toISOString().slice(0, 10)
    const by = readPupilsBy(args, asked)
    const counts = await readPlanCompliance(context.warehouse, asked.scope, {
      ...{ ...asked.query, asOf, bySchool: true, ...(by && { pupilsBy: by.pupilsBy }) },
    })
    if (by) return { asOf, rows: rowsByPupils(by, counts) }
    const rows = codesOf(tierDomains).map((domain) => {
      const own = counts.filter((row) => row.domain === domain)
      const shareOf = (figure: keyof typeof figures) => {
        const [parts, wholes] = figures[figure].map((of) => numbersOf(own, (row) => row[of]))
        return shareAmong(asked, parts!, wholes!)
      }
      return {
        ...{ domain, label: labelOf(tierDomains, domain), pupils: null },
        reviewedOnTime: shareOf('reviewedOnTime'),
        upToDate: shareOf('upToDate'),
        withLivePlan: shareOf('withLivePlan'),
      }
    })
    return { asOf, rows }
  }
}

/** Each figure of a domain is a table of its own: they are of other plans, or of pupils. */
function rowsByPupils(by: AskedBy, counts: readonly PlanCounts[]): PlanRow[] {
  const domains = codesOf(tierDomains)
  const tables = new Map(
    domains.flatMap((domain) =>
      Object.entries(figures).map(([figure, [part, whole]]) => [
        `${domain} ${figure}`,
        counts
          .filter((row) => row.domain === domain)
          .map(
            (row): TableRow => ({
              ...{ school: row.school!, value: row.value! },
              parts: [row[part], row[whole] - row[part]],
            }),
          ),
      ]),
    ),
  )
  const held = heldAlone(by, tables)
  const values = valuesOf(by.pupilsBy, shownValues(tables, held))
  return domains.flatMap((domain) =>
    values.map((pupils) => {
      const shareOf = (figure: keyof typeof figures) => {
        const key = `${domain} ${figure}`
        return shareOfValue(tables.get(key)!, pupils.value, held.has(key))
      }
      return {
        ...{ domain, label: labelOf(tierDomains, domain), pupils },
        reviewedOnTime: shareOf('reviewedOnTime'),
        upToDate: shareOf('upToDate'),
        withLivePlan: shareOf('withLivePlan'),
      }
    }),
  )
}
