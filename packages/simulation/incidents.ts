import { dateOf } from './school-year.ts'
import { place, pupilId, urnOf, type World } from './world.ts'

const behaviours = [
  'disruption',
  'disruption',
  'disruption',
  'verbal_threat',
  'verbal_threat',
  'physical_aggression',
  'bullying',
  'cyber_bullying',
  'racist_abuse',
  'damage',
  'smoking_vaping',
] as const
const locations = ['classroom', 'classroom', 'corridor', 'playground', 'dining_hall', 'journey'] as const
const outcomes = [
  'restorative',
  'sanction',
  'family_meeting',
  'support_for_target',
  'no_further_action',
] as const
const reasons = ['DB', 'DB', 'VA', 'VP', 'PP', 'PA', 'DM', 'BU'] as const
/** Share of incidents that lead to an exclusion, by severity: some ten a year for each 100 pupils, as in England. */
const excluded = [0, 0.1, 0.55, 0.9] as const
/** Quiet at the beginning of a half-term, livelier towards its end. */
const season = [0.8, 0.9, 1, 1, 1.05, 1.1, 1.15, 1.2] as const

/** What the pupil does this week, and what comes of it. */
export function incidents(world: World, i: number): void {
  const { pupils, r, week } = world
  const count = r.poisson(pupils.rate[i]! * season[week.weekOfHalfTerm]!)
  for (let n = 1; n <= count; n++) incident(world, i, n)
}

function incident(world: World, i: number, n: number): void {
  const { pupils, r, send, week, tally } = world
  const school = pupils.school[i]!
  const day = week.monday + r.whole(0, 4)
  const id = `i-${place(pupils, i)}-${world.index}-${n}`
  const target = targetOf(world, i)
  const severity = r.weighted([0.5, 0.34, 0.13, 0.03]) + 1
  const data = (severity: number) => {
    const behaviour = r.pick(behaviours)
    const online = behaviour === 'cyber_bullying'
    const motive = behaviour === 'racist_abuse' ? '"motivations":["race"],' : ''
    return (
      `{"school":"${urnOf(world, i)}","occurredOn":"${dateOf(day)}","behaviours":["${behaviour}"],` +
      `"mode":"${online ? 'online' : 'in_person'}","location":"${online ? 'online' : r.pick(locations)}",` +
      `"severity":${severity},${motive}"participants":[{"role":"perpetrator","pupil":"${pupilId(pupils, i)}"}` +
      `${target < 0 ? '' : `,{"role":"target","pupil":"${pupilId(pupils, target)}"}`}]}`
    )
  }
  send.first('incident.reported', school, id, day, data(severity))
  if (r.chance(0.01)) {
    send.retract(school, id, day)
    return
  }
  const corrected = r.chance(0.02)
  const stands = corrected ? Math.min(4, severity + 1) : severity
  if (corrected) send.corrected('incident.reported', school, id, day, data(stands))
  world.evidence.incident(i, world.tierWeek, 'behaviour', stands)
  if (target >= 0) world.evidence.incident(target, world.tierWeek, 'semh', stands)
  tally.incidents[school]!++
  const halfTerm = week.academicYear * 6 + week.halfTerm - 12_000
  if (pupils.countedIn[i] !== halfTerm) {
    pupils.countedIn[i] = halfTerm
    tally.pupils[school]!++
  }
  if (r.chance(0.74)) resolution(world, i, id, day)
  if (r.chance(excluded[severity - 1]!)) exclusion(world, i, id, day)
}

function resolution(world: World, i: number, incident: string, occurred: number): void {
  const { pupils, r, send, tally } = world
  const school = pupils.school[i]!
  const day = occurred + r.whole(0, 12)
  const data =
    `{"school":"${urnOf(world, i)}","incident":${send.reference(school, incident)},` +
    `"resolvedOn":"${dateOf(day)}","outcome":"${r.pick(outcomes)}"}`
  send.first('incident.resolved', school, `${incident}-done`, day, data)
  tally.resolved[school]!++
}

function exclusion(world: World, i: number, incident: string, day: number): void {
  const { pupils, r, send } = world
  const length = r.chance(0.02) ? '"type":"PERM"' : `"type":"SUSP","sessions":${r.whole(1, 10)}`
  const data =
    `{"school":"${urnOf(world, i)}","pupil":"${pupilId(pupils, i)}",${length},"startsOn":"${dateOf(day)}",` +
    `"reasons":["${r.pick(reasons)}"]}`
  send.first('exclusion.recorded', pupils.school[i]!, `${incident}-x`, day, data)
}

/** Another pupil near by on the roll and at the same school; -1 where none is found. */
function targetOf({ pupils, r }: World, i: number): number {
  const other = i + r.whole(1, 20) * (r.chance(0.5) ? 1 : -1)
  const there = other >= 0 && other < pupils.count && pupils.school[other] === pupils.school[i]
  return there && r.chance(0.6) ? other : -1
}
