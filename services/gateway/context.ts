import type { Scope } from '@cairn/access'
import type { ControlPlane } from '@cairn/control-plane'
import type { EventLog } from '@cairn/event-log'
import type { Warehouse } from '@cairn/warehouse'
import type { Cursors } from './cursor.ts'
import type { Directory } from './directory.ts'

/** What every resolver works with: nothing beyond the scope may be seen. */
export interface GatewayContext {
  readonly scope: Scope
  readonly warehouse: Warehouse
  readonly controlPlane: ControlPlane
  readonly directory: Directory
  readonly log: Pick<EventLog, 'partitionOf' | 'endOffsets' | 'read'>
  readonly cursors: Cursors
  readonly now: () => number
  /** Days after a half-term's last one until it has closed; absent, the usual ones. */
  readonly settleDays?: number
  /** Fires when the caller has gone or the time limit has passed. */
  readonly signal: AbortSignal
}
