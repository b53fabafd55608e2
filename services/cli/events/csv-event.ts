import { dataschemaOf, type EventType, eventTypes, type JsonSchema } from '@cairn/contracts'
import { Fault, misuse } from '../fault.ts'

const listSeparator = ';'
const envelope = { ce_version: 'version', ce_time: 'time', ce_subject: 'subject' } as const

/**
 * Turns rows into CloudEvents. Cells become what the type's schema asks for; one that cannot is passed on as text, and
 * the endpoint refuses it with its field and rule.
 */
export function rowReader(file: string, defaults: { type?: string; source?: string }) {
  return (fields: Readonly<Record<string, string>>, line: number): Record<string, unknown> => {
    const name = fields.ce_type || defaults.type
    const source = fields.ce_source || defaults.source
    if (!name) throw misuse('CSV needs the event type.', 'Give --type TYPE, or a column ce_type.')
    if (!source) throw misuse('CSV needs the source.', 'Give --source SOURCE, or a column ce_source.')
    if (fields.ce_id === undefined)
      throw new Fault(
        `${file} has no column ce_id.`,
        'Each event needs an id of its own; see: cairn send --help',
      )
    const type = eventTypes.get(name)
    if (!type) throw new Fault(`${file}, line ${line}: ce_type must be a type that Cairn knows.`)
    const event: Record<string, unknown> = {
      specversion: '1.0',
      type: name,
      source,
      id: fields.ce_id,
      dataschema: dataschemaOf(name, type.major),
    }
    for (const [column, attribute] of Object.entries(envelope))
      if (fields[column]) event[attribute] = fields[column]
    event.data = dataOf(fields, type)
    return event
  }
}

function dataOf(fields: Readonly<Record<string, string>>, { schema }: EventType): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [column, text] of Object.entries(fields)) {
    if (column.startsWith('ce_')) continue
    const path = column.split('.')
    const value = text === '' ? whenEmpty(schema, path) : cellValue(schemaAt(schema, path), text)
    if (value !== undefined) set(data, path, value)
  }
  return data
}

/** A list that must be there is empty where its cell is; any other field is left out. */
function whenEmpty(schema: JsonSchema, path: readonly string[]): unknown {
  const required = (schema.required as string[] | undefined)?.includes(path[0]!)
  return path.length === 1 && required && schemaAt(schema, path)?.type === 'array' ? [] : undefined
}

function schemaAt(schema: JsonSchema | undefined, path: readonly string[]): JsonSchema | undefined {
  const [part, ...rest] = path
  if (part === undefined || schema === undefined) return schema
  if (schema.type === 'array') return schemaAt(schema.items as JsonSchema, rest)
  const properties = schema.properties as Record<string, JsonSchema> | undefined
  const own = properties && Object.hasOwn(properties, part) ? properties[part] : undefined
  const others = schema.additionalProperties
  return schemaAt(own ?? (typeof others === 'object' ? (others as JsonSchema) : undefined), rest)
}

function cellValue(schema: JsonSchema | undefined, text: string): unknown {
  if (schema?.type === 'array' || schema?.type === 'object') {
    if (/^[[{]/.test(text)) return json(text)
    const items = schema.items as JsonSchema | undefined
    return schema.type === 'array'
      ? text.split(listSeparator).map((part) => cellValue(items, part.trim()))
      : text
  }
  if (schema?.type === 'integer' || schema?.type === 'number')
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (schema?.type === 'boolean')
    return { true: true, yes: true, 1: true, false: false, no: false, 0: false }[text.toLowerCase()] ?? text
  return text
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Sets a value by its path. Parts that are numbers make lists; a list has no gaps where a row leaves one out. */
function set(data: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = data
  for (const [depth, part] of path.slice(0, -1).entries()) {
    const list = /^\d+$/.test(path[depth + 1]!)
    if (!Object.hasOwn(at, part)) define(at, part, list ? [] : {})
    at = at[part] as Record<string, unknown>
    if (typeof at !== 'object' || at === null) return
  }
  define(at, path.at(-1)!, value)
}

function define(at: object, name: string, value: unknown): void {
  if (Array.isArray(at) && Number(name) > 10_000) return
  // Never through a setter: a column may be called __proto__.
  Object.defineProperty(at, name, { value, enumerable: true, writable: true, configurable: true })
}
