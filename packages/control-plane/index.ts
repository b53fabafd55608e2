export { Audit, type AuditRecord, type AuditVerdict } from './audit.ts'
export type { AuditNote } from './audit-chain.ts'
export { Authorities, type Authority, type PseudonymKey } from './authorities.ts'
export { type CalendarInForce, Calendars, type TermCalendar, type WeeksOf } from './calendars.ts'
export { type ControlPlane, type ControlPlaneOptions, openControlPlane } from './control-plane.ts'
export {
  type CalendarWeek,
  calendarWeeks,
  checkHalfTerms,
  defaultHalfTerms,
  type HalfTerm,
  weekKeys,
} from './half-terms.ts'
export {
  DefinitionRefused,
  type Instrument,
  type InstrumentImport,
  Instruments,
} from './instruments.ts'
export { KeyCache, type KeyCacheOptions } from './key-cache.ts'
export {
  type CreatedKey,
  hasKeyShape,
  type IngestKeyRequest,
  type KeyGrant,
  type KeyInfo,
  Keys,
  type ReaderKeyRequest,
} from './keys.ts'
export { FencedError, Ledger, type LedgerChange, type PartitionPosition, type Position } from './ledger.ts'
export { loadOrCreateMasterKey, masterKeyFrom } from './master-key.ts'
export { type AddedPolicy, Policies } from './policies.ts'
export { privateFile } from './private-file.ts'
export { type AddedProfile, Profiles } from './profiles.ts'
export { pseudonymsUnder } from './pseudonym.ts'
export { type Reader, Readers, type Role, roles } from './readers.ts'
export { RefusedError } from './refused.ts'
export { type ReleaseState, ReleaseStates } from './release-states.ts'
export {
  type ImportOutcome,
  type Phase,
  phases,
  type RefusedRow,
  type School,
  type SchoolInput,
  Schools,
} from './schools.ts'
export { prefixesOverlap, sourceAllowed } from './sources.ts'
export { ControlPlaneRefusal, ControlPlaneUnavailable } from './unavailable.ts'
