import { metrics, type StoredMetric } from '@cairn/metrics'
import { nameOf, resilienceWheel, resilienceWheel2 } from '@cairn/mtss'
import { Args, ArgsType, Ctx, Field, Float, ObjectType, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { meanAmong } from './among.ts'
import { informantOf, instrumentOf, readAsked, SupportArgs } from './asked.ts'
import { periodBefore } from './cell-sums.ts'
import { MeanFigure } from './shown.ts'
import { isHeldForTerms, readCellsAndTerms, sumsOfPeriod } from './terms.ts'

@ArgsType()
class WheelArgs extends SupportArgs {
  @Field(() => String, {
    defaultValue: nameOf(resilienceWheel2),
    description: 'A version of the Resilience Wheel check-in.',
  })
  instrument!: string

  @Field(() => String, { defaultValue: 'self', description: 'Who answered: self, staff or parent.' })
  informant!: string
}

@ObjectType({ description: 'One of the six elements, 0 to 100.' })
class WheelElement extends MeanFigure {
  @Field(() => String)
  element!: string

  @Field(() => String)
  title!: string

  @Field(() => Float, {
    nullable: true,
    description: 'Mean less that of the period before (of the same length); null where either is held back.',
  })
  change!: number | null
}

@ObjectType({ description: 'Always six elements, in the order of the wheel.' })
class ResilienceWheel {
  @Field(() => [WheelElement])
  elements!: readonly WheelElement[]

  @Field(() => String, {
    nullable: true,
    description: 'Element with the lowest mean; null unless all six are shown.',
  })
  weakest!: string | null
}

const scores = metrics.get('wellbeing_score') as StoredMetric

@Resolver()
@UseMiddleware(tellsBasis)
export class ResilienceWheelResolver {
  @Query(() => ResilienceWheel, {
    description:
      'Mean of each element of the Resilience Wheel over the check-ins of the period, with 95 % interval.',
  })
  async resilienceWheel(
    @Args(() => WheelArgs) args: WheelArgs,
    @Ctx() context: GatewayContext,
  ): Promise<ResilienceWheel> {
    const asked = await readAsked(args, context, { byTerm: true })
    const { instrument } = args
    const definition = await instrumentOf(instrument, context)
    if (definition.id !== resilienceWheel.id) throw refused('instrument', 'a version of the Resilience Wheel')
    const informant = informantOf(definition, args.informant)
    const at = (period: number) =>
      readCellsAndTerms(context, asked, scores, ['instrument', 'subscale', 'informant'], period)
    const [now, before] = await Promise.all([at(asked.query.period), at(periodBefore(asked.query))])
    const figureOf = (cells: typeof now, element: string): MeanFigure => {
      const sums = sumsOfPeriod(
        cells,
        ([i, s, who]) => i === instrument && s === element && who === informant,
      )
      return meanAmong(asked, sums.own, isHeldForTerms(asked, sums))
    }
    const elements = resilienceWheel.subscales.map(({ id, title }) => {
      const [figure, former] = [figureOf(now, id), figureOf(before, id)]
      const comparable = figure.value !== null && former.value !== null
      return { ...figure, element: id, title, change: comparable ? figure.value! - former.value! : null }
    })
    const lowest = elements.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0]!
    return { elements, weakest: elements.every(({ value }) => value !== null) ? lowest.element : null }
  }
}
