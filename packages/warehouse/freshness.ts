import type { Scope } from '@cairn/access'
import type { Warehouse } from './client.ts'

/** How far an authority's own events have come. */
export interface Progress {
  readonly authority: number
  /** Offset of its newest event that has a receipt. */
  readonly newest: number
  /** Its events that have a receipt and are not in the weekly cells. */
  readonly waiting: number
}

const progressSql = `
  SELECT authority, max(off) AS newest,
    uniqExactIf(off, off >= transform(authority, {authorities:Array(UInt16)}, {drained:Array(UInt64)}, toUInt64(0))) AS waiting
  FROM receipts WHERE authority IN {authorities:Array(UInt16)} AND kind != 'erased'
  GROUP BY authority`

/** Counted by authority and never by partition: what others send is nobody else's to know. `drained` is each one's mark. */
export async function readProgress(
  warehouse: Warehouse,
  scope: Scope,
  drained: ReadonlyMap<number, number>,
  signal?: AbortSignal,
): Promise<Progress[]> {
  const { authorities } = scope
  if (authorities.length === 0) return []
  const rows = await warehouse.query<{ authority: number; newest: string; waiting: string }>({
    name: 'progress',
    authorities,
    sql: progressSql,
    params: { authorities: [...authorities], drained: authorities.map((a) => BigInt(drained.get(a) ?? 0)) },
    ...(signal && { signal }),
  })
  return rows.map((row) => ({
    authority: row.authority,
    newest: Number(row.newest),
    waiting: Number(row.waiting),
  }))
}
