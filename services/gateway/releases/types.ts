import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql'
import { PageInfo } from '../figures/types.ts'
import { FigureStatus, GrainName } from '../scalars.ts'

@ObjectType({ description: 'A metric of a release, and what it meant then.' })
export class ReleasedMetric {
  @Field(() => String)
  id!: string

  @Field(() => String, { description: 'Moves whenever the definition of the metric does.' })
  definitionId!: string
}

@ObjectType('Release', {
  description:
    'Figures of closed half-terms, or of a closed academic year, frozen. A correction and what closes later enter a later ' +
    'release; this one stays as it is.',
})
export class ReleaseType {
  @Field(() => String, { description: 'Authority, academic year and number, such as 855/202526/1.' })
  name!: string

  @Field(() => Int, { description: 'LA code.' })
  authorityCode!: number

  @Field(() => String, { description: 'Academic year, as the Department writes it: 202526.' })
  timePeriod!: string

  @Field(() => Int, { description: 'From 1; the highest one is the latest.' })
  number!: number

  @Field(() => Int, { description: 'Half-terms that it holds, from the first: 1 to 6.' })
  through!: number

  @Field(() => Boolean, { description: 'The year has closed: it holds terms and the year besides.' })
  isComplete!: boolean

  @Field(() => String, { description: 'ISO 8601, UTC.' })
  closedAt!: string

  @Field(() => String, { description: 'Disclosure profile and its version, that every figure is under.' })
  profile!: string

  @Field(() => [ReleasedMetric])
  metrics!: readonly ReleasedMetric[]

  @Field(() => Int, { nullable: true, description: 'Null for readers of single schools.' })
  schools!: number | null

  @Field(() => Int, { nullable: true, description: 'Figures in all; null for readers of single schools.' })
  figures!: number | null
}

@ArgsType()
export class ReleasedFiguresArgs {
  @Field(() => String, {
    description: 'Name of a release, such as 855/202526/1; without a number, the latest of that year.',
  })
  release!: string

  @Field(() => String, {
    description: 'A metric of the release, or a rate or share of one over another, such as incident_rate.',
  })
  metric!: string

  @Field(() => [GrainName], { nullable: true, description: 'Absent = every length of period.' })
  grains?: GrainName[] | null

  @Field(() => [Int], { nullable: true, description: 'URNs: rows of these schools alone.' })
  schools?: number[] | null

  @Field(() => [String], {
    nullable: true,
    description:
      'Names of the dimensions that rows are by, such as [sex]; empty for totals alone; absent = every row.',
  })
  breakdown?: string[] | null

  @Field(() => Int, { nullable: true, description: 'Rows of this page: 100 by default, 5000 at most.' })
  first?: number | null

  @Field(() => String, { nullable: true })
  after?: string | null
}

@ObjectType({
  description:
    'One released figure. In a row that is held back (status SUPPRESSED, symbol c) every number is null, and nothing tells ' +
    'whether for its own sake or for another one’s.',
})
export class ReleasedRow {
  @Field(() => String)
  metricId!: string

  @Field(() => String, { description: 'Of what was counted, as the metric meant it then.' })
  definitionId!: string

  @Field(() => String)
  timePeriod!: string

  @Field(() => String, { description: 'Academic year, Autumn term, Half-term 1, Week of 2025-10-06.' })
  timeIdentifier!: string

  @Field(() => GrainName)
  grain!: GrainName

  @Field(() => Int)
  authorityCode!: number

  @Field(() => Int, { nullable: true, description: 'Null where the row is over the whole authority.' })
  schoolUrn!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'sex=F, nc_year=7;sex=F, severity=2; null in the row of a total.',
  })
  breakdown!: string | null

  @Field(() => Float, {
    nullable: true,
    description: 'What was counted: events, pupils, or values of a mean or median.',
  })
  n!: number | null

  @Field(() => Float, { nullable: true, description: 'Of a rate or share.' })
  numerator!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Of a rate or share: pupils on roll, one census a year.',
  })
  denominator!: number | null

  @Field(() => Float, { nullable: true, description: 'In the row’s unit, not rounded.' })
  value!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Lower limit of the 95 % interval of a rate, share or mean.',
  })
  lower!: number | null

  @Field(() => Float, { nullable: true })
  upper!: number | null

  @Field(() => String)
  unit!: string

  @Field(() => FigureStatus)
  status!: FigureStatus

  @Field(() => String, {
    description:
      'Empty, c (held back), z (not applicable), x (not available) or low (rounds to 0, but is not 0).',
  })
  symbol!: string

  @Field(() => String, { description: 'Disclosure profile and its version.' })
  profile!: string
}

@ObjectType({ description: 'Rows of a release: the authority first, then its schools; in a stable order.' })
export class ReleasedFigures {
  @Field(() => ReleaseType)
  release!: ReleaseType

  @Field(() => [ReleasedRow])
  rows!: readonly ReleasedRow[]

  @Field(() => Int, { description: 'Rows on all pages, those held back included.' })
  totalCount!: number

  @Field(() => PageInfo)
  pageInfo!: PageInfo
}
