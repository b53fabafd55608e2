import { metrics, type StoredMetric } from '@cairn/metrics'
import { factors, type InstrumentDefinition, nameOf, resilienceWheel2 } from '@cairn/mtss'
import { Args, ArgsType, Ctx, Field, Float, ObjectType, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { mayTellMean, meanAmong, totalOf } from './among.ts'
import { informantOf, instrumentOf, readAsked } from './asked.ts'
import { type AskedBy, PupilArgs, PupilGroup, readPupilsBy, valuesOf } from './by-pupils.ts'
import { periodBefore } from './cell-sums.ts'
import { type Answered, factorTable, readFactorsByPupils } from './factors-by-pupils.ts'
import { MeanFigure, type Sums } from './shown.ts'
import { meanOfValue } from './tables.ts'
import { isHeldForTerms, readCellsAndTerms, sumsOfPeriod } from './terms.ts'

@ArgsType()
class FactorArgs extends PupilArgs {
  @Field(() => String, {
    defaultValue: nameOf(resilienceWheel2),
    description: 'Instrument and version whose items are tagged with factors.',
  })
  instrument!: string

  @Field(() => String, { defaultValue: 'self', description: 'Who answered: self, staff or parent.' })
  informant!: string
}

@ObjectType({ description: 'Mean over check-ins of the items that speak of one factor, 0 to 100.' })
class FactorFigure extends MeanFigure {
  @Field(() => String, {
    description: 'protective, concepts or internal; other: a tag that is in none of these sets.',
  })
  set!: string

  @Field(() => String)
  factor!: string

  @Field(() => String)
  label!: string

  @Field(() => PupilGroup, { nullable: true, description: 'Null: all pupils.' })
  pupils!: PupilGroup | null

  @Field(() => Float, { nullable: true, description: 'Standard deviation over check-ins.' })
  sd!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Mean less that of the period before (of the same length); null where either is held back.',
  })
  change!: number | null
}

const scores = metrics.get('factor_score') as StoredMetric

@Resolver()
@UseMiddleware(tellsBasis)
export class FactorsResolver {
  @Query(() => [FactorFigure], {
    description:
      'Protective factors (relationships, self-esteem, coping), key concepts and internal factors: always one row for ' +
      'each that the instrument speaks of. A factor may stand in two sets.',
  })
  async protectiveFactors(
    @Args(() => FactorArgs) args: FactorArgs,
    @Ctx() context: GatewayContext,
  ): Promise<FactorFigure[]> {
    const asked = await readAsked(args, context, { byTerm: true })
    const by = readPupilsBy(args, asked)
    const definition = await instrumentOf(args.instrument, context)
    const informant = informantOf(definition, args.informant)
    const places = setsOf(definition)
    if (places.length === 0) throw refused('instrument', 'one whose items are tagged with factors')
    const at = (period: number) =>
      readCellsAndTerms(context, asked, scores, ['instrument', 'factor', 'informant'], period)
    const [now, before] = await Promise.all([at(asked.query.period), at(periodBefore(asked.query))])
    const sumsIn = (cells: typeof now, factor: string) =>
      sumsOfPeriod(cells, ([i, f, who]) => i === args.instrument && f === factor && who === informant)
    if (by) {
      const isHeld = (cells: typeof now) =>
        places.some(({ factor }) => {
          const sums = sumsIn(cells, factor)
          return !mayTellMean(asked, sums.own) || isHeldForTerms(asked, sums)
        })
      const held = [isHeld(now), isHeld(before)] as const
      return factorsByPupils(by, context, { instrument: args.instrument, informant }, places, held)
    }
    const figureOf = (cells: typeof now, factor: string) => {
      const sums = sumsIn(cells, factor)
      return { sums: totalOf(sums.own), ...meanAmong(asked, sums.own, isHeldForTerms(asked, sums)) }
    }
    return places.map((place) =>
      rowOf(place, null, figureOf(now, place.factor), figureOf(before, place.factor)),
    )
  }
}

interface Place {
  readonly set: string
  readonly factor: string
}
type Figure = MeanFigure & { readonly sums: Sums }

function rowOf(
  { set, factor }: Place,
  pupils: PupilGroup | null,
  { sums, ...figure }: Figure,
  former: MeanFigure,
): FactorFigure {
  const comparable = figure.value !== null && former.value !== null
  return {
    ...{ ...figure, set, factor, label: labelOf(factor), pupils },
    sd: figure.value === null ? null : sdOf(sums),
    change: comparable ? figure.value! - former.value! : null,
  }
}

/** @param held whether a figure of all pupils is held back, of the year and of the one before */
async function factorsByPupils(
  by: AskedBy,
  context: GatewayContext,
  of: Answered,
  places: readonly Place[],
  held: readonly [boolean, boolean],
): Promise<FactorFigure[]> {
  const former = { ...by, query: { ...by.query, period: periodBefore(by.query) } }
  const factors = [...new Set(places.map(({ factor }) => factor))]
  const tableOf = async (asked: AskedBy, isHeld: boolean) =>
    factorTable(asked, factors, await readFactorsByPupils(context, asked, scores, of), isHeld)
  const [now, before] = await Promise.all([tableOf(by, held[0]), tableOf(former, held[1])])
  const figureOf = ({ sumsOf, isHeld }: typeof now, factor: string, value: string): Figure => {
    const sums = sumsOf(factor, value)
    return { sums, ...meanOfValue(sums, isHeld) }
  }
  return places.flatMap((place) =>
    valuesOf(by.pupilsBy, now.shown).map((pupils) =>
      rowOf(
        ...([place, pupils, figureOf(now, place.factor, pupils.value)] as const),
        figureOf(before, place.factor, pupils.value),
      ),
    ),
  )
}

/** Sets of the domain reference in its order, then what else the items are tagged with. */
function setsOf({ items }: InstrumentDefinition): { set: string; factor: string }[] {
  const tags = new Set(
    items.flatMap((item) => (item.tags ?? []).filter((tag) => !item.subscales.includes(tag))),
  )
  const named = Object.entries(factors).flatMap(([set, all]) =>
    all.filter((factor) => tags.has(factor)).map((factor) => ({ set, factor: factor as string })),
  )
  const others = [...tags].filter((tag) => named.every(({ factor }) => factor !== tag)).sort()
  return [...named, ...others.map((factor) => ({ set: 'other', factor }))]
}

const labelOf = (tag: string): string => {
  const words = tag.replaceAll('_', ' ').replace('self ', 'self-')
  return words[0]!.toUpperCase() + words.slice(1)
}

/** Of a sample. Rounding may leave a little below 0 where all are alike. */
const sdOf = ({ n, sx, sxx }: Sums): number => Math.sqrt(Math.max(0, (sxx - (sx * sx) / n) / (n - 1)))
