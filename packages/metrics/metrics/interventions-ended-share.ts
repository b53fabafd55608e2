import { proportion } from '../metric.ts'
import { interventionsEnded } from './interventions-ended.ts'
import { interventionsStarted } from './interventions-started.ts'

/** Share of interventions that are over. */
export const interventionsEndedShare = proportion({
  id: 'interventions_ended_share',
  title: 'Interventions ended, per cent',
  definition: 'Of the interventions that began in the period, the percentage that have ended by now.',
  unit: '%',
  polarity: 'neutral',
  numerator: interventionsEnded,
  denominator: interventionsStarted,
  answers: [45, 72],
})
