import { academicYearOf, weekOf } from '@cairn/metrics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarWeeks, checkHalfTerms, defaultHalfTerms, type HalfTerm, weekKeys } from './half-terms.ts'

const dayMs = 86_400_000
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const years = fc.integer({ min: 1990, max: 2080 })

function daysOf(year: number): string[] {
  const days = []
  for (let at = Date.UTC(year, 7, 1); at <= Date.UTC(year + 1, 6, 31); at += dayMs) days.push(iso(at))
  return days
}

/** Valid calendars of all shapes: twelve weeks of the year in order, two a half-term, and a day in each. */
const calendars = years.chain((year) => {
  const weeks = weekKeys(year)
  const picks = fc.uniqueArray(fc.nat(weeks.length - 1), { minLength: 12, maxLength: 12 })
  return fc
    .tuple(fc.constant(year), picks, fc.array(fc.nat(4), { minLength: 12, maxLength: 12 }))
    .map(([, picked, into]) => {
      const last = `${year + 1}-07-31`
      const days = picked
        .sort((a, b) => a - b)
        .map((at, i) => {
          const end = weeks[at + 1] ? iso(Date.parse(weeks[at + 1]!) - dayMs) : last
          const day = iso(Date.parse(weeks[at]!) + into[i]! * dayMs)
          return [day, end].sort()[0]!
        })
      const halfTerms = [0, 1, 2, 3, 4, 5].map((i) => ({ firstDay: days[2 * i]!, lastDay: days[2 * i + 1]! }))
      return { year, halfTerms }
    })
})

test('the weeks of a calendar partition the academic year: each day in one week, each week in one half-term', () => {
  fc.assert(
    fc.property(calendars, ({ year, halfTerms }) => {
      const weeks = calendarWeeks(year, halfTerms)
      const keys = weeks.map((one) => one.week)
      expect(new Set(keys).size).toBe(keys.length)
      expect([...new Set(daysOf(year).map(weekOf))]).toEqual(keys)
      for (const { year: its, halfTerm, term, week } of weeks) {
        expect(its).toBe(academicYearOf(week))
        expect(term).toBe(Math.ceil(halfTerm / 2))
      }
    }),
  )
})

test('half-terms follow each other without gap or overlap, from 1 in August to 6 in July', () => {
  fc.assert(
    fc.property(calendars, ({ year, halfTerms }) => {
      const order = calendarWeeks(year, halfTerms).map((one) => one.halfTerm)
      expect(order[0]).toBe(1)
      expect(order.at(-1)).toBe(6)
      for (const [i, one] of order.entries()) if (i > 0) expect([0, 1]).toContain(one - order[i - 1]!)
    }),
  )
})

test('a day in a half-term counts to it, and holidays count to the half-term before', () => {
  fc.assert(
    fc.property(calendars, ({ year, halfTerms }) => {
      const byWeek = new Map(calendarWeeks(year, halfTerms).map((one) => [one.week, one.halfTerm]))
      for (const [i, { firstDay, lastDay }] of halfTerms.entries()) {
        expect(byWeek.get(weekOf(firstDay))).toBe(i + 1)
        expect(byWeek.get(weekOf(lastDay))).toBe(i + 1)
        const holiday = iso(Date.parse(lastDay) + 7 * dayMs)
        const following = halfTerms[i + 1]
        if (following && weekOf(holiday) < weekOf(following.firstDay))
          expect(byWeek.get(weekOf(holiday))).toBe(i + 1)
      }
    }),
  )
})

test('the week that straddles 1 August is split there', () => {
  expect(weekKeys(2016).slice(0, 2)).toEqual(['2016-08-01', '2016-08-08']) // a Monday
  expect(weekKeys(2017).slice(0, 2)).toEqual(['2017-08-01', '2017-08-07']) // a Tuesday
  expect(weekKeys(2016).at(-1)).toBe('2017-07-31') // a Monday: one day of its own
  expect(weekKeys(2021).slice(0, 2)).toEqual(['2021-08-01', '2021-08-02']) // a Sunday: one day of its own
})

test('the generic calendar is a valid one in every year', () => {
  fc.assert(
    fc.property(years, (year) => {
      const halfTerms = defaultHalfTerms(year)
      expect(() => checkHalfTerms(year, halfTerms)).not.toThrow()
      for (const { firstDay, lastDay } of halfTerms) {
        expect(new Date(firstDay).getUTCDay()).toBe(1)
        expect(new Date(lastDay).getUTCDay()).toBe(5)
      }
    }),
  )
})

test('a calendar is refused where half-terms are missing, out of order, out of the year or share a week', () => {
  const good = defaultHalfTerms(2016)
  const refused = (change: (all: HalfTerm[]) => HalfTerm[]) => () =>
    checkHalfTerms(2016, change(structuredClone(good)))
  const withDay = (i: number, day: Partial<HalfTerm>) =>
    refused((all) => all.map((one, at) => (at === i ? { ...one, ...day } : one)))
  expect(refused((all) => all)).not.toThrow()
  expect(refused((all) => all.slice(0, 5))).toThrow('halfTerms: six')
  expect(refused((all) => all.toReversed())).toThrow('after the half-term before')
  expect(withDay(0, { firstDay: '2016-07-31' })).toThrow('halfTerms[0]: within 1 August to 31 July')
  expect(withDay(5, { lastDay: '2017-08-01' })).toThrow('halfTerms[5]: within 1 August to 31 July')
  expect(withDay(2, { firstDay: '2017-03-01' })).toThrow('halfTerms[2]: firstDay not after lastDay')
  expect(withDay(1, { firstDay: '2016-02-30' })).toThrow('halfTerms[1]: ISO dates')
  // One ends on a Tuesday, the next begins on the Thursday of the same week.
  expect(
    refused((all) =>
      all
        .with(1, { firstDay: '2016-11-03', lastDay: '2016-12-16' })
        .with(0, { firstDay: '2016-09-05', lastDay: '2016-11-01' }),
    ),
  ).toThrow('halfTerms[1]: in no week of the half-term before')
})
