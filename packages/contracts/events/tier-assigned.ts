import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { decisionRoles, tierDomains, tierReasons } from '../reference/support-codes.ts'
import { isoDate, oneOf, pupil, school } from '../schema.ts'

export interface TierAssigned {
  school: string
  pupil: string
  domain: 'semh' | 'behaviour' | 'attendance'
  tier: 1 | 2 | 3
  assignedOn: string
  reason: string
  decidedBy: string
  /** Copied from Cairn's recommendation, because later corrections change that. */
  explanation?: { rule: string; policyVersion: number; observed: Record<string, number> }
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  domain: 'semh',
  tier: 2,
  assignedOn: '2025-10-06',
  reason: 'recommended',
  decidedBy: 'mental_health_lead',
} satisfies TierAssigned

export const tierAssigned = eventType<TierAssigned>({
  type: 'tier.assigned',
  major: 1,
  title: 'A person assigned a tier',
  description:
    'A person decided on the tier of a pupil in one domain; Cairn recommends and never assigns. It holds from the end of ' +
    'that week until the next assignment in the domain or `tier.exited`. Who decided is a role, never a name. Where a ' +
    'recommendation was followed or overruled, `explanation` keeps what it rested on as it was on that day.',
  schema: {
    type: 'object',
    required: ['school', 'pupil', 'domain', 'tier', 'assignedOn', 'reason', 'decidedBy'],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      domain: oneOf(codesOf(tierDomains), 'Domain'),
      tier: { type: 'integer', minimum: 1, maximum: 3, description: '1 universal, 2 targeted, 3 intensive' },
      assignedOn: { ...isoDate, description: 'Day of the decision' },
      reason: oneOf(codesOf(tierReasons), 'Why, most important if several'),
      decidedBy: oneOf(codesOf(decisionRoles), 'Role of the person who decided'),
      explanation: {
        type: 'object',
        required: ['rule', 'policyVersion', 'observed'],
        additionalProperties: false,
        description: 'What Cairn’s recommendation rested on, copied on the day of the decision',
        properties: {
          rule: {
            type: 'string',
            maxLength: 64,
            pattern: '^[a-z][a-z0-9]*([-_][a-z0-9]+)*$',
            description: 'Id of the rule',
          },
          policyVersion: {
            type: 'integer',
            minimum: 1,
            maximum: 1_000_000,
            description: 'Version of the policy',
          },
          observed: {
            type: 'object',
            maxProperties: 20,
            propertyNames: { type: 'string', pattern: '^[a-z][a-z_]{0,38}(_[0-9]{1,2})?$' },
            additionalProperties: { type: 'number', minimum: -1_000_000, maximum: 1_000_000 },
            description: 'Values that the rule’s conditions saw',
          },
        },
      },
    },
  },
  examples: {
    valid: [
      { ...sample },
      {
        ...sample,
        domain: 'behaviour',
        tier: 3,
        reason: 'incidents',
        explanation: { rule: 'behaviour-2-to-3', policyVersion: 4, observed: { incidents: 5, sources: 2 } },
      },
    ],
    invalid: [
      { why: 'a tier that is none', data: { ...sample, tier: 4 }, field: '/data/tier', rule: 'maximum' },
      {
        why: 'a name in place of a role',
        data: { ...sample, decidedBy: 'A. Teacher' },
        field: '/data/decidedBy',
        rule: 'enum',
      },
      {
        why: 'an observation in words',
        data: { ...sample, explanation: { rule: 'r', policyVersion: 1, observed: { incidents: 'many' } } },
        field: '/data/explanation/observed/incidents',
        rule: 'type',
      },
      {
        why: 'a decision that is nobody’s',
        data: { ...sample, decidedBy: undefined },
        field: '/data/decidedBy',
        rule: 'required',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'tier_assignment',
      columns: {
        domain: 'LowCardinality(String)',
        tier: 'UInt8',
        reason: 'LowCardinality(String)',
        decided_by: 'LowCardinality(String)',
        rule: 'LowCardinality(String)',
        policy_version: 'UInt32',
        observed: 'Array(LowCardinality(String))',
        observed_values: 'Array(Float64)',
      },
      place: (data) => ({ school: Number(data.school), day: data.assignedOn }),
      pupils: (data) => [data.pupil],
      row: ({ domain, tier, reason, decidedBy, explanation }) => [
        domain,
        tier,
        reason,
        decidedBy,
        explanation?.rule ?? '',
        explanation?.policyVersion ?? 0,
        Object.keys(explanation?.observed ?? {}),
        Object.values(explanation?.observed ?? {}),
      ],
    },
  },
})
