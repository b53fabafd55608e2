import type { MikroORM } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { AbstractSqlDriver } from '@mikro-orm/sql'
import { entities } from './entities.ts'
import { migrations } from './migrations/index.ts'

export type Orm = MikroORM<AbstractSqlDriver>

/** What both engines are opened with. */
export const shared = {
  entities,
  extensions: [Migrator],
  schemaGenerator: { skipTables: ['migration_lock'] },
  migrations: { migrationsList: migrations, silent: true, snapshot: false, disableForeignKeys: false },
}
