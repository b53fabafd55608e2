import { checkinSubmitted } from '@cairn/contracts'
import { count, metric } from '../metric.ts'

/** Check-ins: completions of an instrument about one pupil. */
export const checkIns = metric({
  id: 'check_ins',
  title: 'Check-ins',
  definition:
    'Completed check-ins (one instrument, one pupil, one informant), counted on the day they were submitted.',
  unit: 'check-ins',
  polarity: 'neutral',
  facts: checkinSubmitted,
  measure: count(),
  dimensions: {
    instrument: { title: 'Instrument', value: 'instrument' },
    informant: { title: 'Informant', value: 'informant' },
  },
  breakdowns: [[], ['instrument'], ['informant']],
  ofPupil: 'pupils[1]',
  interval: 'none',
  release: 'schools',
  answers: [1, 49],
})
