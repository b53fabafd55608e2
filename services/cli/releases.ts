import { operatorScope } from '@cairn/access/operator'
import type { ControlPlane, ReleaseState } from '@cairn/control-plane'
import type { EventLog } from '@cairn/event-log'
import { readReleases, releaseName, usualSettleDays, type Warehouse } from '@cairn/warehouse'
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
  return Promise.all(
    authorities.flatMap((authority) =>
      (years ?? yearsOf(now)).map((year) =>
        dueOf(sources, { authority, year, scope: operatorScope([authority]), now, settleDays }),
      ),
    ),
  )
}

/** The running academic year and the one before. */
function yearsOf(now: Date): number[] {
  const running = now.getUTCFullYear() - (now.getUTCMonth() < 7 ? 1 : 0)
  return [running - 1, running]
}

/** How releases stand, as far as an operator has to know of it. */
export interface ReleaseStanding {
  /** Closed half-terms that no release holds. */
  readonly overdue: readonly Due[]
  /** Of these and of older years, what refused them when it was tried last. */
  readonly refused: readonly ({ authority: number; year: number } & NonNullable<ReleaseState['refused']>)[]
  /** The last audit as each school's lead, by authority and year. */
  readonly audits: readonly NonNullable<ReleaseState['audit']>[]
  /** Newest releases, by name, that no audit has looked at yet. */
  readonly unaudited: readonly string[]
}

/** @param authorities those that events were sent of */
export async function releaseStandingOf(
  sources: ClosingDependencies,
  { authorities, now }: { authorities: readonly number[]; now: Date },
): Promise<ReleaseStanding> {
  const due = await dueReleases(sources, { authorities, now })
  const states = await sources.controlPlane.releaseStates.list()
  const newest = new Map(
    (await readReleases(sources.warehouse, operatorScope(authorities), yearsOf(now))).map((one) => [
      `${one.authority} ${one.year}`,
      releaseName(one),
    ]),
  )
  const audits = states.flatMap(({ audit }) => audit ?? [])
  const audited = new Set(audits.map(({ release }) => release))
  return {
    overdue: due.filter(({ isDue }) => isDue),
    refused: states.flatMap(({ authority, year, refused }) =>
      refused ? { authority, year, ...refused } : [],
    ),
    audits,
    unaudited: [...newest.values()].filter((release) => !audited.has(release)),
  }
}
