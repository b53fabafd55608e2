import { appendedBefore } from '@cairn/event-log'
import { readProgress } from '@cairn/warehouse'
import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'

@ObjectType({ description: 'How fresh an authority’s figures are. Times are ISO 8601, UTC.' })
export class Freshness {
  @Field(() => Int)
  authority!: number

  @Field(() => String, {
    nullable: true,
    description: 'When the newest event that figures know of was accepted; null where there is none.',
  })
  newestAcceptedAt!: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Everything accepted before is in the figures of weeks, and in all that is summed from them.',
  })
  inFiguresUpTo!: string | null

  @Field(() => Boolean, {
    description: 'Whether figures that count different pupils are as fresh as the others.',
  })
  settled!: boolean

  @Field(() => Int, {
    nullable: true,
    description:
      'Events of this authority that are received and not yet in the figures; null for readers of single schools.',
  })
  waiting!: number | null

  @Field(() => String, {
    nullable: true,
    description:
      'Everything accepted before is in the tiers: they follow figures at a pace of their own. Null where none were worked out.',
  })
  tiersUpTo!: string | null

  @Field(() => Int, {
    nullable: true,
    description:
      'Events of this authority that are received and not yet in the tiers; null for readers of single schools.',
  })
  tiersWaiting!: number | null

  @Field(() => Boolean, {
    description:
      'Whether the log has been read to its end; false = accepted events may be missing from all of the above.',
  })
  caughtUp!: boolean
}

@Resolver()
export class FreshnessResolver {
  @Query(() => [Freshness], { description: 'For each of your authorities, how far its events have come.' })
  async freshness(
    @Ctx() { scope, warehouse, controlPlane, log, signal }: GatewayContext,
  ): Promise<Freshness[]> {
    const positions = new Map((await controlPlane.ledger.positions()).map((p) => [p.partition, p]))
    const ends = await log.endOffsets()
    const partition = (authority: number) => log.partitionOf(authority)
    const marks = new Map(
      scope.authorities.flatMap((a) => {
        const position = positions.get(partition(a))
        return position ? [[a, position] as const] : []
      }),
    )
    const progress = new Map(
      (await readProgress(warehouse, scope, marks, signal)).map((p) => [p.authority, p]),
    )
    return Promise.all(
      scope.authorities.map(async (authority) => {
        const own = progress.get(authority)
        const position = positions.get(partition(authority))
        const newest = own && (await log.read(partition(authority), own.newest))
        return {
          authority,
          newestAcceptedAt: isoOf(newest?.appendedAt),
          inFiguresUpTo: isoOf(position?.drainedAt),
          settled: position === undefined || position.settled >= position.drained,
          waiting: scope.schools === 'all' ? (own?.waiting ?? 0) : null,
          tiersUpTo: isoOf(position && (await appendedBefore(log, position.partition, position.tiered))),
          tiersWaiting: scope.schools === 'all' ? (own?.tiersWaiting ?? 0) : null,
          caughtUp: (position?.offset ?? 0) >= (ends.get(partition(authority)) ?? 0),
        }
      }),
    )
  }
}

const isoOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()
