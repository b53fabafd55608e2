import { codeSets } from '@cairn/contracts'
import { metrics, type StoredMetric } from '@cairn/metrics'
import { ecologicalLevels, factorOfLevel, nameOf, resilienceWheel2 } from '@cairn/mtss'
import type { CellSum } from '@cairn/warehouse'
import { Args, ArgsType, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf } from '../figures/labels.ts'
import { closed } from '../tiers/closed.ts'
import { bySchool, heldOfMeans, meanAmong, shareAmong, sizesOf } from './among.ts'
import { type Asked, informantOf, instrumentOf, readAsked, SupportArgs } from './asked.ts'
import { readPeriodCells } from './cell-sums.ts'
import { MeanFigure, ShareFigure, share } from './shown.ts'

@ArgsType()
class EcologyArgs extends SupportArgs {
  @Field(() => String, {
    defaultValue: nameOf(resilienceWheel2),
    description: 'Instrument and version whose items have an ecological level.',
  })
  instrument!: string

  @Field(() => String, { defaultValue: 'self', description: 'Who answered: self, staff or parent.' })
  informant!: string
}

@ObjectType({ description: 'Need and support on one level of the ecological model.' })
class EcologicalLevelRow {
  @Field(() => String)
  level!: string

  @Field(() => String)
  label!: string

  @Field(() => MeanFigure, {
    description: 'Mean over check-ins of the items of the level, 0 to 100; low is need.',
  })
  strength!: MeanFigure

  @Field(() => ShareFigure, { description: 'Check-ins of which that mean is 40 or less.' })
  need!: ShareFigure

  @Field(() => ShareFigure, {
    description: 'Interventions that began in the period on the level, of those on all four.',
  })
  interventions!: ShareFigure

  @Field(() => ShareFigure, { description: 'Sessions delivered of them, of those on all four.' })
  sessions!: ShareFigure
}

const stored = (id: string) => metrics.get(id) as StoredMetric

@Resolver()
export class EcologyResolver {
  @Query(() => [EcologicalLevelRow], {
    description:
      'Where need is and where support goes, by ecological level: always individual, family, community, societal.',
  })
  async ecologicalProfile(
    @Args(() => EcologyArgs) args: EcologyArgs,
    @Ctx() context: GatewayContext,
  ): Promise<EcologicalLevelRow[]> {
    const asked = await readAsked(args, context)
    const definition = await instrumentOf(args.instrument, context)
    const informant = informantOf(definition, args.informant)
    if (definition.items.every(({ level }) => level === undefined))
      throw refused('instrument', 'one whose items have an ecological level')
    const answered = (id: string) =>
      readPeriodCells(context, asked, stored(id), ['instrument', 'factor', 'informant'])
    const delivered = (id: string) => readPeriodCells(context, asked, stored(id), ['ecological_level'])
    const [scores, low, interventions, sessions] = await Promise.all([
      ...[answered('factor_score'), answered('low_level_scores')],
      ...[delivered('interventions_started'), delivered('sessions_delivered')],
    ])
    const of = (cells: readonly CellSum[] = [], level: string) =>
      bySchool(cells, ([i, f, who]) => i === args.instrument && f === level && who === informant)
    const sizes = sizesOf(scores ?? [])
    const [begun, given] = [sharesOf(asked, interventions ?? []), sharesOf(asked, sessions ?? [])] as const
    return ecologicalLevels.map((level, i) => {
      const own = of(scores, factorOfLevel(level))
      const held = heldOfMeans(asked, [own], sizes)
      return {
        ...{ level, label: labelOf(codeSets.get('ecological-level'), level) },
        strength: meanAmong(asked, own, held),
        need: shareAmong(asked, of(low, factorOfLevel(level)), own, sizes, held),
        ...{ interventions: begun[i]!, sessions: given[i]! },
      }
    })
  }
}

/** Four parts of one whole, in each school and in all: what is held back follows from no others. */
function sharesOf({ scope, school, all }: Asked, cells: readonly CellSum[]): ShareFigure[] {
  const levels = ecologicalLevels.map((level) => bySchool(cells, ([value]) => value === level))
  const rows = all.schools.map((urn) => {
    const counts = levels.map((of) => of.get(urn)?.n ?? 0)
    return { school: urn, by: '', value: '', counts }
  })
  const parts = closed(rows, ecologicalLevels, true).find(school ?? 0)
  return ecologicalLevels.map((_, i) => {
    if (!parts) return share(scope, 0, 0)
    const [part, whole] = [parts.counts[i] ?? null, parts.whole]
    // One of one is never shown.
    return part === null || whole === null ? share(scope, 1, 1) : share(scope, part, whole)
  })
}
