import { planCreated } from '@cairn/contracts'
import { count, metric } from '../metric.ts'
import { planProgress } from '../plan-progress.ts'
import { plansCreated } from './plans-created.ts'

/** Plans whose first review came when it was due: they stand in the week in which they began. */
export const plansReviewedOnTime = metric({
  id: 'plans_reviewed_on_time',
  title: 'Support plans reviewed on time',
  definition:
    'Of the support plans that began in the period, those whose first review came by the day on which it was due.',
  unit: 'plans',
  polarity: 'higher is better',
  facts: planCreated,
  followedBy: planProgress,
  where: "first_review > '1970-01-01' AND first_review <= review_due",
  measure: count(),
  dimensions: { tier_domain: { title: 'Domain', value: 'domain' } },
  breakdowns: [[], ['tier_domain']],
  interval: 'none',
  release: 'authority',
  partOf: plansCreated,
  answers: [12, 37, 72],
})
