import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { MikroORM, type SqlEntityManager } from '@mikro-orm/libsql'
import { Migrator } from '@mikro-orm/migrations'
import { type AuditNote, appendAudit } from './audit-chain.ts'
import { entities } from './entities.ts'
import { migrations } from './migrations/index.ts'

export type Area = 'audit' | 'authorities' | 'calendars' | 'keys' | 'readers' | 'schools'
export type Em = SqlEntityManager
export type Orm = MikroORM

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

/**
 * Runs one audited change in one transaction. Its first statement is a write to the audit's row: SQLite then takes its
 * write lock at once, under the busy timeout (a transaction that reads first and writes later fails instead of
 * waiting), PostgreSQL takes the row's lock; either way changes come one after the other and the chain has no forks.
 */
export function change<T>(store: Store, work: (change: Change) => Promise<T>): Promise<T> {
  return em(store).transactional(async (inner) => {
    const tx = inner as Em
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

const BUSY_MS = 5_000

/**
 * Opens a SQLite file in WAL mode. Commits are synced (synchronous = FULL): an epoch that a power cut took back would
 * be handed out twice, and cells written under it would win over newer ones.
 */
export async function openSqlite(file: string): Promise<Orm> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const orm = await MikroORM.init({
    dbName: file,
    entities,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, silent: true, snapshot: false, disableForeignKeys: false },
  })
  await orm.connect()
  const connection = orm.em.getConnection()
  await connection.execute(`pragma busy_timeout = ${BUSY_MS}`)
  await enterWal(connection)
  await connection.execute('pragma synchronous = full')
  return orm as Orm
}

/** The switch to WAL does not honour the busy timeout when several processes open a new file at once. */
async function enterWal(connection: { execute(sql: string): Promise<unknown> }): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.execute('pragma journal_mode = wal')
      return
    } catch (error) {
      if (attempt === 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
