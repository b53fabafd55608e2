import { holdsRecords } from '@cairn/access'
import { stampOf } from '@cairn/disclosure'
import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql'
import { AuthorityType } from '../authorities/types.ts'
import type { GatewayContext } from '../context.ts'

@ObjectType({ description: 'Who asks, and what may be seen.' })
export class Me {
  @Field(() => String)
  reader!: string

  @Field(() => String, { description: 'analyst, commissioner, school_lead or bi.' })
  role!: string

  @Field(() => [AuthorityType])
  authorities!: readonly AuthorityType[]

  @Field(() => [Int], { nullable: true, description: 'URNs; null = every school of the authorities.' })
  schools!: readonly number[] | null

  @Field(() => String, {
    nullable: true,
    description: 'Disclosure profile of a school’s lead for the own schools; null: each row says its own.',
  })
  profile!: string | null
}

@Resolver()
export class MeResolver {
  @Query(() => Me)
  async me(@Ctx() { scope, directory }: GatewayContext): Promise<Me> {
    return {
      reader: scope.readerId,
      role: scope.role,
      authorities: await directory.authorities(scope),
      schools: scope.schools === 'all' ? null : scope.schools,
      profile: holdsRecords(scope) ? stampOf(await directory.ownProfile(scope)) : null,
    }
  }
}
