import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

// Portable on purpose: the same tables and migrations serve SQLite and PostgreSQL. Times are ISO 8601 in UTC or
// milliseconds since 1970, lists are JSON text: no column type that only one of the two has.

export const AuthorityEntity = defineEntity({
  name: 'Authority',
  tableName: 'authority',
  properties: {
    code: p.integer().primary().autoincrement(false),
    gssCode: p.string().nullable(),
    name: p.string(),
    keyId: p.string(),
    sealedKey: p.text(),
    createdAt: p.string(),
  },
})

export const SchoolEntity = defineEntity({
  name: 'School',
  tableName: 'school',
  properties: {
    urn: p.integer().primary().autoincrement(false),
    authority: p.integer().index(),
    laestab: p.integer().nullable(),
    name: p.string(),
    phase: p.string(),
    predecessor: p.integer().nullable(),
    aggregate: p.boolean(),
    synthetic: p.boolean(),
    openDate: p.string().nullable(),
    closeDate: p.string().nullable(),
  },
  indexes: [
    {
      name: 'school_open_laestab_unique',
      expression:
        'create unique index school_open_laestab_unique on school (laestab) where close_date is null',
    },
  ],
})

export const ReaderEntity = defineEntity({
  name: 'Reader',
  tableName: 'reader',
  properties: {
    id: p.string().primary(),
    name: p.string(),
    role: p.string(),
    authorities: p.text(),
    schools: p.text().nullable(),
    createdAt: p.string(),
  },
})

export const KeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.string().primary(),
    secretHash: p.string(),
    kind: p.string(),
    authority: p.integer().nullable().index(),
    school: p.integer().nullable(),
    sources: p.text(),
    reader: p.string().nullable().index(),
    label: p.string(),
    createdAt: p.string(),
    expiresAt: p.string().nullable(),
    revokedAt: p.string().nullable(),
  },
})

export const CalendarEntity = defineEntity({
  name: 'TermCalendar',
  tableName: 'term_calendar',
  properties: {
    authority: p.integer().primary(),
    /** 0 for the authority's own. */
    school: p.integer().primary(),
    academicYear: p.integer().primary(),
    halfTerms: p.text(),
  },
})

export const InstrumentEntity = defineEntity({
  name: 'Instrument',
  tableName: 'instrument',
  properties: {
    id: p.string().primary(),
    version: p.integer().primary(),
    /** The definition as canonical JSON. */
    content: p.text(),
    corrects: p.string().nullable(),
    importedAt: p.string(),
  },
  uniques: [{ name: 'instrument_corrects_unique', properties: ['corrects'] }],
})

/** Append-only: the rules that decided in a week must always be there to be shown. */
export const TierPolicyEntity = defineEntity({
  name: 'TierPolicy',
  tableName: 'tier_policy',
  properties: {
    authority: p.integer().primary(),
    domain: p.string().primary(),
    version: p.integer().primary(),
    /** ISO date of a Monday. */
    validFrom: p.string(),
    definition: p.text(),
    addedAt: p.string(),
  },
})

/** Append-only: what a figure was stamped with must always be there to be shown. */
export const DisclosureProfileEntity = defineEntity({
  name: 'DisclosureProfile',
  tableName: 'disclosure_profile',
  properties: {
    authority: p.integer().primary(),
    base: p.string().primary(),
    version: p.integer().primary(),
    definition: p.text(),
    addedAt: p.string(),
  },
})

export const LeaseEntity = defineEntity({
  name: 'Lease',
  tableName: 'lease',
  properties: {
    partition: p.integer().primary().autoincrement(false),
    epoch: p.integer(),
    owner: p.string(),
    offset: p.bigint('number'),
    drained: p.bigint('number'),
    settled: p.bigint('number'),
    tiered: p.bigint('number').default(0),
    drainedAt: p.bigint('number').nullable(),
    renewedAt: p.bigint('number'),
  },
  checks: [
    {
      name: 'lease_marks',
      expression: '0 <= settled and settled <= drained and drained <= "offset"',
    },
  ],
})

export const AuditEntity = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    seq: p.integer().primary().autoincrement(false),
    at: p.string(),
    actor: p.string(),
    action: p.string(),
    subject: p.string(),
    detail: p.text(),
    previousHash: p.string(),
    hash: p.string(),
  },
})

export const ReleaseStateEntity = defineEntity({
  name: 'ReleaseState',
  tableName: 'release_state',
  properties: {
    authority: p.integer().primary(),
    academicYear: p.integer().primary(),
    refused: p.text().nullable(),
    refusedSince: p.string().nullable(),
    /** The release, by name. */
    audited: p.string().nullable(),
    exposed: p.integer().nullable(),
    auditedAt: p.string().nullable(),
  },
})

/** One counter an area: it rises with each change there, so that caches know when to look again. */
export const RevisionEntity = defineEntity({
  name: 'Revision',
  tableName: 'revision',
  properties: { area: p.string().primary(), number: p.integer() },
})

export type SchoolRow = InferEntity<typeof SchoolEntity>
export type ReaderRow = InferEntity<typeof ReaderEntity>
export type KeyRow = InferEntity<typeof KeyEntity>

export const entities = [
  AuthorityEntity,
  SchoolEntity,
  ReaderEntity,
  KeyEntity,
  CalendarEntity,
  InstrumentEntity,
  TierPolicyEntity,
  DisclosureProfileEntity,
  LeaseEntity,
  ReleaseStateEntity,
  AuditEntity,
  RevisionEntity,
]
