import { planCreated } from '@cairn/contracts'
import { count, metric } from '../metric.ts'

/** Support plans that were made. */
export const plansCreated = metric({
  id: 'plans_created',
  title: 'Support plans made',
  definition: 'Support plans that began in the period.',
  unit: 'plans',
  polarity: 'neutral',
  facts: planCreated,
  measure: count(),
  dimensions: { tier_domain: { title: 'Domain', value: 'domain' } },
  breakdowns: [[], ['tier_domain']],
  ofPupil: 'pupils[1]',
  interval: 'none',
  release: 'schools',
  answers: [12, 66, 70],
})
