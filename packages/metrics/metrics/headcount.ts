import { rollSnapshotPublished } from '@cairn/contracts'
import { characteristicsByYear } from '../characteristics.ts'
import { metric, sum } from '../metric.ts'

/** Pupils on roll, as the census that counts for the academic year has them. Source: DfE school census. */
export const headcount = metric({
  id: 'headcount',
  title: 'Pupils on roll',
  definition:
    'Pupils on roll in the census that counts for the academic year: the spring census, or failing it the latest of that year, ' +
    'or failing that the latest of the year before. Not summed over time.',
  unit: 'pupils',
  polarity: 'neutral',
  facts: rollSnapshotPublished,
  lastInSlice: true,
  unroll: { nc_year: 'nc_years', sex: 'sexes', sen_provision: 'sens', fsm: 'fsms', headcount: 'headcounts' },
  measure: sum('headcount'),
  dimensions: {
    census: { title: 'Census', value: 'census', internal: true },
    nc_year: { title: 'National curriculum year', value: 'nc_year' },
    sex: { title: 'Sex', value: 'sex' },
    sen_provision: { title: 'SEN provision', value: 'sen_provision' },
    fsm: { title: 'Free school meals', value: 'fsm' },
  },
  breakdowns: [
    ...[[], ['census'], ['nc_year'], ['sex'], ['sen_provision'], ['fsm']],
    ...characteristicsByYear.filter((names) => !names.includes('ethnicity')),
  ],
  interval: 'none',
  answers: [2],
})
