import type { Scope } from '@cairn/access'
import { type CubeProfile, DisclosureError } from '@cairn/disclosure'
import type { Warehouse } from '../client.ts'
import { closedPeriods, usualSettleDays } from '../closed-periods.ts'
import { type ReleaseInfo, readReleases, releaseName, yearText } from '../releases.ts'
import { type Closed, closeRelease } from './close.ts'
import type { ReleaseWeek } from './cube.ts'

/** What closing needs of the control plane and the log. */
export interface ClosingSources {
  readonly controlPlane: {
    readonly authorities: { get(code: number): Promise<unknown> }
    readonly calendars: {
      weeks(
        authorities: readonly number[],
        years: { from: number; to: number },
      ): Promise<{ readonly school: number; readonly weeks: readonly ReleaseWeek[] }[]>
    }
    readonly schools: {
      list(authorities: readonly number[]): Promise<{ readonly urn: number; readonly aggregate: boolean }[]>
    }
    readonly audit: {
      append(note: { action: string; subject: string; detail: Record<string, unknown> }): Promise<void>
    }
    readonly ledger: {
      positions(): Promise<readonly { readonly partition: number; readonly settled: number }[]>
    }
    /** What stood in the way of a year's releases, for whoever asks how they stand. */
    readonly releaseStates: { clear(authority: number, year: number): Promise<void> }
  }
  readonly log: {
    partitionOf(authority: number): number
    endOffsets(): Promise<ReadonlyMap<number, number>>
  }
  readonly warehouse: Warehouse
}

export interface ClosingRequest {
  /** The operator's, over the authority. */
  readonly scope: Scope
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  readonly profile: CubeProfile
  readonly now: Date
  readonly settleDays?: number
  /** No half-term after this one, though it has closed. */
  readonly through?: number | undefined
  /** Refuses a first release while a school has no roll. */
  readonly everySchool?: boolean
}

/** Why a release cannot be made: the rule, and the way out. */
export class NotDueError extends Error {
  override readonly name = 'NotDueError'
  readonly hint: string

  constructor(rule: string, hint: string) {
    super(rule)
    this.hint = hint
  }
}

export interface Due {
  readonly authority: number
  readonly year: number
  /** Half-terms that have closed. */
  readonly closed: number
  /** Half-terms of the newest release, 0 where there is none. */
  readonly released: number
  readonly isComplete: boolean
  readonly isDue: boolean
  /** Why nothing is due, or why what is due cannot be made yet. */
  readonly why: string
}

/** What is due of an authority's year. */
export async function dueOf(
  { controlPlane, log, warehouse }: ClosingSources,
  { scope, authority, year, now, settleDays = usualSettleDays }: Omit<ClosingRequest, 'profile'>,
): Promise<Due> {
  const calendars = await controlPlane.calendars.weeks([authority], { from: year, to: year })
  const { halfTerms, next, isComplete } = closedPeriods(year, calendars, settleDays, now)
  const last = (await readReleases(warehouse, scope, [year]))
    .filter((one) => one.authority === authority)
    .at(-1)
  const released = last?.through ?? 0
  const state = { authority, year, closed: halfTerms, released, isComplete }
  const isBehind = halfTerms > released || (isComplete && last !== undefined && !last.isComplete)
  if (!isBehind) {
    const rest = next ? `the next half-term closes on ${next}` : 'the year is released'
    return { ...state, isDue: false, why: rest }
  }
  const waiting = await waitingEvents({ controlPlane, log }, authority)
  const why = waiting > 0 ? `${waiting} events are not yet in all figures` : ''
  return { ...state, isDue: true, why }
}

/** Events of the authority's partition that are not yet counted in every period, and where it ends. */
async function settledAt(
  { controlPlane, log }: Pick<ClosingSources, 'controlPlane' | 'log'>,
  authority: number,
) {
  const partition = log.partitionOf(authority)
  const end = (await log.endOffsets()).get(partition) ?? 0
  const position = (await controlPlane.ledger.positions()).find((one) => one.partition === partition)
  return { end, waiting: Math.max(0, end - (position?.settled ?? 0)) }
}

const waitingEvents = async (sources: Pick<ClosingSources, 'controlPlane' | 'log'>, authority: number) =>
  (await settledAt(sources, authority)).waiting

/**
 * Closes what has closed of an authority's academic year as a release, audited.
 * @throws NotDueError where it cannot be closed yet, DisclosureError where no release of it would be safe
 */
export async function closeDue(sources: ClosingSources, request: ClosingRequest): Promise<Closed> {
  const { controlPlane, warehouse } = sources
  const { scope, authority, year, profile, now, settleDays = usualSettleDays } = request
  const { everySchool = false } = request
  const calendars = await controlPlane.calendars.weeks([authority], { from: year, to: year })
  const { halfTerms, next, isComplete } = closedPeriods(year, calendars, settleDays, now)
  const through = Math.min(request.through ?? 6, halfTerms)
  if (halfTerms === 0 || (request.through ?? 0) > halfTerms)
    throw new NotDueError(
      `Half-term ${halfTerms + 1} of ${yearText(year)} has not closed: a release of it would have to change.`,
      `It can be released from ${next}: ${settleDays} days after its last one.`,
    )
  const { end, waiting } = await settledAt(sources, authority)
  if (waiting > 0)
    throw new NotDueError(
      `${waiting} events are not yet in all figures: a release must hold everything that was accepted.`,
      'Wait until cairn status says that all is in the figures.',
    )
  const hasOneCalendar = calendars.every(({ school }) => school === 0)
  const schools = await controlPlane.schools.list([authority])
  const closed = await closeRelease({
    warehouse,
    ...{ scope, authority, year, profile, offset: end, now, everySchool },
    ...((!isComplete || through < 6) && { through }),
    schools: schools.filter(({ aggregate }) => !aggregate).map(({ urn }) => urn),
    weeks: hasOneCalendar ? calendars.flatMap(({ weeks }) => weeks) : [],
    announce: ({ number, digest }: ReleaseInfo, carried) =>
      controlPlane.audit.append({
        action: 'release.close',
        subject: `authority ${authority}`,
        detail: {
          release: releaseName({ authority, year, number }),
          ...{ digest, offset: end, carried: carried.length, through },
        },
      }),
  })
  await controlPlane.releaseStates.clear(authority, year)
  return closed
}

/** In words, for an operator: what was refused and by which rule, never a figure. */
export const refusalOf = (error: unknown): string =>
  error instanceof NotDueError || error instanceof DisclosureError ? error.message : 'it failed: see the log'
