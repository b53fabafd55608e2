import type { CalendarWeek } from '@cairn/warehouse'

/** Term calendars as the control plane has them. */
export interface Calendars {
  /** Rises with each change. */
  revision(): Promise<number>
  /** Weeks of each authority (school 0) and of each school that has a calendar of its own. */
  of(authorities: readonly number[]): Promise<{ authority: number; school: number; weeks: CalendarWeek[] }[]>
}
