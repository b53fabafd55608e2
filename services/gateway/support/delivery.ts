import { codeSets } from '@cairn/contracts'
import type { CellSum } from '@cairn/warehouse'
import { Args, ArgsType, Ctx, Field, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf } from '../figures/labels.ts'
import { bySchool, mayTellMean, meanAmong, shareAmong } from './among.ts'
import { readAsked } from './asked.ts'
import { PupilArgs, readPupilsBy } from './by-pupils.ts'
import { readPeriodCells } from './cell-sums.ts'
import { fidelityByPupils, goalsByPupils } from './delivery-by-pupils.ts'
import {
  FidelityRow,
  fidelityMetrics,
  GoalRow,
  goalMetrics,
  heldInFidelity,
  isLow,
  kindsOf,
} from './delivery-types.ts'
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

const at = (cells: readonly CellSum[], value: string) => bySchool(cells, ([kind]) => kind === value)

@Resolver()
@UseMiddleware(tellsBasis)
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
    const [sessions = [], minutes = [], dose = [], ended = [], reached = []] = await Promise.all(
      fidelityMetrics.map((metric) => readPeriodCells(context, asked, metric, [args.by])),
    )
    const kinds = kindsOf(dose, name)
    const { held } = heldInFidelity(asked, kinds, { dose, ended, reached })
    return kinds.map((kind) => {
      const isHeld = held.delivered.has(kind)
      const row = {
        sessions: meanAmong(asked, at(sessions, kind), isHeld),
        minutes: meanAmong(asked, at(minutes, kind), isHeld),
        atBar: shareAmong(asked, at(reached, kind), at(ended, kind), held.atBar.has(kind)),
        dose: meanAmong(asked, at(dose, kind), held.dose.has(kind)),
      }
      return { kind, label: labelOf(codeSets.get(name), kind), pupils: null, ...row, lowFidelity: isLow(row) }
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
    return kindsOf(ratings, 'goal-area').map((area) => {
      const both = [at(ratings, area), at(progress, area)] as const
      const isHeld = !both.every((sums) => mayTellMean(asked, sums))
      return {
        ...{ area, label: labelOf(codeSets.get('goal-area'), area), pupils: null },
        rating: meanAmong(asked, both[0], isHeld),
        progress: meanAmong(asked, both[1], isHeld),
      }
    })
  }
}
