import type { Scope } from '@cairn/access'
import type { Warehouse } from './client.ts'

/** How far an authority's own events have come. */
export interface Progress {
  readonly authority: number
  /** Offset of its newest event that has a receipt. */
  readonly newest: number
  /** Its events that have a receipt and are not in the weekly cells. */
  readonly waiting: number
  /** Its events that have a receipt and are not in recommendations of tiers. */
  readonly tiersWaiting: number
}

/** How far the partition of an authority has come. */
export interface Marks {
  readonly drained: number
  readonly tiered: number
}

const beyond = (marks: string): string =>
  `uniqExactIf(off, off >= transform(authority, {authorities:Array(UInt16)}, {${marks}:Array(UInt64)}, toUInt64(0)))`

const progressSql = `
  SELECT authority, max(off) AS newest,
    ${beyond('drained')} AS waiting, ${beyond('tiered')} AS tiersWaiting
  FROM receipts WHERE authority IN {authorities:Array(UInt16)} AND kind != 'erased'
  GROUP BY authority`

/** Counted by authority and never by partition: what others send is nobody else's to know. `marks` are each one's. */
export async function readProgress(
  warehouse: Warehouse,
  scope: Scope,
  marks: ReadonlyMap<number, Marks>,
  signal?: AbortSignal,
): Promise<Progress[]> {
  const { authorities } = scope
  if (authorities.length === 0) return []
  const rows = await warehouse.query<{
    authority: number
    newest: string
    waiting: string
    tiersWaiting: string
  }>({
    name: 'progress',
    authorities,
    sql: progressSql,
    params: {
      authorities: [...authorities],
      drained: authorities.map((a) => BigInt(marks.get(a)?.drained ?? 0)),
      tiered: authorities.map((a) => BigInt(marks.get(a)?.tiered ?? 0)),
    },
    ...(signal && { signal }),
  })
  return rows.map((row) => ({
    authority: row.authority,
    newest: Number(row.newest),
    waiting: Number(row.waiting),
    tiersWaiting: Number(row.tiersWaiting),
  }))
}
