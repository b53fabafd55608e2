import type { Aggregator } from '../../services/aggregator/aggregator.ts'
import { World } from '../chaos/world.ts'

export interface OwnedWorld {
  readonly world: World
  /** Of every authority. */
  readonly owner: Aggregator
  readonly authorities: readonly number[]
  /** One that nothing has happened in. */
  unused(): number
}

/** A world of sixty authorities that one owner has, so that each history has one of its own. */
export async function ownedWorld(): Promise<OwnedWorld> {
  const authorities = Array.from({ length: 60 }, (_, i) => 100 + i)
  const world = await World.open({ authorities })
  const owner = world.owner('support')
  await owner.claim(world.partitions)
  let next = 0
  return { world, owner, authorities, unused: () => authorities[next++]! }
}
