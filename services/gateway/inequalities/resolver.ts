import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { type Within, within } from '../comparisons/asking.ts'
import { headcount, shareOf } from '../comparisons/likeness.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { definitionsOf, isShown, type Published, profilesOf, published } from '../figures/published.ts'
import { metricOf, offers } from '../figures/question.ts'
import { characteristics } from './characteristics.ts'
import { disproportion } from './disproportionality.ts'
import { gradientOf, type PlacedSchool, simulation } from './gradient.ts'
import { Inequality, InequalityArgs, type SlopeInequality } from './types.ts'

const method =
  `Slope and relative index of inequality over fifths of schools, least squares weighted by population on the log of ` +
  `rates, the logit of shares, means as they are; interval by simulation, ${simulation.draws} draws, seed ${simulation.seed}`

@Resolver()
export class InequalityResolver {
  @Query(() => Inequality, {
    description:
      'A metric by a characteristic of pupils, each group against all others; and over fifths of schools by free school ' +
      'meals. Worked out from shown figures alone.',
  })
  async inequality(
    @Args(() => InequalityArgs) args: InequalityArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Inequality> {
    const { by, dimensions } = args
    const metric = metricOf(args.metric)
    if (!(characteristics as readonly string[]).includes(by))
      throw refused('by', `one of ${characteristics.join(', ')}`)
    const asked = within(context.scope, args)
    const whole = context.scope.schools === 'all'
    const kept = offers(metric, [...(dimensions ?? []).map((d) => d.name), by])
    const ask = async (names: readonly string[]) =>
      published(context, asked.question({ metric: metric.id, place: 'authority', dimensions, by: names }))
    const [total, groups, bySchoolFsm] = await Promise.all([
      ask([]),
      whole && kept ? ask([by]) : undefined,
      slopeOf(context, args, asked),
    ])
    const all = whole ? (total.rows[0] ?? null) : null
    return {
      metricId: metric.id,
      definitionId: definitionsOf(total.rows),
      by,
      ...verdict(groups, whole),
      groups: (groups?.rows ?? []).map((row) => ({ ...row, ratio: disproportion(metric, row, all) })),
      total: all,
      bySchoolFsm,
      profile: profilesOf([...total.rows, ...(groups?.rows ?? [])]),
      asOf: total.asOf,
    }
  }
}

function verdict(groups: Published | undefined, whole: boolean): Pick<Inequality, 'status' | 'reason'> {
  const not = (reason: string) => ({ status: 'NOT_APPLICABLE' as const, reason })
  if (!whole) return not('the authority’s figures are not yours to see')
  if (!groups) return not('the metric is not broken down by this characteristic')
  if (groups.rows.length === 0) return not('there is no figure in this period')
  return { status: 'OK', reason: null }
}

async function slopeOf(
  context: GatewayContext,
  { metric: id, dimensions }: InequalityArgs,
  { question, period }: Within,
): Promise<SlopeInequality> {
  const not = (reason: string, suppressed: readonly number[] = []): SlopeInequality => ({
    ...{ status: 'NOT_APPLICABLE', reason, quintiles: [], slopeIndex: null, relativeIndex: null },
    ...{ warnings: [], method, suppressed },
  })
  if (context.scope.schools !== 'all') return not('the authority’s figures are not yours to see')
  const rollYear = { grain: 'year' as const, years: period.years }
  const questions = [
    question({ metric: id, place: 'school', dimensions }),
    question({ metric: headcount.id, place: 'school', by: ['fsm'], period: rollYear }),
  ] as const
  const [figures, rolls] = await Promise.all([
    published(context, questions[0]),
    published(context, questions[1]),
  ])
  const placed: PlacedSchool[] = []
  const suppressed: number[] = []
  for (const row of figures.rows) {
    const roll = rolls.rows.filter((one) => one.schoolUrn === row.schoolUrn)
    const fsmShare = shareOf(roll, ['yes'])
    if (isShown(row) && fsmShare !== null) placed.push({ row, fsmShare })
    else if (row.status === 'SUPPRESSED' || roll.some((one) => one.status === 'SUPPRESSED'))
      suppressed.push(row.schoolUrn!)
  }
  const found = gradientOf(metricOf(id), placed)
  if (found.kind === 'not applicable') return not(found.reason, suppressed)
  const { quintiles, slopeIndex, relativeIndex, warnings } = found
  return { status: 'OK', reason: null, quintiles, slopeIndex, relativeIndex, warnings, method, suppressed }
}
