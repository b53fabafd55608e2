import type { Scope } from '@cairn/access'
import type { Warehouse } from './client.ts'

/** A record that could not become a fact. Holds no content: that stands in the log alone. */
export interface Quarantined {
  readonly authority: number
  readonly partition: number
  readonly offset: number
  /** Identity of the event, a UUID. */
  readonly id: string
  /** Event type; empty where it is none that is known. */
  readonly type: string
  readonly reason: 'malformed' | 'unprocessable'
  readonly field: string
  readonly rule: string
  /** When it was appended, ISO 8601, UTC. */
  readonly at: string
  /** The log has a later record of the same identity, of this version or a higher one: a replay, or a correction. */
  readonly replaced: boolean
}

/** The same identity and version as an earlier record, with other content: held back, and not counted. */
export interface Conflict {
  readonly authority: number
  readonly id: string
  readonly version: string
  readonly offset: number
  /** Offset of the record that counts. */
  readonly first: number
}

const quarantinedSql = `
  SELECT authority, part AS partition, off AS offset, id, type, reason, field, rule, formatDateTime(at, '%FT%TZ') AS time,
    arrayExists(r -> r.1 > off AND r.2 >= arrayMax(x -> if(x.1 = off, x.2, 0), records), records) AS replaced
  FROM (SELECT * FROM quarantine FINAL WHERE authority IN {authorities:Array(UInt16)}) AS held
  LEFT JOIN (
    SELECT authority, id, groupArray((off, bitShiftRight(ver, 64))) AS records FROM receipts
    WHERE kind != 'erased' AND (authority, id) IN (SELECT authority, id FROM quarantine WHERE authority IN {authorities:Array(UInt16)})
    GROUP BY authority, id
  ) AS known USING (authority, id)
  ORDER BY authority, part, off LIMIT {limit:UInt32}`

/** What is in quarantine, oldest first, at most `limit`. */
export async function quarantined(
  warehouse: Warehouse,
  { authorities }: Scope,
  limit: number,
): Promise<Quarantined[]> {
  const rows = await warehouse.query<
    Omit<Quarantined, 'at' | 'replaced'> & { time: string; replaced: number }
  >({
    name: 'quarantined',
    authorities,
    sql: quarantinedSql,
    params: { authorities: [...authorities], limit },
  })
  return rows.map(({ time, replaced, offset, ...row }) => ({
    ...row,
    offset: Number(offset),
    at: time,
    replaced: replaced === 1,
  }))
}

/** Of equal versions the first in the log wins, and its receipt has the highest `ver`: see versionOf. */
const conflictsSql = `
  SELECT authority, id, version, other.2 AS offset, first_off AS first FROM (
    SELECT authority, id, toString(bitShiftRight(ver, 64)) AS version, argMax(hash, ver) AS first_hash,
      argMax(off, ver) AS first_off, arrayFilter(x -> x.1 != first_hash, groupUniqArray((hash, off))) AS others
    FROM receipts WHERE authority IN {authorities:Array(UInt16)} AND kind NOT IN ('quarantined', 'erased')
    GROUP BY authority, id, version HAVING uniqExact(hash) > 1
  ) ARRAY JOIN others AS other
  ORDER BY authority, offset LIMIT {limit:UInt32}`

/** Conflicts, oldest first, at most `limit`. */
export async function conflicts(
  warehouse: Warehouse,
  { authorities }: Scope,
  limit: number,
): Promise<Conflict[]> {
  const rows = await warehouse.query<Omit<Conflict, 'offset' | 'first'> & { offset: string; first: string }>({
    name: 'conflicts',
    authorities,
    sql: conflictsSql,
    params: { authorities: [...authorities], limit },
    timeoutMs: 60_000,
  })
  return rows.map((row) => ({ ...row, offset: Number(row.offset), first: Number(row.first) }))
}
