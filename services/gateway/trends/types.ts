import { ArgsType, Field, Float, InputType, Int, ObjectType } from 'type-graphql'
import { DimensionFilter, FigureRow, PeriodInput } from '../figures/types.ts'
import { FigureStatus } from '../scalars.ts'

@InputType({
  description: 'Something that is known to have changed: an initiative, a programme, a new way of counting.',
})
export class ChangeInput {
  @Field(() => String, { description: 'ISO date.' })
  on!: string

  @Field(() => String, { description: 'What it was, in at most 100 characters.' })
  label!: string
}

@ArgsType()
export class TrendArgs {
  @Field(() => String, { description: 'Id of a metric: see metrics.' })
  metric!: string

  @Field(() => PeriodInput, { description: 'Weeks, half-terms or terms.' })
  period!: PeriodInput

  @Field(() => Int, { nullable: true, description: 'URN; absent: the authority.' })
  school?: number | null

  @Field(() => Int, { nullable: true, description: 'LA code; may be left out where you have one authority.' })
  authority?: number | null

  @Field(() => [DimensionFilter], {
    nullable: true,
    description: 'One value each: the part of the metric to follow.',
  })
  dimensions?: DimensionFilter[] | null

  @Field(() => Float, { nullable: true, description: 'In the metric’s unit: will the process meet it?' })
  target?: number | null

  @Field(() => [ChangeInput], { nullable: true, description: 'Marked on the line; at most 10.' })
  changes?: ChangeInput[] | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'New limits from each change on: yes, unless it is false.',
  })
  rebase?: boolean | null
}

@ObjectType({ description: 'A figure of a trend, and what the chart says of it.' })
export class TrendPoint extends FigureRow {
  @Field(() => String, { description: 'First day of the period, ISO date.' })
  from!: string

  @Field(() => String, { description: 'Last day of the period.' })
  to!: string

  @Field(() => Boolean, { description: 'The period is over. One that is not is in no limit.' })
  complete!: boolean

  @Field(() => Int, {
    nullable: true,
    description: 'Place of its limits in phases, from 0; null for a point that is in none.',
  })
  phaseIndex!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'outside, trend, two in three or run; null: chance alone.',
  })
  specialCause!: string | null

  @Field(() => String, { nullable: true, description: 'high or low.' })
  direction!: string | null
}

@ObjectType({ description: 'Limits between two changes.' })
export class TrendPhase {
  @Field(() => String)
  from!: string

  @Field(() => String)
  to!: string

  @Field(() => Int)
  points!: number

  @Field(() => Float)
  mean!: number

  @Field(() => Float)
  lower!: number

  @Field(() => Float)
  upper!: number

  @Field(() => Float, { description: 'Two thirds of the way to the limit.' })
  innerLower!: number

  @Field(() => Float)
  innerUpper!: number

  @Field(() => Boolean, { description: 'From fewer than 13 points: expect the limits to move.' })
  trialLimits!: boolean
}

@ObjectType({ description: 'A change that was asked for, on the line.' })
export class TrendChange {
  @Field(() => String)
  on!: string

  @Field(() => String)
  label!: string

  @Field(() => Boolean, {
    description: 'Limits are new from the first period that ends on that day or after it.',
  })
  rebased!: boolean
}

@ObjectType({ description: 'A metric over time in an XmR chart (statistical process control).' })
export class Trend {
  @Field(() => [TrendPoint], { description: 'In order of time; weeks out of term are none.' })
  points!: readonly TrendPoint[]

  @Field(() => [TrendPhase])
  phases!: readonly TrendPhase[]

  @Field(() => [TrendChange])
  changes!: readonly TrendChange[]

  @Field(() => FigureStatus, { description: 'Of the limits.' })
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { nullable: true, description: 'Why there are no limits.' })
  reason!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What the latest point says: common cause, improvement, concern.',
  })
  variation!: string | null

  @Field(() => Float, { nullable: true })
  target!: number | null

  @Field(() => String, {
    nullable: true,
    description:
      'Whether the process as it runs now will meet the target: consistently passes, fails, or inconsistent.',
  })
  assurance!: string | null

  @Field(() => [String])
  warnings!: readonly string[]

  @Field(() => [String], { description: 'Periods whose figure is held back, by their first day.' })
  suppressed!: readonly string[]

  @Field(() => Int, { description: 'Weeks that were left out because no school day lies in them.' })
  weeksOutOfTerm!: number

  @Field(() => String)
  method!: string

  @Field(() => String, { nullable: true, description: 'As of figures.' })
  asOf!: string | null
}
