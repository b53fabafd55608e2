import { Field, Int, ObjectType } from 'type-graphql'

@ObjectType('Authority', { description: 'A local authority.' })
export class AuthorityType {
  @Field(() => Int, { description: 'The Department’s three-digit LA code.' })
  code!: number

  @Field(() => String, { nullable: true, description: 'The ONS code.' })
  gssCode!: string | null

  @Field(() => String)
  name!: string
}
