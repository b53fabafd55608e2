import type { SqlEntityManager } from '@mikro-orm/sql'
import { type AuditNote, appendAudit } from './audit-chain.ts'
import type { Orm } from './orm.ts'

export type Area =
  | 'audit'
  | 'authorities'
  | 'calendars'
  | 'instruments'
  | 'keys'
  | 'policies'
  | 'readers'
  | 'schools'
export type Em = SqlEntityManager

/** What the parts of the control plane share: the database, the master key, who acts, and the clock. */
export interface Store {
  readonly orm: Orm
  readonly masterKey: Buffer
  readonly actor: string
  readonly now: () => Date
}

export interface Change {
  readonly em: Em
  /** Appends to the audit chain, in the same transaction. */
  note(entry: AuditNote): Promise<void>
  /** Raises the counter of an area, so that caches look again. */
  touch(area: Area): Promise<void>
}

/** A fresh entity manager for one operation: identity maps are never shared between requests. */
export const em = (store: Store): Em => store.orm.em.fork()

/** One transaction whose first statement is a write; it runs again where another one was in its way. */
export function transact<T>(store: Store, work: (tx: Em) => Promise<T>): Promise<T> {
  return patiently(() => em(store).transactional((tx) => work(tx as Em)))
}

/**
 * Runs one audited change in one transaction. Its first statement is a write to the audit's row: SQLite then takes its
 * write lock at once (a transaction that reads first and writes later cannot wait for it and fails), PostgreSQL takes the row's lock; either way changes come one after the other and the chain has no forks.
 */
export function change<T>(store: Store, work: (change: Change) => Promise<T>): Promise<T> {
  return transact(store, async (tx) => {
    await touch(tx, 'audit', 0)
    return work({
      em: tx,
      note: (entry) => appendAudit(tx, store, entry),
      touch: (area) => touch(tx, area, 1),
    })
  })
}

async function touch(tx: Em, area: Area, by: 0 | 1): Promise<void> {
  await tx.execute('update revision set number = number + ? where area = ?', [by, area], 'run')
}

export async function revision(store: Store, area: Area): Promise<number> {
  const rows: { number: number }[] = await em(store).execute('select number from revision where area = ?', [
    area,
  ])
  return Number(rows[0]?.number ?? 0)
}

/**
 * SQLite waits for a lock with the thread, not with the event loop: a transaction of the same process could not end
 * meanwhile. So it waits for a moment only, and the rest of the patience is here.
 */
export const BUSY_MS = 50
const PATIENCE_MS = 15_000

/** SQLite's lock; PostgreSQL's deadlock and failed serialisation, where the transaction was rolled back whole. */
const isInTheWay = (error: unknown) =>
  error instanceof Error &&
  (/database (table )?is locked/.test(error.message) ||
    ['40001', '40P01'].includes((error as { code?: string }).code ?? ''))

/** Runs a unit of work again as long as another writer is in the way. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isInTheWay(error) || performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20))
    }
  }
}
