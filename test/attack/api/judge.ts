import { standard } from '@cairn/disclosure'
import type { Verdict } from '../judge.ts'
import { bits, isDifference, type Knowledge } from './knowledge.ts'
import { kindOf } from './world.ts'

const few = (n: number, below: number = standard.smallestCount) => n > 0 && n < below

/**
 * Figures that no reader may learn, stated anew from the rule: of one school and of the authority, at each time; and by how
 * few they moved from one time to the next.
 */
export function secretsOf(knowledge: Knowledge): number[] {
  const secrets: number[] = []
  for (const [at, { metric, mask, state }] of knowledge.figures.entries()) {
    if (bits(mask) > 1 && mask !== knowledge.all) continue
    const value = knowledge.truth[at]!
    const kind = kindOf(metric)
    if (kind === 'roll') {
      if (few(value, standard.smallestDenominator)) secrets.push(at)
    } else if (few(Math.abs(value))) secrets.push(at)
    else if (kind === 'pupils' && !isDifference(state) && value > 0) {
      const roll = rollOf(knowledge, at)
      if (roll !== undefined && few(knowledge.truth[roll]! - value)) secrets.push(at)
    }
  }
  return secrets
}

/** Whether a reader who knows a secret to lie between two bounds has been told too much. */
export function judged(knowledge: Knowledge, at: number, low: number, high: number): Verdict {
  const { metric, state } = knowledge.figures[at]!
  const value = knowledge.truth[at]!
  const kind = kindOf(metric)
  if (high - low < 0.5) return 'pinned'
  if (low >= value - 1.5 && high <= value + 1.5) return 'within 1'
  const need = kind === 'roll' ? standard.smallestDenominator : standard.smallestCount
  const width = kind === 'roll' ? Math.ceil(need / 2) : need - 1
  if (high - low < width) return 'failing'
  if (Math.abs(value) < need && Math.max(high, -low) < need) return 'failing'
  if (kind !== 'pupils' || isDifference(state)) return 'safe'
  const roll = rollOf(knowledge, at)
  if (roll === undefined) return 'safe'
  const rest = knowledge.truth[roll]! - value
  return rest > 0 && rest < need && low > knowledge.system.high[roll]! - need ? 'failing' : 'safe'
}

/** Pupils on roll of the same schools, with the same value where the roll has it. */
function rollOf(knowledge: Knowledge, at: number): number | undefined {
  const { mask, by, state } = knowledge.figures[at]!
  const period = `year ${knowledge.year}`
  const one = { metric: 'headcount', mask, period, by, state }
  if (knowledge.has(one)) return knowledge.at(one)
  const whole = { ...one, by: '' }
  return knowledge.has(whole) ? knowledge.at(whole) : undefined
}
