import { migrations } from './migrations/index.ts'
import type { Em, Orm } from './store.ts'

/**
 * Runs what has not run yet, in order, in one transaction. Safe when several processes do it at once: the first
 * statement locks a row, and whoever comes second finds nothing left to do. Returns the names of those that ran.
 */
export async function migrate(orm: Orm): Promise<string[]> {
  const connection = orm.em.getConnection()
  const migrator = orm.migrator
  await untilThere(() =>
    connection.execute('create table if not exists migration_lock (id integer primary key)'),
  )
  // Makes the migrator's own table, outside of the transaction because it insists on it.
  const pending = await untilThere(() => migrator.getPending())
  if (pending.length === 0) return []
  return orm.em.fork().transactional(async (inner) => {
    const tx = inner as Em
    await tx.execute(
      'insert into migration_lock (id) values (1) on conflict (id) do update set id = 1',
      [],
      'run',
    )
    const ran = await migrator.up({ transaction: tx.getTransactionContext() })
    return ran.map((one: { name: string }) => one.name)
  })
}

/** Two processes that make the same table at once: one loses, and finds it there when it looks again. */
async function untilThere<T>(make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make()
    } catch (error) {
      if (attempt === 10) throw error
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt))
    }
  }
}

/** How many migrations this build knows. */
export const migrationCount = migrations.length
