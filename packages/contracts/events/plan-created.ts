import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { goalAreas, tierDomains } from '../reference/support-codes.ts'
import { goalId, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface PlanCreated {
  school: string
  pupil: string
  createdOn: string
  domain: 'semh' | 'behaviour' | 'attendance'
  reviewDueOn: string
  goals: { id: string; area: string }[]
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  createdOn: '2025-10-06',
  domain: 'semh',
  reviewDueOn: '2025-11-17',
  goals: [
    { id: 'g1', area: 'coping' },
    { id: 'g2', area: 'friendships' },
  ],
} satisfies PlanCreated

export const planCreated = eventType<PlanCreated>({
  type: 'plan.created',
  major: 1,
  title: 'A support plan was made',
  description:
    'A support plan of one pupil, with its goals and the day on which it is due for review. It counts on the day it was ' +
    'made. What happens to it later (`plan.reviewed`, `goal.rated`, `plan.closed`) names it by the `source` and `id` of this event.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'createdOn', 'domain', 'reviewDueOn', 'goals'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      createdOn: { ...isoDate, description: 'Day on which the plan began' },
      domain: oneOf(codesOf(tierDomains), 'Domain of the plan'),
      reviewDueOn: { ...isoDate, description: 'Day by which it is to be reviewed first' },
      goals: {
        type: 'array',
        maxItems: 10,
        description: 'Goals of the pupil; what they are in words stays at the school',
        items: {
          type: 'object',
          required: ['id', 'area'],
          additionalProperties: false,
          properties: { id: goalId, area: oneOf(codesOf(goalAreas), 'What the goal is about') },
        },
      },
    },
  },
  check: ({ createdOn, reviewDueOn, goals }) => {
    if (reviewDueOn <= createdOn) return { field: '/data/reviewDueOn', rule: 'inOrder' }
    const again = goals.findIndex(({ id }, index) => goals.findIndex((goal) => goal.id === id) < index)
    return again < 0 ? undefined : { field: `/data/goals/${again}/id`, rule: 'sameGoal' }
  },
  examples: {
    valid: [{ ...sample }, { ...sample, domain: 'behaviour', goals: [] }],
    invalid: [
      {
        why: 'a goal in words',
        data: { ...sample, goals: [{ id: 'g1', area: 'coping', text: 'Stay calm in maths' }] },
        field: '/data/goals/0/text',
        rule: 'additionalProperties',
      },
      {
        why: 'two goals with one id',
        data: { ...sample, goals: [sample.goals[0], sample.goals[0]] },
        field: '/data/goals/1/id',
        rule: 'sameGoal',
      },
      {
        why: 'a review before the plan',
        data: { ...sample, reviewDueOn: '2025-10-06' },
        field: '/data/reviewDueOn',
        rule: 'inOrder',
      },
      { why: 'no pupil', data: { ...sample, pupil: undefined }, field: '/data/pupil', rule: 'required' },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'plan',
      columns: {
        domain: 'LowCardinality(String)',
        review_due: 'Date',
        goals: 'Array(LowCardinality(String))',
        goal_areas: 'Array(LowCardinality(String))',
      },
      place: (data) => ({ school: Number(data.school), day: data.createdOn }),
      pupils: (data) => [data.pupil],
      row: (data) => [
        data.domain,
        data.reviewDueOn,
        data.goals.map(({ id }) => id),
        data.goals.map(({ area }) => area),
      ],
    },
  },
})
