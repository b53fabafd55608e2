import type { Episodes, PupilEvidence } from './evidence.ts'
import type { Bounds, PolicyTimeline } from './policy.ts'

/** The series that a timeline's rules read, each once: what `PupilEvidence.series` counts in. */
export function seriesOf(timeline: PolicyTimeline): string[] {
  const names = new Set<string>()
  for (const { policy } of timeline)
    for (const { conditions, streak } of policy.rules) {
      for (const condition of conditions) if ('series' in condition) names.add(condition.series)
      if (streak) names.add(streak.series)
    }
  return [...names]
}

const within = (value: number, { atLeast, atMost, moreThan, lessThan }: Bounds) =>
  !Number.isNaN(value) &&
  (atLeast === undefined || value >= atLeast) &&
  (atMost === undefined || value <= atMost) &&
  (moreThan === undefined || value > moreThan) &&
  (lessThan === undefined || value < lessThan)

/** Rises where the same rules and evidence come to give other tiers, so that rows worked out before are known as such. */
export const foldEdition = 2

type Fold = (evidence: PupilEvidence, upToWeek: number) => Episodes

/**
 * Walks a pupil's weeks. In each: the rules of the version in force, the first that holds wins; then the week's last
 * assignment, which takes hold at the end of the week. Both set `since`, from which holds and streaks count.
 */
export function tierFold(timeline: PolicyTimeline): Fold {
  const names = seriesOf(timeline)
  const plans = timeline.map(({ from, policy }) => ({
    from,
    version: policy.version,
    rules: policy.rules.map((rule) => ({
      ...rule,
      conditions: rule.conditions.map((c) => ({ ...c, of: 'series' in c ? names.indexOf(c.series) : -1 })),
      streakOf: rule.streak ? names.indexOf(rule.streak.series) : -1,
    })),
  }))

  return (evidence, upToWeek) => {
    const { week, event, kind, source, series, value, outOf, severity } = evidence
    const episodes = emptyEpisodes()
    if (week.length === 0 || week[0]! > upToWeek) return episodes
    const first = week[0]!
    const span = upToWeek - first + 2
    // Prefix sums by week: [w] counts the weeks before first + w.
    const points = new Int32Array(span)
    const attended = new Int32Array(span)
    const possible = new Int32Array(span)
    const incidents = [1, 2, 3, 4].map(() => new Int32Array(span))
    const latest = new Int32Array(names.length).fill(-1)
    const previous = new Int32Array(week.length)
    const heard = new Float64Array(16).fill(Number.NEGATIVE_INFINITY)
    let tier = 1
    let since = Number.NEGATIVE_INFINITY
    let version = -1
    let next = 0

    for (let t = first; t <= upToWeek; t++) {
      const now = t - first + 1
      points[now] = points[now - 1]!
      attended[now] = attended[now - 1]!
      possible[now] = possible[now - 1]!
      for (const counts of incidents) counts[now] = counts[now - 1]!
      let assigned = 0
      for (; next < week.length && week[next]! === t; next++) {
        if (kind[next] === 3) {
          assigned = value[next]!
          continue
        }
        // However many scales a check-in has, it is one word of one source.
        if (next === 0 || event[next] !== event[next - 1]) points[now]!++
        heard[source[next]!] = t
        if (kind[next] === 0 && series[next]! >= 0) {
          previous[next] = latest[series[next]!]!
          latest[series[next]!] = next
        } else if (kind[next] === 1) {
          for (let level = 0; level < severity[next]!; level++) incidents[level]![now]!++
        } else if (kind[next] === 2) {
          attended[now]! += value[next]!
          possible[now]! += outOf[next]!
        }
      }

      while (version + 1 < plans.length && plans[version + 1]!.from <= t) version++
      const rules = version < 0 ? [] : plans[version]!.rules
      let recommended = tier
      let held = -1
      let seen: number[] = []
      for (let r = 0; r < rules.length; r++) {
        const rule = rules[r]!
        if (rule.from !== tier || t - since < rule.holdWeeks) continue
        const opens = t - rule.weeks
        const before = Math.max(0, opens - first + 1)
        if (points[now]! - points[before]! < rule.minPoints) continue
        let sources = 0
        for (let s = 0; s < 16; s++) if (heard[s]! > opens) sources++
        if (sources < rule.minSources) continue

        const { streak } = rule
        if (streak) {
          const what = streak.of === 'score' ? value : severity
          let run = 0
          let i = latest[rule.streakOf]!
          while (i >= 0 && run < streak.points && week[i]! > since && within(what[i]!, streak)) {
            run++
            i = previous[i]!
          }
          if (run < streak.points) continue
        }
        const values: number[] = []
        for (const condition of rule.conditions) {
          let observed = Number.NaN
          if (condition.observe === 'incidents') {
            const counts = incidents[condition.severity - 1]!
            observed = counts[now]! - counts[before]!
          } else if (condition.observe === 'attendance') {
            observed = (attended[now]! - attended[before]!) / (possible[now]! - possible[before]!)
          } else {
            const last = latest[condition.of]!
            if (last >= 0 && week[last]! > opens) {
              if (condition.observe === 'score') observed = value[last]!
              else if (condition.observe === 'severity') observed = severity[last]!
              else {
                let i = last
                while (previous[i]! >= 0 && week[previous[i]!]! > opens) i = previous[i]!
                if (i !== last) observed = value[last]! - value[i]!
              }
            }
          }
          if (!within(observed, condition)) break
          values.push(observed)
        }
        if (values.length < rule.conditions.length) continue
        recommended = rule.to
        held = r
        seen = values
        break
      }

      if (t > first && held < 0 && assigned === 0) continue
      tier = assigned || recommended
      if (held >= 0 || assigned > 0) since = t
      episodes.from.push(t)
      episodes.tier.push(tier)
      episodes.rule.push(held)
      episodes.recommended.push(recommended)
      episodes.assigned.push(assigned)
      episodes.observed.push(seen)
      episodes.policy.push(version < 0 ? 0 : plans[version]!.version)
    }
    return episodes
  }
}

const emptyEpisodes = (): Episodes => ({
  ...{ from: [], tier: [], rule: [], recommended: [], assigned: [], observed: [], policy: [] },
})
