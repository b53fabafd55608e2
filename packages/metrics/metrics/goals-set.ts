import { planCreated } from '@cairn/contracts'
import { count, metric } from '../metric.ts'

/** Goals of support plans. */
export const goalsSet = metric({
  id: 'goals_set',
  title: 'Goals set',
  definition: 'Goals of the support plans that began in the period.',
  unit: 'goals',
  polarity: 'neutral',
  facts: planCreated,
  unroll: { goal_area: 'goal_areas' },
  measure: count(),
  dimensions: {
    goal_area: { title: 'What the goal is about', value: 'goal_area' },
    tier_domain: { title: 'Domain', value: 'domain' },
  },
  breakdowns: [[], ['goal_area'], ['tier_domain']],
  interval: 'none',
  release: 'schools',
  answers: [69],
})
