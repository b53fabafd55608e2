import { interventionStarted } from '@cairn/contracts'
import { count, metric } from '../metric.ts'

/** Interventions that began: one pupil each. */
export const interventionsStarted = metric({
  id: 'interventions_started',
  title: 'Interventions started',
  definition:
    'Interventions of single pupils that began in the period; a group counts once for each pupil in it.',
  unit: 'interventions',
  polarity: 'neutral',
  facts: interventionStarted,
  measure: count(),
  dimensions: {
    type: { title: 'Type of intervention', value: 'type' },
    approach: { title: 'Approach', value: 'approach' },
    technique: { title: 'Main technique', value: 'technique' },
    target_domain: { title: 'Kind of resilience aimed at', value: 'target_domain' },
    ecological_level: { title: 'Ecological level', value: 'level' },
  },
  breakdowns: [[], ['type'], ['approach'], ['technique'], ['target_domain'], ['ecological_level']],
  ofPupil: 'pupils[1]',
  interval: 'none',
  release: 'schools',
  answers: [6, 27, 45, 61, 62],
})
