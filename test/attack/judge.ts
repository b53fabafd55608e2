import type { CubeProfile } from '@cairn/disclosure'
import type { Interval } from './bounds.ts'
import type { Knowledge } from './knowledge.ts'

export type Verdict = 'pinned' | 'within 1' | 'failing' | 'safe'

/** Whether a figure is one that a reader may not learn: stated anew here, not taken from the package. */
export function isSecret({ truth, of, kind }: Knowledge, at: number, profile: CubeProfile): boolean {
  const value = truth[at]!
  const few = (count: number, below: number) => count > 0 && count < below
  if (kind[at] === 'denominators' || kind[at] === 'mean') return few(value, profile.smallestDenominator)
  if (few(value, profile.smallestCount)) return true
  // None of few is a true zero; that they are few is the denominator's secret.
  return kind[at] !== 'events' && value > 0 && few(of[at]! - value, profile.smallestCount)
}

/**
 * Counts and complements 1 to 4 must keep an interval at least 4 wide that reaches 5 (or all but 5); denominators
 * 1 to 9 one at least 5 wide that reaches 10.
 */
export function judge(
  knowledge: Knowledge,
  at: number,
  profile: CubeProfile,
  low: number,
  high: number,
  most: number,
): Verdict {
  const { truth, of, kind } = knowledge
  const value = truth[at]!
  if (high - low < 0.5) return 'pinned'
  if (high <= value + 1.5 && low >= value - 1.5) return 'within 1'
  if (kind[at] === 'denominators' || kind[at] === 'mean') {
    const need = profile.smallestDenominator
    return high - low < Math.ceil(need / 2) - 1e-6 || high < need - 1e-6 ? 'failing' : 'safe'
  }
  const need = profile.smallestCount
  if (high - low < need - 1 - 1e-6) return 'failing'
  if (value < need && value > 0 && high < need - 1e-6) return 'failing'
  const rest = of[at]! - value
  const isComplement = kind[at] !== 'events' && rest > 0 && rest < need
  return isComplement && low > most - need + 1e-6 ? 'failing' : 'safe'
}

export interface Tally {
  secret: number
  pinned: number
  'within 1': number
  failing: number
}

export const exposed = (tally: Tally): number => tally.pinned + tally['within 1'] + tally.failing

export const noTally = (): Tally => ({ secret: 0, pinned: 0, 'within 1': 0, failing: 0 })

/** @param lead the school whose lead reads; -1 for the public. Own figures are no secret to a lead. */
export function tally(knowledge: Knowledge, { low, high }: Interval, profile: CubeProfile, lead = -1): Tally {
  const result = noTally()
  for (let at = 0; at < knowledge.keys.length; at++) {
    if (lead >= 0 && knowledge.owner[at] === lead) continue
    if (!isSecret(knowledge, at, profile)) continue
    result.secret += 1
    const of = knowledge.denominator[at]!
    const verdict = judge(knowledge, at, profile, low[at]!, high[at]!, of < 0 ? 0 : high[of]!)
    if (verdict !== 'safe') result[verdict] += 1
  }
  return result
}
