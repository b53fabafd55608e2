import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { type CloudEvent, readEnvelope } from './envelope.ts'
import type { EventType } from './event-type.ts'
import { type Refusal, refusal } from './refusal.ts'
import { eventTypes } from './registry.ts'
import { isUpnShaped } from './upn.ts'

export type Validated =
  | { readonly ok: CloudEvent; readonly type: EventType }
  | { readonly refused: readonly Refusal[] }

const ajv = new Ajv2020({ strict: true, allErrors: false, ownProperties: true })
ajv.addFormat('date', fullFormats.date)
ajv.addKeyword({ keyword: 'pupil', schemaType: 'boolean' })

const compiled = new Map<EventType, ValidateFunction>()
function schemaOf(type: EventType): ValidateFunction {
  let schema = compiled.get(type)
  if (!schema) {
    schema = ajv.compile(type.schema)
    compiled.set(type, schema)
  }
  return schema
}

/** Compiles every schema now, so that the first event of a type does not wait for it. */
export function compileSchemas(): void {
  for (const type of eventTypes.values()) schemaOf(type)
}

/** Checks one event in CloudEvents' JSON form: its attributes, its type and version, its data. */
export function validateEvent(raw: unknown): Validated {
  const envelope = readEnvelope(raw)
  if ('refused' in envelope) return envelope
  const event = envelope.ok
  const type = eventTypes.get(event.type)
  if (!type) return { refused: [refusal('/type', 'knownType')] }
  if (type.major !== event.major) return { refused: [refusal('/dataschema', 'knownVersion')] }
  const refused = refusedData(type, event.data)
  return refused ? { refused: [refused] } : { ok: event, type }
}

/** The first rule that the data breaks. */
export function refusedData(type: EventType, data: unknown): Refusal | undefined {
  const schema = schemaOf(type)
  if (!schema(data)) return refusal(...fieldAndRule(schema.errors?.at(-1)))
  const broken = type.check?.(data)
  return broken && refusal(broken.field, broken.rule)
}

function fieldAndRule(error: ErrorObject | undefined): [field: string, rule: string] {
  if (!error) return ['/data', 'schema']
  const parent = safePointer(error.instancePath)
  const missing: unknown = error.params.missingProperty
  const extra: unknown = error.params.additionalProperty
  if (typeof missing === 'string') return [`${parent}/${missing}`, error.keyword]
  if (typeof extra === 'string' && isSafeName(extra)) return [`${parent}/${extra}`, error.keyword]
  return [parent, error.keyword]
}

/** The pointer as far as its parts are safe to repeat: a sender may have put anything into a field's name. */
function safePointer(instancePath: string): string {
  let pointer = '/data'
  for (const part of instancePath.split('/').slice(1)) {
    if (!/^\d{1,4}$/.test(part) && !isSafeName(part)) break
    pointer += `/${part}`
  }
  return pointer
}

/** Letters and underscores, and at most a small number at the end, as item ids have (`bonding_1`). */
function isSafeName(name: string): boolean {
  return name.length <= 40 && /^[A-Za-z_]+(_\d{1,2})?$/.test(name) && !isUpnShaped(name)
}
