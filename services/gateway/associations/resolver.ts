import { type Correlation, DEFAULT_CONFIDENCE } from '@cairn/statistics'
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { within } from '../comparisons/asking.ts'
import type { GatewayContext } from '../context.ts'
import { timePeriod } from '../figures/periods.ts'
import { definitionsOf, profilesOf, published } from '../figures/published.ts'
import { associate } from './association.ts'
import { Association, AssociationArgs, type CorrelationType } from './types.ts'

const caution =
  'Over schools, not pupils: what holds for schools need not hold for any pupil in them. It shows no cause: size, ' +
  'phase, intake and who answered can move both. Schools whose figures are held back are left out, and they are the small ones.'
const pearsonMethod = 'Pearson’s r, Fisher’s z interval'
const spearmanMethod = 'Spearman’s rank correlation, interval of Bonett and Wright'

@Resolver()
export class AssociationResolver {
  @Query(() => Association, {
    description:
      'How two metrics go together over the schools of an authority, in one period, with a caution.',
  })
  async association(
    @Args(() => AssociationArgs) args: AssociationArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Association> {
    const { metricX, metricY, dimensionsX, dimensionsY } = args
    const { question, period } = within(context.scope, args)
    const questionX = question({ metric: metricX, place: 'school', dimensions: dimensionsX })
    const questionY = question({ metric: metricY, place: 'school', dimensions: dimensionsY })
    const [x, y] = await Promise.all([published(context, questionX), published(context, questionY)])
    const found = associate(x.rows, y.rows)
    const responses = (rows: typeof x.rows) => new Map(rows.map((row) => [row.schoolUrn, row.responseRate]))
    const [ofX, ofY] = [responses(x.rows), responses(y.rows)]
    return {
      ...{ metricX, metricY, timePeriod: timePeriod(period.years[0]!) },
      ...{ definitionIdX: definitionsOf(x.rows), definitionIdY: definitionsOf(y.rows) },
      timeIdentifier: x.rows[0]?.timeIdentifier ?? null,
      ...{ status: found.reason === null ? 'OK' : 'NOT_APPLICABLE', reason: found.reason },
      n: found.pairs.length,
      pearson: figureOf(found.pearson, pearsonMethod),
      spearman: figureOf(found.spearman, spearmanMethod),
      points: found.pairs.map(({ urn, name, ...values }) => ({
        ...{ schoolUrn: urn, schoolName: name, ...values },
        ...{ responseRateX: ofX.get(urn) ?? null, responseRateY: ofY.get(urn) ?? null },
      })),
      suppressed: found.suppressed,
      caution,
      profile: profilesOf([...x.rows, ...y.rows]),
      asOf: olderOf(x.asOf, y.asOf),
    }
  }
}

const figureOf = (found: Correlation | null, method: string): CorrelationType | null =>
  found && {
    ...{ value: found.value, lower: found.lower, upper: found.upper },
    ...{ confidence: DEFAULT_CONFIDENCE, method },
  }

const olderOf = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? null : a < b ? a : b
