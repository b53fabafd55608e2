import { standard } from '@cairn/disclosure'
import { metrics, type StoredMetric } from '@cairn/metrics'
import type { Verdict } from '../judge.ts'
import { bits, type Knowledge, yearOf } from './knowledge.ts'
import type { Week } from './world.ts'

/** Figures that no reader may learn, stated anew from the rule: of one school, of a phase, of the authority. */
export function secretsOf(knowledge: Knowledge, weeks: readonly Week[]): number[] {
  const secrets: number[] = []
  for (const at of knowledge.figures.keys()) {
    const { metric, mask } = knowledge.figures[at]!
    if (bits(mask) > 1 && mask !== knowledge.all) continue
    const value = knowledge.truth[at]!
    const stored = metrics.get(metric) as StoredMetric
    if (stored.lastInSlice) {
      if (value > 0 && value < standard.smallestDenominator) secrets.push(at)
      continue
    }
    const roll = rollOf(knowledge, at, weeks)
    const rest = knowledge.truth[roll]! - value
    const isPupils = stored.measure.kind === 'pupils'
    const few = (n: number) => n > 0 && n < standard.smallestCount
    if (few(value) || (isPupils && value > 0 && few(rest))) secrets.push(at)
  }
  return secrets
}

/** Whether a reader who knows a secret to lie between two bounds has been told too much. */
export function judged(
  knowledge: Knowledge,
  at: number,
  low: number,
  high: number,
  weeks: readonly Week[],
): Verdict {
  const value = knowledge.truth[at]!
  const stored = metrics.get(knowledge.figures[at]!.metric) as StoredMetric
  if (high - low < 0.5) return 'pinned'
  if (low >= value - 1.5 && high <= value + 1.5) return 'within 1'
  const need = stored.lastInSlice ? standard.smallestDenominator : standard.smallestCount
  const width = stored.lastInSlice ? Math.ceil(need / 2) : need - 1
  if (high - low < width) return 'failing'
  if (value < need && high < need) return 'failing'
  if (stored.measure.kind !== 'pupils') return 'safe'
  const roll = rollOf(knowledge, at, weeks)
  const rest = knowledge.truth[roll]! - value
  return rest > 0 && rest < need && low > knowledge.system.high[roll]! - need ? 'failing' : 'safe'
}

/** Pupils on roll of the same schools. */
function rollOf(knowledge: Knowledge, at: number, weeks: readonly Week[]): number {
  const { mask, period } = knowledge.figures[at]!
  return knowledge.at({ metric: 'headcount', mask, period: `year ${yearOf(period, weeks)}`, by: '' })
}
