import { type Domain, domains, mondayOfWeek, weekIndex } from '@cairn/mtss'
import { readTiersUpTo, type TierQuestion } from '@cairn/warehouse'
import { refuseOpenWeek, refuseOtherThanYear } from '../closed-periods.ts'
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

/**
 * The week that tiers are asked for as at its end.
 * @throws GraphQLError naming the argument
 */
export async function endingWeek(
  context: GatewayContext,
  authority: number,
  field: string,
  text: string,
): Promise<number> {
  const week = weekOf(field, text)
  await refuseOpenWeek(context, authority, { field, week, edge: 'last', of: 'a half-term' })
  return week
}

/**
 * The same of what only grows over time; for readers across schools, the end of an academic year.
 * @returns the week, and the one that the academic year before ended in
 * @throws GraphQLError naming the argument
 */
export async function endingYear(
  context: GatewayContext,
  authority: number,
  text: string,
): Promise<[week: number, before: number]> {
  const week = weekOf('week', text)
  await refuseOpenWeek(context, authority, { field: 'week', week, edge: 'last', of: 'an academic year' })
  return [week, weekIndex(`${Number(text.slice(0, 4)) - 1}-07-31`)]
}

/**
 * The first and the last week of what happened in between; for readers across schools, of an academic year.
 * @throws GraphQLError naming the argument
 */
export async function spanOf(
  context: GatewayContext,
  authority: number,
  { week, later }: { readonly week: string; readonly later: string },
): Promise<[from: number, to: number]> {
  const [from, to] = [weekOf('week', week), weekOf('later', later)]
  await refuseOtherThanYear(context, authority, { field: 'week', week: from }, { field: 'later', week: to })
  return [from, to]
}

/** Monday of the last week that tiers are worked out to; null where there are none. */
export async function upToOf(
  { scope, warehouse }: GatewayContext,
  question: TierQuestion,
): Promise<string | null> {
  const week = await readTiersUpTo(warehouse, scope, question)
  return week === undefined ? null : mondayOfWeek(week)
}
