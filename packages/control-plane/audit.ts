import { type AuditNote, auditHash, genesis } from './audit-chain.ts'
import { AuditEntity } from './entities.ts'
import { change, em, revision, type Store } from './store.ts'

/** One entry as it is listed. */
export interface AuditRecord {
  readonly seq: number
  /** ISO 8601, UTC. */
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: Record<string, unknown>
}

export type AuditVerdict =
  | { readonly whole: true; readonly entries: number }
  /** `brokenAt`: the first sequence number that is missing, out of place or not what was written. */
  | { readonly whole: false; readonly brokenAt: number; readonly rule: string }

/** The hash-chained record of who changed what. */
export class Audit {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Appends an entry for something done outside the control plane, such as a replay of quarantined events. */
  async append(note: AuditNote): Promise<void> {
    await change(this.#store, (tx) => tx.note(note))
  }

  /** Newest first. */
  async list(limit = 100): Promise<AuditRecord[]> {
    const rows = await em(this.#store).find(AuditEntity, {}, { orderBy: { seq: 'desc' }, limit })
    return rows.map(({ seq, at, actor, action, subject, detail }) => {
      return { seq, at, actor, action, subject, detail: JSON.parse(detail) }
    })
  }

  /** Walks the whole chain and reports the first break: an entry changed, removed, inserted or cut off the end. */
  async verify(): Promise<AuditVerdict> {
    // The length first: an entry appended meanwhile is then no break.
    const length = await revision(this.#store, 'audit')
    let previousHash = genesis
    let seq = 0
    for (;;) {
      const where = { seq: { $gt: seq } }
      const page = await em(this.#store).find(AuditEntity, where, { orderBy: { seq: 'asc' }, limit: 1_000 })
      for (const entry of page) {
        const expected = seq + 1
        const broken = (rule: string) => ({ whole: false, brokenAt: expected, rule }) as const
        if (entry.seq !== expected) return broken('no entry is missing')
        if (entry.previousHash !== previousHash) return broken('each entry names the hash of the one before')
        if (entry.hash !== auditHash(this.#store.masterKey, entry)) return broken('no entry is changed')
        previousHash = entry.hash
        seq = entry.seq
      }
      if (page.length < 1_000) break
    }
    if (seq < length) return { whole: false, brokenAt: seq + 1, rule: 'no entry is missing at the end' }
    return { whole: true, entries: seq }
  }
}
