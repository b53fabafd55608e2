import { holdsRecords, narrow } from '@cairn/access'
import { mondayOfWeek, weekIndex } from '@cairn/mtss'
import { closedPeriods, usualSettleDays } from '@cairn/warehouse'
import type { GatewayContext } from './context.ts'
import { refused } from './errors.ts'
import type { CalendarWeek, PeriodChoice } from './figures/periods.ts'

/** A half-term. */
interface Span {
  /** Week indices, both included. */
  readonly first: number
  readonly last: number
}

/**
 * Support and tiers are counted when they are asked for. Whoever reads across schools asks about what has closed alone: of
 * what is still coming in, two answers of two days differ by a child or two, whatever each of them holds back.
 */
type Asking = Pick<GatewayContext, 'scope' | 'directory' | 'now' | 'settleDays'>

/** Half-terms of an academic year, in order: [0] is the first. Empty where the authority is none of the reader's. */
async function halfTermsOf(context: Asking, authority: number, year: number) {
  const own = narrow(context.scope, { authorities: [authority] })
  const [weeks = []] = own.authorities.length > 0 ? await context.directory.calendars(own, [year]) : []
  const settleDays = context.settleDays ?? usualSettleDays
  const closed = closedPeriods(year, [{ weeks }], settleDays, new Date(context.now()))
  const spans = [1, 2, 3, 4, 5, 6].flatMap((halfTerm) => spanOf(weeks, halfTerm))
  return { ...closed, spans }
}

function spanOf(weeks: readonly CalendarWeek[], halfTerm: number): Span[] {
  const own = weeks.filter((one) => one.halfTerm === halfTerm).map(({ week }) => weekIndex(week))
  return own.length > 0 ? [{ first: Math.min(...own), last: Math.max(...own) }] : []
}

const inHalfTerms = { half_term: 1, term: 2, year: 6 } as const

/**
 * @param period one half-term, term or academic year
 * @throws GraphQLError for a reader across schools, where the period has not closed
 */
export async function refuseOpenPeriod(
  context: Asking,
  authority: number,
  { grain, years, indexes }: PeriodChoice,
): Promise<void> {
  if (holdsRecords(context.scope) || grain === 'week') return
  const { halfTerms, next, spans } = await halfTermsOf(context, authority, years[0]!)
  if (spans.length === 0 || (indexes?.[0] ?? 1) * inHalfTerms[grain] <= halfTerms) return
  const when = next ? `; half-term ${halfTerms + 1} has on ${next}` : ''
  throw refused('period', `for readers across schools, one that has closed${when}`)
}

/** How many terms of an academic year have closed; where its calendar is not known, all. */
export async function closedTerms(context: Asking, authority: number, year: number): Promise<number> {
  const { halfTerms, spans } = await halfTermsOf(context, authority, year)
  return spans.length === 0 ? 3 : Math.floor(halfTerms / inHalfTerms.term)
}

/** An end of a half-term, or of an academic year. */
interface Edge {
  readonly field: string
  readonly week: number
  readonly edge: keyof Span
  readonly of: Closed
}

type Closed = 'a half-term' | 'an academic year' | 'an academic year’s first half-term'

/** The spans of that kind in a year, as far as they have closed; of its first half-term, where the year has. */
const closedOf: Readonly<
  Record<
    Closed,
    (year: { spans: readonly Span[]; halfTerms: number; isComplete: boolean }) => readonly Span[]
  >
> = {
  'a half-term': ({ spans, halfTerms }) => spans.slice(0, halfTerms),
  'an academic year': ({ spans, isComplete }) => (isComplete ? wholeOf(spans) : []),
  'an academic year’s first half-term': ({ spans, isComplete }) => (isComplete ? spans.slice(0, 1) : []),
}

/**
 * @throws GraphQLError for a reader across schools, who is told of whole authorities, unless the week is an end of what has
 * closed
 */
export async function refuseOpenWeek(
  context: Asking,
  authority: number,
  { field, week, edge, of }: Edge,
): Promise<void> {
  if (holdsRecords(context.scope)) return
  if (context.scope.schools !== 'all') throw refused('authority', 'one of which you may see all schools')
  // A week may be the last of one year and the first of the next: that of 1 August.
  const year = academicYearOf(mondayOfWeek(week))
  const years = await Promise.all(
    [year - 1, year, year + 1].map((one) => halfTermsOf(context, authority, one)),
  )
  if (years.every(({ spans }) => spans.length === 0)) return
  const closed = years.flatMap(closedOf[of])
  if (closed.some((span) => span[edge] === week)) return
  const known = closed.map((span) => mondayOfWeek(span[edge]))
  const rule = `for readers across schools, the ${edge} week of ${of} that has closed`
  throw refused(field, known.length > 0 ? `${rule}: ${known.slice(-7).join(', ')}` : rule)
}

const wholeOf = (spans: readonly Span[]): Span[] =>
  spans.length > 0 ? [{ first: spans[0]!.first, last: spans.at(-1)!.last }] : []

/**
 * What happens adds up over time: of spans that overlap one less another would be told, whatever each holds back.
 * @throws GraphQLError for a reader across schools, unless the weeks are one academic year that has closed
 */
export async function refuseOtherThanYear(
  context: Asking,
  authority: number,
  first: Pick<Edge, 'field' | 'week'>,
  last: Pick<Edge, 'field' | 'week'>,
): Promise<void> {
  const of = 'an academic year'
  await refuseOpenWeek(context, authority, { ...first, edge: 'first', of })
  await refuseOtherEnd(context, authority, first, last)
}

/**
 * Movements between many ends bind one another, as those between two of three bind the third: of each year there is one.
 * @throws GraphQLError for a reader across schools, unless the weeks end the first half-term of an academic year that has
 * closed, and the year
 */
export async function refuseOtherThanMovement(
  context: Asking,
  authority: number,
  first: Pick<Edge, 'field' | 'week'>,
  last: Pick<Edge, 'field' | 'week'>,
): Promise<void> {
  const of = 'an academic year’s first half-term'
  await refuseOpenWeek(context, authority, { ...first, edge: 'last', of })
  await refuseOtherEnd(context, authority, first, last)
}

async function refuseOtherEnd(
  context: Asking,
  authority: number,
  first: Pick<Edge, 'field' | 'week'>,
  last: Pick<Edge, 'field' | 'week'>,
): Promise<void> {
  if (holdsRecords(context.scope)) return
  await refuseOpenWeek(context, authority, { ...last, edge: 'last', of: 'an academic year' })
  const weeks = last.week - first.week
  if (weeks < 1 || weeks > 53)
    throw refused(last.field, 'for readers across schools, of the same academic year')
}

/**
 * @param from first day, ISO date
 * @param to last day
 * @throws GraphQLError for a reader across schools, unless the days are one academic year that has closed
 */
export async function refuseOpenDays(
  context: Asking,
  authority: number,
  from: string,
  to: string,
): Promise<void> {
  if (holdsRecords(context.scope)) return
  const [first, last] = [weekIndex(from), weekIndex(to)]
  await refuseOtherThanYear(context, authority, { field: 'from', week: first }, { field: 'to', week: last })
  const monday = mondayOfWeek(weekIndex(from))
  if (from !== monday) throw refused('from', `for readers across schools, a Monday: ${monday}`)
  const sunday = dayBefore(mondayOfWeek(weekIndex(to) + 1))
  if (to !== sunday) throw refused('to', `for readers across schools, a Sunday: ${sunday}`)
}

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)

const academicYearOf = (day: string): number => Number(day.slice(0, 4)) - (day.slice(5, 7) < '08' ? 1 : 0)
