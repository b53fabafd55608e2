import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql'
import { WithinAuthorityArgs } from '../comparisons/asking.ts'
import { DimensionFilter, FigureRow } from '../figures/types.ts'
import { FigureStatus } from '../scalars.ts'
import { characteristics } from './characteristics.ts'

@ArgsType()
export class InequalityArgs extends WithinAuthorityArgs {
  @Field(() => String, { description: 'Id of a metric: see metrics.' })
  metric!: string

  @Field(() => String, { description: `Characteristic of pupils: ${characteristics.join(', ')}.` })
  by!: string

  @Field(() => [DimensionFilter], { nullable: true, description: 'One value each: the part of the metric.' })
  dimensions?: DimensionFilter[] | null
}

@ObjectType({ description: 'An estimate and its 95 % interval.' })
export class EstimateType {
  @Field(() => Float)
  value!: number

  @Field(() => Float)
  lower!: number

  @Field(() => Float)
  upper!: number
}

@ObjectType({ description: 'How a group fares against all other pupils: 1 = alike, 2 = twice as often.' })
export class RiskRatioType {
  @Field(() => FigureStatus)
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { description: 'Empty, c or z, as of rows.' })
  symbol!: string

  @Field(() => Float, { nullable: true })
  value!: number | null

  @Field(() => Float, { nullable: true })
  lower!: number | null

  @Field(() => Float, { nullable: true })
  upper!: number | null

  @Field(() => Float, { nullable: true })
  confidence!: number | null

  @Field(() => String, { nullable: true })
  method!: string | null

  @Field(() => String, { nullable: true, description: 'Why there is none.' })
  reason!: string | null
}

@ObjectType({ description: 'A group of pupils: its figure, and how it compares with all others.' })
export class InequalityGroup extends FigureRow {
  @Field(() => RiskRatioType)
  ratio!: RiskRatioType
}

@ObjectType({ description: 'A fifth of the schools with a shown figure.' })
export class FsmQuintile extends EstimateType {
  @Field(() => Int, { description: '1 = the schools with most pupils eligible for free school meals.' })
  quintile!: number

  @Field(() => Int)
  schools!: number

  @Field(() => Float, { description: 'Sum of the schools’ denominators, or of their scores.' })
  population!: number
}

@ObjectType({
  description: 'Inequality over fifths of schools by free school meals, or why it cannot be given.',
})
export class SlopeInequality {
  @Field(() => FigureStatus)
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { nullable: true, description: 'Why it is not applicable.' })
  reason!: string | null

  @Field(() => [FsmQuintile])
  quintiles!: readonly FsmQuintile[]

  @Field(() => EstimateType, {
    nullable: true,
    description: 'Slope index: the least deprived end minus the most deprived end, in the metric’s unit.',
  })
  slopeIndex!: EstimateType | null

  @Field(() => EstimateType, { nullable: true, description: 'Relative index: the one over the other.' })
  relativeIndex!: EstimateType | null

  @Field(() => [String])
  warnings!: readonly string[]

  @Field(() => String)
  method!: string

  @Field(() => [Int], {
    description: 'URNs of schools that are in no fifth: a figure or the roll is held back.',
  })
  suppressed!: readonly number[]
}

@ObjectType({ description: 'How unequal a metric is.' })
export class Inequality {
  @Field(() => String)
  metricId!: string

  @Field(() => String, { description: 'As of figures: what they are drawn from.' })
  definitionId!: string

  @Field(() => String)
  by!: string

  @Field(() => FigureStatus, { description: 'Of groups.' })
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { nullable: true, description: 'Why there are no groups.' })
  reason!: string | null

  @Field(() => [InequalityGroup])
  groups!: readonly InequalityGroup[]

  @Field(() => FigureRow, { nullable: true, description: 'All pupils.' })
  total!: FigureRow | null

  @Field(() => SlopeInequality)
  bySchoolFsm!: SlopeInequality

  @Field(() => String)
  profile!: string

  @Field(() => String, { nullable: true, description: 'As of figures.' })
  asOf!: string | null
}
