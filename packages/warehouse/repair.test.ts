import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Warehouse } from './client.ts'
import { insertReceipts } from './pipeline.ts'
import { repair } from './repair.ts'
import { noId, noWeek } from './schema.ts'
import { type TemporaryWarehouse, temporaryWarehouse } from './testing.ts'

let temporary: TemporaryWarehouse
let warehouse: Warehouse
beforeAll(async () => {
  temporary = await temporaryWarehouse()
  warehouse = temporary.warehouse
})
afterAll(() => temporary?.remove())

const uuid = (kind: number, n: number) => `00000000-0000-400${kind}-8000-${String(n).padStart(12, '0')}`

test('what moved is repaired part by part after a claim: nothing holds all of it, and what is written is the same', async () => {
  const n = 600
  let off = 0
  const receipt = (
    id: string,
    version: number,
    fact: string,
    school: number,
    week: string,
    rest: unknown[],
  ) => JSON.stringify([901, id, version, 'upsert', off, fact, school, week, ...rest, off++])
  const lines = Array.from({ length: n }, (_, i) => [
    // Moved to another school and another pupil; and what follows it, which stands in no week of its own.
    receipt(uuid(1, i), 1, 'incident', 801, '2025-10-06', [noId, [uuid(2, i)]]),
    receipt(uuid(1, i), 2, 'incident', 802, '2025-11-03', [noId, [uuid(3, i)]]),
    receipt(uuid(4, i), 1, 'incident_resolution', 801, noWeek, [uuid(1, i), []]),
  ]).flat()
  await insertReceipts(warehouse, lines.join('\n'))

  const since = [{ authorities: [901], from: 0 }]
  const written = async (standingsAtOnce: number) => {
    const rows: string[] = []
    let most = 0
    const insert: Warehouse['insert'] = async (one) => {
      const some = one.rows as unknown[][]
      most = Math.max(most, some.length)
      rows.push(...some.map((row) => `${one.table} ${JSON.stringify(row)}`))
    }
    const facts = await repair({ ...warehouse, insert }, { since }, { standingsAtOnce })
    return { rows: rows.sort(), most, facts: [...facts].sort() }
  }
  const whole = await written(1_000_000)
  const inParts = await written(50)
  // A tombstone of its old slice and its former pupil; and of what follows it, in both slices where it ever stood.
  expect(whole.rows).toHaveLength(4 * n)
  expect({ ...inParts, most: 0 }).toEqual({ ...whole, most: 0 })
  expect(whole.most).toBeGreaterThanOrEqual(n)
  expect(inParts.most).toBeLessThanOrEqual(3 * 50)
})
