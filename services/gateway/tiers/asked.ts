import { holdsRecords, type Scope } from '@cairn/access'
import type { Characteristic } from '@cairn/metrics'
import { type Domain, domains, mondayOfWeek, weekIndex } from '@cairn/mtss'
import { readTiersUpTo, type TierQuestion } from '@cairn/warehouse'
import { refuseOpenWeek, refuseOtherThanYear } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import type { Reader } from '../support/among.ts'
import type { PupilsBy } from '../support/by-pupils.ts'

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

/** Who is told tiers by a characteristic of pupils. */
export interface TiersBy extends Reader {
  readonly pupilsBy: Characteristic
}

/** An argument that says a day, and what it says. */
interface Said {
  readonly field: string
  readonly text: string
}

const dayMs = 86_400_000

/**
 * Undefined where pupils are not told apart. Else of whole academic years: two spans that overlap would tell how they differ.
 * @param last a day of the last week; `first`, where there is a span, one of its first
 * @throws GraphQLError naming the argument
 */
export function readTiersBy(
  scope: Scope,
  pupilsBy: PupilsBy | null | undefined,
  last: Said,
  first?: Said,
): TiersBy | undefined {
  if (pupilsBy == null) return undefined
  const isOwnSchool = holdsRecords(scope)
  const monday = mondayOfWeek(weekOf(last.field, last.text))
  const year = Number(monday.slice(0, 4)) - (monday.slice(5, 7) < '08' ? 1 : 0)
  if (weekOf(last.field, last.text) !== weekIndex(`${year + 1}-07-31`))
    throw refused(last.field, 'in the week of 31 July, with pupilsBy')
  if (first && weekOf(first.field, first.text) !== weekIndex(`${year}-08-01`))
    throw refused(first.field, `in the week of 1 August ${year}, with pupilsBy`)
  return { isOwnSchool, pupilsBy }
}

/** The same of days: whole weeks. */
export function readExitsBy(
  scope: Scope,
  pupilsBy: PupilsBy | null | undefined,
  { from, to }: { readonly from: string; readonly to: string },
): TiersBy | undefined {
  const by = readTiersBy(scope, pupilsBy, { field: 'to', text: to }, { field: 'from', text: from })
  if (!by) return undefined
  const [monday, next] = [mondayOfWeek(weekIndex(from)), mondayOfWeek(weekIndex(to) + 1)]
  const sunday = new Date(Date.parse(next) - dayMs).toISOString().slice(0, 10)
  if (from !== monday) throw refused('from', `a Monday, with pupilsBy: ${monday}`)
  if (to !== sunday) throw refused('to', `a Sunday, with pupilsBy: ${sunday}`)
  return by
}
