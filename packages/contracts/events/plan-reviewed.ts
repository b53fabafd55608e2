import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { planReviewOutcomes } from '../reference/support-codes.ts'
import { eventReference, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface PlanReviewed {
  school: string
  pupil: string
  plan: { source: string; id: string }
  reviewedOn: string
  outcome: string
  nextReviewDueOn?: string
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  plan: { source: 'urn:mis:812345', id: 'plan-12' },
  reviewedOn: '2025-11-14',
  outcome: 'continue',
} satisfies PlanReviewed

export const planReviewed = eventType<PlanReviewed>({
  type: 'plan.reviewed',
  major: 1,
  title: 'A support plan was reviewed',
  description:
    'A review of a plan, named by the `source` and `id` of its `plan.created` event, in whichever order the two arrive. ' +
    'It counts with the plan. Send one for each review; `nextReviewDueOn` is left out where there is to be none.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'plan', 'reviewedOn', 'outcome'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      plan: { ...eventReference, description: 'The plan.created event' },
      reviewedOn: { ...isoDate, description: 'Day of the review' },
      outcome: oneOf(codesOf(planReviewOutcomes), 'What came of it'),
      nextReviewDueOn: { ...isoDate, description: 'Day by which it is to be reviewed again' },
    },
  },
  check: ({ reviewedOn, nextReviewDueOn }) =>
    nextReviewDueOn !== undefined && nextReviewDueOn <= reviewedOn
      ? { field: '/data/nextReviewDueOn', rule: 'inOrder' }
      : undefined,
  examples: {
    valid: [
      { ...sample, nextReviewDueOn: '2026-01-09' },
      { ...sample, outcome: 'close' },
    ],
    invalid: [
      {
        why: 'an outcome in words',
        data: { ...sample, outcome: 'Going well' },
        field: '/data/outcome',
        rule: 'enum',
      },
      {
        why: 'a plan without its source',
        data: { ...sample, plan: { id: 'plan-12' } },
        field: '/data/plan/source',
        rule: 'required',
      },
      {
        why: 'a next review in the past',
        data: { ...sample, nextReviewDueOn: '2025-11-14' },
        field: '/data/nextReviewDueOn',
        rule: 'inOrder',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'plan_review',
      // The first day of the epoch stands where no further review is due: a column of dates has no null.
      columns: { reviewed_on: 'Date', outcome: 'LowCardinality(String)', next_due: 'Date' },
      place: (data) => ({ school: Number(data.school), day: data.reviewedOn, follows: data.plan }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.reviewedOn, data.outcome, data.nextReviewDueOn ?? '1970-01-01'],
    },
  },
})
