import { setTimeout as delay } from 'node:timers/promises'
import { operatorScope } from '@cairn/access/operator'
import type { ControlPlane } from '@cairn/control-plane'
import { aggregators, appendedBefore, type EventLog, type GroupState } from '@cairn/event-log'
import {
  currentFacts,
  facts,
  factTable,
  type Reconciliation,
  reconcile,
  type Warehouse,
} from '@cairn/warehouse'

/** How far one partition of the log is. */
export interface PartitionStanding {
  readonly partition: number
  /** Records in the log. */
  readonly end: number
  /** Of these, in the warehouse as receipts and facts; then in the weekly cells; then in those of longer periods, and in recommendations of tiers. */
  readonly offset: number
  readonly drained: number
  readonly settled: number
  readonly tiered: number
  /** Records that are in no figure yet. */
  readonly waiting: number
  /** Records that have a receipt, counted in the warehouse. */
  readonly receipts: number
  /**
   * offset less receipts: 0, or a record was lost or counted twice. Receipts are written before the offset moves, so
   * while records wait to be taken, more receipts than the offset are no difference.
   */
  readonly difference: number
  /** Everything appended before this time (ISO 8601, UTC) is in the figures; null where nothing was drained yet. */
  readonly drainedAt: string | null
  /** Records that tiers do not know of yet; and the time before which they know of everything, as above. */
  readonly tiersWaiting: number
  readonly tieredAt: string | null
  /** The process that claimed it last, as host:process; null where nobody has yet. */
  readonly owner: string | null
}

export interface AuthorityStanding extends Reconciliation {
  readonly name: string
  /** The same as `current`, counted from the facts themselves. */
  readonly currentFacts: number
}

export interface Standing {
  readonly partitions: readonly PartitionStanding[]
  readonly authorities: readonly AuthorityStanding[]
  /** Whether records went on being taken while all this was counted: then differences are not told apart from work under way. */
  readonly moving: boolean
  /** The aggregators as Kafka's group; null where the log is embedded and one of them has all partitions. */
  readonly group: GroupState | null
}

const attempts = 8

/**
 * Counts everything anew. What is counted must not move meanwhile: it is counted again until the ledger stands still
 * before and after, a few times at most.
 */
export async function standingOf(
  controlPlane: ControlPlane,
  log: EventLog,
  warehouse: Warehouse,
): Promise<Standing> {
  const names = new Map((await controlPlane.authorities.list()).map((one) => [one.code, one.name]))
  const scope = operatorScope([...names.keys()])
  for (let attempt = 1; ; attempt++) {
    const before = await controlPlane.ledger.positions()
    const ends = await log.endOffsets()
    const reconciled = await reconcile(warehouse, scope)
    const standing = await currentFacts(warehouse, [...facts.keys()].map(factTable), scope)
    const after = await controlPlane.ledger.positions()
    const moving = before.some(
      (one, i) => one.offset !== after[i]?.offset || one.drained !== after[i]?.drained,
    )
    if (moving && attempt < attempts) {
      await delay(300)
      continue
    }
    const receipts = new Map<number, number>()
    for (const { authority, accepted } of reconciled) {
      const partition = log.partitionOf(authority)
      receipts.set(partition, (receipts.get(partition) ?? 0) + accepted)
    }
    const positions = new Map(after.map((one) => [one.partition, one]))
    const standingAt = async (partition: number, end: number): Promise<PartitionStanding> => {
      const {
        offset = 0,
        drained = 0,
        settled = 0,
        tiered = 0,
        drainedAt,
        owner = null,
      } = positions.get(partition) ?? {}
      const taken = receipts.get(partition) ?? 0
      const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
      return {
        partition,
        end,
        offset,
        drained,
        settled,
        tiered,
        waiting: end - drained,
        receipts: taken,
        difference: offset < end ? Math.max(0, offset - taken) : offset - taken,
        drainedAt: iso(drainedAt),
        tiersWaiting: end - tiered,
        tieredAt: iso(await appendedBefore(log, partition, tiered)),
        owner,
      }
    }
    const partitions = await Promise.all([...ends].map(([partition, end]) => standingAt(partition, end)))
    const authorities = reconciled.map((one) => ({
      ...one,
      name: names.get(one.authority) ?? '',
      currentFacts: standing.get(one.authority) ?? 0,
    }))
    return { partitions, authorities, moving, group: (await log.group(aggregators)) ?? null }
  }
}

/** Whether every record is accounted for. Facts are compared where everything taken is drained: until then, an older place of an event may stand beside the newer one. */
export function accountsFor({ partitions, authorities, moving }: Standing): boolean {
  if (authorities.some((one) => one.difference !== 0)) return false
  // Receipts are written before the offset moves: while records are taken there may be more of them.
  if (moving) return true
  const drained = partitions.every((one) => one.drained === one.offset)
  return (
    partitions.every((one) => one.difference === 0) &&
    (!drained || authorities.every((one) => one.current === one.currentFacts))
  )
}
