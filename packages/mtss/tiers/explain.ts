import { entriesOf, examine, type Finding, policyAt } from './evaluator.ts'
import type { Episodes, PupilEvidence } from './evidence.ts'
import { seriesOf } from './fold.ts'
import type { PolicyTimeline, Rule } from './policy.ts'

/** Why an episode began: rule, version, each condition's observed value and indices of its evidence. Undefined: no rule held. */
export function explain(
  evidence: PupilEvidence,
  timeline: PolicyTimeline,
  episodes: Episodes,
  episode: number,
): { readonly rule: Rule; readonly version: number; readonly finding: Finding } | undefined {
  const t = episodes.from[episode]
  const policy = t === undefined ? undefined : policyAt(timeline, t)
  const rule = policy?.rules[episodes.rule[episode] ?? -1]
  if (t === undefined || !policy || !rule) return undefined
  // The first episode begins with the evidence: nothing was entered before it.
  const entered = (i: number) => episodes.rule[i]! >= 0 || episodes.assigned[i]! > 0
  const before = episode > 0 && entered(episode - 1) ? episodes.from[episode - 1]! : Number.NEGATIVE_INFINITY
  return {
    ...{ rule, version: policy.version },
    finding: examine(rule, entriesOf(evidence, seriesOf(timeline)), t, before),
  }
}
