export type Tier = 1 | 2 | 3
export type Domain = 'semh' | 'behaviour' | 'attendance'
export const domains: readonly Domain[] = ['semh', 'behaviour', 'attendance']

/** Every bound that is given must hold. A value that was not observed holds none. */
export interface Bounds {
  readonly atLeast?: number
  readonly atMost?: number
  /** Strictly: reliable change is more than its threshold. */
  readonly moreThan?: number
  readonly lessThan?: number
}

/**
 * What is observed in a rule's window, weeks t − weeks + 1 to t:
 * `severity` and `score`: of the latest point of a series; `change`: latest less earliest score of at least two points,
 * in integer units (see `reliableThreshold`); `incidents`: how many of at least a severity; `attendance`: sessions
 * attended of those possible, 0–1.
 */
export type Condition = Bounds &
  (
    | { readonly observe: 'severity' | 'score' | 'change'; readonly series: string }
    | { readonly observe: 'incidents'; readonly severity: number }
    | { readonly observe: 'attendance' }
  )

/** Consecutive latest points of a series within bounds, counted from the week after the tier was entered. */
export interface Streak extends Bounds {
  readonly of: 'severity' | 'score'
  readonly series: string
  readonly points: number
}

export interface Rule {
  readonly id: string
  readonly from: Tier
  readonly to: Tier
  /** Evidence window, in weeks, this one included. */
  readonly weeks: number
  /** All must hold. */
  readonly conditions: readonly Condition[]
  /** Check-ins (whatever the number of their scales), incidents and attendance rows in the window; and how many sources they come from. */
  readonly minPoints: number
  readonly minSources: number
  /** Hysteresis: weeks that must have passed since the tier was entered or assigned. */
  readonly holdWeeks: number
  readonly streak?: Streak
  readonly reviewAfterWeeks: number
}

/** Immutable; a change is a new version. Source: domain reference, section 3. */
export interface Policy {
  readonly domain: Domain
  readonly version: number
  /** The first rule that holds wins. A pupil starts in tier 1: universal support is everyone's. */
  readonly rules: readonly Rule[]
}

/** Which version is in force from which week, ascending; before the first there are no rules. */
export type PolicyTimeline = readonly { readonly from: number; readonly policy: Policy }[]

export interface Refused {
  /** JSON pointer. */
  readonly field: string
  readonly rule: string
}

const bounds = ['atLeast', 'atMost', 'moreThan', 'lessThan'] as const
const observed = {
  severity: ['series'],
  score: ['series'],
  change: ['series'],
  incidents: ['severity'],
  attendance: [],
} as const

/** What is wrong with a policy, field by field; empty where it may be published. */
export function flawsOfPolicy(policy: unknown): Refused[] {
  const flaws: Refused[] = []
  const refuse = (field: string, rule: string) => flaws.push({ field, rule })
  const keys = (value: unknown, field: string, allowed: readonly string[]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse(field, 'object')
      return undefined
    }
    // A name that nobody defined may be anything, so it is not repeated.
    if (Object.keys(value).some((key) => !allowed.includes(key))) refuse(field, 'additionalProperties')
    return value as Record<string, unknown>
  }
  const whole = (value: unknown, field: string, min: number, max: number) => {
    if (!(Number.isInteger(value) && (value as number) >= min && (value as number) <= max))
      refuse(field, `integer${min}To${max}`)
  }
  const series = (value: unknown, field: string) => {
    if (typeof value !== 'string' || !/^[a-z0-9_.@-]{1,100}$/.test(value)) refuse(field, 'seriesName')
  }
  const bounded = (value: Record<string, unknown>, field: string) => {
    const given = bounds.filter((bound) => value[bound] !== undefined)
    if (given.length === 0) refuse(field, 'boundRequired')
    for (const bound of given) if (!Number.isFinite(value[bound])) refuse(`${field}/${bound}`, 'number')
  }
  const list = (value: unknown, field: string): unknown[] => {
    if (Array.isArray(value)) return value
    refuse(field, 'array')
    return []
  }

  const top = keys(policy, '', ['domain', 'version', 'rules'])
  if (!top) return flaws
  if (!domains.includes(top.domain as Domain)) refuse('/domain', 'enum')
  whole(top.version, '/version', 1, 65535)
  const ids = new Set<unknown>()
  for (const [index, given] of list(top.rules, '/rules').entries()) {
    const at = `/rules/${index}`
    const rule = keys(given, at, [
      ...['id', 'from', 'to', 'weeks', 'conditions', 'minPoints', 'minSources', 'holdWeeks', 'streak'],
      'reviewAfterWeeks',
    ])
    if (!rule) continue
    if (typeof rule.id !== 'string' || !/^[a-z0-9_]{1,60}$/.test(rule.id)) refuse(`${at}/id`, 'pattern')
    if (ids.has(rule.id)) refuse(`${at}/id`, 'unique')
    ids.add(rule.id)
    for (const tier of ['from', 'to']) whole(rule[tier], `${at}/${tier}`, 1, 3)
    if (rule.from === rule.to) refuse(`${at}/to`, 'anotherTier')
    whole(rule.weeks, `${at}/weeks`, 1, 104)
    whole(rule.minPoints, `${at}/minPoints`, 1, 1000)
    whole(rule.minSources, `${at}/minSources`, 1, 16)
    whole(rule.holdWeeks, `${at}/holdWeeks`, 0, 104)
    whole(rule.reviewAfterWeeks, `${at}/reviewAfterWeeks`, 1, 104)
    // Nobody leaves tier 1 on one source's word. The register has no second source.
    if (rule.from === 1 && top.domain !== 'attendance' && (rule.minSources as number) < 2)
      refuse(`${at}/minSources`, 'twoSourcesToLeaveTier1')
    const conditions = list(rule.conditions, `${at}/conditions`)
    if (conditions.length === 0 && rule.streak === undefined) refuse(`${at}/conditions`, 'minItems')
    for (const [place, given] of conditions.entries()) {
      const field = `${at}/conditions/${place}`
      const kind = (given as { observe?: unknown } | null)?.observe
      if (typeof kind !== 'string' || !Object.hasOwn(observed, kind)) {
        refuse(`${field}/observe`, 'enum')
        continue
      }
      const needs: readonly string[] = observed[kind as keyof typeof observed]
      const condition = keys(given, field, ['observe', ...needs, ...bounds])
      if (!condition) continue
      if (needs.includes('series')) series(condition.series, `${field}/series`)
      if (needs.includes('severity')) whole(condition.severity, `${field}/severity`, 1, 4)
      bounded(condition, field)
    }
    if (rule.streak !== undefined) {
      const streak = keys(rule.streak, `${at}/streak`, ['of', 'series', 'points', ...bounds])
      if (!streak) continue
      if (streak.of !== 'severity' && streak.of !== 'score') refuse(`${at}/streak/of`, 'enum')
      series(streak.series, `${at}/streak/series`)
      whole(streak.points, `${at}/streak/points`, 1, 20)
      bounded(streak, `${at}/streak`)
    }
  }
  return flaws
}

export function validatePolicy(policy: unknown): { ok: Policy } | { refused: Refused[] } {
  const refused = flawsOfPolicy(policy)
  return refused.length === 0 ? { ok: policy as Policy } : { refused }
}

/**
 * Change beyond measurement error, in the score's integer units: |RCI| > 1.96 where |Δ| is more than this.
 * Source: Jacobson and Truax 1991. `scale` is how many integer units one point is.
 */
export function reliableThreshold(sd: number, reliability: number, scale = 1): number {
  if (!(sd > 0 && reliability >= 0 && reliability < 1))
    throw new RangeError('sd > 0 and 0 <= reliability < 1')
  return 1.96 * Math.SQRT2 * sd * Math.sqrt(1 - reliability) * scale
}
