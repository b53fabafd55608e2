import { proportion } from '../metric.ts'
import { sessionsMissed } from './sessions-missed.ts'
import { sessionsPossible } from './sessions-possible.ts'

/**
 * DfE's overall absence rate. Without an interval: a pupil's sessions are no independent ones, so that Wilson's would be far
 * too narrow, and one that allows for it needs each pupil's sums, which cells do not hold.
 */
export const absenceRate = proportion({
  id: 'absence_rate',
  title: 'Overall absence rate',
  definition:
    'Sessions missed, authorised or not, as a percentage of sessions possible, over spans of days that end in the period.',
  unit: '%',
  polarity: 'lower is better',
  numerator: sessionsMissed,
  denominator: sessionsPossible,
  interval: 'none',
  answers: [],
})
