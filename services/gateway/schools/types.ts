import { ArgsType, Field, Int, ObjectType } from 'type-graphql'
import { PageInfo } from '../figures/types.ts'

@ObjectType('School', { description: 'An establishment, in one of its incarnations.' })
export class SchoolType {
  @Field(() => Int)
  urn!: number

  @Field(() => Int, { description: 'LA code.' })
  authority!: number

  @Field(() => Int, { nullable: true, description: 'LA code and establishment number.' })
  laestab!: number | null

  @Field(() => String)
  name!: string

  @Field(() => String, { description: 'Phase code: NS, PS, MP, MS, SS, AT, SP, PR.' })
  phase!: string

  @Field(() => String, { description: 'Phase in words.' })
  phaseName!: string

  @Field(() => Int, { nullable: true, description: 'URN of what it was before.' })
  predecessor!: number | null

  @Field(() => Boolean, { description: 'Stands for all schools of its kind in the authority.' })
  aggregate!: boolean

  @Field(() => Boolean, { description: 'Invented, for demonstration.' })
  synthetic!: boolean

  @Field(() => String, { nullable: true, description: 'ISO date.' })
  openDate!: string | null

  @Field(() => String, { nullable: true, description: 'ISO date.' })
  closeDate!: string | null
}

@ObjectType()
export class SchoolEdge {
  @Field(() => String)
  cursor!: string

  @Field(() => SchoolType)
  node!: SchoolType
}

@ObjectType({ description: 'A Relay connection.' })
export class SchoolConnection {
  @Field(() => [SchoolEdge])
  edges!: readonly SchoolEdge[]

  @Field(() => PageInfo)
  pageInfo!: PageInfo

  @Field(() => Int)
  totalCount!: number
}

@ArgsType()
export class SchoolsArgs {
  @Field(() => Int, { nullable: true, description: 'LA code; absent = all of yours.' })
  authority?: number | null

  @Field(() => String, { nullable: true, description: 'Phase code.' })
  phase?: string | null

  @Field(() => String, { nullable: true, description: 'Part of the name, in any case; or a URN.' })
  search?: string | null

  @Field(() => Int, { nullable: true, description: '50 by default, 500 at most.' })
  first?: number | null

  @Field(() => String, { nullable: true })
  after?: string | null

  @Field(() => Int, { nullable: true })
  last?: number | null

  @Field(() => String, { nullable: true })
  before?: string | null
}
