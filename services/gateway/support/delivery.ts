import { codeSets } from '@cairn/contracts'
import { fidelityBar, metrics, type StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import { Args, ArgsType, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf, placeOf } from '../figures/labels.ts'
import { bySchool, heldOfMeans, meanAmong, shareAmong, sizesOf } from './among.ts'
import { type Asked, readAsked, SupportArgs } from './asked.ts'
import { readPeriodCells } from './cell-sums.ts'
import { EffectBy } from './effect-types.ts'
import { MeanFigure, ShareFigure } from './shown.ts'

@ArgsType()
class FidelityArgs extends SupportArgs {
  @Field(() => EffectBy, { defaultValue: EffectBy.TYPE, description: 'TYPE, TECHNIQUE or TARGET_DOMAIN.' })
  by!: EffectBy
}

@ObjectType({ description: 'Delivered against planned, of interventions of one kind that have ended.' })
class FidelityRow {
  @Field(() => String)
  kind!: string

  @Field(() => String)
  label!: string

  @Field(() => MeanFigure, { description: 'Mean of sessions delivered of those planned, per cent.' })
  sessions!: MeanFigure

  @Field(() => MeanFigure, { description: 'Mean of minutes delivered of those planned, per cent.' })
  minutes!: MeanFigure

  @Field(() => ShareFigure, { description: 'Interventions with 80 % of both delivered.' })
  atBar!: ShareFigure

  @Field(() => MeanFigure, { description: 'Mean minutes, over all that began, ended or not.' })
  dose!: MeanFigure

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether sessions or minutes are below 80 % on average.',
  })
  lowFidelity!: boolean | null
}

@ObjectType({ description: 'Goals of one area, 0 (not begun) to 10 (reached).' })
class GoalRow {
  @Field(() => String)
  area!: string

  @Field(() => String)
  label!: string

  @Field(() => MeanFigure, { description: 'Mean of the last ratings.' })
  rating!: MeanFigure

  @Field(() => MeanFigure, { description: 'Mean of last less first rating.' })
  progress!: MeanFigure
}

const stored = (id: string) => metrics.get(id) as StoredMetric
const offered: Partial<Record<EffectBy, string>> = {
  [EffectBy.TYPE]: 'intervention-type',
  [EffectBy.TECHNIQUE]: 'intervention-technique',
  [EffectBy.TARGET_DOMAIN]: 'target-domain',
}

const at = (cells: readonly CellSum[] = [], value: string) => bySchool(cells, ([kind]) => kind === value)

@Resolver()
export class DeliveryResolver {
  @Query(() => [FidelityRow], {
    description:
      'How much of the interventions that began in the period was delivered, by kind. An effect is read beside it.',
  })
  async fidelity(
    @Args(() => FidelityArgs) args: FidelityArgs,
    @Ctx() context: GatewayContext,
  ): Promise<FidelityRow[]> {
    const name = offered[args.by]
    if (!name) throw refused('by', 'TYPE, TECHNIQUE or TARGET_DOMAIN')
    const asked = await readAsked(args, context)
    const read = (id: string) => readPeriodCells(context, asked, stored(id), [args.by])
    const [sessions, minutes, dose, ended, reached] = await Promise.all(
      [
        ...['session_fidelity', 'minute_fidelity', 'intervention_dose', 'interventions_ended'],
        'interventions_with_fidelity',
      ].map(read),
    )
    const set = codeSets.get(name)
    const sizes = sizesOf(dose!)
    return kindsOf(asked, dose!, name).map((kind) => {
      const delivered = [at(sessions, kind), at(minutes, kind)] as const
      const begun = at(dose, kind)
      // All three are of the interventions that have ended: a school is held back in all.
      const held = heldOfMeans(asked, delivered, sizes)
      const row = {
        sessions: meanAmong(asked, delivered[0], held),
        minutes: meanAmong(asked, delivered[1], held),
        atBar: shareAmong(asked, at(reached, kind), at(ended, kind), sizes, held),
        dose: meanAmong(asked, begun, heldOfMeans(asked, [begun], sizes)),
      }
      const [bySessions, byMinutes] = [row.sessions.value, row.minutes.value]
      const lowFidelity =
        bySessions === null || byMinutes === null ? null : Math.min(bySessions, byMinutes) < fidelityBar * 100
      return { kind, label: labelOf(set, kind), ...row, lowFidelity }
    })
  }

  @Query(() => [GoalRow], {
    description: 'How far the goals of the plans that began in the period have come, by area.',
  })
  async goalProgress(
    @Args(() => SupportArgs) args: SupportArgs,
    @Ctx() context: GatewayContext,
  ): Promise<GoalRow[]> {
    const asked = await readAsked(args, context)
    const read = (id: string) => readPeriodCells(context, asked, stored(id), ['goal_area'])
    const [ratings, progress] = await Promise.all([read('goal_rating'), read('goal_progress')])
    const set = codeSets.get('goal-area')
    const sizes = sizesOf(ratings)
    return kindsOf(asked, ratings, 'goal-area').map((area) => {
      const [rated, moved] = [at(ratings, area), at(progress, area)]
      const held = heldOfMeans(asked, [rated, moved], sizes)
      return {
        ...{ area, label: labelOf(set, area) },
        rating: meanAmong(asked, rated, held),
        progress: meanAmong(asked, moved, held),
      }
    })
  }
}

/** Values that occur in what was asked for, in the order of the code set. */
function kindsOf({ school }: Asked, cells: readonly CellSum[], name: string): string[] {
  const set = codeSets.get(name)
  const place = (value: string) => placeOf(set, value)
  const there = cells.filter(({ n, group }) => n > 0 && (school === undefined || group === school))
  return [...new Set(there.map(({ values }) => values[0]!))].sort((a, b) => (place(a) < place(b) ? -1 : 1))
}
