import { checkinSubmitted } from '@cairn/contracts'
import { characteristicsByYear } from '../characteristics.ts'
import { metric, pupils } from '../metric.ts'

/** Pupils with at least one check-in. Not additive over periods. */
export const pupilsCheckedIn = metric({
  id: 'pupils_checked_in',
  title: 'Pupils with a check-in',
  definition: 'Different pupils with at least one check-in in the period; a pupil with several counts once.',
  unit: 'pupils',
  polarity: 'higher is better',
  facts: checkinSubmitted,
  measure: pupils(),
  unroll: { pupil: 'arraySlice(pupils, 1, 1)' },
  dimensions: {
    instrument: { title: 'Instrument', value: 'instrument' },
    informant: { title: 'Informant', value: 'informant' },
  },
  breakdowns: [[], ['instrument'], ['informant']],
  ofPupil: 'pupil',
  interval: 'none',
  byYear: characteristicsByYear,
  release: 'schools',
  answers: [1, 49],
})
