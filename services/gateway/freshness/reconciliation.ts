import { currentFacts, facts, factTable, reconcile } from '@cairn/warehouse'
import { Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql'
import type { GatewayContext } from '../context.ts'

@ObjectType('Reconciliation', {
  description:
    'Where every accepted event of an authority is now: accepted = current + superseded + duplicates + conflicts + ' +
    'quarantined + retracted + erased. Each term is counted on its own.',
})
export class ReconciliationType {
  @Field(() => Int)
  authority!: number

  @Field(() => Float)
  accepted!: number

  @Field(() => Float, { description: 'Stand as a fact.' })
  current!: number

  @Field(() => Float, { description: 'Older versions of what stands.' })
  superseded!: number

  @Field(() => Float, { description: 'The same version with the same content again.' })
  duplicates!: number

  @Field(() => Float, { description: 'The same version with other content: in quarantine.' })
  conflicts!: number

  @Field(() => Float, { description: 'Could not become a fact.' })
  quarantined!: number

  @Field(() => Float)
  retracted!: number

  @Field(() => Float)
  erased!: number

  @Field(() => Float, { description: 'accepted less all the others: 0, or something is wrong.' })
  difference!: number

  @Field(() => Float, { description: 'The same as current, counted from the facts themselves.' })
  currentFacts!: number
}

const terms = [
  'accepted',
  'current',
  'superseded',
  'duplicates',
  'conflicts',
  'quarantined',
  'retracted',
  'erased',
] as const

@Resolver()
export class ReconciliationResolver {
  @Query(() => [ReconciliationType], {
    description:
      'For each of your authorities. Empty for readers of single schools: it counts the whole authority.',
  })
  async reconciliation(@Ctx() { scope, warehouse, signal }: GatewayContext): Promise<ReconciliationType[]> {
    if (scope.schools !== 'all' || scope.authorities.length === 0) return []
    const tables = [...facts.keys()].map(factTable)
    const found = new Map((await reconcile(warehouse, scope, signal)).map((r) => [r.authority, r]))
    const standing = await currentFacts(warehouse, tables, scope)
    return scope.authorities.map((authority) => {
      const counted = found.get(authority)
      const zeros = Object.fromEntries(terms.map((t) => [t, 0])) as Record<(typeof terms)[number], number>
      return { ...zeros, difference: 0, ...counted, authority, currentFacts: standing.get(authority) ?? 0 }
    })
  }
}
