import { codeSets } from '@cairn/contracts'
import type { Cell } from '@cairn/disclosure'
import { fidelityBar } from '@cairn/metrics'
import {
  type Informant,
  type InstrumentDefinition,
  isFor,
  nameOf,
  resilienceWheel2,
  scalesOf,
} from '@cairn/mtss'
import { criticalZ, DEFAULT_CONFIDENCE, pairedHedgesG } from '@cairn/statistics'
import { type EffectKind, type EffectQuery, type EffectSums, readInterventionEffect } from '@cairn/warehouse'
import { Args, ArgsType, Ctx, Field, Float, Int, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf } from '../figures/labels.ts'
import { informantOf, instrumentOf, readAsked, within } from './asked.ts'
import { PupilArgs, readPupilsBy } from './by-pupils.ts'
import { effectsByPupils, effectsOf, type Held } from './effect-tables.ts'
import { EffectBy, type EffectRow, InterventionEffect } from './effect-types.ts'
import { judge, mayShowMix } from './shown.ts'

/** Where neither the question nor the instrument has one. */
const assumed = {
  reliability: 0.8,
  source: 'Assumed by Cairn: no published reliability is known for this scale',
}

const plainWindow = 12

@ArgsType()
class EffectArgs extends PupilArgs {
  @Field(() => EffectBy, { defaultValue: EffectBy.TYPE })
  by!: EffectBy

  @Field(() => String, {
    defaultValue: nameOf(resilienceWheel2),
    description: 'Instrument and version: scores before and after are of the same one.',
  })
  instrument!: string

  @Field(() => String, { defaultValue: 'self', description: 'Who answered: self, staff or parent.' })
  informant!: string

  @Field(() => String, { nullable: true, description: 'Absent = every subscale of the instrument.' })
  subscale?: string | null

  @Field(() => Int, {
    defaultValue: plainWindow,
    description: 'Weeks before the first day and after the last in which a score must lie; 1 to 52.',
  })
  windowWeeks!: number

  @Field(() => Float, {
    nullable: true,
    description:
      'Reliability of the scale, from 0 and below 1, for reliable change. Absent = what the instrument’s definition says.',
  })
  reliability?: number | null

  @Field(() => String, { nullable: true, description: 'Where the reliability comes from; needed with it.' })
  reliabilitySource?: string | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Standard deviation of the scale’s norms. Absent = what the instrument’s definition says, else that of the scores before.',
  })
  sd?: number | null
}

@Resolver()
@UseMiddleware(tellsBasis)
export class InterventionEffectResolver {
  @Query(() => InterventionEffect, {
    description:
      'Scores before and after interventions that began in the period and have ended: paired Hedges’ g, reliable change, ' +
      'fidelity. One row a kind and subscale; by target domain it is the effect matrix. There is no comparison group.',
  })
  async interventionEffect(
    @Args(() => EffectArgs) args: EffectArgs,
    @Ctx() context: GatewayContext,
  ): Promise<InterventionEffect> {
    const moved = {
      windowWeeks: args.windowWeeks !== plainWindow,
      reliability: args.reliability != null,
      sd: args.sd != null,
    }
    const asked = await readAsked(args, context, { moved })
    const by = readPupilsBy(args, asked, moved)
    const definition = await instrumentOf(args.instrument, context)
    const informant = informantOf(definition, args.informant)
    const given = reliabilityOf(args)
    const scales = scalesOf(definition)
      .filter(({ id }) => args.subscale == null || id === args.subscale)
      .map(({ id }) => ({ subscale: id, ...reliabilityOfScale(definition, informant, id, args, given) }))
    const question = {
      ...asked.query,
      by: args.by as EffectKind,
      instrument: args.instrument,
      informant,
      windowWeeks: within('windowWeeks', args.windowWeeks, 1, 52),
      scales: scales.map(({ subscale, reliability, sd }) => ({
        ...{ subscale, sd: sd ?? 0 },
        reliableFactor: criticalZ(DEFAULT_CONFIDENCE) * Math.SQRT2 * Math.sqrt(1 - reliability),
      })),
    }
    const read = (of: Partial<EffectQuery>) =>
      readInterventionEffect(context.warehouse, asked.scope, { ...question, ...of })
    const found = by ? await effectsByPupils(by, read) : await effectsOf(asked, read)
    return {
      rows: found.map(({ sums, held, pupils }) => ({
        ...rowOf(sums, args.by, definition, held),
        ...scales.find(({ subscale }) => subscale === sums.subscale)!,
        pupils,
      })),
      ...{
        reliability: (given ?? assumed).reliability,
        reliabilitySource: (given ?? assumed).source,
        windowWeeks: args.windowWeeks,
        fidelityBar: fidelityBar * 100,
      },
    }
  }
}

interface Reliability {
  readonly reliability: number
  readonly source: string
}

/** What the question says; undefined where it says nothing. @throws GraphQLError naming the argument */
function reliabilityOf({ reliability, reliabilitySource }: EffectArgs): Reliability | undefined {
  if (reliability == null) return undefined
  if (!(reliability >= 0 && reliability < 1)) throw refused('reliability', 'from 0 and below 1')
  if (!reliabilitySource || reliabilitySource.length > 200)
    throw refused('reliabilitySource', 'where the reliability comes from, at most 200 characters')
  return { reliability, source: reliabilitySource }
}

/** The question's own comes first, then what the instrument's definition says of the scale, then what is assumed. */
function reliabilityOfScale(
  definition: InstrumentDefinition,
  informant: string,
  scale: string,
  args: EffectArgs,
  given: Reliability | undefined,
) {
  const published = definition.reliability?.find(
    (one) => one.scale === scale && isFor(one, informant as Informant),
  )
  const { reliability, source } = given ?? published ?? assumed
  const sd = args.sd == null ? (published?.sd ?? null) : within('sd', args.sd, 1e-6, 1e6)
  return { reliability, reliabilitySource: source, sd }
}

const cautions = {
  uncontrolled: 'No comparison group: change that would have come anyway is in it.',
  regression:
    'Some of these pupils were at tier 2 or 3 when it began: chosen because scores were extreme, they would have moved towards the mean without it.',
  fidelity: 'Delivered below the 80 % bar: the figure does not say that the intervention does not work.',
} as const

const setOf: Readonly<Record<EffectBy, string>> = {
  [EffectBy.TYPE]: 'intervention-type',
  [EffectBy.APPROACH]: 'intervention-approach',
  [EffectBy.TECHNIQUE]: 'intervention-technique',
  [EffectBy.TARGET_DOMAIN]: 'target-domain',
  [EffectBy.ECOLOGICAL_LEVEL]: 'ecological-level',
}

const noNumbers = {
  ...{ n: null, before: null, after: null, change: null, g: null, gLower: null, gUpper: null },
  ...{ improved: null, unchanged: null, deteriorated: null, fidelity: null, lowFidelity: null, cautions: [] },
}

/** Of a value that none of these pupils has. */
const ofNobody: Cell = { kind: 'proportion', numerator: 0, denominator: 0 }

type RowOfPupils = Omit<EffectRow, 'reliability' | 'reliabilitySource' | 'sd' | 'pupils'>

function rowOf(sums: EffectSums, by: EffectBy, definition: InstrumentDefinition, held: Held): RowOfPupils {
  const { kind, subscale, n, before, after, fidelity } = sums
  const { title = subscale, polarity = 'higher is better' } =
    scalesOf(definition).find((each) => each.id === subscale) ?? {}
  const caption = { kind, label: labelOf(codeSets.get(setOf[by]), kind), subscale, title, polarity }
  const verdict = judge(held.row || n > 0 ? { kind: 'mean', n: held.row ? 1 : n } : ofNobody)
  if (verdict.status !== 'OK') return { ...caption, ...noNumbers, ...verdict }
  const effect = effectOf(sums)
  const [improved, deteriorated] =
    polarity === 'higher is better' ? [sums.rose, sums.fell] : [sums.fell, sums.rose]
  const mix = { improved, unchanged: n - improved - deteriorated, deteriorated }
  const lowFidelity = fidelity < fidelityBar
  return {
    ...caption,
    ...verdict,
    ...{ n, before: before.mean, after: after.mean, change: after.mean - before.mean },
    ...{ g: effect?.value ?? null, gLower: effect?.lower ?? null, gUpper: effect?.upper ?? null },
    ...(!held.mix && mayShowMix(Object.values(mix), n)
      ? mix
      : { improved: null, unchanged: null, deteriorated: null }),
    ...{ fidelity: fidelity * 100, lowFidelity },
    cautions: [
      cautions.uncontrolled,
      ...(sums.selected > 0 ? [cautions.regression] : []),
      ...(lowFidelity ? [cautions.fidelity] : []),
    ],
  }
}

/** Undefined where scores do not vary, or change alike: then there is nothing to measure the change by. */
function effectOf({ n, before, after, correlation }: EffectSums) {
  const varies = before.sd > 0 && after.sd > 0 && correlation > -1 && correlation < 1
  return n >= 3 && varies ? pairedHedgesG({ n, before, after, correlation }) : undefined
}
