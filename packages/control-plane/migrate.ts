import { BasePostgreSqlPlatform } from '@mikro-orm/sql'
import type { Orm } from './orm.ts'
import { type Em, patiently } from './store.ts'

/** Any number that nothing else in the database locks by. */
const advisoryLock = 0x6361_6972

/**
 * Runs what has not run yet, in order, in one transaction. Safe when several processes do it at once: the first
 * statement locks, and whoever comes second finds nothing left to do. Returns the names of those that ran.
 */
export async function migrate(orm: Orm): Promise<string[]> {
  if (orm.em.getPlatform() instanceof BasePostgreSqlPlatform) {
    // `create table if not exists` does not wait there: of two at once one fails on the catalogue.
    return patiently(() => locked(orm, `select pg_advisory_xact_lock(${advisoryLock})`))
  }
  const connection = orm.em.getConnection()
  await patiently(() =>
    connection.execute('create table if not exists migration_lock (id integer primary key)'),
  )
  // Looking makes the migrator's own table, outside of any transaction: of two at once, one finds it made.
  const pending = () => orm.migrator.getPending().catch(() => orm.migrator.getPending())
  if ((await patiently(pending)).length === 0) return []
  const lock = 'insert into migration_lock (id) values (1) on conflict (id) do update set id = 1'
  return patiently(() => locked(orm, lock))
}

/** One transaction: the lock, and what has not run yet. */
function locked(orm: Orm, lock: string): Promise<string[]> {
  return orm.em.fork().transactional(async (inner) => {
    const tx = inner as Em
    await tx.execute(lock, [], 'run')
    const ran = await orm.migrator.up({ transaction: tx.getTransactionContext() })
    return ran.map((one: { name: string }) => one.name)
  })
}
