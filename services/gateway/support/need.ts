import { type InstrumentDefinition, nameOf, resilienceWheel, resilienceWheel2, scalesOf } from '@cairn/mtss'
import { type HighNeed, readWaits, type Waits } from '@cairn/warehouse'
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  Float,
  Int,
  ObjectType,
  Query,
  Resolver,
  UseMiddleware,
} from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { type Asked, instrumentOf, readAsked, within } from './asked.ts'
import { type AskedBy, PupilArgs, PupilGroup, readPupilsBy } from './by-pupils.ts'
import { MeanFigure, ShareFigure } from './shown.ts'
import { plainWeeks, unmetByPupils, unmetOf, waitingByPupils, waitingOf } from './waits.ts'

@ArgsType()
class NeedArgs extends PupilArgs {
  @Field(() => String, { defaultValue: nameOf(resilienceWheel2), description: 'Instrument and version.' })
  instrument!: string

  @Field(() => [String], {
    nullable: true,
    description: 'Need on one of these is need; absent = any subscale.',
  })
  subscales?: string[] | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Score from which need is high: at or below it where higher is better, else at or above it. Absent = the most severe third of the bands of the instrument’s definition; 40 on a Resilience Wheel without bands.',
  })
  cutOff?: number | null
}

@ArgsType()
class UnmetArgs extends NeedArgs {
  @Field(() => Int, {
    defaultValue: plainWeeks,
    description: 'Weeks within which support should begin; 1 to 52.',
  })
  weeks!: number
}

@ObjectType({
  description: 'Waits of pupils with one value, as at their first check-in with high need.',
})
class WaitsOfPupils {
  @Field(() => PupilGroup)
  pupils!: PupilGroup

  @Field(() => MeanFigure)
  medianWeeks!: MeanFigure

  @Field(() => ShareFigure)
  supported!: ShareFigure
}

@ObjectType({ description: 'From the first check-in with high need to the first intervention.' })
class ScreeningToSupport {
  @Field(() => MeanFigure, { description: 'Median weeks, over pupils for whom one has begun.' })
  medianWeeks!: MeanFigure

  @Field(() => ShareFigure, {
    description: 'Pupils for whom one has begun, of those with high need who had none going on that day.',
  })
  supported!: ShareFigure

  @Field(() => [WaitsOfPupils], { nullable: true, description: 'With pupilsBy: one a value.' })
  values!: readonly WaitsOfPupils[] | null

  @Field(() => Float, {
    nullable: true,
    description: 'The score that was taken for high need; null where the definition’s bands were.',
  })
  cutOff!: number | null
}

@ObjectType({
  description: 'Unmet need of pupils with one value, as at their first check-in with high need.',
})
class UnmetNeedOfPupils {
  @Field(() => PupilGroup)
  pupils!: PupilGroup

  @Field(() => ShareFigure)
  unmet!: ShareFigure
}

@ObjectType({ description: 'Pupils with high need and no support.' })
class UnmetNeed {
  @Field(() => ShareFigure, {
    description:
      'Pupils without an intervention on that day or within the weeks after it, of those with high need that long ago.',
  })
  unmet!: ShareFigure

  @Field(() => [UnmetNeedOfPupils], { nullable: true, description: 'With pupilsBy: one a value.' })
  values!: readonly UnmetNeedOfPupils[] | null

  @Field(() => Float, {
    nullable: true,
    description: 'The score that was taken for high need; null where the definition’s bands were.',
  })
  cutOff!: number | null
}

@Resolver()
@UseMiddleware(tellsBasis)
export class NeedResolver {
  @Query(() => ScreeningToSupport, {
    description:
      'How long pupils waited for an intervention after their first check-in of the period with high need.',
  })
  async screeningToSupport(
    @Args(() => NeedArgs) args: NeedArgs,
    @Ctx() context: GatewayContext,
  ): Promise<ScreeningToSupport> {
    const { asked, by, waits, cutOff } = await read(args, context)
    return { ...waitingOf(asked, waits), values: by ? waitingByPupils(by, waits) : null, cutOff }
  }

  @Query(() => UnmetNeed, {
    description:
      'Pupils with high need in the period for whom no intervention was going on or began in time.',
  })
  async unmetNeed(
    @Args(() => UnmetArgs) args: UnmetArgs,
    @Ctx() context: GatewayContext,
  ): Promise<UnmetNeed> {
    const days = 7 * within('weeks', args.weeks, 1, 52)
    const { asked, by, waits, cutOff } = await read(args, context)
    return {
      unmet: unmetOf(asked, waits, days),
      values: by ? unmetByPupils(by, waits, days) : null,
      cutOff,
    }
  }
}

interface Read {
  readonly asked: Asked
  readonly by: AskedBy | undefined
  readonly waits: readonly Waits[]
  readonly cutOff: number | null
}

async function read(args: NeedArgs & Partial<UnmetArgs>, context: GatewayContext): Promise<Read> {
  const moved = {
    weeks: args.weeks !== undefined && args.weeks !== plainWeeks,
    subscales: args.subscales != null,
    cutOff: args.cutOff != null,
  }
  const asked = await readAsked(args, context, { moved })
  const by = readPupilsBy(args, asked, moved)
  const definition = await instrumentOf(args.instrument, context)
  const cutOff = cutOffOf(args, definition, asked)
  const waits = await readWaits(context.warehouse, asked.scope, {
    ...{ ...asked.query, bySchool: true, ...(by && { pupilsBy: by.pupilsBy }) },
    instrument: args.instrument,
    highNeed: highNeedOf(args, definition, cutOff),
    asOf: new Date(context.now()).toISOString().slice(0, 10),
  })
  return { asked, by, waits, cutOff }
}

/** The lower two fifths of the wheel's scale. Another instrument's scale is not Cairn's to cut. */
function cutOffOf(
  { cutOff }: NeedArgs,
  definition: InstrumentDefinition,
  { isOwnSchool }: Asked,
): number | null {
  if (cutOff != null) return within('cutOff', cutOff, -1e6, 1e6)
  if (definition.bands?.length) return null
  if (definition.id === resilienceWheel.id) return 40
  if (isOwnSchool) throw refused('cutOff', 'needed for this instrument')
  throw refused('instrument', 'one whose definition has bands, for readers across schools')
}

/** The most severe third: of the SDQ's four bands the two highest, of the wheel's fifths the two lowest. */
function highestThird({ bands = [] }: InstrumentDefinition, scale: string): number | undefined {
  const severities = bands.filter((one) => one.scale === scale).flatMap(({ steps }) => steps)
  const most = Math.max(0, ...severities.map(({ severity }) => severity))
  return most > 0 ? Math.ceil((most * 2) / 3) : undefined
}

function highNeedOf(
  { subscales }: NeedArgs,
  definition: InstrumentDefinition,
  cutOff: number | null,
): HighNeed[] {
  const scales = scalesOf(definition)
  const known = scales.map(({ id }) => id)
  if (subscales?.some((id) => !known.includes(id)))
    throw refused('subscales', `each one of ${known.join(', ')}`)
  return scales
    .filter(({ id }) => subscales?.includes(id) ?? true)
    .flatMap(({ id, polarity }) => {
      const lowIsHighNeed = polarity === 'higher is better'
      if (cutOff !== null) return [{ subscale: id, cutOff, lowIsHighNeed, severity: 0 }]
      const severity = highestThird(definition, id)
      return severity === undefined ? [] : [{ subscale: id, cutOff: 0, lowIsHighNeed, severity }]
    })
}
