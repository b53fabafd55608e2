import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql'
import { PupilsBy } from '../support/by-pupils.ts'
import { Shown } from '../support/shown.ts'

/** What an answer rests on. */
@ObjectType()
export abstract class TiersUpTo {
  @Field(() => String, {
    nullable: true,
    description:
      'Monday of the last week that tiers are worked out to, by the newest events; later weeks are answered as at its end. Null where there are none.',
  })
  upTo!: string | null
}

@ArgsType()
export class TierArgs {
  @Field(() => Int, { description: 'LA code.' })
  authority!: number

  @Field(() => String, { description: 'semh, behaviour or attendance.' })
  domain!: string

  @Field(() => String, { description: 'Any day of the week, ISO date: tiers are as at its end.' })
  week!: string
}

@ArgsType()
export class TierMixArgs extends TierArgs {
  @Field(() => PupilsBy, {
    nullable: true,
    description: 'A row for each value of it besides, read as at the week.',
  })
  pupilsBy?: PupilsBy | null
}

@ArgsType()
export class TierMovementArgs extends TierArgs {
  @Field(() => String, {
    description:
      'Any day of the first week, ISO date: tiers are as at its end. For readers across schools, who see all of the authority, the last week of the first half-term of an academic year that has closed.',
  })
  override week!: string

  @Field(() => String, {
    description: 'Any day of the later week, ISO date: of the same year the last.',
  })
  later!: string
}

@ArgsType()
export class TierExplanationArgs extends TierArgs {
  @Field(() => String, { description: 'The pupil as the school sends it; it is not kept.' })
  pupil!: string
}

@ObjectType({
  description:
    'Pupils of a school, or of the authority, by tier. What is held back is null: it follows neither from the other tiers, nor from other rows.',
})
export class TierMixRow extends Shown {
  @Field(() => Int, { nullable: true, description: 'Null for the authority.' })
  schoolUrn!: number | null

  @Field(() => String, { nullable: true })
  schoolName!: string | null

  @Field(() => String, { nullable: true, description: 'Value of the characteristic; null for all pupils.' })
  value!: string | null

  @Field(() => String, { nullable: true })
  label!: string | null

  @Field(() => Int, { nullable: true, description: 'All three tiers together.' })
  pupils!: number | null

  @Field(() => Int, { nullable: true, description: 'Universal.' })
  tier1!: number | null

  @Field(() => Int, { nullable: true, description: 'Targeted.' })
  tier2!: number | null

  @Field(() => Int, { nullable: true, description: 'Intensive.' })
  tier3!: number | null
}

@ObjectType({
  description: 'Tiers as at the end of a week. Pupils without evidence in the domain are in none.',
})
export class TierMix extends TiersUpTo {
  @Field(() => String, { description: 'Monday of the week.' })
  week!: string

  @Field(() => String)
  domain!: string

  @Field(() => [Int], {
    description: 'Percent of pupils that the model expects in tiers 1, 2 and 3: a signal, and no quota.',
  })
  nominal!: readonly number[]

  @Field(() => [TierMixRow], {
    description:
      'Schools by URN; then the authority, for readers of all of it. Each with its values after it.',
  })
  rows!: readonly TierMixRow[]
}

@ObjectType({
  description:
    'Pupils by tier at one week and at a later one. With those who entered and left, rows and columns add up to the mixes of both weeks; all fifteen counts are shown or none.',
})
export class TierMovement extends Shown {
  @Field(() => String, {
    nullable: true,
    description: 'Monday of the last week that tiers are worked out to; null where there are none.',
  })
  upTo!: string | null

  @Field(() => String)
  week!: string

  @Field(() => String)
  later!: string

  @Field(() => String)
  domain!: string

  @Field(() => [[Int]], {
    nullable: true,
    description: 'Rows: tier at the week; columns: tier at the later one.',
  })
  pupils!: readonly (readonly number[])[] | null

  @Field(() => [Int], {
    nullable: true,
    description:
      'By tier at the later week: pupils who were in none at the first, without evidence or at no school that you see.',
  })
  entered!: readonly number[] | null

  @Field(() => [Int], {
    nullable: true,
    description: 'By tier at the first week: pupils who are in none at the later, at no school that you see.',
  })
  left!: readonly number[] | null
}

@ObjectType({ description: 'One piece of evidence that a rule looked at.' })
export class TierEvidence {
  @Field(() => String, { description: 'Monday of its week.' })
  week!: string

  @Field(() => String, { description: 'score, incident, attendance.' })
  kind!: string

  @Field(() => String, { description: 'self, staff, parent, behaviour_log, register.' })
  source!: string

  @Field(() => String, { nullable: true, description: 'Series of a score.' })
  series!: string | null

  @Field(() => Float, { nullable: true, description: 'A score, in points.' })
  score!: number | null

  @Field(() => Int, { nullable: true, description: 'Severity of an incident.' })
  severity!: number | null

  @Field(() => Int, { nullable: true, description: 'Sessions attended, of a span that ends in the week.' })
  attended!: number | null

  @Field(() => Int, { nullable: true, description: 'Sessions possible in that span.' })
  possible!: number | null
}

@ObjectType({ description: 'A condition of the rule, and what it saw.' })
export class TierCondition {
  @Field(() => String, { description: 'The condition as the policy has it, JSON.' })
  condition!: string

  @Field(() => Float, { nullable: true, description: 'In the units of the policy: scores in hundredths.' })
  observed!: number | null
}

@ObjectType({ description: 'Why a pupil is in a tier. A recommendation is Cairn’s; a person assigns.' })
export class TierExplanation extends TiersUpTo {
  @Field(() => String, { description: 'Monday of the week that was asked for.' })
  week!: string

  @Field(() => Int)
  tier!: number

  @Field(() => String, { description: 'Monday of the week that it was entered, assigned or confirmed in.' })
  since!: string

  @Field(() => Int, { description: 'What the rules said in that week.' })
  recommended!: number

  @Field(() => Int, { nullable: true, description: 'What a person decided in that week.' })
  assigned!: number | null

  @Field(() => String, { nullable: true, description: 'Id of the rule that held; null where none did.' })
  rule!: string | null

  @Field(() => Int, { nullable: true })
  policyVersion!: number | null

  @Field(() => [TierCondition])
  conditions!: readonly TierCondition[]

  @Field(() => [TierEvidence], { description: 'All that stood in the rule’s window, oldest first.' })
  evidence!: readonly TierEvidence[]
}
