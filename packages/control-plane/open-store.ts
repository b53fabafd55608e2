import type { Orm } from './orm.ts'
import { RefusedError } from './refused.ts'
import { openSqlite } from './sqlite.ts'

/** Opens the database that the URL names: `sqlite:FILE`, or `postgres://…`. @throws RefusedError */
export async function openStore(url: string): Promise<Orm> {
  if (/^postgres(ql)?:\/\/./.test(url)) return (await import('./postgres.ts')).openPostgres(url)
  if (/^sqlite:./.test(url)) return openSqlite(url.slice('sqlite:'.length))
  throw new RefusedError('url', 'sqlite: and a file, or postgres://user:password@host:port/database')
}
