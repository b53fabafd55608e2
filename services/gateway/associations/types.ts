import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql'
import { WithinAuthorityArgs } from '../comparisons/asking.ts'
import { DimensionFilter } from '../figures/types.ts'
import { FigureStatus } from '../scalars.ts'

@ArgsType()
export class AssociationArgs extends WithinAuthorityArgs {
  @Field(() => String, { description: 'Id of a metric: see metrics.' })
  metricX!: string

  @Field(() => String)
  metricY!: string

  @Field(() => [DimensionFilter], { nullable: true, description: 'One value each: the part of metricX.' })
  dimensionsX?: DimensionFilter[] | null

  @Field(() => [DimensionFilter], { nullable: true, description: 'One value each: the part of metricY.' })
  dimensionsY?: DimensionFilter[] | null
}

@ObjectType({ description: 'A correlation over schools, and its 95 % interval.' })
export class CorrelationType {
  @Field(() => Float)
  value!: number

  @Field(() => Float)
  lower!: number

  @Field(() => Float)
  upper!: number

  @Field(() => Float)
  confidence!: number

  @Field(() => String)
  method!: string
}

@ObjectType({ description: 'A school whose figures are both shown.' })
export class AssociationPoint {
  @Field(() => Int)
  schoolUrn!: number

  @Field(() => String)
  schoolName!: string

  @Field(() => Float)
  x!: number

  @Field(() => Float)
  y!: number

  @Field(() => Float, { nullable: true, description: 'As of figures: of metricX.' })
  responseRateX!: number | null

  @Field(() => Float, { nullable: true })
  responseRateY!: number | null
}

@ObjectType({ description: 'How two metrics go together over schools, never over pupils.' })
export class Association {
  @Field(() => String)
  metricX!: string

  @Field(() => String)
  metricY!: string

  @Field(() => String, { description: 'As of figures: what they are drawn from.' })
  definitionIdX!: string

  @Field(() => String)
  definitionIdY!: string

  @Field(() => String)
  timePeriod!: string

  @Field(() => String, { nullable: true })
  timeIdentifier!: string | null

  @Field(() => FigureStatus)
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { nullable: true, description: 'Why there is no correlation.' })
  reason!: string | null

  @Field(() => Int, { description: 'Schools whose figures are both shown.' })
  n!: number

  @Field(() => CorrelationType, { nullable: true })
  pearson!: CorrelationType | null

  @Field(() => CorrelationType, { nullable: true, description: 'Of ranks: an odd school weighs less.' })
  spearman!: CorrelationType | null

  @Field(() => [AssociationPoint], { description: 'By name.' })
  points!: readonly AssociationPoint[]

  @Field(() => [Int], { description: 'URNs of schools of which a figure is held back.' })
  suppressed!: readonly number[]

  @Field(() => String, { description: 'To be shown beside the figure.' })
  caution!: string

  @Field(() => String)
  profile!: string

  @Field(() => String, { nullable: true, description: 'As of figures: the older of the two.' })
  asOf!: string | null
}
