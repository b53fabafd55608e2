import type { Scope } from '@cairn/access'
import { type Disclosed, disclose, interim } from '@cairn/disclosure'

/** Counts that add up to one group: shown whole or not at all, or a hidden one is the rest of the others. */
export function wholeOrNothing(counts: readonly number[]): Disclosed {
  const whole = counts.reduce((sum, n) => sum + n, 0)
  const parts = counts.map((n) => ({ kind: 'proportion' as const, numerator: n, denominator: whole }))
  const verdicts = disclose([{ kind: 'count', n: whole, denominator: whole }, ...parts], interim)
  return verdicts.find(({ status }) => status === 'SUPPRESSED') ?? verdicts[0]!
}

export interface Mixed {
  readonly school: number
  readonly tiers: readonly number[]
}

/**
 * The authority's row beside its schools': undefined where it could say what a hidden school is. What is left of it
 * when the shown schools are taken away must itself be fit to be shown, and be of at least two schools.
 */
export function authorityMix(schools: readonly Mixed[]): readonly number[] | undefined {
  const sum = (some: readonly Mixed[]) =>
    [0, 1, 2].map((tier) => some.reduce((total, { tiers }) => total + tiers[tier]!, 0))
  const hidden = schools.filter(({ tiers }) => wholeOrNothing(tiers).status === 'SUPPRESSED')
  const closed =
    hidden.length === 0 || (hidden.length > 1 && wholeOrNothing(sum(hidden)).status !== 'SUPPRESSED')
  return closed ? sum(schools) : undefined
}

/** Whether a reader sees every school of the authorities, and so what is summed over them. */
export const seesAll = (scope: Scope): boolean => scope.schools === 'all'
