import { dateOf } from './school-year.ts'
import { place, pupilId, urnOf, type World } from './world.ts'

/** The programmes of the county; the first works by a known amount, the second does nothing. */
export const programmes = [
  {
    type: 'coping_skills',
    rest: '"approach":"cognitive_behavioural","technique":"problem_solving","targetDomain":"cognitive","level":"individual"',
    technique: 'problem_solving',
    effectAtFullDose: 0.35,
  },
  {
    type: 'peer_support',
    rest: '"approach":"strengths_based","technique":"talking","targetDomain":"social","level":"community"',
    technique: 'talking',
    effectAtFullDose: 0,
  },
] as const

export const plannedSessions = 10
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
  decideSemh(world, i)
  decideBehaviour(world, i)
}

/** Persons mostly follow the rule, on what they have seen of the pupil. */
function decideSemh(world: World, i: number): void {
  const { pupils, r } = world
  const seen = pupils.seen[i]!
  if (Number.isNaN(seen)) return
  const tier = pupils.semh[i]!
  if (tier === 1 && seen < -1.25 && r.chance(0.85)) {
    assign(
      world,
      i,
      'semh',
      2,
      `"semh-1-to-2","policyVersion":1,"observed":{"resilience":${seen.toFixed(2)}}`,
    )
    plan(world, i)
    const programme = r.weighted([0.1, 0.45, 0.45])
    if (programme > 0) begin(world, i, programme)
  } else if (tier === 2 && seen < -1.5 && pupils.programme[i] === 0 && r.chance(0.6))
    assign(
      world,
      i,
      'semh',
      3,
      `"semh-2-to-3","policyVersion":1,"observed":{"resilience":${seen.toFixed(2)}}`,
    )
  else if (tier > 1 && seen > -0.3 && pupils.programme[i] === 0) {
    exit(world, i, 'semh', 'goal_met')
    close(world, i, 'goal_met')
  }
}

function decideBehaviour(world: World, i: number): void {
  const { pupils, r } = world
  const recent = pupils.recent[i]!
  if (pupils.behaviour[i] === 1 && recent >= 1.3 && r.chance(0.8))
    assign(
      world,
      i,
      'behaviour',
      recent >= 3 ? 3 : 2,
      `"behaviour-up","policyVersion":1,"observed":{"incidents":${Math.round(recent)}}`,
    )
  else if (pupils.behaviour[i]! > 1 && recent < 0.3) exit(world, i, 'behaviour', 'goal_met')
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
  if (pupils.behaviour[i]! > 1) exit(world, i, 'behaviour', 'left_school')
}

/** Sends an event about one pupil; `data` is what follows school and pupil. Returns its id. */
function tell(
  world: World,
  i: number,
  type: string,
  name: string,
  days: number,
  data: (date: string) => string,
) {
  const { pupils, send, week } = world
  const day = week.monday + days
  const all = `{"school":"${urnOf(world, i)}","pupil":"${pupilId(pupils, i)}",${data(dateOf(day))}}`
  send.first(type, pupils.school[i]!, `${name}-${place(pupils, i)}-${world.index}`, day, all)
}

function assign(world: World, i: number, domain: 'semh' | 'behaviour', tier: 2 | 3, why: string): void {
  const { pupils, r } = world
  const reason = r.chance(0.85) ? 'recommended' : 'staff_concern'
  const by = r.pick(['mental_health_lead', 'senco', 'pastoral_lead', 'support_team'])
  tell(
    world,
    i,
    'tier.assigned',
    `t-${domain}`,
    3,
    (date) =>
      `"domain":"${domain}","tier":${tier},"assignedOn":"${date}","reason":"${reason}","decidedBy":"${by}",` +
      `"explanation":{"rule":${why}}`,
  )
  pupils[domain][i] = tier
}

function exit(world: World, i: number, domain: 'semh' | 'behaviour', reason: string): void {
  tell(
    world,
    i,
    'tier.exited',
    `e-${domain}`,
    3,
    (date) => `"domain":"${domain}","exitedOn":"${date}","reason":"${reason}","decidedBy":"support_team"`,
  )
  world.pupils[domain][i] = 1
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
