import { ArgsType, Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DimensionFilter, FigureRow } from '../figures/types.ts'
import { FigureStatus } from '../scalars.ts'
import { WithinAuthorityArgs } from './asking.ts'

export enum SchoolOrder {
  NAME = 'NAME',
  VALUE = 'VALUE',
}
registerEnumType(SchoolOrder, {
  name: 'SchoolOrder',
  description: 'How schools stand in an answer.',
  valuesConfig: {
    NAME: { description: 'By name: order tells nothing of values.' },
    VALUE: { description: 'By shown value, largest first; what is not shown comes after, by name.' },
  },
})

export enum Benchmark {
  AUTHORITY = 'AUTHORITY',
  ALL_SCHOOLS = 'ALL_SCHOOLS',
}
registerEnumType(Benchmark, {
  name: 'Benchmark',
  description: 'What schools are held against.',
  valuesConfig: {
    AUTHORITY: { description: 'The authority’s own figure.' },
    ALL_SCHOOLS: { description: 'The figure over all schools that you may see, of all your authorities.' },
  },
})

@ArgsType()
export class CompareSchoolsArgs extends WithinAuthorityArgs {
  @Field(() => String, { description: 'Id of a metric: see metrics.' })
  metric!: string

  @Field(() => [DimensionFilter], {
    nullable: true,
    description: 'One value each: the part of the metric to compare.',
  })
  dimensions?: DimensionFilter[] | null

  @Field(() => Benchmark, { defaultValue: Benchmark.AUTHORITY })
  against!: Benchmark

  @Field(() => SchoolOrder, { defaultValue: SchoolOrder.NAME })
  orderBy!: SchoolOrder

  @Field(() => Int, {
    nullable: true,
    description: 'A URN: this school and those of the authority that are most like it, no others.',
  })
  similarTo?: number | null

  @Field(() => Int, { nullable: true, description: 'With similarTo: how many. 10 by default.' })
  nearest?: number | null

  @Field(() => [String], {
    nullable: true,
    description:
      'What the standardised figures are standardised by, some of nc_year, sex and fsm. Absent: the ratio by all of them that ' +
      'the metric and its roll keep, the rate by nc_year. By several at once there is a ratio and no rate.',
  })
  standardiseBy?: string[] | null
}

@ObjectType({ description: 'Control limits of a funnel, in the unit of value: 95 % (2s) and 99.8 % (3s).' })
export class FunnelLimitsType {
  @Field(() => Float)
  lower2s!: number

  @Field(() => Float)
  upper2s!: number

  @Field(() => Float)
  lower3s!: number

  @Field(() => Float)
  upper3s!: number
}

@ObjectType({ description: 'Limits at a school’s denominator, and on which side of them it lies.' })
export class SchoolFunnelPoint extends FunnelLimitsType {
  @Field(() => String, {
    description:
      'Not significant, High (0.025), High (0.001), Low (0.025) or Low (0.001). One school in twenty lies beyond 2s by chance.',
  })
  significance!: string
}

@ObjectType({ description: 'Limits at a denominator, for lines to be drawn through.' })
export class FunnelCurvePointType extends FunnelLimitsType {
  @Field(() => Float)
  denominator!: number
}

@ObjectType({ description: 'The funnel that schools are drawn in, or why there is none.' })
export class FunnelType {
  @Field(() => FigureStatus)
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { nullable: true, description: 'Why it is not applicable.' })
  reason!: string | null

  @Field(() => Float, { nullable: true, description: 'Centre line: the benchmark’s value.' })
  centre!: number | null

  @Field(() => String, { nullable: true })
  method!: string | null

  @Field(() => [FunnelCurvePointType])
  curve!: readonly FunnelCurvePointType[]
}

@ObjectType({ description: 'A figure made comparable between schools of different pupils.' })
export class StandardisedFigure {
  @Field(() => [String], {
    description: 'The characteristics of pupils that it is standardised by, all of them at once.',
  })
  strata!: readonly string[]

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

  @Field(() => String)
  method!: string

  @Field(() => Float, { nullable: true, description: 'Events or pupils that were counted.' })
  observed!: number | null

  @Field(() => Float, { nullable: true, description: 'Of a ratio: those that the reference would have had.' })
  expected!: number | null

  @Field(() => String, { nullable: true, description: 'Why there is no value.' })
  reason!: string | null
}

@ObjectType({
  description: 'A school’s figure, crude and standardised, in its funnel and beside the benchmark.',
})
export class ComparedSchool extends FigureRow {
  @Field(() => SchoolFunnelPoint, {
    nullable: true,
    description: 'Null where value is, or there is no funnel.',
  })
  funnel!: SchoolFunnelPoint | null

  @Field(() => String, {
    nullable: true,
    description:
      'better, worse or similar than the benchmark, which is taken as fixed; higher or lower where the metric has no ' +
      'polarity. Similar unless the school’s interval excludes it. With many schools prefer the funnel.',
  })
  judgement!: string | null

  /** Worked out when asked for: it takes more questions than all the rest. */
  standardise!: {
    readonly rate: () => Promise<StandardisedFigure>
    readonly ratio: () => Promise<StandardisedFigure>
  }
}

@ObjectType({ description: 'A metric, school by school, beside a benchmark.' })
export class SchoolComparison {
  @Field(() => [ComparedSchool], { description: 'One a school, by name unless orderBy says otherwise.' })
  rows!: readonly ComparedSchool[]

  @Field(() => FigureRow, {
    nullable: true,
    description:
      'The benchmark’s own figure, over the same phase. Null for readers of single schools: it is not theirs to see.',
  })
  benchmark!: FigureRow | null

  @Field(() => FunnelType)
  funnel!: FunnelType

  @Field(() => [Int], { description: 'URNs of schools whose figure is held back: they are in no limit.' })
  suppressed!: readonly number[]

  @Field(() => String, { nullable: true, description: 'As of figures.' })
  asOf!: string | null
}
