import type { Warehouse } from '@cairn/warehouse'
import { type SeedCell, seed } from '../../../services/gateway/installation.ts'
import { type Happened, insertHappened } from '../../../services/gateway/support/testing.ts'
import { randomOf } from '../api/world.ts'

export interface SupportWorld {
  readonly authority: number
  readonly urns: readonly number[]
  /** Academic year by its starting year. */
  readonly year: number
}

const source = 'urn:attack'
const types = ['cbt', 'mindfulness', 'social_skills']
const techniques = ['breathing', 'grounding', 'role_play']
const targets = ['cognitive', 'emotional', 'social']
const areas = ['coping', 'belonging']
const fullMinutes = 300

/** Half a year of support in schools of which some have little of it: facts, and the cells that are kept of them. */
export async function insertSupport(
  warehouse: Warehouse,
  world: SupportWorld,
  seedOf: number,
): Promise<void> {
  const random = randomOf(seedOf)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() ** 1.4 * all.length)]!
  const cells = new Map<string, SeedCell & { counts: Record<string, [number, number, number]> }>()
  const count = (metric: string, school: number, on: string, keys: readonly string[], x = 0) => {
    const period = Number(mondayOf(on).replaceAll('-', ''))
    const place = `${metric} ${school} ${period}`
    const cell = cells.get(place) ?? { ...{ authority: world.authority, school, metric, period }, counts: {} }
    for (const key of keys) {
      const [n, sx, sxx] = cell.counts[key] ?? [0, 0, 0]
      cell.counts[key] = [n + 2, sx + 2 * x, sxx + 2 * x * x]
    }
    cells.set(place, cell)
  }
  const events: Happened[] = []
  /** Everything happens to two: of one value the gateway has no interval, and could not say what is true. */
  const twice = (...happened: Happened[]) => events.push(...happened, ...happened.map(ofTwin))
  for (const [s, school] of world.urns.entries())
    for (let p = Math.floor(3 + random() ** 2 * 40); p > 0; p--) {
      const pupil = `00000000-0000-4000-8${world.authority}-${String(s * 1000 + p).padStart(12, '0')}`
      const who = { school: String(school), pupil }
      const id = `${school}-${p}`
      const start = Math.floor(random() * 150)
      const on = (days: number) => dayOf(world.year, start + days)
      const [type, technique, targetDomain] = [pick(types), pick(techniques), pick(targets)]
      const keys = ['', `type=${type}`, `technique=${technique}`, `target_domain=${targetDomain}`]
      const area = pick(areas)
      const domain = pick(['semh', 'behaviour'])
      const level = 1 + Math.floor(random() * 3)
      const [sessions, minutes] = [random() < 0.7 ? 100 : 50, random() < 0.8 ? 90 : 40]
      const answer = 1 + Math.floor(random() * 5)
      const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!
      const is = { sex: one(['F', 'M']), senProvision: pick(['N', 'K']), ncYear: one(['7', '8', '9']) }
      const checkin = (name: string, day: string, value: number): Happened => ({
        ...{ type: 'checkin.submitted', id: `${id}-${name}` },
        data: {
          ...{ ...who, instrument: 'resilience-wheel@2', informant: 'self', submittedOn: day },
          answers: { bonding_1: value, bonding_2: value, bonding_3: value },
        },
      })
      const intervention = { source, id: `${id}-i` }
      const plan = { source, id: `${id}-p` }
      twice({
        ...{ type: 'pupil.context.changed', id: `${id}-c` },
        data: { ...who, effectiveFrom: on(-30), ...is },
      })
      twice(checkin('before', on(-8), answer), checkin('after', on(75), Math.min(5, answer + 1)))
      if (random() < 0.85) {
        count('intervention_dose', school, on(0), keys, fullMinutes)
        twice({
          ...{ type: 'intervention.started', id: intervention.id },
          data: {
            ...{ ...who, startedOn: on(0), type, approach: 'other', technique, targetDomain },
            ...{ level: 'individual', plannedSessions: 10, plannedMinutes: fullMinutes },
          },
        })
        // All have ended and every goal was rated twice: of none the gateway has no mean.
        for (const metric of ['session_fidelity', 'minute_fidelity', 'interventions_ended'])
          count(metric, school, on(0), keys, metric === 'session_fidelity' ? sessions : minutes)
        if (sessions >= 80 && minutes >= 80) count('interventions_with_fidelity', school, on(0), keys)
        const delivered = sessions / 10
        for (let n = 0; n < delivered; n++)
          twice({
            ...{ type: 'intervention.session.delivered', id: `${intervention.id}-${n}` },
            data: {
              ...{ ...who, intervention, deliveredOn: on(n), technique },
              minutes: (fullMinutes * minutes) / 100 / delivered,
            },
          })
        twice({
          ...{ type: 'intervention.ended', id: `${intervention.id}-end` },
          data: { ...who, intervention, endedOn: on(70), reason: 'planned_end' },
        })
      }
      if (random() < 0.7) {
        const goal = ['', `goal_area=${area}`, `tier_domain=${domain}`]
        const [first, more] = [Math.floor(random() * 6), Math.floor(random() * 5)]
        count('goal_rating', school, on(0), goal, first + more)
        count('goal_progress', school, on(0), goal, more)
        for (const [r, rating] of [first, first + more].entries())
          twice({
            ...{ type: 'goal.rated', id: `${plan.id}-g${r}` },
            data: { ...who, plan, goal: 'g1', ratedOn: on(10 + 20 * r), rating, informant: 'self' },
          })
        twice({
          ...{ type: 'plan.created', id: plan.id },
          data: { ...who, createdOn: on(0), domain, reviewDueOn: on(42), goals: [{ id: 'g1', area }] },
        })
        if (random() < 0.8)
          twice({
            ...{ type: 'plan.reviewed', id: `${plan.id}-r` },
            data: { ...who, plan, reviewedOn: on(random() < 0.7 ? 40 : 50), outcome: 'continue' },
          })
      }
      twice({
        ...{ type: 'tier.assigned', id: `${id}-t` },
        data: {
          ...{ ...who, domain, tier: level, assignedOn: on(-5) },
          ...{ reason: 'screening', decidedBy: 'senco' },
        },
      })
    }
  await insertHappened(warehouse, world.authority, events)
  await seed(warehouse, [...cells.values()])
}

function ofTwin({ type, id, data }: Happened): Happened {
  const named = (one: { source: string; id: string }) => ({ source, id: `twin-${one.id}` })
  return {
    ...{ type, id: `twin-${id}` },
    data: {
      ...{ ...data, pupil: data.pupil.replace(/^0/, '1') },
      ...(data.intervention && { intervention: named(data.intervention) }),
      ...(data.plan && { plan: named(data.plan) }),
    },
  }
}

const dayOf = (year: number, after: number): string =>
  new Date(Date.parse(`${year}-09-15`) + after * 86_400_000).toISOString().slice(0, 10)

function mondayOf(day: string): string {
  const at = Date.parse(day)
  return new Date(at - ((new Date(at).getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10)
}
