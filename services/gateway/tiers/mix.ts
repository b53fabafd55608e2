import { holdsRecords, type Scope } from '@cairn/access'
import { type Disclosed, disclose, live } from '@cairn/disclosure'
import type { TierTableRow } from '@cairn/warehouse'
import type { FigureStatus } from '../scalars.ts'
import { mayTell, type Parts, together } from '../support/among.ts'
import { type PupilsBy, valuesOf } from '../support/by-pupils.ts'
import { type Closed, type ClosedCounts, closed } from './closed.ts'
import type { TierMixRow } from './types.ts'

/** Counts that add up to one group: shown whole or not at all, or a hidden one is the rest of the others. */
export function wholeOrNothing(counts: readonly number[]): Disclosed {
  const whole = counts.reduce((sum, n) => sum + n, 0)
  const parts = counts.map((n) => ({ kind: 'proportion' as const, numerator: n, denominator: whole }))
  const verdicts = disclose([{ kind: 'count', n: whole, denominator: whole }, ...parts], live)
  return verdicts.find(({ status }) => status === 'SUPPRESSED') ?? verdicts[0]!
}

/** Whether a reader sees every school of the authorities, and so what is summed over them. */
export const seesAll = (scope: Scope): boolean => scope.schools === 'all'

/**
 * All of a movement or nothing. It adds up to the mixes of both weeks: they must be shown themselves, of all schools together,
 * or of each of the own. Across schools every count comes from several and is enough without any one.
 * @param bySchool 16 counts each, as the warehouse has them
 */
export function shownMovement(
  bySchool: readonly Parts[],
  mixes: readonly (readonly TierTableRow[])[],
  scope: Scope,
) {
  const counts = bySchool.length > 0 ? together(bySchool) : Array<number>(16).fill(0)
  const { status, symbol, profile } = wholeOrNothing(counts)
  const none = { pupils: null, entered: null, left: null }
  const reader = { isOwnSchool: holdsRecords(scope) }
  if (!mixes.every((found) => isWholeShown(found, scope)) || !mayTell(reader, bySchool))
    return { ...none, status: 'SUPPRESSED' as FigureStatus, symbol: 'c', profile }
  if (status !== 'OK') return { ...none, status: status as FigureStatus, symbol, profile }
  const rows = [0, 4, 8, 12].map((at) => counts.slice(at, at + 4))
  return {
    pupils: rows.slice(1).map((row) => row.slice(1)),
    ...{ entered: rows[0]!.slice(1), left: rows.slice(1).map((row) => row[0]!) },
    ...{ status: status as FigureStatus, symbol, profile },
  }
}

function isWholeShown(found: readonly TierTableRow[], scope: Scope): boolean {
  const mix = closedMix(found, scope)
  const units = seesAll(scope) ? [0] : [...new Set(found.map(({ school }) => school))]
  return units.every((unit) => {
    const counts = mix.find(unit)
    return !counts || statusOf(counts, mix.profile).status === 'OK'
  })
}

const closedMix = (found: readonly TierTableRow[], scope: Scope): Closed =>
  closed(
    found.map((row) => ({ ...row, counts: row.tiers })),
    ['1', '2', '3'],
    seesAll(scope),
  )

/**
 * Schools by URN, then all of them together where the reader sees all; each total is followed by its values. What is
 * held back is decided over all characteristics, so that two questions never add up to more than one.
 */
export function mixRows(
  found: readonly TierTableRow[],
  scope: Scope,
  by?: PupilsBy,
): Omit<TierMixRow, 'schoolName'>[] {
  const mix = closedMix(found, scope)
  const there = new Set(found.filter((row) => row.by === by).map(({ value }) => value))
  const groups = by ? valuesOf(by, there) : []
  return [...new Set(found.map(({ school }) => school)), 0].flatMap((school) =>
    [undefined, ...groups].flatMap((group) => {
      const counts = group ? mix.find(school, by, group.value) : mix.find(school)
      const { value, label } = group ?? { value: null, label: null }
      return counts ? [{ schoolUrn: school || null, value, label, ...shownMix(counts, mix.profile) }] : []
    }),
  )
}

/** Held back where any of its numbers is. */
export const statusOf = (
  { counts, whole }: ClosedCounts,
  profile: string,
): { status: FigureStatus; symbol: string; profile: string } => {
  const held = whole === null || counts.includes(null)
  return { status: (held ? 'SUPPRESSED' : 'OK') as FigureStatus, symbol: held ? 'c' : '', profile }
}

function shownMix(closed: ClosedCounts, profile: string) {
  const [tier1 = null, tier2 = null, tier3 = null] = closed.counts
  return { pupils: closed.whole, tier1, tier2, tier3, ...statusOf(closed, profile) }
}
