import { interventionStarted } from '@cairn/contracts'
import { interventionDelivery } from '../intervention-delivery.ts'
import { mean, metric } from '../metric.ts'
import { interventionsStarted } from './interventions-started.ts'

/** How much support a pupil had of an intervention. */
export const interventionDose = metric({
  id: 'intervention_dose',
  title: 'Mean minutes of an intervention',
  definition:
    'Mean minutes delivered by now of an intervention that began in the period, those of which nothing was delivered included. ' +
    'The technique is the main one of the intervention.',
  unit: 'minutes',
  polarity: 'neutral',
  facts: interventionStarted,
  followedBy: interventionDelivery,
  measure: mean('arraySum(session_minutes)'),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    technique: { title: 'Main technique', value: 'technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
  },
  breakdowns: [[], ['type'], ['technique'], ['target_domain']],
  interval: 'mean-t',
  release: 'authority',
  partOf: interventionsStarted,
  answers: [6, 45, 65],
})
