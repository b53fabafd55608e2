import { ArgsType, Field, Float, InputType, Int, ObjectType } from 'type-graphql'
import { FigureStatus, GrainName } from '../scalars.ts'

@InputType({ description: 'Which periods. Academic years are named, for weeks from and to do as well.' })
export class PeriodInput {
  @Field(() => GrainName, { defaultValue: GrainName.ACADEMIC_YEAR })
  grain!: GrainName

  @Field(() => [String], { nullable: true, description: 'Such as 201617; 2016/17 is understood too.' })
  academicYears?: string[] | null

  @Field(() => [Int], {
    nullable: true,
    description: 'Half-terms 1 to 6 or terms 1 (autumn) to 3; absent = all.',
  })
  index?: number[] | null

  @Field(() => String, {
    nullable: true,
    description: 'Weeks alone: first day, ISO date. Weeks count by their Monday.',
  })
  from?: string | null

  @Field(() => String, { nullable: true, description: 'Weeks alone: last day, ISO date.' })
  to?: string | null
}

@InputType({ description: 'Keeps rows whose dimension has one of the values. There is no negation.' })
export class DimensionFilter {
  @Field(() => String, { description: 'A dimension that groupBy names.' })
  name!: string

  @Field(() => [String])
  values!: string[]
}

@InputType({ description: 'Narrows what a figure is drawn over. What lies outside your scope is not there.' })
export class FigureFilters {
  @Field(() => [Int], { nullable: true, description: 'LA codes, such as 855.' })
  authorities?: number[] | null

  @Field(() => [Int], { nullable: true, description: 'URNs.' })
  schools?: number[] | null

  @Field(() => [String], { nullable: true, description: 'Phase codes: NS, PS, MP, MS, SS, AT, SP, PR.' })
  phases?: string[] | null

  @Field(() => [DimensionFilter], { nullable: true })
  dimensions?: DimensionFilter[] | null
}

@ArgsType()
export class FiguresArgs {
  @Field(() => String, { description: 'Id of a metric: see metrics.' })
  metric!: string

  @Field(() => [String], {
    defaultValue: [],
    description:
      'authority, school, phase, and dimensions that form one of the metric’s groupings. Period is always there.',
  })
  groupBy!: string[]

  @Field(() => PeriodInput)
  period!: PeriodInput

  @Field(() => FigureFilters, { nullable: true })
  filters?: FigureFilters | null

  @Field(() => Int, { nullable: true, description: 'Rows of this page: 100 by default, 5000 at most.' })
  first?: number | null

  @Field(() => String, { nullable: true })
  after?: string | null
}

@ObjectType({ description: 'A dimension of a row: code and words.' })
export class FigureDimension {
  @Field(() => String)
  name!: string

  @Field(() => String)
  value!: string

  @Field(() => String)
  label!: string
}

@ObjectType({
  description:
    'One figure. In a row that is held back (status SUPPRESSED, symbol c) or not released every number is null. Numbers are ' +
    'not rounded: a value is exactly what was divided, its interval says how much of it to believe.',
})
export class FigureRow {
  @Field(() => String)
  metricId!: string

  @Field(() => String, {
    description:
      'Definition of what was counted, of a rate or share of numerator / denominator; in released rows as the release has it. It moves whenever a definition does.',
  })
  definitionId!: string

  @Field(() => String, { description: 'Academic year, as the Department writes it: 201617.' })
  timePeriod!: string

  @Field(() => String, { description: 'Academic year, Autumn term, Half-term 1, Week of 2016-10-03.' })
  timeIdentifier!: string

  @Field(() => Int, {
    nullable: true,
    description: 'LA code; null where the row is over several authorities.',
  })
  authorityCode!: number | null

  @Field(() => String, { nullable: true })
  authorityName!: string | null

  @Field(() => Int, { nullable: true })
  schoolUrn!: number | null

  @Field(() => String, { nullable: true })
  schoolName!: string | null

  @Field(() => String, { nullable: true })
  phase!: string | null

  @Field(() => [FigureDimension])
  dimensions!: readonly FigureDimension[]

  @Field(() => Float, { nullable: true, description: 'What was counted: events, pupils or scores.' })
  n!: number | null

  @Field(() => Float, { nullable: true, description: 'Of a rate or share.' })
  numerator!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Of a rate or share: pupils on roll in the census that counts, or events.',
  })
  denominator!: number | null

  @Field(() => Float, { nullable: true, description: 'In the row’s unit, not rounded.' })
  value!: number | null

  @Field(() => Float, { nullable: true, description: 'Lower limit of the interval, in the unit of value.' })
  lower!: number | null

  @Field(() => Float, { nullable: true })
  upper!: number | null

  @Field(() => Float, { nullable: true, description: '0.95 where there is an interval.' })
  confidence!: number | null

  @Field(() => String, { nullable: true, description: 'Method of the interval, in words.' })
  method!: string | null

  @Field(() => String)
  unit!: string

  @Field(() => Int, { nullable: true, description: 'Of a rate or share: for each so many.' })
  per!: number | null

  @Field(() => FigureStatus)
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, {
    description:
      'Empty, c (held back), z (not applicable) or x (not available, not released): symbols of the Government Statistical Service.',
  })
  symbol!: string

  @Field(() => Int, { nullable: true, description: 'Schools that the figure comes from.' })
  schools!: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Schools that were open and have no roll: rates and shares leave them out.',
  })
  schoolsWithoutRoll!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Week of the census behind the denominator, the oldest if several; null in released rows.',
  })
  rollCensus!: string | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Of figures from check-ins: pupils on roll with one in the period, in per cent, whatever the row’s dimensions. ' +
      'Those who did not answer may be different from those who did.',
  })
  responseRate!: number | null

  @Field(() => String, {
    description: 'Disclosure profile and its version, under which the row was shown or held back.',
  })
  profile!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Release that the row comes from, such as 855/202526/1; of several authorities, all their names. It moves with the ' +
      'next release alone. Null: counted when asked (a school’s own), or not there.',
  })
  release!: string | null

  @Field(() => String, { nullable: true, description: 'Why there is no figure.' })
  reason!: string | null
}

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean

  @Field(() => Boolean)
  hasPreviousPage!: boolean

  @Field(() => String, { nullable: true })
  startCursor!: string | null

  @Field(() => String, { nullable: true, description: 'Give it as after for the next page.' })
  endCursor!: string | null
}

@ObjectType({ description: 'Figures in flat rows, one for each group, period and value; in a stable order.' })
export class Figures {
  @Field(() => [FigureRow])
  rows!: readonly FigureRow[]

  @Field(() => Int, { description: 'Rows on all pages, those held back included.' })
  totalCount!: number

  @Field(() => PageInfo)
  pageInfo!: PageInfo

  @Field(() => String, {
    nullable: true,
    description:
      'Everything accepted before this time (ISO 8601, UTC) is in the figures, as far as a release takes corrections; null ' +
      'where that is not known yet.',
  })
  asOf!: string | null
}
