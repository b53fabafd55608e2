import { codeSets } from '@cairn/contracts'
import type { CellSum } from '@cairn/warehouse'
import { Args, ArgsType, Ctx, Field, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf } from '../figures/labels.ts'
import { bySchool, heldOfMeans, meanAmong, shareAmong, sizesOf } from './among.ts'
import { readAsked } from './asked.ts'
import { PupilArgs, readPupilsBy } from './by-pupils.ts'
import { readPeriodCells } from './cell-sums.ts'
import { fidelityByPupils, goalsByPupils } from './delivery-by-pupils.ts'
import { FidelityRow, fidelityMetrics, GoalRow, goalMetrics, isLow, kindsOf } from './delivery-types.ts'
import { EffectBy } from './effect-types.ts'

@ArgsType()
class FidelityArgs extends PupilArgs {
  @Field(() => EffectBy, { defaultValue: EffectBy.TYPE, description: 'TYPE, TECHNIQUE or TARGET_DOMAIN.' })
  by!: EffectBy
}

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
    const by = readPupilsBy(args, asked)
    if (by) return fidelityByPupils(by, context, args.by, name)
    const [sessions, minutes, dose, ended, reached] = await Promise.all(
      fidelityMetrics.map((metric) => readPeriodCells(context, asked, metric, [args.by])),
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
      return { kind, label: labelOf(set, kind), pupils: null, ...row, lowFidelity: isLow(row) }
    })
  }

  @Query(() => [GoalRow], {
    description: 'How far the goals of the plans that began in the period have come, by area.',
  })
  async goalProgress(
    @Args(() => PupilArgs) args: PupilArgs,
    @Ctx() context: GatewayContext,
  ): Promise<GoalRow[]> {
    const asked = await readAsked(args, context)
    const by = readPupilsBy(args, asked)
    if (by) return goalsByPupils(by, context)
    const [ratings = [], progress = []] = await Promise.all(
      goalMetrics.map((metric) => readPeriodCells(context, asked, metric, ['goal_area'])),
    )
    const set = codeSets.get('goal-area')
    const sizes = sizesOf(ratings)
    return kindsOf(asked, ratings, 'goal-area').map((area) => {
      const [rated, moved] = [at(ratings, area), at(progress, area)]
      const held = heldOfMeans(asked, [rated, moved], sizes)
      return {
        ...{ area, label: labelOf(set, area), pupils: null },
        rating: meanAmong(asked, rated, held),
        progress: meanAmong(asked, moved, held),
      }
    })
  }
}
