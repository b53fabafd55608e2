import { RefusedError } from './refused.ts'
import { type Em, em, type Store, transact } from './store.ts'

/** Where a partition stands. Offsets are those of the next record to be taken: safe integers from 0. */
export interface Position {
  /** Rises with each claim; whoever holds an older one can change nothing. */
  readonly epoch: number
  /** Records below it have their receipts and facts in the warehouse. */
  readonly offset: number
  /** Facts below it are in the weekly cells; never above offset. */
  readonly drained: number
  /** Facts below it are in the cells of longer periods too; never above drained. */
  readonly settled: number
  /** Evidence below it is in the recommendations of tiers; never above drained. */
  readonly tiered: number
  /** Milliseconds since 1970: everything appended before is in the weekly cells. */
  readonly drainedAt?: number
}

export interface PartitionPosition extends Position {
  readonly partition: number
  readonly owner: string
  /** Milliseconds since 1970. */
  readonly renewedAt: number
}

/** What an owner changes, under the epoch that its claim gave it; what is absent stays as it is. */
export interface LedgerChange {
  readonly epoch: number
  readonly offset?: number
  readonly drained?: number
  readonly settled?: number
  readonly tiered?: number
  readonly drainedAt?: number
}

/** Somebody else has claimed these partitions since; nothing was changed. Claim again before going on. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
  readonly partitions: readonly number[]

  constructor(partitions: readonly number[]) {
    super(`partitions claimed by another owner: ${partitions.join(', ')}`)
    this.partitions = partitions
  }
}

interface LeaseRow {
  partition: number
  epoch: number
  owner: string
  offset: number | string
  drained: number | string
  settled: number | string
  tiered: number | string
  drained_at: number | string | null
  renewed_at: number | string
}

const columns = '"partition", epoch, owner, "offset", drained, settled, tiered, drained_at, renewed_at'

/** The fenced ledger of exactly-once.md: the one place where a position changes, only ever under its owner's epoch. */
export class Ledger {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Takes partitions over under an epoch above every other, also of partitions that are not claimed: cells carry the
   * epoch, and an owner of several partitions writes them under its highest one. New partitions start at offset 0.
   */
  async claim(partitions: readonly number[], owner: string): Promise<Map<number, Position>> {
    const sorted = [...new Set(partitions)].sort((a, b) => a - b)
    if (sorted.length === 0) return new Map()
    const now = this.#store.now().getTime()
    const rows: LeaseRow[] = await transact(this.#store, async (tx) => {
      const epoch = await drawEpoch(tx)
      const values = sorted.map(
        (one) => `(${integer('partition', one)}, ${epoch}, ?, 0, 0, 0, 0, null, ${now})`,
      )
      return tx.execute(
        `insert into lease (${columns}) values ${values.join(', ')}
        on conflict ("partition") do update
          set epoch = excluded.epoch, owner = excluded.owner, renewed_at = excluded.renewed_at
        returning ${columns}`,
        sorted.map(() => owner),
      )
    })
    return new Map(rows.map((row) => [Number(row.partition), position(row)]))
  }

  /**
   * Moves positions forward: all of them or, when any has another epoch by now, none and FencedError. An offset or
   * drained mark that would go back, or marks out of order (settled, tiered ≤ drained ≤ offset), is refused in the same way.
   * Only settled may go back: a changed calendar has periods worked out anew.
   */
  async advance(changes: ReadonlyMap<number, LedgerChange>): Promise<void> {
    if (changes.size === 0) return
    const sql = advanceSql(changes, this.#store.now().getTime())
    await transact(this.#store, async (tx) => {
      const moved: { partition: number }[] = await tx.execute(sql)
      if (moved.length < changes.size) throw await whyNot(tx, changes, moved)
    })
  }

  /**
   * Lowers the four marks of a partition to an earlier offset, so that it is read again from there. Raises the
   * epoch as well: a running owner is fenced and has to claim again, else it would go on from where it was.
   */
  async rewind(partition: number, to: number): Promise<void> {
    const at = integer('offset', to)
    const lower = (column: string) => `${column} = case when ${column} < ${at} then ${column} else ${at} end`
    await transact(this.#store, async (tx) => {
      await tx.execute(
        `update lease set epoch = ${await drawEpoch(tx)}, ${lower('"offset"')}, ${lower('drained')}, ${lower('settled')},
          ${lower('tiered')}
        where "partition" = ${integer('partition', partition)}`,
        [],
        'run',
      )
    })
  }

  async positions(): Promise<PartitionPosition[]> {
    const rows: LeaseRow[] = await em(this.#store).execute(
      `select ${columns} from lease order by "partition"`,
    )
    return rows.map((row) => ({
      partition: Number(row.partition),
      owner: row.owner,
      renewedAt: Number(row.renewed_at),
      ...position(row),
    }))
  }
}

/**
 * The next epoch of all partitions together. Its row is locked until the transaction ends, so that two claims at once
 * come one after the other and neither is given an epoch that the other's cells already carry.
 */
async function drawEpoch(tx: Em): Promise<number> {
  const rows: { number: number }[] = await tx.execute(
    "update revision set number = number + 1 where area = 'epoch' returning number",
  )
  return Number(rows[0]!.number)
}

/** Numbers stand in the statement itself, so that both engines agree on their types; each is checked to be one. */
function advanceSql(changes: ReadonlyMap<number, LedgerChange>, now: number): string {
  const optional = (field: string, value: number | undefined) =>
    value === undefined ? 'cast(null as bigint)' : integer(field, value)
  const rows = [...changes]
    .sort(([a], [b]) => a - b)
    .map(([partition, c]) =>
      [
        integer('partition', partition),
        integer('epoch', c.epoch),
        optional('offset', c.offset),
        optional('drained', c.drained),
        optional('settled', c.settled),
        optional('tiered', c.tiered),
        optional('drainedAt', c.drainedAt),
      ].join(', '),
    )
  const next = (mark: string) =>
    `coalesce(c.${mark}, ${mark === 'offset_' ? 'lease."offset"' : `lease.${mark.slice(0, -1)}`})`
  return `with c (partition_, epoch_, offset_, drained_, settled_, tiered_, drained_at_) as (values (${rows.join('), (')}))
    update lease set "offset" = ${next('offset_')}, drained = ${next('drained_')}, settled = ${next('settled_')},
      tiered = ${next('tiered_')}, drained_at = ${next('drained_at_')}, renewed_at = ${now}
    from c
    where lease."partition" = c.partition_ and lease.epoch = c.epoch_
      and ${next('offset_')} >= lease."offset" and ${next('drained_')} >= lease.drained
      and ${next('tiered_')} >= lease.tiered and ${next('tiered_')} <= ${next('drained_')}
      and ${next('settled_')} <= ${next('drained_')} and ${next('drained_')} <= ${next('offset_')}
    returning lease."partition"`
}

async function whyNot(
  tx: Em,
  changes: ReadonlyMap<number, LedgerChange>,
  moved: readonly { partition: number }[],
): Promise<Error> {
  const rows: { partition: number; epoch: number }[] = await tx.execute(
    'select "partition", epoch from lease',
  )
  const epochs = new Map(rows.map((row) => [Number(row.partition), Number(row.epoch)]))
  const fenced = [...changes]
    .filter(([partition, c]) => epochs.get(partition) !== c.epoch)
    .map(([partition]) => partition)
  if (fenced.length > 0) return new FencedError(fenced)
  const done = new Set(moved.map((row) => Number(row.partition)))
  const broken = [...changes.keys()].filter((partition) => !done.has(partition))
  return new RefusedError(
    `partition ${broken.join(', ')}`,
    'offset, drained and tiered move forward only, and settled, tiered ≤ drained ≤ offset',
  )
}

function position(row: LeaseRow): Position {
  return {
    epoch: Number(row.epoch),
    offset: Number(row.offset),
    drained: Number(row.drained),
    settled: Number(row.settled),
    tiered: Number(row.tiered),
    ...(row.drained_at === null ? {} : { drainedAt: Number(row.drained_at) }),
  }
}

function integer(field: string, value: number): string {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RefusedError(field, 'an integer from 0 to 2^53 - 1')
  return String(value)
}
