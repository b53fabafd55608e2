import { narrow } from '@cairn/access'
import type { HalfTerm } from '@cairn/control-plane'
import type { Grain } from '@cairn/metrics'
import type { GatewayContext } from '../context.ts'
import { weekText } from '../figures/periods.ts'
import type { Span } from './chart.ts'

/** From when to when each period of an answer ran, and which weeks are out of term. */
export interface Calendar {
  /** Undefined for a week in which no school day lies: it is no point of a trend. */
  spanOf(period: number): Span | undefined
}

const day = 86_400_000
const plus = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10)

/** By the calendar of a school, or else of its authority. */
export async function calendarOf(
  { controlPlane, directory, scope }: GatewayContext,
  authority: number,
  school: number | null,
  grain: Grain,
  years: readonly number[],
): Promise<Calendar> {
  if (grain === 'week') {
    const inForce = await Promise.all(
      years.map((year) => controlPlane.calendars.get(authority, school, year)),
    )
    const halfTerms: HalfTerm[] = inForce.flatMap((calendar) => calendar.halfTerms)
    return {
      spanOf(period) {
        const from = weekText(period)
        const to = plus(from, 6)
        const open = halfTerms.some(({ firstDay, lastDay }) => firstDay <= to && lastDay >= from)
        return open ? { from, to } : undefined
      },
    }
  }
  const [weeks = []] = await directory.calendars(narrow(scope, { authorities: [authority] }), years)
  const spans = new Map<number, Span>()
  for (const { week, year, halfTerm, term } of weeks) {
    const period = grain === 'year' ? year : year * 100 + (grain === 'term' ? term : halfTerm)
    const known = spans.get(period)
    spans.set(period, { from: known?.from ?? week, to: plus(week, 6) })
  }
  return { spanOf: (period) => spans.get(period) }
}
