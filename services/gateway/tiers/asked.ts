import { type Domain, domains, mondayOfWeek, weekIndex } from '@cairn/mtss'
import { readTiersUpTo, type TierQuestion } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'

/** @throws GraphQLError naming the argument */
export function domainOf(text: string): Domain {
  if (!(domains as readonly string[]).includes(text)) throw refused('domain', `one of ${domains.join(', ')}`)
  return text as Domain
}

/** @throws GraphQLError naming the argument */
export function weekOf(field: string, text: string): number {
  const week = /^\d{4}-\d\d-\d\d$/.test(text) ? weekIndex(text) : Number.NaN
  if (!(week > 0 && week < 65_000)) throw refused(field, 'an ISO date')
  return week
}

/** @throws GraphQLError naming the argument */
export function dayOf(field: string, text: string): string {
  weekOf(field, text)
  return text
}

/** Monday of the last week that tiers are worked out to; null where there are none. */
export async function upToOf(
  { scope, warehouse }: GatewayContext,
  question: TierQuestion,
): Promise<string | null> {
  const week = await readTiersUpTo(warehouse, scope, question)
  return week === undefined ? null : mondayOfWeek(week)
}
