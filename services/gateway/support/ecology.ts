import { codeSets } from '@cairn/contracts'
import type { StoredMetric } from '@cairn/metrics'
import { ecologicalLevels, factorOfLevel, nameOf, resilienceWheel2 } from '@cairn/mtss'
import type { CellSum } from '@cairn/warehouse'
import { Args, ArgsType, Ctx, Field, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf } from '../figures/labels.ts'
import { type ClosedCounts, closed } from '../tiers/closed.ts'
import { type BySchool, bySchool, mayTellMean, meanAmong, shareAmong, totalOf } from './among.ts'
import { type Asked, informantOf, instrumentOf, readAsked } from './asked.ts'
import { PupilArgs, readPupilsBy } from './by-pupils.ts'
import { readPeriodCells } from './cell-sums.ts'
import { ecologyByPupils } from './ecology-by-pupils.ts'
import { EcologicalLevelRow, ecologyMetrics } from './ecology-types.ts'
import { type ShareFigure, type Sums, share } from './shown.ts'
import { heldTables } from './tables.ts'

@ArgsType()
class EcologyArgs extends PupilArgs {
  @Field(() => String, {
    defaultValue: nameOf(resilienceWheel2),
    description: 'Instrument and version whose items have an ecological level.',
  })
  instrument!: string

  @Field(() => String, { defaultValue: 'self', description: 'Who answered: self, staff or parent.' })
  informant!: string
}

@Resolver()
@UseMiddleware(tellsBasis)
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
    const by = readPupilsBy(args, asked)
    if (by) return ecologyByPupils(by, context, { instrument: args.instrument, informant })
    const answered = (metric: StoredMetric) =>
      readPeriodCells(context, asked, metric, ['instrument', 'factor', 'informant'])
    const delivered = (metric: StoredMetric) => readPeriodCells(context, asked, metric, ['ecological_level'])
    const [scores, low, interventions, sessions] = await Promise.all([
      ...([answered(ecologyMetrics.scores), answered(ecologyMetrics.low)] as const),
      ...([delivered(ecologyMetrics.interventions), delivered(ecologyMetrics.sessions)] as const),
    ])
    const of = (cells: readonly CellSum[], level: string) =>
      bySchool(cells, ([i, f, who]) => i === args.instrument && f === level && who === informant)
    const [begun, given] = [sharesOf(asked, interventions), sharesOf(asked, sessions)]
    return ecologicalLevels.map((level, i) => {
      const own = of(scores, factorOfLevel(level))
      return {
        ...{ level, label: labelOf(codeSets.get('ecological-level'), level), pupils: null },
        strength: meanAmong(asked, own),
        need: shareAmong(asked, of(low, factorOfLevel(level)), own, !mayTellMean(asked, own)),
        ...{ interventions: begun[i]!, sessions: given[i]! },
      }
    })
  }
}

/** Four parts of one whole: what is held back follows from no others. */
function sharesOf(asked: Asked, cells: readonly CellSum[]): ShareFigure[] {
  const levels = ecologicalLevels.map((level) => bySchool(cells, ([value]) => value === level))
  const counts = levels.map((of) => totalOf(of).n)
  const parts = asked.isOwnSchool
    ? closed([{ school: 1, by: '', value: '', counts }], ecologicalLevels, true).find(0)
    : partsAcross(asked, levels, counts, bySchool(cells))
  return ecologicalLevels.map((_, i) => {
    if (!parts) return share(0, 0)
    const [part, whole] = [parts.counts[i] ?? null, parts.whole]
    // One of one is never shown.
    return part === null || whole === null ? share(1, 1) : share(part, whole)
  })
}

function partsAcross(
  asked: Asked,
  levels: readonly BySchool<Sums>[],
  counts: readonly number[],
  all: BySchool<Sums>,
): ClosedCounts {
  const tables = levels.map((of) => [...of].map(([school, { n }]) => ({ school, value: '', parts: [n] })))
  const held = heldTables(asked, new Map(ecologicalLevels.map((level, i) => [level, tables[i]!])))
  return {
    counts: counts.map((n, i) => (held.has(ecologicalLevels[i]!) ? null : n)),
    whole: mayTellMean(asked, all) ? totalOf(all).n : null,
  }
}
