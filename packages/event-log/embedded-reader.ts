import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { sqlite } from './embedded-file.ts'
import { LogDamaged } from './errors.ts'
import type { StoredRecord } from './event-log.ts'
import { decodeBatch } from './record-batch.ts'

interface BatchRow {
  partition: number
  base_offset: number
  count: number
  appended_at: number
  body: Uint8Array
}

/** Reads over the batch table, shared by the log and its consumers. */
export class BatchReader {
  readonly #containing: StatementSync
  readonly #following: StatementSync
  readonly #end: StatementSync
  readonly #newest: StatementSync

  constructor(database: DatabaseSync) {
    const columns = 'partition, base_offset, count, appended_at, body'
    this.#containing = database.prepare(
      `SELECT ${columns} FROM batch WHERE id = (
         SELECT id FROM batch WHERE partition = ? AND base_offset <= ? ORDER BY base_offset DESC LIMIT 1
       ) AND base_offset + count > ?`,
    )
    this.#following = database.prepare(
      `SELECT ${columns} FROM batch WHERE partition = ? AND base_offset >= ? ORDER BY base_offset LIMIT 1`,
    )
    this.#end = database.prepare(
      'SELECT base_offset + count AS "end" FROM batch WHERE partition = ? ORDER BY base_offset DESC LIMIT 1',
    )
    this.#newest = database.prepare('SELECT max(id) AS id FROM batch')
  }

  /** The batch that holds `offset`, as records from its first; undefined where none does. */
  containing(partition: number, offset: number): StoredRecord[] | undefined {
    return decode(sqlite(() => this.#containing.get(partition, offset, offset)))
  }

  /**
   * The first batch from `offset` on: beyond it only where offsets have a gap. It may be at `offset` itself,
   * where another process appended after `containing` found nothing.
   */
  following(partition: number, offset: number): StoredRecord[] | undefined {
    return decode(sqlite(() => this.#following.get(partition, offset)))
  }

  /** The next offset to be written. */
  end(partition: number): number {
    return sqlite(() => (this.#end.get(partition)?.end as number | undefined) ?? 0)
  }

  /** Grows with every commit that appends: tells cheaply whether there is anything new. */
  newest(): number {
    return sqlite(() => (this.#newest.get()?.id as number | null) ?? 0)
  }
}

function decode(found: Record<string, unknown> | undefined): StoredRecord[] | undefined {
  if (!found) return undefined
  const row = found as unknown as BatchRow
  try {
    const records = decodeBatch(row.body, row.base_offset, row.appended_at)
    if (records.length !== row.count) throw new Error('count differs')
    return records
  } catch (error) {
    throw new LogDamaged(`partition ${row.partition}, offset ${row.base_offset}`, { cause: error })
  }
}
