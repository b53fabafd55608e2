import type { Scope } from '@cairn/access'
import type { Warehouse } from './client.ts'

/** Offset of each authority's first check-in that names one of these instruments (`id@version`), current or not. */
export async function firstCheckins(
  warehouse: Warehouse,
  { authorities }: Scope,
  instruments: readonly string[],
): Promise<Map<number, number>> {
  const rows = await warehouse.query<{ authority: number; first: string }>({
    name: 'first_checkins',
    authorities,
    sql: `SELECT authority, min(off) AS first FROM fact_checkin
      WHERE authority IN {authorities:Array(UInt16)} AND deleted = 0 AND instrument IN {instruments:Array(String)}
      GROUP BY authority`,
    params: { authorities: [...authorities], instruments: [...instruments] },
    timeoutMs: 60_000,
  })
  return new Map(rows.map(({ authority, first }) => [authority, Number(first)]))
}

/** How many current check-ins that name one of these instruments were scored by which definition. */
export async function scoredBy(
  warehouse: Warehouse,
  { authorities }: Scope,
  instruments: readonly string[],
): Promise<Map<string, number>> {
  const rows = await warehouse.query<{ by: string; n: string }>({
    name: 'scored_by',
    authorities,
    // Facts from before the column was there were scored by what they name.
    sql: `SELECT if(definition = '', instrument, definition) AS by, count() AS n FROM fact_checkin FINAL
      WHERE authority IN {authorities:Array(UInt16)} AND instrument IN {instruments:Array(String)}
      GROUP BY by ORDER BY by`,
    params: { authorities: [...authorities], instruments: [...instruments] },
    timeoutMs: 60_000,
  })
  return new Map(rows.map(({ by, n }) => [by, Number(n)]))
}
