import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { decisionRoles, supportEndReasons, tierDomains } from '../reference/support-codes.ts'
import { isoDate, oneOf, pupil, school } from '../schema.ts'

export interface TierExited {
  school: string
  pupil: string
  domain: 'semh' | 'behaviour' | 'attendance'
  exitedOn: string
  reason: string
  decidedBy: string
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  domain: 'semh',
  exitedOn: '2026-03-20',
  reason: 'goal_met',
  decidedBy: 'mental_health_lead',
} satisfies TierExited

export const tierExited = eventType<TierExited>({
  type: 'tier.exited',
  major: 1,
  title: 'A pupil left tier 2 or 3',
  description:
    'A person decided that a pupil leaves the targeted or intensive tier of one domain: from the end of that week the ' +
    'pupil has tier 1 there. A change from tier 3 to tier 2 is a `tier.assigned`.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'domain', 'exitedOn', 'reason', 'decidedBy'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      domain: oneOf(codesOf(tierDomains), 'Domain'),
      exitedOn: { ...isoDate, description: 'Day of the decision' },
      reason: oneOf(codesOf(supportEndReasons), 'Why'),
      decidedBy: oneOf(codesOf(decisionRoles), 'Role of the person who decided'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, domain: 'attendance', reason: 'left_school' }],
    invalid: [
      {
        why: 'a domain that has no tiers',
        data: { ...sample, domain: 'academics' },
        field: '/data/domain',
        rule: 'enum',
      },
      { why: 'no reason', data: { ...sample, reason: undefined }, field: '/data/reason', rule: 'required' },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'tier_exit',
      columns: {
        domain: 'LowCardinality(String)',
        reason: 'LowCardinality(String)',
        decided_by: 'LowCardinality(String)',
      },
      place: (data) => ({ school: Number(data.school), day: data.exitedOn }),
      pupils: (data) => [data.pupil],
      row: (data) => [data.domain, data.reason, data.decidedBy],
    },
  },
})
