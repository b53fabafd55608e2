import { attendanceRecorded } from '@cairn/contracts'
import { metric, sum } from '../metric.ts'

/** What an absence rate is out of. No release: a sum of sessions says nothing of how many pupils it comes from (ADR 20). */
export const sessionsPossible = metric({
  id: 'sessions_possible',
  title: 'Sessions possible',
  definition:
    'Sessions (half days) that pupils could have attended, over spans of days that end in the period. By a characteristic of pupils as ' +
    'on the last day of the span.',
  unit: 'sessions',
  polarity: 'neutral',
  facts: attendanceRecorded,
  measure: sum('possible'),
  dimensions: {},
  breakdowns: [[]],
  ofPupil: 'pupils[1]',
  interval: 'none',
  answers: [],
})
