import type { Disclosed, Symbol as Mark } from '@cairn/disclosure'
import type { Draft, Place } from './draft.ts'

export type Status = 'OK' | 'SUPPRESSED' | 'NOT_APPLICABLE' | 'NOT_AVAILABLE' | 'NOT_RELEASED'

/** Numbers of a figure that is shown. */
export interface Figure extends Pick<Draft, 'n' | 'ratio' | 'squares' | 'bins' | 'schools'> {
  /** Schools that were open and have no roll; null where no roll is behind the figure. */
  readonly without: number | null
  /** Of a median that was released. */
  readonly median?: number
}

/** A figure and what may be told of it: nothing that is held back is in here any more. */
export interface Told extends Place {
  readonly status: Status
  readonly symbol: Mark
  /** Disclosure profile and its version. */
  readonly profile: string
  /** Release that it comes from; of several, all their names. Null outside releases. */
  readonly release: string | null
  /** When that release closed, of several the oldest: ISO 8601, UTC. */
  readonly closedAt?: string
  /** What it is drawn from, as that release has it; absent, as it is now. */
  readonly definitionId?: string
  /** Why there is no figure; null where it is OK. */
  readonly reason: string | null
  /** There where the status is OK, and where there is nothing to divide by. */
  readonly figure?: Figure
  /** Week of the oldest census behind the denominator, YYYYMMDD. */
  readonly census?: number
}

export const reasons = {
  SUPPRESSED: 'held back, by itself or to protect another figure',
  NOT_APPLICABLE: 'there is nothing to divide by',
  NOT_AVAILABLE: 'the school has not reported, or what it reported cannot be',
} as const

/** A draft that was counted when asked, as its profile lets it be told. */
export function toldLive(draft: Draft, { status, symbol, profile }: Disclosed): Told {
  const { group, period, values, roll, n, ratio, squares, bins, schools } = draft
  const place = { group, period, values, ...(roll && { census: roll.census }), profile, release: null }
  if (status === 'SUPPRESSED') return { ...place, status, symbol, reason: reasons.SUPPRESSED }
  const figure: Figure = {
    ...{ n, schools, without: roll?.without ?? null },
    ...(ratio && { ratio }),
    ...(squares && { squares }),
    ...(bins && { bins }),
  }
  return { ...place, status, symbol, reason: status === 'OK' ? null : reasons[status], figure }
}
