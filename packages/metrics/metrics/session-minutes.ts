import { interventionStarted } from '@cairn/contracts'
import { interventionDelivery } from '../intervention-delivery.ts'
import { mean, metric } from '../metric.ts'
import { sessionsDelivered } from './sessions-delivered.ts'

/** Length of a session. A mean, because minutes summed are no count that small-number control could judge. */
export const sessionMinutes = metric({
  id: 'session_minutes',
  title: 'Mean minutes of a session',
  definition:
    'Mean minutes that the pupil took part in a session, over the sessions delivered by now of the interventions that began in the ' +
    'period; times n it is all minutes delivered. The technique is that of the session.',
  unit: 'minutes',
  polarity: 'neutral',
  facts: interventionStarted,
  followedBy: interventionDelivery,
  unroll: { session_technique: 'session_techniques', minutes: 'session_minutes' },
  measure: mean('minutes'),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    technique: { title: 'Technique of the session', value: 'session_technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
  },
  breakdowns: [[], ['type'], ['technique'], ['target_domain']],
  interval: 'mean-t',
  release: 'authority',
  partOf: sessionsDelivered,
  answers: [6, 45, 65],
})
