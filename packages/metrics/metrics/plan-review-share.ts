import { proportion } from '../metric.ts'
import { plansCreated } from './plans-created.ts'
import { plansReviewedOnTime } from './plans-reviewed-on-time.ts'

/** Share of plans that were reviewed when it was due. Facts know no today: planCompliance leaves out what is not due. */
export const planReviewShare = proportion({
  id: 'plan_review_share',
  title: 'Support plans reviewed on time, per cent',
  definition:
    'Of the support plans that began in the period, the percentage whose first review came by the day on which it was due. A plan ' +
    'that is not due yet counts as not reviewed: for a period that is not long past, ask planCompliance.',
  unit: '%',
  polarity: 'higher is better',
  numerator: plansReviewedOnTime,
  denominator: plansCreated,
  answers: [12, 37, 72],
})
