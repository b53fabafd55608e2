import { proportion } from '../metric.ts'
import { interventionsEnded } from './interventions-ended.ts'
import { interventionsWithFidelity } from './interventions-with-fidelity.ts'

/** Share of interventions delivered as planned: an effect under a low share says nothing about the intervention. */
export const fidelityShare = proportion({
  id: 'fidelity_share',
  title: 'Interventions delivered as planned, per cent',
  definition:
    'Of the interventions that began in the period and have ended by now, the percentage of which at least 80 % of the sessions and of ' +
    'the minutes planned were delivered.',
  unit: '%',
  polarity: 'higher is better',
  numerator: interventionsWithFidelity,
  denominator: interventionsEnded,
  answers: [45, 54],
})
