import { planCreated } from '@cairn/contracts'
import { count, metric } from '../metric.ts'
import { planProgress } from '../plan-progress.ts'
import { plansCreated } from './plans-created.ts'

/** Plans that nobody has closed: they stand in the week in which they began. */
export const plansLive = metric({
  id: 'plans_live',
  title: 'Support plans still live',
  definition: 'Of the support plans that began in the period, those that have not been closed by now.',
  unit: 'plans',
  polarity: 'neutral',
  facts: planCreated,
  followedBy: planProgress,
  where: "closed_on = '1970-01-01'",
  measure: count(),
  dimensions: { tier_domain: { title: 'Domain', value: 'domain' } },
  breakdowns: [[], ['tier_domain']],
  interval: 'none',
  release: 'authority',
  partOf: plansCreated,
  answers: [12, 72],
})
