import { hash } from 'node:crypto'
import { isAbsent, type Refusal, refusal } from './refusal.ts'
import { eventId, eventSource, maxVersion } from './schema.ts'
import { isUpnShaped } from './upn.ts'

/** A CloudEvent 1.0 that its type's schema has passed. */
export interface CloudEvent<Data = unknown> {
  readonly id: string
  readonly source: string
  readonly type: string
  /** Major version of the schema, from `dataschema`; 1 where it is absent. */
  readonly major: number
  /** Cairn's extension attribute: higher is newer; 1 where it is absent. */
  readonly version: number
  /** RFC 3339. Not content: two events that differ in it alone are duplicates. */
  readonly time?: string
  readonly subject?: string
  readonly data: Data
}

/** What the attributes say, before anything is known of the type. */
export type Envelope = Omit<CloudEvent, 'data'> & { readonly data: unknown }

/** `urn:cairn:schema:checkin.submitted:1` */
export const dataschemaOf = (type: string, major: number): string => `urn:cairn:schema:${type}:${major}`

const maxLength = { type: 64, subject: 128, dataschema: 128, extension: 1024 }
const attributeName = /^[a-z0-9]{1,20}$/
const typeName = /^[a-z]+(\.[a-z]+)+$/
const sourceText = new RegExp(eventSource.pattern)
const idText = new RegExp(eventId.pattern)
const subjectText = /^[!-~]+$/
const timestamp =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/
const jsonType = /^[a-z]+\/(?:[a-z0-9.+-]+\+)?json(?:\s*;\s*charset="?utf-8"?)?$/i

/** Attributes with a rule of their own; any other is an extension that Cairn checks and does not keep. */
const known = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'dataschema',
  'datacontenttype',
  'version',
  'time',
  'subject',
  'data',
])

/** Reads the attributes of a CloudEvent in its JSON form. */
export function readEnvelope(raw: unknown): { ok: Envelope } | { refused: Refusal[] } {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw))
    return { refused: [refusal('', 'cloudEvent')] }
  const event = raw as Record<string, unknown>
  const refused: Refusal[] = []
  const refuse = (name: string, rule: string) => {
    refused.push(refusal(name === '' ? '' : `/${name}`, rule))
  }

  if (event.specversion !== '1.0')
    refuse('specversion', isAbsent(event.specversion) ? 'required' : 'specversion')
  checkText(event, 'id', eventId.maxLength, idText, true, refuse)
  checkText(event, 'source', eventSource.maxLength, sourceText, true, refuse)
  checkText(event, 'type', maxLength.type, typeName, true, refuse)
  checkText(event, 'subject', maxLength.subject, subjectText, false, refuse)
  if (!isAbsent(event.time) && !(typeof event.time === 'string' && timestamp.test(event.time)))
    refuse('time', 'timestamp')
  if (!isAbsent(event.datacontenttype) && !isJson(event.datacontenttype)) refuse('datacontenttype', 'json')
  const version = parseVersion(event.version)
  if (version === undefined) refuse('version', 'version')
  const major = parseMajor(event.dataschema, event.type)
  if (major === undefined) refuse('dataschema', 'dataschema')
  if (event.data === undefined) refuse('data', 'data_base64' in event ? 'jsonData' : 'required')
  checkExtensions(event, refuse)
  if (refused.length > 0 || version === undefined || major === undefined) return { refused }
  return {
    ok: {
      id: event.id as string,
      source: event.source as string,
      type: event.type as string,
      major,
      version,
      ...(isAbsent(event.time) ? {} : { time: event.time as string }),
      ...(isAbsent(event.subject) ? {} : { subject: event.subject as string }),
      data: event.data,
    },
  }
}

function checkText(
  event: Record<string, unknown>,
  name: string,
  longest: number,
  pattern: RegExp,
  required: boolean,
  refuse: (name: string, rule: string) => void,
): void {
  const value = event[name]
  if (isAbsent(value)) {
    if (required) refuse(name, 'required')
  } else if (typeof value !== 'string') refuse(name, 'type')
  else if (value === '') refuse(name, 'minLength')
  else if (value.length > longest) refuse(name, 'maxLength')
  else if (!pattern.test(value)) refuse(name, 'pattern')
}

/** Names by the rule of CloudEvents 1.0; values are scalars. They are not kept, yet no UPN may stand in them. */
function checkExtensions(event: Record<string, unknown>, refuse: (name: string, rule: string) => void): void {
  for (const name of Object.keys(event)) {
    if (known.has(name) || name === 'data_base64') continue
    const value = event[name]
    if (!attributeName.test(name)) refuse('', 'attributeName')
    else if (isUpnShaped(name)) refuse('', 'upn')
    else if (typeof value === 'object' && value !== null) refuse('', 'extension')
    else if (typeof value === 'string' && value.length > maxLength.extension) refuse('', 'extension')
    else if (typeof value === 'string' && isUpnShaped(value)) refuse('', 'upn')
  }
}

/** Cairn's version attribute: an integer from 1, as a number or a decimal string (JSON integers stop at 2^53 - 1). */
export function parseVersion(value: unknown): number | undefined {
  if (isAbsent(value)) return 1
  const version = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value
  return Number.isInteger(version) && (version as number) >= 1 && (version as number) <= maxVersion
    ? (version as number)
    : undefined
}

/** Major version that `dataschema` names; undefined where it is not a schema of this type. */
function parseMajor(dataschema: unknown, type: unknown): number | undefined {
  if (isAbsent(dataschema)) return 1
  if (typeof dataschema !== 'string' || dataschema.length > maxLength.dataschema || typeof type !== 'string')
    return undefined
  const prefix = `urn:cairn:schema:${type}:`
  const major = dataschema.startsWith(prefix) ? dataschema.slice(prefix.length) : ''
  return /^[1-9]\d{0,3}$/.test(major) ? Number(major) : undefined
}

function isJson(mediaType: unknown): boolean {
  return typeof mediaType === 'string' && mediaType.length <= 100 && jsonType.test(mediaType)
}

/** Identity within an authority: the first 128 bits of SHA-256 over source, line feed and id, written as a UUID. */
export function identityOf(source: string, id: string): string {
  const hex = hash('sha256', `${source}\n${id}`, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/**
 * The first 64 bits of SHA-256 over what an event says: type, major version, version and its data (canonical JSON,
 * pupils already pseudonyms). `time` and `subject` are no part of it.
 */
export function contentHash(type: string, major: number, version: number, canonicalData: string): string {
  const content = `{"data":${canonicalData},"major":${major},"type":${JSON.stringify(type)},"version":${version}}`
  return hash('sha256', content, 'hex').slice(0, 16)
}
