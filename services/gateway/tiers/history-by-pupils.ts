import type { CodeSet } from '@cairn/contracts'
import type { AgreementRow, ExitRow, Stays, TimeInTierRow as Times } from '@cairn/warehouse'
import { labelOf } from '../figures/labels.ts'
import type { FigureStatus } from '../scalars.ts'
import { type Parts, sum, together } from '../support/among.ts'
import { valuesOf } from '../support/by-pupils.ts'
import { judge } from '../support/shown.ts'
import {
  heldTables,
  mayShowTable,
  partsOf,
  shareOfValue,
  shownValues,
  type TableRow,
} from '../support/tables.ts'
import type { TiersBy } from './asked.ts'
import type { Closed } from './closed.ts'
import { mayTellGrown, type PartsBySchool } from './grown.ts'
import type { TierAgreementOfPupils, TierExitRow, TierReEntryRow, TimeInTierRow } from './history-types.ts'

const tiers = [1, 2, 3]

/** Names of the schools that are told of. */
type Names = ReadonlyMap<number, string>

/** What rows are of: a lead's own schools, each by itself, else all together (0). */
function unitsOf({ isOwnSchool }: TiersBy, rows: readonly { readonly school: number }[]): number[] {
  if (isOwnSchool) return [...new Set(rows.map(({ school }) => school))]
  return rows.length > 0 ? [0] : []
}

const isIn = (unit: number) => (row: { readonly school: number }) => unit === 0 || row.school === unit

const named = (unit: number, names: Names) => ({
  ...{ schoolUrn: unit || null, schoolName: names.get(unit) ?? null },
})

function statusOf(isHeld: boolean) {
  const { profile } = judge({ kind: 'mean', n: 0 })
  return { status: (isHeld ? 'SUPPRESSED' : 'OK') as FigureStatus, symbol: isHeld ? 'c' : '', profile }
}

/** Stays as at the end of a year; for readers across schools also as at the end of the year before. */
export interface AskedStays {
  readonly now: readonly Stays[]
  readonly before: readonly Stays[]
}

const only = ({ now, before }: AskedStays, isOne: (stays: Stays) => boolean): AskedStays => ({
  now: now.filter(isOne),
  before: before.filter(isOne),
})

type PartsIn = (stays: Stays) => Parts
const asOne: PartsIn = ({ stays }) => [stays]
const byReturn: PartsIn = ({ returned, stays }) => (returned ? [stays, 0] : [0, stays])

const rowsOf = (stays: readonly Stays[], partsIn: PartsIn): TableRow[] =>
  stays.map((one) => ({ school: one.school, value: one.value, parts: partsIn(one) }))

/** All values or none; across schools only where each of them grew by enough since the year before. */
function mayTellStays(by: TiersBy, { now, before }: AskedStays, partsIn: PartsIn): boolean {
  if (!mayShowTable(by, rowsOf(now, partsIn))) return false
  if (by.isOwnSchool) return true
  const partsOfSchools = (stays: readonly Stays[], value: string): PartsBySchool => {
    const found = new Map<number, Parts>()
    for (const { school, parts } of rowsOf(stays, partsIn).filter((row) => row.value === value))
      found.set(school, together([found.get(school) ?? [], parts]))
    return found
  }
  const values = new Set([...now, ...before].map(({ value }) => value))
  return [...values].every((value) => mayTellGrown(partsOfSchools(now, value), partsOfSchools(before, value)))
}

/**
 * A table for each tier. Across schools what has ended is told with it, as the mix of tiers tells those that go on.
 * @param times medians and quartiles by value, of each school or of all together
 */
export function timeByPupils(
  by: TiersBy,
  asked: AskedStays,
  times: readonly Times[],
  names: Names,
): Omit<TimeInTierRow, 'upTo'>[] {
  return unitsOf(by, asked.now).flatMap((unit) => {
    const inTier = (tier: number) => only(asked, (stays) => isIn(unit)(stays) && stays.tier === tier)
    const told = tiers.filter((tier) => {
      const own = inTier(tier)
      const ended = only(own, (stays) => stays.ended)
      return mayTellStays(by, own, asOne) && (by.isOwnSchool || mayTellStays(by, ended, asOne))
    })
    const there = new Set(told.flatMap((tier) => inTier(tier).now.map(({ value }) => value)))
    return tiers.flatMap((tier) => {
      const [rows, isTold] = [rowsOf(inTier(tier).now, asOne), told.includes(tier)]
      return valuesOf(by.pupilsBy, there).map((pupils) => {
        const [n = 0] = partsOf(rows, pupils.value)
        const isOne = (row: Times) => row.school === unit && row.tier === tier && row.value === pupils.value
        const known = isTold ? times.find(isOne) : undefined
        return {
          ...{ ...named(unit, names), pupils, tier, n: isTold ? n : null },
          medianWeeks: known?.median ?? null,
          lowerQuartileWeeks: known?.lowerQuartile ?? null,
          upperQuartileWeeks: known?.upperQuartile ?? null,
          ...statusOf(!isTold),
        }
      })
    })
  })
}

/**
 * One table. Stays in tier 1 are told of the same pupils: across schools what of them is no fall, and what of them ended
 * without a return, must be enough as well.
 */
export function reEntryByPupils(
  by: TiersBy,
  asked: AskedStays,
  names: Names,
): Omit<TierReEntryRow, 'upTo'>[] {
  const there = asked.now.filter(({ fell }) => fell)
  return unitsOf(by, there).flatMap((unit) => {
    const inOne = only(asked, (stays) => isIn(unit)(stays) && stays.tier === 1)
    const falls = only(inOne, ({ fell }) => fell)
    const besides = [
      only(inOne, ({ fell }) => !fell),
      only(inOne, ({ ended, returned }) => ended && !returned),
    ]
    const isTold =
      mayTellStays(by, falls, byReturn) &&
      (by.isOwnSchool || besides.every(({ now }) => mayShowTable(by, rowsOf(now, asOne))))
    const rows = rowsOf(falls.now, byReturn)
    const shown = shownValues(new Map([['falls', rows]]), new Set(isTold ? [] : ['falls']))
    return valuesOf(by.pupilsBy, shown).map((pupils) => ({
      ...{ ...shareOfValue(rows, pupils.value, !isTold), ...named(unit, names), pupils },
    }))
  })
}

/** What is told of all pupils' exits: of schools, too, decided with the total. */
interface ExitsOfAll {
  readonly plain: Closed
  readonly names: Names
  readonly reasons: readonly string[]
  readonly set: CodeSet | undefined
}

/**
 * A table for each reason; those that are held back among all pupils are here. All exits of a value are told besides: of
 * reasons that are held back there are two at least.
 */
export function exitsByPupils(
  by: TiersBy,
  exits: readonly ExitRow[],
  { plain, names, reasons, set }: ExitsOfAll,
): TierExitRow[] {
  return unitsOf(by, exits).flatMap((unit) => {
    const own = exits.filter(isIn(unit))
    const found = plain.find(unit)
    const tables = new Map(
      reasons.map((reason) => [
        reason,
        own
          .filter((row) => row.reason === reason)
          .map(({ school, value = '', exits: n }): TableRow => ({ school, value, parts: [n] })),
      ]),
    )
    const all = [...tables.values()].flat()
    const heldBeside = new Set(reasons.filter((_, i) => found?.counts[i] === null))
    const mayTellAll = found?.whole !== null && mayShowTable(by, all)
    const held = mayTellAll ? heldTables(by, tables, heldBeside) : new Set(reasons)
    const values = valuesOf(by.pupilsBy, shownValues(tables, held))
    return reasons.flatMap((reason) =>
      values.map((pupils) => {
        const isHeld = held.has(reason)
        const [n = 0] = partsOf(tables.get(reason)!, pupils.value)
        const [of = 0] = partsOf(all, pupils.value)
        return {
          ...{ ...named(unit, names), pupils, reason, label: labelOf(set, reason) },
          ...{ exits: isHeld ? null : n, of: isHeld ? null : of },
          ...{ value: isHeld || of === 0 ? null : (n / of) * 100, ...statusOf(isHeld) },
        }
      }),
    )
  })
}

/** Decisions for the tier that was recommended, and the others. */
export function agreedOf({ counts }: Pick<AgreementRow, 'counts'>): [agreed: number, others: number] {
  const agreed = counts[0]! + counts[4]! + counts[8]!
  return [agreed, sum(counts) - agreed]
}

export function agreementByPupils(by: TiersBy, decisions: readonly AgreementRow[]): TierAgreementOfPupils[] {
  const rows = decisions.map(
    (row): TableRow => ({ school: row.school, value: row.value ?? '', parts: agreedOf(row) }),
  )
  const isTold = mayShowTable(by, rows)
  const shown = shownValues(new Map([['agreed', rows]]), new Set(isTold ? [] : ['agreed']))
  return valuesOf(by.pupilsBy, shown).map((pupils) => ({
    pupils,
    agreed: shareOfValue(rows, pupils.value, !isTold),
  }))
}
