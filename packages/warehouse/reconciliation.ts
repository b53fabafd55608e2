import type { Scope } from '@cairn/access'
import type { Warehouse } from './client.ts'

/**
 * Where every accepted event of an authority is now. Each term is counted on its own from receipts.
 * accepted = current + superseded + duplicates + quarantined + conflicts + retracted + erased.
 */
export interface Reconciliation {
  readonly authority: number
  /** Records of the log that have a receipt. */
  readonly accepted: number
  /** The winning version of an identity that stands as a fact. */
  readonly current: number
  /** Older versions of an identity that stands as a fact. */
  readonly superseded: number
  /** The same identity, version and content again. */
  readonly duplicates: number
  /** The same identity and version with other content: held in quarantine. */
  readonly conflicts: number
  /** Records that could not become a fact. */
  readonly quarantined: number
  /** Versions of an identity that was taken back, and what took it back. */
  readonly retracted: number
  /** Versions of an identity that named an erased pupil, and the requests to erase. */
  readonly erased: number
  /** accepted less all the others: 0, or something is wrong. */
  readonly difference: number
}

const reconciliationSql = `
  WITH records AS (
    SELECT authority, id, ver, any(kind) AS kind, any(hash) AS hash, any(off) AS off
    FROM receipts WHERE authority IN {authorities:Array(UInt16)} GROUP BY authority, id, ver
  ), versions AS (
    SELECT authority, id, bitShiftRight(ver, 64) AS version, max(ver) AS first,
      argMax(kind, ver) AS kind, count() - 1 AS others, countIf(hash = first_hash AND ver != first_ver) AS again
    FROM (
      SELECT *, first_value(hash) OVER w AS first_hash, first_value(ver) OVER w AS first_ver FROM records
      WHERE kind NOT IN ('quarantined', 'erased')
      WINDOW w AS (PARTITION BY authority, id, bitShiftRight(ver, 64) ORDER BY ver DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
    GROUP BY authority, id, version
  ), identities AS (
    SELECT authority, id, count() AS versions, argMax(kind, first) AS winner, sum(others) AS others, sum(again) AS again,
      (authority, id) IN (SELECT authority, id FROM records WHERE kind = 'erased') AS is_erased
    FROM versions GROUP BY authority, id
  ), counted AS (
    SELECT authority, toUInt64(0) AS accepted,
      countIf(NOT is_erased AND winner = 'upsert') AS current,
      sumIf(versions - 1, NOT is_erased AND winner = 'upsert') AS superseded,
      sum(again) AS duplicates, sum(others - again) AS conflicts, toUInt64(0) AS quarantined,
      sumIf(versions, NOT is_erased AND winner = 'retraction') AS retracted,
      sumIf(versions, is_erased OR winner = 'erasure') AS erased
    FROM identities GROUP BY authority
    UNION ALL
    SELECT authority, uniqExactIf(off, kind != 'erased'), 0, 0, 0, 0, countIf(kind = 'quarantined'), 0, 0
    FROM records GROUP BY authority
  )
  SELECT authority, sum(accepted) AS accepted, sum(current) AS current, sum(superseded) AS superseded,
    sum(duplicates) AS duplicates, sum(conflicts) AS conflicts, sum(quarantined) AS quarantined,
    sum(retracted) AS retracted, sum(erased) AS erased
  FROM counted GROUP BY authority ORDER BY authority`

/** Reconciles the authorities of the scope, from receipts alone. */
export async function reconcile(
  warehouse: Warehouse,
  { authorities }: Scope,
  signal?: AbortSignal,
): Promise<Reconciliation[]> {
  const rows: Record<string, string | number>[] = []
  // One at a time: all versions of an authority are held in the memory of one query.
  for (const authority of authorities.toSorted((a, b) => a - b))
    rows.push(
      ...(await warehouse.query<Record<string, string | number>>({
        name: 'reconciliation',
        authorities,
        sql: reconciliationSql,
        params: { authorities: [authority] },
        timeoutMs: 60_000,
        ...(signal ? { signal } : {}),
      })),
    )
  return rows.map((row) => {
    const term = (name: string) => Number(row[name])
    const parts = [
      'current',
      'superseded',
      'duplicates',
      'conflicts',
      'quarantined',
      'retracted',
      'erased',
    ] as const
    const counted = Object.fromEntries(parts.map((p) => [p, term(p)])) as Record<
      (typeof parts)[number],
      number
    >
    const accepted = term('accepted')
    return {
      authority: term('authority'),
      accepted,
      ...counted,
      difference: accepted - parts.reduce((total, p) => total + counted[p], 0),
    }
  })
}

/** Facts that stand, by authority: must equal `current`, counted from the facts themselves. */
export async function currentFacts(
  warehouse: Warehouse,
  tables: readonly string[],
  { authorities }: Scope,
): Promise<Map<number, number>> {
  const sql = tables
    .map(
      (t) =>
        `SELECT authority, count() AS n FROM ${t} FINAL WHERE authority IN {authorities:Array(UInt16)} GROUP BY authority`,
    )
    .join(' UNION ALL ')
  const rows = await warehouse.query<{ authority: number; n: string }>({
    name: 'current_facts',
    authorities,
    sql: `SELECT authority, sum(n) AS n FROM (${sql}) GROUP BY authority`,
    params: { authorities: [...authorities] },
    timeoutMs: 60_000,
  })
  return new Map(rows.map((row) => [row.authority, Number(row.n)]))
}
