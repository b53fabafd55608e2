import { defaultTimelines } from '@cairn/mtss'
import type { SimulatedDomain } from './evidence.ts'
import { plannedSessions, programmes } from './programmes.ts'
import { dateOf } from './school-year.ts'
import { place, pupilId, urnOf, type World } from './world.ts'

const fullFidelity = 0.8 * plannedSessions
const reviewEvery = 6
const screening = 3

/** Sessions, reviews and, in the week of screening, what persons decide about the pupil's tiers. */
export function support(world: World, i: number): void {
  const { pupils, week } = world
  if (pupils.programme[i]! > 0) session(world, i)
  const age = world.index - pupils.plan[i]!
  if (pupils.plan[i]! > 0 && age > 0 && age % reviewEvery === 0) review(world, i)
  if (week.weekOfHalfTerm !== screening) return
  decide(world, i, 'semh')
  decide(world, i, 'behaviour')
  decide(world, i, 'attendance')
}

/** What decisions of a domain draw from, and send by. */
const by = (world: World, domain: SimulatedDomain) => (domain === 'attendance' ? world.register : world)

/** What a recommendation rested on, as an assignment keeps it. */
interface Why {
  readonly rule: string
  readonly policyVersion: number
  readonly observed: Readonly<Record<string, number>>
}

/** The tier that Cairn would recommend now, and why; undefined where nobody has cause to look. */
function recommended(
  world: World,
  i: number,
  domain: SimulatedDomain,
): { tier: 1 | 2 | 3; why?: Why } | undefined {
  const { evidence, tierWeek } = world
  if (!evidence.worthALook(i, tierWeek, domain)) return undefined
  const { tier, rule, observed, policy } = evidence.recommendation(i, tierWeek, domain)
  const last = rule.findLastIndex((index) => index >= 0)
  const now = (tier.at(-1) ?? 1) as 1 | 2 | 3
  const held = defaultTimelines[domain][0]!.policy.rules[rule[last] ?? -1]
  if (!held) return { tier: now }
  const seen = held.conditions.map((condition, c) => {
    const name =
      'series' in condition
        ? condition.series.split('.')[1]!
        : condition.observe === 'incidents'
          ? `incidents_${condition.severity}`
          : condition.observe
    return [name, observed[last]![c]!] as const
  })
  return {
    tier: now,
    why: { rule: held.id, policyVersion: policy[last]!, observed: Object.fromEntries(seen) },
  }
}

/** Persons mostly do what is recommended, sometimes wait, sometimes choose another tier, seldom act on their own. */
function decide(world: World, i: number, domain: SimulatedDomain): void {
  const { pupils } = world
  const { r } = by(world, domain)
  const tier = pupils[domain][i]!
  const verdict = recommended(world, i, domain)
  if (!verdict) return
  if (verdict.tier > tier && r.chance(0.85)) {
    const other = r.chance(0.1)
    const to = other ? 5 - verdict.tier : verdict.tier
    // Where the other tier is the pupil's own, the person leaves it at that: said, so that it is a decision too.
    assign(world, i, domain, to as 2 | 3, other ? 'staff_concern' : 'recommended', verdict.why)
    if (domain === 'semh' && tier === 1) {
      plan(world, i)
      const programme = r.weighted([0.1, 0.45, 0.45])
      if (programme > 0) begin(world, i, programme)
    }
  } else if (verdict.tier < tier && pupils.programme[i] === 0 && r.chance(0.8)) {
    if (verdict.tier > 1) assign(world, i, domain, verdict.tier as 2 | 3, 'recommended', verdict.why)
    else {
      exit(world, i, domain, 'goal_met')
      if (domain === 'semh') close(world, i, 'goal_met')
    }
  } else if (verdict.tier === 1 && tier === 1 && r.chance(0.01))
    assign(world, i, domain, 2, 'staff_concern', undefined)
}

/** Ends all support: the pupil leaves the school. */
export function leave(world: World, i: number): void {
  const { pupils } = world
  if (pupils.programme[i]! > 0) {
    end(world, i, 'left_school')
    pupils.awaits[i] = 0
  }
  close(world, i, 'left_school')
  if (pupils.semh[i]! > 1) exit(world, i, 'semh', 'left_school')
  for (const domain of ['behaviour', 'attendance'] as const)
    if (pupils[domain][i]! > 1) exit(world, i, domain, 'left_school')
}

/** Sends an event about one pupil; `data` is what follows school and pupil. Returns its id. */
function tell(
  world: World,
  i: number,
  type: string,
  name: string,
  days: number,
  data: (date: string) => string,
  { send }: Pick<World, 'send'> = world,
) {
  const { pupils, week } = world
  const day = week.monday + days
  const all = `{"school":"${urnOf(world, i)}","pupil":"${pupilId(pupils, i)}",${data(dateOf(day))}}`
  send.first(type, pupils.school[i]!, `${name}-${place(pupils, i)}-${world.index}`, day, all)
}

function assign(
  world: World,
  i: number,
  domain: SimulatedDomain,
  tier: 2 | 3,
  reason: 'recommended' | 'staff_concern',
  why: Why | undefined,
): void {
  const { pupils } = world
  const { r } = by(world, domain)
  const who = r.pick(['mental_health_lead', 'senco', 'pastoral_lead', 'support_team'])
  const explanation = why ? `,"explanation":${JSON.stringify(why)}` : ''
  tell(
    world,
    i,
    'tier.assigned',
    `t-${domain}`,
    3,
    (date) =>
      `"domain":"${domain}","tier":${tier},"assignedOn":"${date}","reason":"${reason}","decidedBy":"${who}"` +
      explanation,
    by(world, domain),
  )
  pupils[domain][i] = tier
  world.evidence.decided(i, world.tierWeek, domain, tier)
}

function exit(world: World, i: number, domain: SimulatedDomain, reason: string): void {
  tell(
    world,
    i,
    'tier.exited',
    `e-${domain}`,
    3,
    (date) => `"domain":"${domain}","exitedOn":"${date}","reason":"${reason}","decidedBy":"support_team"`,
    by(world, domain),
  )
  world.pupils[domain][i] = 1
  world.evidence.decided(i, world.tierWeek, domain, 1)
}

const planOf = (world: World, i: number) =>
  world.send.reference(world.pupils.school[i]!, `plan-${place(world.pupils, i)}-${world.pupils.plan[i]}`)

function plan(world: World, i: number): void {
  if (world.pupils.plan[i]! > 0) close(world, i, 'not_working')
  world.pupils.plan[i] = world.index
  const due = dateOf(world.week.monday + 4 + 56)
  tell(
    world,
    i,
    'plan.created',
    'plan',
    4,
    (date) =>
      `"createdOn":"${date}","domain":"semh","reviewDueOn":"${due}","goals":[{"id":"g1","area":"coping"}]`,
  )
  rate(world, i, 4, world.r.whole(1, 4))
}

function review(world: World, i: number): void {
  if (!world.r.chance(0.85)) return
  const due = dateOf(world.week.monday + 2 + 56)
  tell(
    world,
    i,
    'plan.reviewed',
    'review',
    2,
    (date) =>
      `"plan":${planOf(world, i)},"reviewedOn":"${date}","outcome":"continue","nextReviewDueOn":"${due}"`,
  )
  rate(world, i, 2, world.r.whole(3, 8))
}

function rate(world: World, i: number, days: number, rating: number): void {
  tell(
    world,
    i,
    'goal.rated',
    'goal',
    days,
    (date) =>
      `"plan":${planOf(world, i)},"goal":"g1","ratedOn":"${date}","rating":${rating},"informant":"self"`,
  )
}

function close(world: World, i: number, reason: string): void {
  if (world.pupils.plan[i] === 0) return
  tell(
    world,
    i,
    'plan.closed',
    'closed',
    3,
    (date) => `"plan":${planOf(world, i)},"closedOn":"${date}","reason":"${reason}"`,
  )
  world.pupils.plan[i] = 0
}

function begin(world: World, i: number, programme: number): void {
  const { pupils } = world
  const { type, rest } = programmes[programme - 1]!
  const minutes = plannedSessions * 30
  pupils.programme[i] = programme
  pupils.programmeFrom[i] = world.index
  pupils.sessions[i] = 0
  pupils.awaits[i] = 0
  pupils.before[i] = pupils.now[i]!
  pupils.lastBefore[i] = pupils.last[i]!
  tell(
    world,
    i,
    'intervention.started',
    'n',
    4,
    (date) =>
      `"startedOn":"${date}","type":"${type}",${rest},"plannedSessions":${plannedSessions},` +
      `"plannedMinutes":${minutes},"plan":${planOf(world, i)}`,
  )
}

const interventionOf = ({ pupils, send }: World, i: number) =>
  send.reference(pupils.school[i]!, `n-${place(pupils, i)}-${pupils.programmeFrom[i]}`)

function session(world: World, i: number): void {
  const { pupils, r } = world
  const { technique, effectAtFullDose } = programmes[pupils.programme[i]! - 1]!
  if (r.chance(pupils.fidelity[i]!)) {
    pupils.sessions[i]!++
    pupils.base[i]! += effectAtFullDose / plannedSessions
    pupils.now[i]! += effectAtFullDose / plannedSessions
    tell(
      world,
      i,
      'intervention.session.delivered',
      's',
      r.whole(0, 4),
      (date) =>
        `"intervention":${interventionOf(world, i)},"deliveredOn":"${date}","minutes":30,"technique":"${technique}"`,
    )
  }
  if (world.index - pupils.programmeFrom[i]! >= plannedSessions) end(world, i, 'planned_end')
}

function end(world: World, i: number, reason: string): void {
  const { pupils } = world
  tell(
    world,
    i,
    'intervention.ended',
    'end',
    4,
    (date) => `"intervention":${interventionOf(world, i)},"endedOn":"${date}","reason":"${reason}"`,
  )
  const programme = pupils.programme[i]!
  const tally = world.programmes[programme - 1]!
  const sessions = pupils.sessions[i]!
  const caused = (programmes[programme - 1]!.effectAtFullDose * sessions) / plannedSessions
  tally.ended++
  tally.sessions += sessions
  tally.caused.add(caused)
  if (sessions >= fullFidelity) tally.causedAtFullFidelity.add(caused)
  tally.changed.add(pupils.now[i]! - pupils.before[i]!)
  pupils.awaits[i] = programme
  pupils.programme[i] = 0
}
