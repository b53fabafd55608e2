import { attendanceRecorded } from '@cairn/contracts'
import { metric, sum } from '../metric.ts'

/** Sessions of absence. No release, as of those possible: most of a small sum may be one pupil's (ADR 20). */
export const sessionsMissed = metric({
  id: 'sessions_missed',
  title: 'Sessions missed',
  definition:
    'Sessions (half days) of authorised and unauthorised absence, over spans of days that end in the period. By a characteristic of ' +
    'pupils as on the last day of the span.',
  unit: 'sessions',
  polarity: 'lower is better',
  facts: attendanceRecorded,
  unroll: { absence: "['authorised', 'unauthorised']", missed: '[authorised, unauthorised]' },
  measure: sum('missed'),
  dimensions: { absence: { title: 'Kind of absence', value: 'absence' } },
  breakdowns: [[], ['absence']],
  ofPupil: 'pupils[1]',
  interval: 'none',
  answers: [],
})
