import { proportion } from '../metric.ts'
import { plansCreated } from './plans-created.ts'
import { plansLive } from './plans-live.ts'

/** Share of plans that nobody has closed. */
export const plansLiveShare = proportion({
  id: 'plans_live_share',
  title: 'Support plans still live, per cent',
  definition:
    'Of the support plans that began in the period, the percentage that have not been closed by now.',
  unit: '%',
  polarity: 'neutral',
  numerator: plansLive,
  denominator: plansCreated,
  answers: [12, 72],
})
