import { dataschemaOf } from './envelope.ts'
import type { EventType, JsonSchema } from './event-type.ts'
import { codeSets } from './reference/index.ts'
import { rules } from './refusal.ts'
import { eventTypes } from './registry.ts'

/** The reference page of every event type, in Markdown, from the registry alone. */
export function eventReferenceMarkdown(): string {
  return [
    '# Event types',
    '',
    'Written from `packages/contracts`. Each event is a CloudEvent 1.0; the tables describe its `data`.',
    '',
    ...[...eventTypes.values()].flatMap(eventSection),
    '# Code sets',
    '',
    'Codes are added or closed, never renamed or removed.',
    '',
    ...[...codeSets.values()].flatMap((set) => [
      `## ${set.title}`,
      '',
      `\`${set.id}\`, version ${set.version}. Source: ${set.source}.`,
      '',
      ...table(
        ['Code', 'Meaning', 'First day', 'Last day'],
        set.codes.map(({ code, label, validFrom = '', validTo = '' }) => [code, label, validFrom, validTo]),
      ),
    ]),
    '# Why an event is refused',
    '',
    ...table(['Rule', 'Meaning'], Object.entries(rules)),
  ].join('\n')
}

function eventSection(type: EventType): string[] {
  return [
    `## ${type.type}`,
    '',
    `**${type.title}.** ${type.description}`,
    '',
    `\`dataschema\`: \`${dataschemaOf(type.type, type.major)}\`. ${effect(type)}`,
    '',
    ...table(['Field', 'Required', 'What it may hold', 'Meaning'], [...fields(type.schema, '')]),
    ...type.examples.valid.flatMap((data) => [
      'Accepted:',
      '',
      '```json',
      JSON.stringify(data, null, 2),
      '```',
      '',
    ]),
    'Refused:',
    '',
    ...table(
      ['Why', 'Field', 'Rule'],
      type.examples.invalid.map(({ why, field, rule }) => [why, `\`${field}\``, `\`${rule}\``]),
    ),
  ]
}

function effect({ makes }: EventType): string {
  if (makes.kind === 'retraction') return 'Takes another event back.'
  if (makes.kind === 'erasure') return 'Erases a pupil.'
  return `Makes one row of \`fact_${makes.fact.table}\`.`
}

function* fields(schema: JsonSchema, path: string): Generator<string[]> {
  const required = new Set((schema.required ?? []) as string[])
  for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    const at = path + name
    yield [
      `\`${at}\``,
      required.has(name) ? 'yes' : '',
      allowed(property),
      String(property.description ?? ''),
    ]
    yield* fields(property, `${at}.`)
    if (property.items) yield* fields(property.items as JsonSchema, `${at}[].`)
  }
}

/** What a field may hold, in a few words. */
function allowed(schema: JsonSchema): string {
  if (schema.pupil) return 'pupil identifier, 1 to 64 characters'
  if (Array.isArray(schema.enum)) return schema.enum.map((code) => `\`${code}\``).join(' ')
  const { minimum, maximum, minItems = 0, maxItems, pattern, format } = schema
  if (schema.type === 'array') {
    const items = allowed((schema.items ?? {}) as JsonSchema)
    return maxItems === undefined ? `one or more of ${items}` : `${minItems} to ${maxItems} of ${items}`
  }
  if (format) return `${format}`
  if (minimum !== undefined) return `${schema.type} ${minimum} to ${maximum}`
  return pattern ? `${schema.type} of the form \`${pattern}\`` : `${schema.type ?? ''}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}

/** AsyncAPI 3.0 document: the HTTP channel that takes events, one message an event type. */
export function asyncApi(): object {
  const types = [...eventTypes.values()]
  const key = (type: EventType) => `${type.type}.v${type.major}`
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Cairn events',
      version: '1.0.0',
      description:
        'What schools and their systems send, as CloudEvents 1.0. Written from packages/contracts.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: {
      events: {
        address: '/v1/events',
        description: 'HTTP: binary, structured and batch mode of CloudEvents, and application/x-ndjson.',
        messages: Object.fromEntries(
          types.map((type) => [key(type), { $ref: `#/components/messages/${key(type)}` }]),
        ),
      },
    },
    operations: {
      takeEvents: {
        action: 'receive',
        channel: { $ref: '#/channels/events' },
        bindings: { http: { method: 'POST' } },
      },
    },
    components: { messages: Object.fromEntries(types.map((type) => [key(type), message(type)])) },
  }
}

function message(type: EventType): object {
  return {
    name: type.type,
    title: type.title,
    summary: type.description,
    contentType: 'application/cloudevents+json',
    payload: {
      type: 'object',
      required: ['specversion', 'id', 'source', 'type', 'data'],
      properties: {
        specversion: { const: '1.0' },
        id: { type: 'string' },
        source: { type: 'string', format: 'uri-reference' },
        type: { const: type.type },
        dataschema: { const: dataschemaOf(type.type, type.major) },
        version: { type: ['integer', 'string'], description: 'Higher is newer; 1 where it is absent' },
        time: { type: 'string', format: 'date-time' },
        subject: { type: 'string' },
        data: withoutCairnKeywords(type.schema),
      },
    },
    examples: type.examples.valid.map((data, index) => ({
      payload: {
        specversion: '1.0',
        id: `example-${index + 1}`,
        source: 'urn:mis:812345',
        type: type.type,
        dataschema: dataschemaOf(type.type, type.major),
        data,
      },
    })),
  }
}

/** The schema as any validator reads it: `pupil` is a keyword of Cairn's own. */
function withoutCairnKeywords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCairnKeywords)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(
    ([name, item]) => !(name === 'pupil' && typeof item === 'boolean'),
  )
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutCairnKeywords(item)]))
}
