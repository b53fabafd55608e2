import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { supportEndReasons } from '../reference/support-codes.ts'
import { eventReference, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface PlanClosed {
  school: string
  pupil: string
  plan: { source: string; id: string }
  closedOn: string
  reason: string
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  plan: { source: 'urn:mis:812345', id: 'plan-12' },
  closedOn: '2026-03-20',
  reason: 'goal_met',
} satisfies PlanClosed

export const planClosed = eventType<PlanClosed>({
  type: 'plan.closed',
  major: 1,
  title: 'A support plan was closed',
  description:
    'Closes a plan, named by the `source` and `id` of its `plan.created` event, in whichever order the two arrive. ' +
    'It counts with the plan; the plan is live up to and including this day.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'plan', 'closedOn', 'reason'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      plan: { ...eventReference, description: 'The plan.created event' },
      closedOn: { ...isoDate, description: 'Last day of the plan' },
      reason: oneOf(codesOf(supportEndReasons), 'Why'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, reason: 'left_school' }],
    invalid: [
      { why: 'no reason', data: { ...sample, reason: undefined }, field: '/data/reason', rule: 'required' },
      {
        why: 'a plan by its name alone',
        data: { ...sample, plan: 'plan-12' },
        field: '/data/plan',
        rule: 'type',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'plan_closure',
      columns: { closed_on: 'Date', reason: 'LowCardinality(String)' },
      place: (data) => ({ school: Number(data.school), day: data.closedOn, follows: data.plan }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.closedOn, data.reason],
    },
  },
})
