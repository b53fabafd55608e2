import { interventionStarted } from '@cairn/contracts'
import { interventionDelivery } from '../intervention-delivery.ts'
import { mean, metric } from '../metric.ts'
import { interventionsEnded } from './interventions-ended.ts'

/** Sessions delivered against sessions planned, of interventions that are over. Source: domain reference, section 3. */
export const sessionFidelity = metric({
  id: 'session_fidelity',
  title: 'Sessions delivered of those planned',
  definition:
    'Mean over interventions of sessions delivered as a percentage of sessions planned: those that began in the period and have ended ' +
    'by now. More than planned counts as more than 100. The common bar is 80 %.',
  unit: '%',
  polarity: 'higher is better',
  facts: interventionStarted,
  followedBy: interventionDelivery,
  where: "ended_on > '1970-01-01'",
  measure: mean('100 * length(session_minutes) / planned_sessions'),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    technique: { title: 'Main technique', value: 'technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
  },
  breakdowns: [[], ['type'], ['technique'], ['target_domain']],
  interval: 'mean-t',
  release: 'authority',
  partOf: interventionsEnded,
  answers: [45, 54],
})
