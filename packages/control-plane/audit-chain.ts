import { createHmac, hkdfSync } from 'node:crypto'
import type { SqlEntityManager } from '@mikro-orm/sql'
import { AuditEntity } from './entities.ts'
import { RefusedError } from './refused.ts'

export interface AuditNote {
  /** What was done, e.g. `key.create`. */
  readonly action: string
  /** What it was done to, e.g. `authority 855`. */
  readonly subject: string
  /** JSON; never a secret, never a pupil identifier. */
  readonly detail?: Record<string, unknown>
  /** Who did it; the process that opened the control plane when absent. */
  readonly actor?: string
}

export interface AuditEntry {
  readonly seq: number
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: string
  readonly previousHash: string
  readonly hash: string
}

interface Author {
  readonly masterKey: Buffer
  readonly actor: string
  readonly now: () => Date
}

export const genesis = '0'.repeat(64)

/**
 * The hash is keyed (HMAC-SHA-256 under a key derived from the master key): whoever can write the file but has no
 * master key cannot recompute the chain after changing an entry.
 */
export function auditHash(masterKey: Buffer, entry: Omit<AuditEntry, 'hash'>): string {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'cairn audit chain', 32))
  const { seq, at, actor, action, subject, detail, previousHash } = entry
  return createHmac('sha256', key)
    .update(JSON.stringify([seq, at, actor, action, subject, detail, previousHash]))
    .digest('hex')
}

/** Appends within the transaction of the change it tells of; the caller holds the audit's lock. */
export async function appendAudit(tx: SqlEntityManager, author: Author, note: AuditNote): Promise<void> {
  const detail = JSON.stringify(note.detail ?? {})
  if (/cairn_[a-z2-7]{16}_/.test(detail + note.subject)) throw new RefusedError('detail', 'holds no key')
  const [last] = await tx.find(
    AuditEntity,
    {},
    { orderBy: { seq: 'desc' }, limit: 1, disableIdentityMap: true },
  )
  const entry = {
    seq: (last?.seq ?? 0) + 1,
    at: author.now().toISOString(),
    actor: note.actor ?? author.actor,
    action: note.action,
    subject: note.subject,
    detail,
    previousHash: last?.hash ?? genesis,
  }
  await tx.insert(AuditEntity, { ...entry, hash: auditHash(author.masterKey, entry) })
  // The length stands apart from the chain, so that entries cut off its end are missed.
  await tx.execute("update revision set number = ? where area = 'audit'", [entry.seq], 'run')
}
