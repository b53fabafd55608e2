import { planCreated } from '@cairn/contracts'
import { mean, metric } from '../metric.ts'
import { planProgress } from '../plan-progress.ts'
import { goalsSet } from './goals-set.ts'

/** Where goals stand now. Source: goal-based outcomes, 0 to 10 (domain reference, row 69). */
export const goalRating = metric({
  id: 'goal_rating',
  title: 'Mean goal rating',
  definition:
    'Mean of the last rating of each goal, from 0 (not begun) to 10 (reached), over the goals rated by now of the support plans that ' +
    'began in the period. A goal that was never rated is left out.',
  unit: 'points',
  polarity: 'higher is better',
  facts: planCreated,
  followedBy: planProgress,
  unroll: { rated_goal: 'rated_goals', rating: 'last_ratings' },
  measure: mean('rating'),
  dimensions: {
    goal_area: {
      title: 'What the goal is about',
      value: "if(has(goals, rated_goal), goal_areas[indexOf(goals, rated_goal)], 'unknown')",
    },
    tier_domain: { title: 'Domain', value: 'domain' },
  },
  breakdowns: [[], ['goal_area'], ['tier_domain']],
  interval: 'mean-t',
  release: 'authority',
  partOf: goalsSet,
  answers: [69],
})
