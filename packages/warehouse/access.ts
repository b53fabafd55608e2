import { clusterName } from './cluster.ts'
import type { MigrateOptions } from './migrate.ts'
import { facts, factTable } from './schema.ts'

const tables = [
  'receipts',
  'cells',
  'quarantine',
  'erasures',
  'calendar',
  'evidence',
  'dated_ahead',
  'recommendation',
  'dirty',
  'release',
  'released_figure',
]
/** What releases were made of, nothing held back: of no authority may a reader see a row. */
const sealed = ['release_basis']

/**
 * Users and row policies, the second barrier behind the statements' own conditions: `cairn_reader` may read and nothing
 * else, within limits, and of each table the rows alone of the authorities that the statement names in the setting
 * SQL_cairn_authorities (none where it is empty). The server must allow the setting: infra/clickhouse/config.d. Passwords
 * are set afterwards, by ALTER USER: nobody can log in before.
 */
export function accessSql({ cluster }: MigrateOptions = {}): string[] {
  const on = cluster === undefined ? '' : ` ON CLUSTER ${clusterName(cluster)}`
  const there = (names: readonly string[]) =>
    cluster === undefined ? names : names.flatMap((name) => [`${name}_local`, name])
  const mine = "has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority))"
  const policies = [
    ...there([...tables, ...[...facts.keys()].map(factTable)]).map((table) => ({ table, shows: mine })),
    ...there(sealed).map((table) => ({ table, shows: '0' })),
  ]
  return [
    `CREATE SETTINGS PROFILE IF NOT EXISTS cairn_reader${on} SETTINGS readonly = 2, max_memory_usage = 2000000000, max_execution_time = 60 MAX 300, max_result_rows = 5000000, max_threads = 4, SQL_cairn_authorities = ''`,
    `CREATE USER IF NOT EXISTS cairn_reader${on} IDENTIFIED WITH no_authentication HOST NONE SETTINGS PROFILE 'cairn_reader'`,
    `CREATE USER IF NOT EXISTS cairn_writer${on} IDENTIFIED WITH no_authentication HOST NONE`,
    `GRANT${on} SELECT ON {database}.* TO cairn_reader`,
    `GRANT${on} SELECT, INSERT, CREATE TABLE, ALTER ADD COLUMN ON {database}.* TO cairn_writer`,
    `GRANT${on} SELECT ON system.columns TO cairn_writer`,
    ...(cluster === undefined
      ? []
      : [`GRANT${on} CLUSTER, REMOTE ON *.* TO cairn_writer`, `GRANT${on} REMOTE ON *.* TO cairn_reader`]),
    ...policies.flatMap(({ table, shows }) => [
      `CREATE ROW POLICY IF NOT EXISTS cairn_scope${on} ON {database}.${table} USING ${shows} TO cairn_reader`,
      // With a policy for one user, every other user would see nothing.
      `CREATE ROW POLICY IF NOT EXISTS cairn_all${on} ON {database}.${table} USING 1 TO ALL EXCEPT cairn_reader`,
    ]),
  ].map((sql) => sql.replaceAll('{database}', 'cairn'))
}
