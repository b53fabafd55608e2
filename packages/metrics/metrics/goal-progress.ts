import { planCreated } from '@cairn/contracts'
import { mean, metric } from '../metric.ts'
import { planProgress } from '../plan-progress.ts'
import { goalsSet } from './goals-set.ts'

/** How far goals moved from their baseline. Source: goal-based outcomes, 0 to 10 (domain reference, row 69). */
export const goalProgress = metric({
  id: 'goal_progress',
  title: 'Mean goal progress',
  definition:
    'Mean of the last rating less the first (the baseline), in points of 0 to 10, over the goals rated by now of the support plans that ' +
    'began in the period. A goal that was rated once has made no progress.',
  unit: 'points',
  polarity: 'higher is better',
  facts: planCreated,
  followedBy: planProgress,
  unroll: { rated_goal: 'rated_goals', first_rating: 'first_ratings', last_rating: 'last_ratings' },
  measure: mean('toInt16(last_rating) - first_rating'),
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
