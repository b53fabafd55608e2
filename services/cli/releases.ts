import { operatorScope } from '@cairn/access/operator'
import type { ControlPlane } from '@cairn/control-plane'
import type { EventLog } from '@cairn/event-log'
import { usualSettleDays, type Warehouse } from '@cairn/warehouse'
import {
  type Closed,
  type ClosingRequest,
  closeDue,
  type Due,
  dueOf,
  NotDueError,
} from '@cairn/warehouse/closing'
import { Fault, misuse } from './fault.ts'

export interface ClosingDependencies {
  readonly controlPlane: ControlPlane
  readonly log: Pick<EventLog, 'partitionOf' | 'endOffsets'>
  readonly warehouse: Warehouse
}

/**
 * Closes what has closed of an authority's academic year as a release, audited.
 * @throws Fault where it cannot be closed yet, DisclosureError where no release of it would be safe
 */
export async function closeYear(
  sources: ClosingDependencies,
  request: Omit<ClosingRequest, 'scope'>,
): Promise<Closed> {
  const { authority } = request
  if (!(await sources.controlPlane.authorities.get(authority)))
    throw misuse(`Authority ${authority} has not been added.`, 'cairn authority list shows those that are.')
  try {
    return await closeDue(sources, { ...request, scope: operatorScope([authority]) })
  } catch (error) {
    throw error instanceof NotDueError ? new Fault(error.message, error.hint) : error
  }
}

export interface DueQuestion {
  readonly authorities: readonly number[]
  /** Academic years by their starting year; absent, the running one and the one before. */
  readonly years?: readonly number[] | undefined
  readonly now: Date
  readonly settleDays?: number
}

/** What can be released of each authority and year, and why the rest cannot. */
export function dueReleases(
  sources: ClosingDependencies,
  { authorities, years, now, settleDays = usualSettleDays }: DueQuestion,
): Promise<Due[]> {
  const running = now.getUTCFullYear() - (now.getUTCMonth() < 7 ? 1 : 0)
  return Promise.all(
    authorities.flatMap((authority) =>
      (years ?? [running - 1, running]).map((year) =>
        dueOf(sources, { authority, year, scope: operatorScope([authority]), now, settleDays }),
      ),
    ),
  )
}
