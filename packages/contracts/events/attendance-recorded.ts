import { eventType } from '../event-type.ts'
import { isoDate, pupil, school } from '../schema.ts'

export interface AttendanceRecorded {
  school: string
  pupil: string
  from: string
  to: string
  possible: number
  attended: number
  authorised: number
  unauthorised: number
}

/** Eight weeks: no half-term is longer. */
const longestSpan = 56
/** Two for each day of the longest span. */
const mostSessions = 2 * longestSpan

const sample = {
  school: '812345',
  pupil: 'P-1001',
  from: '2025-09-01',
  to: '2025-10-24',
  possible: 78,
  attended: 71,
  authorised: 5,
  unauthorised: 2,
} satisfies AttendanceRecorded

const sessions = (minimum: number, description: string) =>
  ({ type: 'integer', minimum, maximum: mostSessions, description }) as const

/** Academic year of an ISO date by its starting year. */
const yearOf = (date: string): number => Number(date.slice(0, 4)) - (date.slice(5, 7) < '08' ? 1 : 0)

const daysOf = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1

export const attendanceRecorded = eventType<AttendanceRecorded>({
  type: 'attendance.recorded',
  major: 1,
  title: 'A pupil’s attendance over a span of days',
  description:
    'Sessions (half days) of one pupil over a span of days, both ends included: a week, a fortnight, a half-term at most, within one ' +
    'academic year. It counts on the last day. Sessions are summed by the codes of the register as DfE sums them (Working together to ' +
    'improve school attendance): attended are those present, late before the register closed, or at an approved educational activity; ' +
    'what is not counted there is not possible here either. Spans of one pupil at one school must not overlap: both would count. Correct ' +
    'a span by a later version of the same event.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'from', 'to', 'possible', 'attended', 'authorised', 'unauthorised'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      from: { ...isoDate, description: 'First day of the span' },
      to: { ...isoDate, description: 'Last day of the span' },
      possible: sessions(1, 'Sessions possible: those attended and those missed'),
      attended: sessions(0, 'Sessions attended, approved educational activity included'),
      authorised: sessions(0, 'Sessions of authorised absence'),
      unauthorised: sessions(0, 'Sessions of unauthorised absence'),
    },
  },
  check: ({ from, to, possible, attended, authorised, unauthorised }) => {
    if (to < from) return { field: '/data/to', rule: 'notBefore' }
    if (yearOf(from) !== yearOf(to)) return { field: '/data/to', rule: 'sameAcademicYear' }
    const days = daysOf(from, to)
    if (days > longestSpan) return { field: '/data/to', rule: 'longestSpan' }
    if (possible > 2 * days) return { field: '/data/possible', rule: 'twoSessionsADay' }
    return attended + authorised + unauthorised === possible
      ? undefined
      : { field: '/data/possible', rule: 'sumOfSessions' }
  },
  examples: {
    valid: [
      { ...sample },
      {
        ...sample,
        from: '2025-11-10',
        to: '2025-11-14',
        possible: 10,
        attended: 10,
        authorised: 0,
        unauthorised: 0,
      },
      {
        ...sample,
        from: '2026-03-02',
        to: '2026-03-02',
        possible: 1,
        attended: 0,
        authorised: 1,
        unauthorised: 0,
      },
    ],
    invalid: [
      {
        why: 'a span that ends before it begins',
        data: { ...sample, to: '2025-08-29' },
        field: '/data/to',
        rule: 'notBefore',
      },
      {
        why: 'a span longer than a half-term',
        data: { ...sample, to: '2025-10-27' },
        field: '/data/to',
        rule: 'longestSpan',
      },
      {
        why: 'a span in two academic years',
        data: { ...sample, from: '2026-07-20', to: '2026-09-04' },
        field: '/data/to',
        rule: 'sameAcademicYear',
      },
      {
        why: 'more than two sessions a day',
        data: { ...sample, from: '2025-10-20', possible: 11, attended: 11, authorised: 0, unauthorised: 0 },
        field: '/data/possible',
        rule: 'twoSessionsADay',
      },
      {
        why: 'sessions that do not add up',
        data: { ...sample, unauthorised: 3 },
        field: '/data/possible',
        rule: 'sumOfSessions',
      },
      {
        why: 'no session at all',
        data: { ...sample, possible: 0, attended: 0, authorised: 0, unauthorised: 0 },
        field: '/data/possible',
        rule: 'minimum',
      },
      {
        why: 'half a session',
        data: { ...sample, attended: 70.5, authorised: 5.5 },
        field: '/data/attended',
        rule: 'type',
      },
      {
        why: 'the reason of an absence',
        data: { ...sample, reason: 'ill with' },
        field: '/data/reason',
        rule: 'additionalProperties',
      },
      { why: 'no pupil', data: { ...sample, pupil: undefined }, field: '/data/pupil', rule: 'required' },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'attendance',
      columns: {
        starts_on: 'Date',
        possible: 'UInt8',
        attended: 'UInt8',
        authorised: 'UInt8',
        unauthorised: 'UInt8',
      },
      place: (data) => ({ school: Number(data.school), day: data.to }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.from, data.possible, data.attended, data.authorised, data.unauthorised],
    },
  },
})
