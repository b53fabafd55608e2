import { canonicalJson } from './canonical.ts'
import type { CloudEvent } from './envelope.ts'
import type { EventType, JsonSchema } from './event-type.ts'
import { type Refusal, refusal } from './refusal.ts'
import { isClearOfUpn, isUpnShaped } from './upn.ts'

/** Gives the pseudonym of a pupil identifier, e.g. `k1:` and 32 hex characters. */
export type PseudonymOf = (identifier: string) => string

/** The form of an identifier that pseudonyms are made from. */
export const normalisePupil = (identifier: string): string => identifier.trim().toUpperCase()

type Path = readonly string[]
const knownPaths = new WeakMap<EventType, readonly Path[]>()

/** Where pupil identifiers stand in the data of an event type; `*` stands for every item of a list. */
export function pupilPaths(type: EventType): readonly Path[] {
  let paths = knownPaths.get(type)
  if (!paths) {
    paths = [...marked(type.schema, [])]
    knownPaths.set(type, paths)
  }
  return paths
}

function* marked(schema: JsonSchema, path: Path): Generator<Path> {
  if (schema.pupil === true) yield path
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>
  for (const [name, property] of Object.entries(properties)) yield* marked(property, [...path, name])
  if (schema.items) yield* marked(schema.items as JsonSchema, [...path, '*'])
}

/** The pupils that valid data names, in the order of the schema. */
export function pupilsOf(type: EventType, data: unknown): string[] {
  const pupils: string[] = []
  for (const path of pupilPaths(type)) collect(data, path, 0, pupils)
  return pupils
}

function collect(value: unknown, path: Path, depth: number, into: string[]): void {
  const part = path[depth]
  if (part === undefined) {
    if (typeof value === 'string') into.push(value)
  } else if (part === '*') {
    for (const item of value as unknown[]) collect(item, path, depth + 1, into)
  } else if (value !== undefined) collect((value as Record<string, unknown>)[part], path, depth + 1, into)
}

/** Valid data with every pupil identifier replaced; the data passed in is not changed. */
export function pseudonymise<Data>(type: EventType<Data>, data: Data, pseudonymOf: PseudonymOf): Data {
  let result: unknown = data
  for (const path of pupilPaths(type)) {
    result = replaceAt(result, path, 0, (identifier) => pseudonymOf(normalisePupil(identifier)))
  }
  return result as Data
}

function replaceAt(value: unknown, path: Path, depth: number, replace: (text: string) => string): unknown {
  const part = path[depth]
  if (part === undefined) return typeof value === 'string' ? replace(value) : value
  if (value === null || typeof value !== 'object') return value
  if (part === '*') return (value as unknown[]).map((item) => replaceAt(item, path, depth + 1, replace))
  const object = value as Record<string, unknown>
  if (object[part] === undefined) return value
  return { ...object, [part]: replaceAt(object[part], path, depth + 1, replace) }
}

/**
 * The event as it may be written: pupils are pseudonyms, and nothing shaped like a UPN stands anywhere else; nor does
 * `subject` name a pupil of the event. `json` is its data as canonical JSON.
 */
export function pseudonymiseEvent(
  event: CloudEvent,
  type: EventType,
  pseudonymOf: PseudonymOf,
): { readonly ok: CloudEvent; readonly json: string } | { readonly refused: readonly Refusal[] } {
  const pupils: string[] = []
  const data = pseudonymise(type, event.data, (identifier) => {
    pupils.push(identifier)
    return pseudonymOf(identifier)
  })
  const subject = event.subject?.toUpperCase()
  if (subject !== undefined && pupils.some((identifier) => subject.includes(identifier)))
    return { refused: [refusal('/subject', 'pupilIdentifier')] }
  const ok = { ...event, data }
  const json = canonicalJson(data)
  const field = fieldWithUpn(ok, json)
  return field === undefined ? { ok, json } : { refused: [refusal(field, 'upn')] }
}

/** Pointer of the first field that holds something shaped like a UPN, or whose name does (then: what holds it). */
function fieldWithUpn(event: CloudEvent, json: string): string | undefined {
  if (isUpnShaped(event.id)) return '/id'
  if (isUpnShaped(event.source)) return '/source'
  if (event.subject !== undefined && isUpnShaped(event.subject)) return '/subject'
  return isClearOfUpn(json) ? undefined : upnWithin(event.data, '/data')
}

function upnWithin(value: unknown, pointer: string): string | undefined {
  if (typeof value === 'string') return isUpnShaped(value) ? pointer : undefined
  if (value === null || typeof value !== 'object') return undefined
  for (const [name, item] of Object.entries(value)) {
    if (isUpnShaped(name)) return pointer
    const field = upnWithin(item, `${pointer}/${name}`)
    if (field !== undefined) return field
  }
  return undefined
}
