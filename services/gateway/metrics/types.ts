import { Field, Int, ObjectType } from 'type-graphql'
import { GrainName } from '../scalars.ts'

@ObjectType({ description: 'A value that a dimension can have.' })
export class DimensionCode {
  @Field(() => String)
  value!: string

  @Field(() => String)
  label!: string

  @Field(() => String, { nullable: true, description: 'First day that it may be used, ISO date.' })
  validFrom!: string | null

  @Field(() => String, { nullable: true })
  validTo!: string | null
}

@ObjectType({ description: 'A characteristic that a metric is broken down by.' })
export class MetricDimension {
  @Field(() => String)
  name!: string

  @Field(() => String)
  title!: string

  @Field(() => Boolean, {
    description: 'One event may count under several values: parts may add up to more than the total.',
  })
  multiple!: boolean

  @Field(() => [DimensionCode], { description: 'Its code set; empty where values are names of their own.' })
  codes!: readonly DimensionCode[]
}

@ObjectType('Metric', { description: 'A metric of the registry.' })
export class MetricType {
  @Field(() => String)
  id!: string

  @Field(() => String)
  title!: string

  @Field(() => String, { description: 'What is counted, for whom, when.' })
  definition!: string

  @Field(() => String)
  unit!: string

  @Field(() => String, { description: 'higher is better, lower is better or neutral.' })
  polarity!: string

  @Field(() => String, { description: 'count, mean, rate, proportion or median.' })
  kind!: string

  @Field(() => String, { description: 'How its 95 % interval is worked out, in words.' })
  intervalMethod!: string

  @Field(() => [MetricDimension])
  dimensions!: readonly MetricDimension[]

  @Field(() => [[String]], {
    description: 'The combinations of dimensions that groupBy may name; an empty one is the total.',
  })
  groupings!: readonly (readonly string[])[]

  @Field(() => [GrainName])
  grains!: readonly GrainName[]

  @Field(() => Boolean, { description: 'Whether figures of weeks add up to those of longer periods.' })
  additive!: boolean

  @Field(() => String, { nullable: true, description: 'Id of the metric above the line.' })
  numerator!: string | null

  @Field(() => String, { nullable: true, description: 'Id of the metric below the line.' })
  denominator!: string | null

  @Field(() => Int, { nullable: true })
  per!: number | null

  @Field(() => [Int], { description: 'Rows of the domain reference that it answers.' })
  answers!: readonly number[]
}
