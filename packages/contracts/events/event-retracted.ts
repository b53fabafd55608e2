import { eventType } from '../event-type.ts'
import { codesOf } from '../reference/code-set.ts'
import { retractionReasons } from '../reference/incident-codes.ts'
import { eventId, eventSource, maxVersion, oneOf } from '../schema.ts'

export interface EventRetracted {
  source: string
  id: string
  version: number
  reason: string
}

const sample = {
  source: 'urn:mis:812345',
  id: 'incident-77',
  version: 3,
  reason: 'entered_in_error',
} as const

export const eventRetracted = eventType<EventRetracted>({
  type: 'event.retracted',
  major: 1,
  title: 'An event is taken back',
  description:
    'Takes back the event with this `source` and `id`, as if it had never been sent. `version` stands in the order of ' +
    'versions of the event that is taken back: give one higher than the version you take back (2 for an event that was sent once). ' +
    'A later event with the same identity and a version higher still reinstates it. The two may arrive in any order.',
  schema: {
    type: 'object',
    required: ['source', 'id', 'version', 'reason'],
    additionalProperties: false,
    properties: {
      source: eventSource,
      id: eventId,
      version: {
        type: 'integer',
        minimum: 2,
        maximum: maxVersion,
        description: 'Version of the retraction: higher than the version taken back',
      },
      reason: oneOf(codesOf(retractionReasons), 'Why'),
    },
  },
  examples: {
    valid: [{ ...sample }, { ...sample, version: 1_759_741_200_000, reason: 'participation_withdrawn' }],
    invalid: [
      {
        why: 'no version that could be taken back',
        data: { ...sample, version: 1 },
        field: '/data/version',
        rule: 'minimum',
      },
      {
        why: 'a reason in words',
        data: { ...sample, reason: 'We typed the wrong child' },
        field: '/data/reason',
        rule: 'enum',
      },
      {
        why: 'a source with a space',
        data: { ...sample, source: 'the office' },
        field: '/data/source',
        rule: 'pattern',
      },
    ],
  },
  makes: {
    kind: 'retraction',
    target: ({ source, id, version }) => ({ source, id, version }),
  },
})
