import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'
import { AuthorityType } from './types.ts'

@Resolver()
export class AuthoritiesResolver {
  @Query(() => [AuthorityType], { description: 'Your authorities, by code.' })
  async authorities(@Ctx() { directory, scope }: GatewayContext): Promise<AuthorityType[]> {
    return directory.authorities(scope)
  }

  @Query(() => AuthorityType, {
    nullable: true,
    description: 'One of your authorities; null where it is none of them.',
  })
  async authority(
    @Arg('code', () => Int) code: number,
    @Ctx() { directory, scope }: GatewayContext,
  ): Promise<AuthorityType | null> {
    return (await directory.authorities(scope)).find((a) => a.code === code) ?? null
  }
}
