import { canonicalJson } from './canonical.ts'
import { type CloudEvent, contentHash, dataschemaOf, identityOf, parseVersion } from './envelope.ts'
import type { EventType } from './event-type.ts'
import { pupilsOf } from './pseudonymise.ts'
import { eventTypes } from './registry.ts'
import { refusedData } from './validate.ts'

/** One event as the log holds it: a CloudEvent in Kafka's binary mode, under its authority. */
export interface LogRecord {
  readonly authority: number
  readonly headers: Readonly<Record<string, string>>
  /** The event's data as canonical JSON. */
  readonly value: string
}

/** An event read from the log. */
export interface LoggedEvent {
  readonly authority: number
  /** Identity within the authority, a UUID. */
  readonly identity: string
  /** Of the content, 16 hexadecimal digits. */
  readonly hash: string
  readonly type: EventType
  readonly event: CloudEvent
}

/** A record that is no event: what could be read of it, and why it is refused. Holds no content. */
export interface MalformedRecord {
  readonly field: string
  readonly rule: string
  readonly identity?: string
  readonly hash?: string
  readonly version?: number
  /** Name of the type, where it is one that Cairn knows. */
  readonly type?: string
}

/** The record of an event whose pupils are pseudonyms already. `value` is its data as canonical JSON. */
export function toLogRecord(
  event: CloudEvent,
  authority: number,
  value: string = canonicalJson(event.data),
): LogRecord {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: event.source,
    ce_type: event.type,
    ce_dataschema: dataschemaOf(event.type, event.major),
    ce_version: String(event.version),
    'content-type': 'application/json',
    cairn_identity: identityOf(event.source, event.id),
    cairn_hash: contentHash(event.type, event.major, event.version, value),
  }
  if (event.time !== undefined) headers.ce_time = event.time
  if (event.subject !== undefined) headers.ce_subject = event.subject
  return { authority, headers, value }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** Key id, colon, 128 bits: all that pupils ever are in the log, and what a fact's columns can hold. */
const pseudonym = /^[a-z0-9]{1,16}:[0-9a-f]{32}$/
const hex16 = /^[0-9a-f]{16}$/

/** Reads a record. Its data is checked against the schema again: others may have written to the log. */
export function fromLogRecord(record: LogRecord): { ok: LoggedEvent } | { malformed: MalformedRecord } {
  const { headers, value, authority } = record
  const { ce_id: id, ce_source: source, ce_type: typeName } = headers
  const type = typeName === undefined ? undefined : eventTypes.get(typeName)
  const version = headers.ce_version === undefined ? undefined : parseVersion(headers.ce_version)
  const identity = matching(headers.cairn_identity, uuid)
  const hash = matching(headers.cairn_hash, hex16)
  const malformed = (field: string, rule: string) => ({
    malformed: { field, rule, identity, hash, version, type: type?.type },
  })

  if (!id) return malformed('/id', 'required')
  if (!source) return malformed('/source', 'required')
  if (identity === undefined) return malformed('/cairn_identity', 'pattern')
  if (hash === undefined) return malformed('/cairn_hash', 'pattern')
  if (version === undefined) return malformed('/version', 'version')
  if (!type) return malformed('/type', 'knownType')
  if (headers.ce_dataschema !== dataschemaOf(type.type, type.major))
    return malformed('/dataschema', 'knownVersion')
  const data = parseJson(value)
  if (data === undefined) return malformed('/data', 'syntax')
  const refused = refusedData(type, data)
  if (refused) return malformed(refused.field, refused.rule)
  if (!pupilsOf(type, data).every((pupil) => pseudonym.test(pupil))) return malformed('/data', 'pseudonym')
  const event: CloudEvent = {
    id,
    source,
    type: type.type,
    major: type.major,
    version,
    ...(headers.ce_time === undefined ? {} : { time: headers.ce_time }),
    ...(headers.ce_subject === undefined ? {} : { subject: headers.ce_subject }),
    data,
  }
  return { ok: { authority, identity, hash, type, event } }
}

const matching = (text: string | undefined, pattern: RegExp): string | undefined =>
  text !== undefined && pattern.test(text) ? text : undefined

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
