import { interventionStarted } from '@cairn/contracts'
import { interventionDelivery } from '../intervention-delivery.ts'
import { count, metric } from '../metric.ts'

/** Sessions that pupils took part in: they stand in the week in which their intervention began. */
export const sessionsDelivered = metric({
  id: 'sessions_delivered',
  title: 'Sessions delivered',
  definition:
    'Sessions delivered by now of the interventions that began in the period, one for each pupil who took part. The technique is ' +
    'that of the session, not of the intervention.',
  unit: 'sessions',
  polarity: 'neutral',
  facts: interventionStarted,
  followedBy: interventionDelivery,
  unroll: { session_technique: 'session_techniques' },
  measure: count(),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    technique: { title: 'Technique of the session', value: 'session_technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
    ecological_level: { title: 'Ecological level', value: 'level' },
  },
  breakdowns: [[], ['type'], ['technique'], ['target_domain'], ['ecological_level']],
  interval: 'none',
  release: 'schools',
  answers: [6, 45, 61, 65],
})
