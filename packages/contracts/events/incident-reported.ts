import { eventType } from '../event-type.ts'
import { behaviourCodes } from '../reference/behaviours.ts'
import { codesOf } from '../reference/code-set.ts'
import {
  incidentLocations,
  incidentModes,
  incidentMotivations,
  incidentRoles,
} from '../reference/incident-codes.ts'
import { isoDate, oneOf, pupil, school } from '../schema.ts'

export interface IncidentReported {
  school: string
  occurredOn: string
  behaviours: string[]
  mode: 'in_person' | 'online' | 'both'
  location: string
  /** 1 minor, 2 moderate, 3 serious, 4 critical: code set `incident-severity`. */
  severity: 1 | 2 | 3 | 4
  motivations?: string[]
  participants: { role: 'target' | 'perpetrator' | 'witness' | 'reporter'; pupil: string }[]
}

const sample = {
  school: '812345',
  occurredOn: '2025-10-06',
  behaviours: ['bullying'],
  mode: 'in_person',
  location: 'playground',
  severity: 2,
  participants: [{ role: 'target', pupil: 'P-1001' }],
} as const

export const incidentReported = eventType<IncidentReported>({
  type: 'incident.reported',
  major: 1,
  title: 'An incident of behaviour',
  description:
    'One incident, whoever was part of it. It counts once, on the day it occurred, however many pupils and behaviours it names. ' +
    'Severity: 1 minor, dealt with on the spot, no harm; 2 moderate, needed follow-up by staff, brief distress; ' +
    '3 serious, harm or repetition, senior staff and families involved; 4 critical, serious harm or referred to an outside agency. ' +
    'Which behaviours are intimidation is said by the code set. A suspension that follows is a fact of its own: send `exclusion.recorded` too.',
  schema: {
    type: 'object',
    required: ['school', 'occurredOn', 'behaviours', 'mode', 'location', 'severity', 'participants'],
    additionalProperties: false,
    properties: {
      school,
      occurredOn: { ...isoDate, description: 'Day of the incident' },
      behaviours: {
        type: 'array',
        minItems: 1,
        maxItems: 10,
        uniqueItems: true,
        items: { enum: behaviourCodes },
        description: 'What happened: one or more codes',
      },
      mode: oneOf(codesOf(incidentModes), 'In person, online or both'),
      location: oneOf(codesOf(incidentLocations), 'Where it happened'),
      severity: { type: 'integer', minimum: 1, maximum: 4, description: 'From 1 (minor) to 4 (critical)' },
      motivations: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { enum: codesOf(incidentMotivations) },
        description:
          'Protected characteristics that it was aimed at; leave out where there was none or it is not known',
      },
      participants: {
        type: 'array',
        maxItems: 50,
        uniqueItems: true,
        description: 'Pupils and their parts; the same pupil may have more than one',
        items: {
          type: 'object',
          required: ['role', 'pupil'],
          additionalProperties: false,
          properties: { role: oneOf(codesOf(incidentRoles), 'Part that the pupil had'), pupil },
        },
      },
    },
  },
  examples: {
    valid: [
      {
        ...sample,
        behaviours: ['racist_abuse', 'verbal_threat'],
        motivations: ['race'],
        severity: 3,
        participants: [
          { role: 'target', pupil: 'P-1001' },
          { role: 'perpetrator', pupil: 'P-1002' },
          { role: 'witness', pupil: 'P-1003' },
        ],
      },
      {
        ...sample,
        behaviours: ['cyber_bullying'],
        mode: 'online',
        location: 'online',
        participants: [{ role: 'target', pupil: 'P-1001' }],
      },
      { ...sample, behaviours: ['damage'], location: 'not_known', severity: 1, participants: [] },
    ],
    invalid: [
      {
        why: 'no behaviour',
        data: { ...sample, behaviours: [] },
        field: '/data/behaviours',
        rule: 'minItems',
      },
      {
        why: 'a behaviour that is not in the code set',
        data: { ...sample, behaviours: ['naughty'] },
        field: '/data/behaviours/0',
        rule: 'enum',
      },
      {
        why: 'a severity off the scale',
        data: { ...sample, severity: 5 },
        field: '/data/severity',
        rule: 'maximum',
      },
      {
        why: 'a participant without a pupil identifier',
        data: { ...sample, participants: [{ role: 'target' }] },
        field: '/data/participants/0/pupil',
        rule: 'required',
      },
      {
        why: 'a field for an account of what happened',
        data: { ...sample, narrative: 'He said that' },
        field: '/data/narrative',
        rule: 'additionalProperties',
      },
    ],
  },
  makes: {
    kind: 'fact',
    fact: {
      table: 'incident',
      columns: {
        behaviours: 'Array(LowCardinality(String))',
        mode: 'LowCardinality(String)',
        location: 'LowCardinality(String)',
        severity: 'UInt8',
        motivations: 'Array(LowCardinality(String))',
        roles: 'Array(LowCardinality(String))',
      },
      place: (data) => ({ school: Number(data.school), day: data.occurredOn }),
      pupils: (data) => data.participants.map((participant) => participant.pupil),
      row: (data) => [
        data.behaviours,
        data.mode,
        data.location,
        data.severity,
        data.motivations ?? [],
        data.participants.map(({ role }) => role),
      ],
    },
  },
})
