import type { Orm } from './orm.ts'
import { type Em, patiently } from './store.ts'

/**
 * Runs what has not run yet, in order, in one transaction. Safe when several processes do it at once: the first
 * statement locks a row, and whoever comes second finds nothing left to do. Returns the names of those that ran.
 */
export async function migrate(orm: Orm): Promise<string[]> {
  const connection = orm.em.getConnection()
  await patiently(() =>
    connection.execute('create table if not exists migration_lock (id integer primary key)'),
  )
  if ((await patiently(() => pending(orm))).length === 0) return []
  return patiently(() =>
    orm.em.fork().transactional(async (inner) => {
      const tx = inner as Em
      await tx.execute(
        'insert into migration_lock (id) values (1) on conflict (id) do update set id = 1',
        [],
        'run',
      )
      const ran = await orm.migrator.up({ transaction: tx.getTransactionContext() })
      return ran.map((one: { name: string }) => one.name)
    }),
  )
}

/** Looking makes the migrator's own table, outside of any transaction: of two at once, one finds it made. */
function pending(orm: Orm): Promise<unknown[]> {
  return orm.migrator.getPending().catch(() => orm.migrator.getPending())
}
