import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql'
import { PupilGroup } from './by-pupils.ts'
import { Shown } from './shown.ts'

export enum EffectBy {
  TYPE = 'type',
  APPROACH = 'approach',
  TECHNIQUE = 'technique',
  TARGET_DOMAIN = 'target_domain',
  ECOLOGICAL_LEVEL = 'ecological_level',
}
registerEnumType(EffectBy, { name: 'EffectBy', description: 'What interventions are told apart by.' })

@ObjectType({
  description: 'Before and after, over pupils: one intervention of the kind each. Held back below 10.',
})
export class EffectRow extends Shown {
  @Field(() => String, { description: 'Code of the type, technique, domain …' })
  kind!: string

  @Field(() => String)
  label!: string

  @Field(() => PupilGroup, { nullable: true, description: 'Null: all pupils.' })
  pupils!: PupilGroup | null

  @Field(() => String)
  subscale!: string

  @Field(() => String)
  title!: string

  @Field(() => String, { description: 'Which way is better.' })
  polarity!: string

  @Field(() => Int, { nullable: true, description: 'Pupils with a score before and one after.' })
  n!: number | null

  @Field(() => Float, { nullable: true, description: 'Mean of the last scores up to the first day.' })
  before!: number | null

  @Field(() => Float, { nullable: true, description: 'Mean of the first scores from the last day on.' })
  after!: number | null

  @Field(() => Float, { nullable: true, description: 'After less before.' })
  change!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Hedges’ g of the change, paired, with exact correction. Source: Borenstein et al. (2009).',
  })
  g!: number | null

  @Field(() => Float, { nullable: true, description: '95 % interval.' })
  gLower!: number | null

  @Field(() => Float, { nullable: true })
  gUpper!: number | null

  @Field(() => Int, {
    nullable: true,
    description:
      'Pupils who changed reliably for the better. The three counts are shown together or not at all.',
  })
  improved!: number | null

  @Field(() => Int, { nullable: true, description: 'Pupils without reliable change.' })
  unchanged!: number | null

  @Field(() => Int, { nullable: true, description: 'Pupils who changed reliably for the worse.' })
  deteriorated!: number | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Mean over pupils of sessions or minutes delivered of those planned, the lower of the two, in per cent.',
  })
  fidelity!: number | null

  @Field(() => Boolean, { nullable: true, description: 'Whether fidelity is below the bar.' })
  lowFidelity!: boolean | null

  @Field(() => Float, {
    description: 'Of the scale: a change of more than 1.96 √2 sd √(1 − r) is reliable.',
  })
  reliability!: number

  @Field(() => String)
  reliabilitySource!: string

  @Field(() => Float, {
    nullable: true,
    description:
      'Standard deviation that reliable change was worked out with; null: that of the scores before.',
  })
  sd!: number | null

  @Field(() => [String], { description: 'What to bear in mind, in words.' })
  cautions!: readonly string[]
}

@ObjectType({ description: 'Effects, and what they were worked out with.' })
export class InterventionEffect {
  @Field(() => [EffectRow])
  rows!: readonly EffectRow[]

  @Field(() => Float, { description: 'Where the instrument’s definition has none for the scale.' })
  reliability!: number

  @Field(() => String)
  reliabilitySource!: string

  @Field(() => Int)
  windowWeeks!: number

  @Field(() => Float, { description: 'Per cent.' })
  fidelityBar!: number
}
