import { AuthorityEntity, CalendarEntity, SchoolEntity } from './entities.ts'
import {
  type CalendarWeek,
  calendarWeeks,
  checkHalfTerms,
  defaultHalfTerms,
  type HalfTerm,
} from './half-terms.ts'
import { RefusedError } from './refused.ts'
import { change, em, revision, type Store } from './store.ts'

export interface TermCalendar {
  readonly authority: number
  /** A school's URN, or null for the authority's own. */
  readonly school: number | null
  /** Academic year by its starting year. */
  readonly academicYear: number
  readonly halfTerms: readonly HalfTerm[]
}

export interface CalendarInForce extends TermCalendar {
  /** Whose calendar it is: the school's own, its authority's, or the generic one because neither is set. */
  readonly from: 'school' | 'authority' | 'default'
}

export interface WeeksOf {
  readonly authority: number
  /** 0 for the authority's own. */
  readonly school: number
  readonly weeks: CalendarWeek[]
}

export class Calendars {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Sets the calendar of an authority, or of one of its schools, for one academic year. */
  async set({ authority, school, academicYear, halfTerms }: TermCalendar): Promise<void> {
    checkHalfTerms(academicYear, halfTerms)
    await change(this.#store, async (tx) => {
      if (!(await tx.em.findOne(AuthorityEntity, authority))) {
        throw new RefusedError('authority', 'one that has been added')
      }
      if (school !== null && !(await tx.em.findOne(SchoolEntity, { urn: school, authority }))) {
        throw new RefusedError('school', 'one of that authority')
      }
      const row = { authority, school: school ?? 0, academicYear, halfTerms: JSON.stringify(halfTerms) }
      await tx.em.upsert(CalendarEntity, row)
      await tx.touch('calendars')
      const subject = school === null ? `authority ${authority}` : `school ${school}`
      await tx.note({ action: 'calendar.set', subject, detail: { academicYear, halfTerms } })
    })
  }

  /** The calendar in force: the school's own, else the authority's, else the generic one. */
  async get(authority: number, school: number | null, academicYear: number): Promise<CalendarInForce> {
    const where = { authority, academicYear, school: { $in: [0, school ?? 0] } }
    const rows = await em(this.#store).find(CalendarEntity, where, { orderBy: { school: 'desc' } })
    const row = rows[0]
    const halfTerms: HalfTerm[] = row ? JSON.parse(row.halfTerms) : defaultHalfTerms(academicYear)
    const from = row === undefined ? 'default' : row.school === 0 ? 'authority' : 'school'
    return { authority, school, academicYear, halfTerms, from }
  }

  /**
   * Weeks of each authority over a span of academic years (both included), and of each school that has a calendar of
   * its own, for the years that it has one for.
   */
  async weeks(authorities: readonly number[], years: { from: number; to: number }): Promise<WeeksOf[]> {
    const where = { authority: { $in: [...authorities] }, academicYear: { $gte: years.from, $lte: years.to } }
    const rows = await em(this.#store).find(CalendarEntity, where, { orderBy: { academicYear: 'asc' } })
    const set = new Map(rows.map((row) => [`${row.authority} ${row.school} ${row.academicYear}`, row]))
    const span = Array.from({ length: years.to - years.from + 1 }, (_, i) => years.from + i)
    const generic = new Map(span.map((year) => [year, calendarWeeks(year, defaultHalfTerms(year))]))
    const own = authorities.map((authority) => ({
      authority,
      school: 0,
      weeks: span.flatMap((year) => {
        const row = set.get(`${authority} 0 ${year}`)
        return row ? calendarWeeks(year, JSON.parse(row.halfTerms)) : generic.get(year)!
      }),
    }))
    const schools = new Map<number, WeeksOf>()
    for (const { authority, school, academicYear, halfTerms } of rows) {
      if (school === 0) continue
      const its = schools.get(school) ?? { authority, school, weeks: [] }
      its.weeks.push(...calendarWeeks(academicYear, JSON.parse(halfTerms)))
      schools.set(school, its)
    }
    return [...own, ...schools.values()]
  }

  /** Rises with each change, and with each authority added; at least 1. */
  revision(): Promise<number> {
    return revision(this.#store, 'calendars')
  }
}
