import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql'
import { PupilGroup, PupilsBy } from '../support/by-pupils.ts'
import { ShareFigure, Shown } from '../support/shown.ts'
import { TierArgs } from './types.ts'

const pupilsByField = {
  nullable: true,
  description:
    'Tells pupils apart: a row for each value, as at the day or week in which what is counted began. Of whole academic ' +
    'years, whoever asks, and all values or none: of a whole authority, or of a school to its own lead.',
}
const pupilsField = { nullable: true, description: 'Null: all pupils.' }

const ofWholes = 'For readers across schools, who see all of the authority, '

@ArgsType()
export class TimeInTierArgs extends TierArgs {
  @Field(() => String, {
    description: `Any day of the week, ISO date: as at its end. ${ofWholes}the last week of an academic year that has closed.`,
  })
  override week!: string

  @Field(() => PupilsBy, pupilsByField)
  pupilsBy?: PupilsBy | null
}

@ArgsType()
export class TierExitsArgs {
  @Field(() => Int, { description: 'LA code.' })
  authority!: number

  @Field(() => String, { description: 'semh, behaviour or attendance.' })
  domain!: string

  @Field(() => String, {
    description: `First day, ISO date. ${ofWholes}the Monday of the first week of an academic year that has closed.`,
  })
  from!: string

  @Field(() => String, { description: 'Last day, ISO date: of the same year the last Sunday.' })
  to!: string

  @Field(() => PupilsBy, pupilsByField)
  pupilsBy?: PupilsBy | null
}

@ArgsType()
export class TierAgreementArgs extends TierArgs {
  @Field(() => String, {
    description: `Any day of the first week, ISO date. ${ofWholes}that of an academic year that has closed.`,
  })
  override week!: string

  @Field(() => String, { description: 'Any day of the last week, ISO date: of the same year the last.' })
  later!: string

  @Field(() => PupilsBy, pupilsByField)
  pupilsBy?: PupilsBy | null
}

@ObjectType({ description: 'How long pupils stay in one tier before it changes.' })
export class TimeInTierRow extends Shown {
  @Field(() => String, {
    nullable: true,
    description: 'Monday of the last week that tiers are worked out to; null where there are none.',
  })
  upTo!: string | null

  @Field(() => Int, { nullable: true, description: 'Null for the authority.' })
  schoolUrn!: number | null

  @Field(() => String, { nullable: true })
  schoolName!: string | null

  @Field(() => PupilGroup, pupilsField)
  pupils!: PupilGroup | null

  @Field(() => Int)
  tier!: number

  @Field(() => Int, {
    nullable: true,
    description: 'Stays in the tier that began up to the week, ended or not; those that go on end with it.',
  })
  n!: number | null

  @Field(() => Float, { nullable: true, description: 'Median of whole weeks.' })
  medianWeeks!: number | null

  @Field(() => Float, { nullable: true })
  lowerQuartileWeeks!: number | null

  @Field(() => Float, { nullable: true })
  upperQuartileWeeks!: number | null
}

@ObjectType({ description: 'Decisions to leave tier 2 or 3 for one reason.' })
export class TierExitRow extends Shown {
  @Field(() => Int, { nullable: true, description: 'Null for the authority.' })
  schoolUrn!: number | null

  @Field(() => String, { nullable: true })
  schoolName!: string | null

  @Field(() => PupilGroup, pupilsField)
  pupils!: PupilGroup | null

  @Field(() => String)
  reason!: string

  @Field(() => String)
  label!: string

  @Field(() => Int, { nullable: true })
  exits!: number | null

  @Field(() => Int, { nullable: true, description: 'Of all reasons.' })
  of!: number | null

  @Field(() => Float, { nullable: true, description: 'Per cent, not rounded.' })
  value!: number | null
}

@ObjectType({ description: 'Falls to tier 1, and those that were followed by tier 2 or 3 within two terms.' })
export class TierReEntryRow extends ShareFigure {
  @Field(() => String, {
    nullable: true,
    description: 'Monday of the last week that tiers are worked out to; null where there are none.',
  })
  upTo!: string | null

  @Field(() => Int, { nullable: true, description: 'Null for the authority.' })
  schoolUrn!: number | null

  @Field(() => String, { nullable: true })
  schoolName!: string | null

  @Field(() => PupilGroup, pupilsField)
  pupils!: PupilGroup | null
}

@ObjectType({ description: 'Decisions about pupils with one value, as at the week of each.' })
export class TierAgreementOfPupils {
  @Field(() => PupilGroup)
  pupils!: PupilGroup

  @Field(() => ShareFigure)
  agreed!: ShareFigure
}

@ObjectType({ description: 'What people assigned against what the rules recommended in the same week.' })
export class TierAgreement extends Shown {
  @Field(() => [[Int]], {
    nullable: true,
    description: 'Rows: tier recommended; columns: tier assigned. All nine are shown or none.',
  })
  decisions!: readonly (readonly number[])[] | null

  @Field(() => ShareFigure, { description: 'Decisions for the tier that was recommended.' })
  agreed!: ShareFigure

  @Field(() => [TierAgreementOfPupils], { nullable: true, description: 'With pupilsBy: one a value.' })
  values!: readonly TierAgreementOfPupils[] | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Cohen’s kappa: 1 full agreement, 0 what chance alone would give. Shown with the nine counts; null where all decisions are the same.',
  })
  kappa!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Monday of the last week that tiers are worked out to; null where there are none.',
  })
  upTo!: string | null
}
