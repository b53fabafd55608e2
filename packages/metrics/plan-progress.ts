import { goalRated, planClosed, planReviewed } from '@cairn/contracts'
import type { FollowUp } from './metric.ts'

/**
 * What became of a plan: `first_review` and `closed_on` (1970-01-01 where there is none), and of each goal that was
 * rated, in arrays in step, its id, its first and its last rating. Of several on one day the last to arrive counts.
 */
export const planProgress: FollowUp = {
  facts: [planReviewed, planClosed, goalRated],
  columns: ['first_review', 'closed_on', 'rated_goals', 'first_ratings', 'last_ratings'],
  sql: (subjects) => `
    SELECT authority, ref, minIf(at, what = 'review') AS first_review, maxIf(at, what = 'closure') AS closed_on,
      groupArrayIf(goal, what = 'goal') AS rated_goals, groupArrayIf(first, what = 'goal') AS first_ratings,
      groupArrayIf(last, what = 'goal') AS last_ratings
    FROM (
      SELECT authority, ref, 'review' AS what, day AS at, '' AS goal, 0 AS first, 0 AS last FROM fact_plan_review FINAL
      WHERE (authority, ref) IN (${subjects})
      UNION ALL
      SELECT authority, ref, 'closure' AS what, day AS at, '' AS goal, 0 AS first, 0 AS last FROM fact_plan_closure FINAL
      WHERE (authority, ref) IN (${subjects})
      UNION ALL
      SELECT authority, ref, 'goal' AS what, max(day) AS at, toString(goal) AS goal, argMin(rating, (day, off)) AS first,
        argMax(rating, (day, off)) AS last
      FROM fact_goal_rating FINAL WHERE (authority, ref) IN (${subjects}) GROUP BY authority, ref, goal
    )
    GROUP BY authority, ref`,
}
