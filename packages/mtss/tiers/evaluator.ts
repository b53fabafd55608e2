import { type Episodes, kinds, type PupilEvidence } from './evidence.ts'
import type { Bounds, Condition, Policy, PolicyTimeline, Rule } from './policy.ts'

/** One entry of the evidence, with its place in the total order. */
interface Entry {
  index: number
  week: number
  event: number
  kind: number
  source: number
  series: string | undefined
  value: number
  outOf: number
  severity: number
}

/** What a rule sees in week t of a tier held since `since`. */
export interface Finding {
  readonly held: boolean
  readonly window: readonly Entry[]
  readonly points: number
  readonly sources: number
  readonly weeksInTier: number
  readonly streak: { readonly points: number; readonly evidence: readonly number[] }
  readonly conditions: readonly {
    readonly observed: number
    readonly held: boolean
    readonly evidence: readonly number[]
  }[]
}

/** Entries of a pupil's evidence; `names` are the series that its numbers count in. */
export const entriesOf = (evidence: PupilEvidence, names: readonly string[]): Entry[] =>
  Array.from(evidence.week, (week, index) => ({
    ...{
      index,
      week,
      event: evidence.event[index]!,
      kind: evidence.kind[index]!,
      source: evidence.source[index]!,
    },
    ...{ series: names[evidence.series[index]!], value: evidence.value[index]! },
    ...{ outOf: evidence.outOf[index]!, severity: evidence.severity[index]! },
  }))

function holds(observed: number | undefined, bounds: Bounds): boolean {
  if (observed === undefined || Number.isNaN(observed)) return false
  if (bounds.atLeast !== undefined && observed < bounds.atLeast) return false
  if (bounds.atMost !== undefined && observed > bounds.atMost) return false
  if (bounds.moreThan !== undefined && observed <= bounds.moreThan) return false
  return !(bounds.lessThan !== undefined && observed >= bounds.lessThan)
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

function observe(condition: Condition, window: readonly Entry[]): { value?: number; from: readonly Entry[] } {
  if (condition.observe === 'incidents') {
    const from = window.filter((e) => e.kind === kinds.incident && e.severity >= condition.severity)
    return { value: from.length, from }
  }
  if (condition.observe === 'attendance') {
    const from = window.filter((e) => e.kind === kinds.attendance)
    const possible = sum(from.map((e) => e.outOf))
    return possible === 0 ? { from } : { value: sum(from.map((e) => e.value)) / possible, from }
  }
  const scores = window.filter((e) => e.kind === kinds.score && e.series === condition.series)
  const last = scores.at(-1)
  const first = scores[0]
  if (!last || !first) return { from: [] }
  if (condition.observe === 'score') return { value: last.value, from: [last] }
  if (condition.observe === 'severity') return { value: last.severity, from: [last] }
  return scores.length < 2 ? { from: [last] } : { value: last.value - first.value, from: [first, last] }
}

/** One rule in one week, looked at plainly. */
export function examine(rule: Rule, entries: readonly Entry[], t: number, since: number): Finding {
  const evidence = entries.filter((e) => e.kind !== kinds.assignment && e.week <= t)
  const window = evidence.filter((e) => e.week >= t - rule.weeks + 1)
  const points = new Set(window.map((e) => e.event)).size
  const sources = new Set(window.map((e) => e.source)).size
  const conditions = rule.conditions.map((condition) => {
    const { value, from } = observe(condition, window)
    return {
      observed: value ?? Number.NaN,
      held: holds(value, condition),
      evidence: from.map((e) => e.index),
    }
  })
  const run: number[] = []
  const { streak } = rule
  if (streak) {
    const scores = evidence.filter(
      (e) => e.kind === kinds.score && e.series === streak.series && e.week >= since + 1,
    )
    for (const entry of scores.reverse()) {
      if (!holds(streak.of === 'score' ? entry.value : entry.severity, streak)) break
      run.push(entry.index)
    }
  }
  const held =
    points >= rule.minPoints &&
    sources >= rule.minSources &&
    t - since >= rule.holdWeeks &&
    (!streak || run.length >= streak.points) &&
    conditions.every((condition) => condition.held)
  return {
    ...{ held, window, points, sources, weeksInTier: t - since, conditions },
    streak: { points: run.length, evidence: run.reverse() },
  }
}

/** The version in force in a week. */
export const policyAt = (timeline: PolicyTimeline, t: number): Policy | undefined =>
  timeline.filter(({ from }) => from <= t).at(-1)?.policy

/**
 * The reference for `tierFold`: slow, plain, and written apart from it. Filters the whole evidence for each rule and
 * week. What the product runs is the fold; the two are held equal by test.
 */
export function evaluateTiers(
  evidence: PupilEvidence,
  names: readonly string[],
  timeline: PolicyTimeline,
  upToWeek: number,
): Episodes {
  const entries = entriesOf(evidence, names)
  const weeks: Episodes = {
    ...{ from: [], tier: [], rule: [], recommended: [], assigned: [], observed: [], policy: [] },
  }
  const start = entries[0]?.week ?? Number.POSITIVE_INFINITY
  let tier = 1
  let since = Number.NEGATIVE_INFINITY
  for (let t = start; t <= upToWeek; t++) {
    const policy = policyAt(timeline, t)
    const findings = (policy?.rules ?? []).map((rule) => ({ rule, ...examine(rule, entries, t, since) }))
    const winner = findings.findIndex(({ rule, held }) => rule.from === tier && held)
    const recommended = winner >= 0 ? findings[winner]!.rule.to : tier
    const assignments = entries.filter((e) => e.kind === kinds.assignment && e.week === t)
    const assigned = assignments.at(-1)?.value ?? 0
    if (winner >= 0 || assignments.length > 0) since = t
    tier = assignments.length > 0 ? assigned : recommended
    if (t === start || winner >= 0 || assignments.length > 0) {
      weeks.from.push(t)
      weeks.tier.push(tier)
      weeks.rule.push(winner)
      weeks.recommended.push(recommended)
      weeks.assigned.push(assigned)
      weeks.observed.push(winner >= 0 ? findings[winner]!.conditions.map(({ observed }) => observed) : [])
      weeks.policy.push(policy?.version ?? 0)
    }
  }
  return weeks
}
