/** Pieces of JSON Schema that event types share. */

/** URN of the school, six digits. */
export const school = {
  type: 'string',
  pattern: '^[0-9]{6}$',
  description: 'URN of the school, six digits',
} as const

/** A day in Europe/London. Years are bounded, so that a typing error cannot open a slice in the year 0205. */
export const isoDate = {
  type: 'string',
  format: 'date',
  pattern: '^20[0-9]{2}-',
  description: 'ISO 8601 date',
} as const

/** A pupil identifier (UPN or the school's own): replaced by a pseudonym before anything is written. */
export const pupil = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '\\S',
  pupil: true,
  description:
    'Pupil identifier (UPN or the school’s own); replaced by a pseudonym before anything is written',
} as const

/** Largest version: JSON numbers are exact up to here. A time of change in milliseconds fits. */
export const maxVersion = Number.MAX_SAFE_INTEGER

/** `source` of a CloudEvent: a URI reference. Its alphabet has no space and no line feed. */
export const eventSource = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  pattern: "^(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\\[\\]-]|%[0-9A-Fa-f]{2})+$",
  description: '`source` of the event: a URI reference',
} as const

/** `id` of a CloudEvent: visible ASCII, so that it is no place for a sentence and goes into any header. */
export const eventId = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: '^[!-~]+$',
  description: '`id` of the event: visible ASCII characters, no spaces',
} as const

/** Another event, by its identity. */
export const eventReference = {
  type: 'object',
  required: ['source', 'id'],
  additionalProperties: false,
  properties: { source: eventSource, id: eventId },
} as const

/** One code of a list. */
export function oneOf(codes: readonly string[], description: string) {
  return { enum: codes, description } as const
}

/** A goal within its plan. So short that it is no place for words. */
export const goalId = {
  type: 'string',
  pattern: '^g[1-9][0-9]?$',
  description: 'Id of the goal in the plan, `g1` to `g99`',
} as const
