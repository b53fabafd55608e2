export { canonicalJson } from './canonical.ts'
export {
  type CloudEvent,
  contentHash,
  dataschemaOf,
  identityOf,
  parseVersion,
} from './envelope.ts'
export * from './event-type.ts'
export * from './events/index.ts'
export {
  normalisePupil,
  type PseudonymOf,
  pseudonymise,
  pseudonymiseEvent,
  pupilPaths,
} from './pseudonymise.ts'
export {
  fromLogRecord,
  type LoggedEvent,
  type LogRecord,
  type MalformedRecord,
  toLogRecord,
} from './record.ts'
export * from './reference/behaviours.ts'
export { type Code, type CodeSet, codesOf, labelOf, validOn } from './reference/code-set.ts'
export * from './reference/context-codes.ts'
export * from './reference/exclusion-reasons.ts'
export * from './reference/incident-codes.ts'
export { codeSets } from './reference/index.ts'
export * from './reference/intimidation.ts'
export * from './reference/pupil-codes.ts'
export * from './reference/support-codes.ts'
export { asyncApi, eventReferenceMarkdown } from './reference-page.ts'
export { type Refusal, refusal, rules } from './refusal.ts'
export { eventTypes } from './registry.ts'
export { hasValidCheckLetter, isUpnShaped } from './upn.ts'
export { compileSchemas, type Validated, validateEvent } from './validate.ts'
