import { eventTypes, type FactDefinition } from '@cairn/contracts'

/** Every fact that an event type makes, by its table's name without the prefix. */
export const facts: ReadonlyMap<string, FactDefinition<any>> = new Map(
  [...eventTypes.values()].flatMap((t) =>
    t.makes.kind === 'fact' ? [[t.makes.fact.table, t.makes.fact]] : [],
  ),
)

export const factTable = (fact: string): string => `fact_${fact}`

/** Columns that every fact is written with, in this order; the fact's own follow. `ver` comes of version and offset. */
export const factColumns = [
  'authority',
  'week',
  'school',
  'id',
  'version',
  'off',
  'day',
  'ref',
  'pupils',
] as const

/** A tombstone takes the version of what won over it. */
export const tombstoneColumns = ['authority', 'week', 'school', 'id', 'ver', 'deleted', 'off'] as const

export const receiptColumns = [
  'authority',
  'id',
  'version',
  'kind',
  'hash',
  'fact',
  'school',
  'week',
  'ref',
  'pupils',
  'off',
] as const

/**
 * Total order over the versions of an identity: the source's version first, then the offset downwards, so that of
 * two records with one version the first in the log wins. Worked out by the engine, which is faster at 128 bits.
 */
const versionColumns = `version UInt64 EPHEMERAL 0,
  ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off)`

/** A follow-up has no week of its own: it stands in this one, and its figures in the week of what it follows. */
export const noWeek = '1970-01-01'
export const noId = '00000000-0000-0000-0000-000000000000'

/** Above every version: an erased identity stays erased. */
export const erasedVersion = ((1n << 128n) - 1n).toString()

export interface Migration {
  readonly number: number
  readonly name: string
  readonly statements: readonly string[]
}

/** Numbered, idempotent, never edited once landed. Fact tables follow the registry instead (factStatements). */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'receipts, cells, quarantine, erasures, calendar',
    statements: [
      `CREATE TABLE IF NOT EXISTS receipts (
        authority UInt16, id UUID, ${versionColumns},
        kind Enum8('upsert' = 1, 'retraction' = 2, 'erasure' = 3, 'quarantined' = 4, 'erased' = 5),
        hash UInt64, fact LowCardinality(String), school UInt32, week Date, ref UUID, pupils Array(UUID), off UInt64
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, id, ver)`,
      `CREATE TABLE IF NOT EXISTS cells (
        authority UInt16, metric LowCardinality(String), grain UInt8, school UInt32, period UInt32, gen UInt64,
        d Array(LowCardinality(String)), n Array(UInt64), sx Array(Float64), sxx Array(Float64)
      ) ENGINE = ReplacingMergeTree(gen) ORDER BY (authority, metric, grain, school, period)`,
      `CREATE TABLE IF NOT EXISTS quarantine (
        authority UInt16, part UInt32, off UInt64, id UUID, type String, reason LowCardinality(String),
        field String, rule String, hash UInt64, at DateTime64(3, 'UTC')
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, part, off)`,
      `CREATE TABLE IF NOT EXISTS erasures (
        authority UInt16, pupil UUID, off UInt64
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, pupil)`,
      `CREATE TABLE IF NOT EXISTS calendar (
        authority UInt16, school UInt32, week Date, year UInt16, half_term UInt8, term UInt8, rev UInt64
      ) ENGINE = ReplacingMergeTree(rev) ORDER BY (authority, school, week)`,
    ],
  },
  {
    number: 2,
    name: 'releases',
    // The digest of its content stands in every key: two that close at once, or one that was broken off, overwrite nothing.
    statements: [
      `CREATE TABLE IF NOT EXISTS release (
        authority UInt16, year UInt16, number UInt32, digest String, profile String, closed_at DateTime64(3, 'UTC'), off UInt64,
        schools UInt32, figures UInt32, shape String, metrics Array(String), definitions Array(String)
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, year, number, digest, closed_at)`,
      `CREATE TABLE IF NOT EXISTS released_figure (
        authority UInt16, year UInt16, number UInt32, digest String, metric LowCardinality(String), outcome LowCardinality(String),
        school UInt32, grain UInt8, period UInt32, d LowCardinality(String),
        status Enum8('published' = 1, 'hidden' = 2, 'unavailable' = 3), value Nullable(UInt64)
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, year, number, digest, metric, outcome, school, grain, period, d)`,
      `CREATE TABLE IF NOT EXISTS release_basis (
        authority UInt16, year UInt16, number UInt32, digest String, cube String
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, year, number, digest)`,
    ],
  },
  {
    number: 3,
    name: 'evidence in pupil order, tier recommendations',
    statements: [
      // The facts again, in pupil order: what a pupil's tier rests on is read in one place. Fine granules: a settle reads pupils.
      `CREATE TABLE IF NOT EXISTS evidence (
        authority UInt16, pupil UUID, id UUID, ${versionColumns}, deleted UInt8, off UInt64, day Date, school UInt32,
        kind UInt8, domains UInt8, source UInt8, form LowCardinality(String), scores Array(Int32), bands Array(Int8),
        severity UInt8, tier UInt8, context String,
        INDEX by_off off TYPE minmax GRANULARITY 1
      ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, pupil, id)
      SETTINGS index_granularity = 256`,
      `CREATE TABLE IF NOT EXISTS recommendation (
        authority UInt16, domain LowCardinality(String), pupil UUID, gen UInt64, up_to UInt16, policy UInt64,
        ep_from Array(UInt16), ep_tier Array(UInt8), ep_rule Array(Int16), ep_recommended Array(UInt8),
        ep_assigned Array(UInt8), ep_observed Array(Array(Float64)), ep_policy Array(UInt16),
        cx_from Array(UInt16), cx_school Array(UInt32), cx_nc_year Array(LowCardinality(String)),
        cx_sex Array(LowCardinality(String)), cx_sen Array(LowCardinality(String)),
        cx_ethnicity Array(LowCardinality(String)), cx_fsm Array(LowCardinality(String))
      ) ENGINE = ReplacingMergeTree(gen) ORDER BY (authority, domain, pupil)`,
    ],
  },
  {
    number: 4,
    name: 'releases of a year that lasts',
    // Those that there were held whole years.
    statements: [
      'ALTER TABLE release ADD COLUMN IF NOT EXISTS through UInt8 DEFAULT 6',
      'ALTER TABLE release ADD COLUMN IF NOT EXISTS complete Bool DEFAULT true',
      "ALTER TABLE release_basis ADD COLUMN IF NOT EXISTS carried String DEFAULT ''",
    ],
  },
  {
    number: 5,
    name: 'what a drain recomputes',
    // Read by one statement, and by none after it: a working list, and nothing that a figure rests on later.
    statements: [
      `CREATE TABLE IF NOT EXISTS dirty (
        authority UInt16, token UUID, school UInt32, week Date, at DateTime DEFAULT now()
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, token, school, week) TTL at + INTERVAL 1 HOUR
      SETTINGS index_granularity = 1024`,
    ],
  },
  {
    number: 6,
    name: 'means and medians in releases',
    // Of a mean and a median `value` is the number of values; a mean's sums, so that intervals and pooling follow exactly.
    statements: [
      'ALTER TABLE released_figure ADD COLUMN IF NOT EXISTS sx Nullable(Float64)',
      'ALTER TABLE released_figure ADD COLUMN IF NOT EXISTS sxx Nullable(Float64)',
      'ALTER TABLE released_figure ADD COLUMN IF NOT EXISTS median Nullable(Float64)',
    ],
  },
  {
    number: 7,
    name: 'events dated ahead',
    // Few: a column of every fact would cost each event for the sake of these.
    statements: [
      `CREATE TABLE IF NOT EXISTS dated_ahead (
        authority UInt16, id UUID, ${versionColumns}, off UInt64, week Date, received UInt16
      ) ENGINE = ReplacingMergeTree ORDER BY (authority, id, ver)`,
    ],
  },
  {
    number: 9,
    name: 'attendance as evidence of tiers',
    statements: [
      'ALTER TABLE evidence ADD COLUMN IF NOT EXISTS attended UInt8',
      'ALTER TABLE evidence ADD COLUMN IF NOT EXISTS possible UInt8',
    ],
  },
]

/**
 * A table for each fact. The slice (school, week) stands in the sort key, so that no write has to find where an event
 * stood before; fine granules, because a drain reads slices. New columns of a fact are added at the end.
 */
export function factStatements(fact: FactDefinition<any>): string[] {
  const table = factTable(fact.table)
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
      authority UInt16, week Date, school UInt32, id UUID, ${versionColumns}, deleted UInt8, off UInt64, day Date, ref UUID,
      pupils Array(UUID), ${Object.entries(fact.columns)
        .map(([name, type]) => `${name} ${type}`)
        .join(', ')},
      INDEX by_off off TYPE minmax GRANULARITY 1
    ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id)
    SETTINGS index_granularity = 1024`,
    ...Object.entries(fact.columns).map(
      ([name, type]) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${name} ${type}`,
    ),
  ]
}
