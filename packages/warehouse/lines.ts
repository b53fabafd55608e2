import type { Insert, Warehouse } from './client.ts'

/** Rows as JSON arrays, one a line, already serialised. */
export type Lines = Uint8Array | string

export async function insertLines(
  warehouse: Warehouse,
  insert: Omit<Insert, 'rows'>,
  lines: Lines,
): Promise<void> {
  if (lines.length === 0) return
  const rows =
    typeof lines === 'string' ? lines : Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
  await warehouse.insert({ ...insert, rows })
}
