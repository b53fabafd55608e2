import { interventionStarted } from '@cairn/contracts'
import { interventionDelivery } from '../intervention-delivery.ts'
import { count, metric } from '../metric.ts'
import { interventionsStarted } from './interventions-started.ts'

/** Interventions that are over: they stand in the week in which they began. */
export const interventionsEnded = metric({
  id: 'interventions_ended',
  title: 'Interventions ended',
  definition: 'Of the interventions that began in the period, those that have ended by now.',
  unit: 'interventions',
  polarity: 'neutral',
  facts: interventionStarted,
  followedBy: interventionDelivery,
  where: "ended_on > '1970-01-01'",
  measure: count(),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    technique: { title: 'Main technique', value: 'technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
    support_end_reason: { title: 'Why it ended', value: 'end_reason' },
  },
  breakdowns: [[], ['type'], ['technique'], ['target_domain'], ['support_end_reason']],
  interval: 'none',
  release: 'authority',
  partOf: interventionsStarted,
  answers: [45, 72],
})
