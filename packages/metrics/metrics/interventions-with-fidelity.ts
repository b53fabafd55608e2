import { interventionStarted } from '@cairn/contracts'
import { fidelityBar, interventionDelivery } from '../intervention-delivery.ts'
import { count, metric } from '../metric.ts'
import { interventionsEnded } from './interventions-ended.ts'

/** Interventions delivered as planned. Source of the bar: domain reference, section 3. */
export const interventionsWithFidelity = metric({
  id: 'interventions_with_fidelity',
  title: 'Interventions delivered as planned',
  definition:
    'Interventions that began in the period, have ended by now, and of which at least 80 % of the sessions planned and at least 80 % of ' +
    'the minutes planned were delivered.',
  unit: 'interventions',
  polarity: 'higher is better',
  facts: interventionStarted,
  followedBy: interventionDelivery,
  where:
    `ended_on > '1970-01-01' AND length(session_minutes) >= ${fidelityBar} * planned_sessions ` +
    `AND arraySum(session_minutes) >= ${fidelityBar} * planned_minutes`,
  measure: count(),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    technique: { title: 'Main technique', value: 'technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
  },
  breakdowns: [[], ['type'], ['technique'], ['target_domain']],
  interval: 'none',
  release: 'authority',
  partOf: interventionsEnded,
  answers: [45, 54],
})
