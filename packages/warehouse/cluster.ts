/**
 * The same tables on a cluster: each `name` of one server becomes `name_local`, replicated within its shard, and a
 * Distributed table under the known name over it, sharded by authority. All that one authority ever sent lies on one
 * shard, so whatever a statement groups, joins or replaces within an authority, a shard can do alone.
 */

const create =
  /^CREATE TABLE IF NOT EXISTS (\w+) \(([\s\S]*)\)\s+ENGINE = ReplacingMergeTree(?:\(([^)]*)\))? (ORDER BY [\s\S]*)$/
const alter = /^ALTER TABLE (\w+) (ADD COLUMN IF NOT EXISTS [\s\S]*)$/

/** A table that every node has a whole copy of: there is no authority to shard it by. */
const everywhere: ReadonlySet<string> = new Set(['schema_migrations'])

/** A statement of the one-server form, as a cluster is given it. @throws where it is of another form than ours */
export function onCluster(sql: string, cluster: string): string[] {
  const on = `ON CLUSTER ${clusterName(cluster)}`
  const altered = alter.exec(sql)
  // The shards first: a Distributed table with a column that they lack would fail each query.
  if (altered)
    return [`${altered[1]}_local`, altered[1]!].map((table) => `ALTER TABLE ${table} ${on} ${altered[2]}`)
  const [, table, body, version, rest] = create.exec(sql) ?? []
  if (!table || !body || !rest) throw new TypeError('a statement that has no form for a cluster')
  const engine = (path: string, replica: string) =>
    `ReplicatedReplacingMergeTree('/clickhouse/tables/${path}/{database}/${table}', '${replica}'${version ? `, ${version}` : ''})`
  if (everywhere.has(table))
    return [
      `CREATE TABLE IF NOT EXISTS ${table} ${on} (${body}) ENGINE = ${engine('all', '{shard}-{replica}')} ${rest}`,
    ]
  return [
    `CREATE TABLE IF NOT EXISTS ${table}_local ${on} (${body}) ENGINE = ${engine('{shard}', '{replica}')} ${rest}`,
    `CREATE TABLE IF NOT EXISTS ${table} ${on} (${withoutIndexes(body)}) ENGINE = Distributed(${clusterName(cluster)}, currentDatabase(), ${table}_local, authority)`,
  ]
}

/** Skipping indexes are of the shard's table alone. */
const withoutIndexes = (body: string): string => body.replace(/,\s*INDEX [^,]*$/, '')

/** @throws where the name is none that ClickHouse takes unquoted */
export function clusterName(cluster: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(cluster))
    throw new TypeError('the cluster: a name of letters, digits and _')
  return cluster
}
