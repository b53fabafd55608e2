import { characteristicsByHand } from '../chaos/contexts-by-hand.ts'
import type { LoggedInput } from '../chaos/model.ts'

export interface Sums {
  n: number
  sx: number
  sxx: number
}

/**
 * Cells of support as they must be, by plain code that shares nothing with the pipeline's SQL:
 * `metric|school|Monday|breakdown` → n, Σx, Σx².
 */
export function supportCells(events: readonly LoggedInput[]): Map<string, Sums> {
  const cells = new Map<string, Sums>()
  const of = characteristicsByHand(events)
  for (const subject of events) {
    const after = events.filter((e) => (e.data.plan ?? e.data.intervention)?.id === subject.id)
    const day: string = subject.data.startedOn ?? subject.data.createdOn
    const add = (metric: string, breakdowns: readonly string[], x = 0) => {
      for (const breakdown of ['', ...breakdowns]) {
        const key = `${metric}|${Number(subject.data.school)}|${mondayOf(day)}|${breakdown}`
        const { n, sx, sxx } = cells.get(key) ?? { n: 0, sx: 0, sxx: 0 }
        cells.set(key, { n: n + 1, sx: sx + x, sxx: sxx + x * x })
      }
    }
    const own = of(subject.authority, subject.data.pupil, day)
    if (subject.type === 'intervention.started') countIntervention(subject.data, after, own, add)
    if (subject.type === 'plan.created') countPlan(subject.data, after, own, add)
  }
  return cells
}

type Add = (metric: string, breakdowns: readonly string[], x?: number) => void

function countIntervention(
  data: any,
  after: readonly LoggedInput[],
  ofPupil: readonly string[],
  add: Add,
): void {
  const [type, target] = [`type=${data.type}`, `target_domain=${data.targetDomain}`]
  const level = `ecological_level=${data.level}`
  const own = [type, `technique=${data.technique}`, target]
  add('interventions_started', [
    ...own,
    `approach=${data.approach}`,
    `ecological_level=${data.level}`,
    ...ofPupil,
  ])
  const sessions = after.filter((e) => e.type === 'intervention.session.delivered').map((e) => e.data)
  const minutes = sessions.reduce((sum, session) => sum + session.minutes, 0)
  add('intervention_dose', own, minutes)
  for (const session of sessions) {
    add('sessions_delivered', [type, `technique=${session.technique}`, target, level])
    add('session_minutes', [type, `technique=${session.technique}`, target], session.minutes)
  }
  const end = after.find((e) => e.type === 'intervention.ended')
  if (!end) return
  add('interventions_ended', [...own, `support_end_reason=${end.data.reason}`])
  const [ofSessions, ofMinutes] = [sessions.length / data.plannedSessions, minutes / data.plannedMinutes]
  add('session_fidelity', own, 100 * ofSessions)
  add('minute_fidelity', own, 100 * ofMinutes)
  if (ofSessions >= 0.8 && ofMinutes >= 0.8) add('interventions_with_fidelity', own)
}

function countPlan(data: any, after: readonly LoggedInput[], ofPupil: readonly string[], add: Add): void {
  const domain = `tier_domain=${data.domain}`
  add('plans_created', [domain, ...ofPupil])
  if (!after.some((e) => e.type === 'plan.closed')) add('plans_live', [domain])
  const reviews = after.filter((e) => e.type === 'plan.reviewed').map((e) => e.data.reviewedOn)
  if (reviews.some((day) => day <= data.reviewDueOn)) add('plans_reviewed_on_time', [domain])
  const areas = new Map<string, string>(data.goals.map((goal: any) => [goal.id, goal.area]))
  for (const area of areas.values()) add('goals_set', [`goal_area=${area}`, domain])
  const ratings = after.filter((e) => e.type === 'goal.rated')
  for (const goal of new Set(ratings.map((e) => e.data.goal))) {
    const own = ratings
      .filter((e) => e.data.goal === goal)
      .sort((a, b) => a.data.ratedOn.localeCompare(b.data.ratedOn) || a.offset - b.offset)
    const [first, last] = [own[0]!.data.rating, own.at(-1)!.data.rating]
    const by = [`goal_area=${areas.get(goal) ?? 'unknown'}`, domain]
    add('goal_rating', by, last)
    add('goal_progress', by, last - first)
  }
}

/** YYYYMMDD; no history here reaches 1 August. */
function mondayOf(day: string): string {
  const at = new Date(day)
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return at.toISOString().slice(0, 10).replaceAll('-', '')
}
