import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { MikroORM } from '@mikro-orm/core'
import { NodeSqliteDialect, SqliteDriver } from '@mikro-orm/sql'
import { type Orm, shared } from './orm.ts'
import { BUSY_MS, patiently } from './store.ts'

/**
 * Opens a SQLite file in WAL mode, through Node's own SQLite: libsql leaves a statement that met a lock unfinished, and
 * the connection then commits nothing more ("SQL statements in progress"). Commits are synced (synchronous = FULL): an epoch that a power cut took back would
 * be handed out twice, and cells written under it would win over newer ones.
 */
export async function openSqlite(file: string): Promise<Orm> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const orm = await MikroORM.init({
    driver: SqliteDriver,
    driverOptions: new NodeSqliteDialect(file),
    dbName: file,
    // Opening makes the file; looking whether it is there would meet another process's lock before a timeout is set.
    ensureDatabase: false,
    ...shared,
  })
  await orm.connect()
  const connection = orm.em.getConnection()
  await connection.execute(`pragma busy_timeout = ${BUSY_MS}`)
  // The switch to WAL does not wait at all when several processes open a new file at once.
  await patiently(() => connection.execute('pragma journal_mode = wal'))
  await connection.execute('pragma synchronous = full')
  return orm
}
