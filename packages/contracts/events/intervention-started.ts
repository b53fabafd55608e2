import { identityOf } from '../envelope.ts'
import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import {
  ecologicalLevels,
  interventionApproaches,
  interventionTechniques,
  interventionTypes,
  targetDomains,
} from '../reference/support-codes.ts'
import { eventReference, isoDate, oneOf, pupil, school } from '../schema.ts'

export interface InterventionStarted {
  school: string
  pupil: string
  startedOn: string
  type: string
  approach: string
  technique: string
  targetDomain: 'cognitive' | 'emotional' | 'social'
  level: 'individual' | 'family' | 'community' | 'societal'
  plannedSessions: number
  plannedMinutes: number
  plan?: { source: string; id: string }
}

const sample = {
  school: '812345',
  pupil: 'P-1001',
  startedOn: '2025-10-13',
  type: 'coping_skills',
  approach: 'cognitive_behavioural',
  technique: 'problem_solving',
  targetDomain: 'cognitive',
  level: 'individual',
  plannedSessions: 10,
  plannedMinutes: 300,
} satisfies InterventionStarted

const noPlan = '00000000-0000-0000-0000-000000000000'

export const interventionStarted = eventType<InterventionStarted>({
  type: 'intervention.started',
  major: 1,
  title: 'An intervention began',
  description:
    'One pupil began an intervention: what it is, what it aims at, and how much of it is planned. A group has one event for ' +
    'each pupil. It counts on the day it began. Its sessions and its end (`intervention.session.delivered`, ' +
    '`intervention.ended`) name it by the `source` and `id` of this event.',
  schema: {
    type: 'object',
    required: [
      'school',
      'pupil',
      'startedOn',
      'type',
      'approach',
      'technique',
      'targetDomain',
      'level',
      'plannedSessions',
      'plannedMinutes',
    ],
    additionalProperties: false,
    properties: {
      school,
      pupil,
      startedOn: { ...isoDate, description: 'First day' },
      type: oneOf(codesOf(interventionTypes), 'Type of intervention'),
      approach: oneOf(codesOf(interventionApproaches), 'What it is built on'),
      technique: oneOf(codesOf(interventionTechniques), 'Main technique'),
      targetDomain: oneOf(codesOf(targetDomains), 'Kind of resilience that it aims at'),
      level: oneOf(codesOf(ecologicalLevels), 'Level of the ecological model'),
      plannedSessions: { type: 'integer', minimum: 1, maximum: 400, description: 'Sessions planned' },
      plannedMinutes: {
        type: 'integer',
        minimum: 1,
        maximum: 60_000,
        description: 'Minutes planned, all sessions together',
      },
      plan: { ...eventReference, description: 'The plan.created event, where it is part of a plan' },
    },
  },
  examples: {
    valid: [
      { ...sample },
      {
        ...sample,
        type: 'social_skills',
        technique: 'role_play',
        targetDomain: 'social',
        level: 'community',
        plan: { source: 'urn:mis:812345', id: 'plan-12' },
      },
    ],
    invalid: [
      {
        why: 'a type that is not in the code set',
        data: { ...sample, type: 'nice chats' },
        field: '/data/type',
        rule: 'enum',
      },
      {
        why: 'no session planned',
        data: { ...sample, plannedSessions: 0 },
        field: '/data/plannedSessions',
        rule: 'minimum',
      },
      {
        why: 'the name of who leads it',
        data: { ...sample, ledBy: 'A name' },
        field: '/data/ledBy',
        rule: 'additionalProperties',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'intervention',
      columns: {
        type: 'LowCardinality(String)',
        approach: 'LowCardinality(String)',
        technique: 'LowCardinality(String)',
        target_domain: 'LowCardinality(String)',
        level: 'LowCardinality(String)',
        planned_sessions: 'UInt16',
        planned_minutes: 'UInt32',
        plan: 'UUID',
      },
      place: (data) => ({ school: Number(data.school), day: data.startedOn }),
      pupils: (data) => [data.pupil],
      row: (data) => [
        data.type,
        data.approach,
        data.technique,
        data.targetDomain,
        data.level,
        data.plannedSessions,
        data.plannedMinutes,
        data.plan ? identityOf(data.plan.source, data.plan.id) : noPlan,
      ],
    },
  },
})
