import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { informants } from '../reference/pupil-codes.ts'
import { eventReference, goalId, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface GoalRated {
  school: string
  pupil: string
  plan: { source: string; id: string }
  goal: string
  ratedOn: string
  rating: number
  informant: 'self' | 'staff' | 'parent'
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  plan: { source: 'urn:mis:812345', id: 'plan-12' },
  goal: 'g1',
  ratedOn: '2025-10-06',
  rating: 3,
  informant: 'self',
} satisfies GoalRated

export const goalRated = eventType<GoalRated>({
  type: 'goal.rated',
  major: 1,
  title: 'Progress towards a goal was rated',
  description:
    'How near the pupil is to a goal of a plan, from 0 (not begun) to 10 (reached). The plan is named by the `source` and ' +
    '`id` of its `plan.created` event, the goal by its id in the plan. Send one for each rating; the first is the baseline. It counts with the plan.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'plan', 'goal', 'ratedOn', 'rating', 'informant'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      plan: { ...eventReference, description: 'The plan.created event' },
      goal: goalId,
      ratedOn: { ...isoDate, description: 'Day of the rating' },
      rating: { type: 'integer', minimum: 0, maximum: 10, description: 'From 0 (not begun) to 10 (reached)' },
      informant: oneOf(codesOf(informants), 'Who rated it'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, ratedOn: '2025-11-14', rating: 10, informant: 'staff' }],
    invalid: [
      {
        why: 'a rating off the scale',
        data: { ...sample, rating: 11 },
        field: '/data/rating',
        rule: 'maximum',
      },
      {
        why: 'a goal in words',
        data: { ...sample, goal: 'Stay calm' },
        field: '/data/goal',
        rule: 'pattern',
      },
      {
        why: 'a plan without its id',
        data: { ...sample, plan: { source: 'urn:mis:812345' } },
        field: '/data/plan/id',
        rule: 'required',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'goal_rating',
      columns: {
        goal: 'LowCardinality(String)',
        rated_on: 'Date',
        rating: 'UInt8',
        informant: 'LowCardinality(String)',
      },
      place: (data) => ({ school: Number(data.school), day: data.ratedOn, follows: data.plan }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.goal, data.ratedOn, data.rating, data.informant],
    },
  },
})
