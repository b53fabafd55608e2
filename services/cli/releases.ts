import { operatorScope } from '@cairn/access/operator'
import type { ControlPlane } from '@cairn/control-plane'
import type { CubeProfile } from '@cairn/disclosure'
import type { EventLog } from '@cairn/event-log'
import { releaseName, type Warehouse, yearText } from '@cairn/warehouse'
import { type Closed, closeRelease } from '@cairn/warehouse/closing'
import { Fault, misuse } from './fault.ts'

export interface ClosingDependencies {
  readonly controlPlane: ControlPlane
  readonly log: Pick<EventLog, 'partitionOf' | 'endOffsets'>
  readonly warehouse: Warehouse
}

export interface ClosingRequest {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  readonly profile: CubeProfile
  readonly now: Date
  readonly asLeads?: boolean
}

/**
 * Closes an authority's academic year as a release, audited.
 * @throws Fault where it cannot be closed yet, DisclosureError where no release of it would be safe
 */
export async function closeYear(
  { controlPlane, log, warehouse }: ClosingDependencies,
  { authority, year, profile, now, asLeads = false }: ClosingRequest,
): Promise<Closed> {
  if (!(await controlPlane.authorities.get(authority)))
    throw misuse(`Authority ${authority} has not been added.`, 'cairn authority list shows those that are.')
  if (now < new Date(`${year + 1}-08-01T00:00:00Z`))
    throw new Fault(
      `The academic year ${yearText(year)} is not over: a release of it would have to change.`,
      `It can be closed from 1 August ${year + 1}.`,
    )
  const offset = await settledOffset(controlPlane, log, authority)
  const calendars = await controlPlane.calendars.weeks([authority], { from: year, to: year })
  const hasOneCalendar = calendars.every(({ school }) => school === 0)
  const schools = await controlPlane.schools.list([authority])
  return closeRelease({
    warehouse,
    scope: operatorScope([authority]),
    ...{ authority, year, profile, offset, now, asLeads },
    schools: schools.filter(({ aggregate }) => !aggregate).map(({ urn }) => urn),
    weeks: hasOneCalendar ? calendars.flatMap(({ weeks }) => weeks) : [],
    announce: ({ number, digest }, carried) =>
      controlPlane.audit.append({
        action: 'release.close',
        subject: `authority ${authority}`,
        detail: {
          release: releaseName({ authority, year, number }),
          ...{ digest, offset, carried: carried.length },
        },
      }),
  })
}

/** The end of the authority's partition, once all before it is counted in every period. */
async function settledOffset(
  controlPlane: ControlPlane,
  log: ClosingDependencies['log'],
  authority: number,
): Promise<number> {
  const partition = log.partitionOf(authority)
  const end = (await log.endOffsets()).get(partition) ?? 0
  const position = (await controlPlane.ledger.positions()).find((one) => one.partition === partition)
  if ((position?.settled ?? 0) >= end) return end
  throw new Fault(
    `${end - (position?.settled ?? 0)} events are not yet in all figures: a release must hold everything that was accepted.`,
    'Wait until cairn status says that all is in the figures.',
  )
}
