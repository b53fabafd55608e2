import type { AuthorityPlan } from './plan.ts'
import { typeCodes } from './plan.ts'
import { type ExclusionType, exclusionTypes, type RowType } from './published.ts'

/** A place in the published tables, and the same place in Cairn's figures. */
export interface Place {
  readonly authority: number
  /** Undefined: all school types. */
  readonly phase: string | undefined
  readonly kind: ExclusionType
  /** Undefined: all reasons. */
  readonly reason: string | undefined
}

export interface Published {
  readonly place: Place
  readonly value: number
}

export const keyOf = ({ authority, phase = '', kind, reason = '' }: Place): string =>
  [authority, phase, kind, reason].join('|')

/** In words, for a list of differences: `855 Leicestershire, PS, PERM, PP`. */
export const inWords = ({ authority, phase, kind, reason }: Place): string =>
  [authority, phase ?? 'all school types', kind, reason ?? 'all reasons'].join(', ')

const phaseOf = (type: RowType): string | undefined => (type === 'Total' ? undefined : typeCodes[type].phase)

/**
 * Every count that is published and not hidden: by authority × school type × exclusion type × reason, and without
 * the reason; the latter for the authority as a whole too.
 */
export function publishedCounts(plans: readonly AuthorityPlan[]): Published[] {
  return everyRow(plans).flatMap(({ authority, type, kind, published }) => {
    const place = { authority, phase: phaseOf(type), kind }
    const reasons = type === 'Total' ? [] : [...(published.reasons ?? [])]
    return [[undefined, published.total] as const, ...reasons].flatMap(([reason, value]) =>
      value === null ? [] : [{ place: { ...place, reason }, value }],
    )
  })
}

/**
 * Published rates per 100: of the rows that both tables have, by school type and for all of them. For 2016/17 these are
 * 1,112; the table of headcounts has 22 more, all 0, of schools and authorities that the table of reasons leaves out
 * (their counts are compared all the same).
 */
export function publishedRates(plans: readonly AuthorityPlan[]): Published[] {
  return everyRow(plans).flatMap(({ authority, type, kind, published: { rate, reasons } }) =>
    rate === null || !reasons
      ? []
      : [{ place: { authority, phase: phaseOf(type), kind, reason: undefined }, value: rate }],
  )
}

const everyRow = (plans: readonly AuthorityPlan[]) =>
  plans.flatMap(({ authority, published }) =>
    [...published.rows].flatMap(([type, row]) =>
      exclusionTypes.map((kind) => ({ authority: authority.code, type, kind, published: row.by[kind] })),
    ),
  )

/** A figure as it was found: `hidden` where the small-number rule holds it back, undefined where there is none at all. */
export type Found = number | 'hidden' | undefined

export interface Difference {
  readonly place: Place
  readonly published: number
  readonly found: number | undefined
}

export interface Comparison {
  readonly compared: number
  readonly equal: number
  readonly hidden: number
  readonly different: readonly Difference[]
}

/** Whether two figures are the same: counts exactly, rates to the rounding of the published one. */
export type Same = (published: number, found: number) => boolean
export const sameCount: Same = (published, found) => published === found
/** Published rates are rounded to two decimals; the last addend is for the arithmetic of doubles. */
export const sameRate: Same = (published, found) => Math.abs(published - found) <= 0.005 + 1e-9

export function compare(
  published: readonly Published[],
  find: (place: Place) => Found,
  same: Same,
): Comparison {
  const different: Difference[] = []
  let [equal, hidden] = [0, 0]
  for (const { place, value } of published) {
    const found = find(place)
    if (found === 'hidden') hidden++
    else if (found !== undefined && same(value, found)) equal++
    else different.push({ place, published: value, found })
  }
  return { compared: published.length, equal, hidden, different }
}
