import type { Warehouse } from './client.ts'
import { insertLines, type Lines } from './lines.ts'
import type { Rows } from './pipeline.ts'

/** Facts that say something of a pupil's tier or context: their tables without the prefix. */
export const evidenceFacts = [
  'checkin',
  'incident',
  'attendance',
  'tier_assignment',
  'tier_exit',
  'pupil_context',
] as const
export type EvidenceFact = (typeof evidenceFacts)[number]

/** `kind` of what is no evidence of a tier but says where a pupil was and who it is; the others are mtss's. */
export const contextKind = 4

/**
 * One row for each identity and each pupil that its version names, also where the version says nothing of the pupil's
 * tier (a witness): whatever an earlier version said must be replaced. `form` is the instrument and its scored subscales,
 * by spaces; `scores` in hundredths, `bands` by severity (0 best, −1 none), in its order. `attended` of `possible` sessions.
 */
export const evidenceColumns = [
  ...['authority', 'pupil', 'id', 'version', 'off', 'day', 'school', 'kind', 'domains', 'source', 'form'],
  ...['scores', 'bands', 'severity', 'tier', 'attended', 'possible', 'context'],
] as const

export async function insertEvidence(warehouse: Warehouse, rows: Lines): Promise<void> {
  await insertLines(warehouse, { name: 'evidence', table: 'evidence', columns: evidenceColumns }, rows)
}

const tombstoneColumns = ['authority', 'pupil', 'id', 'ver', 'deleted', 'off'] as const

/** Takes the version of what won over the pupil's evidence, and the offset of the record that caused it. */
export async function insertEvidenceTombstones(warehouse: Warehouse, rows: Rows): Promise<void> {
  if (rows.length === 0) return
  await warehouse.insert({
    name: 'evidence_tombstones',
    table: 'evidence',
    columns: tombstoneColumns,
    rows,
  })
}
