import type { SimulatedSchool } from './county.ts'
import type { Pupils } from './pupils.ts'
import type { Streams } from './random.ts'
import { dateOf } from './school-year.ts'
import { place, pupilId, urnOf, type World } from './world.ts'

/**
 * Share of sessions that the middle pupil misses, and how far pupils lie apart (of the logarithm): some 15 % of primary and
 * 20 % of secondary pupils come to miss a tenth of a year.
 */
const usual = { PS: [0.029, 0.92], SS: [0.028, 1.15], SP: [0.05, 1.1] } as const
const [withMeals, withSen] = [1.6, 1.3]
/** Of the logarithm: half-terms of one pupil differ too. */
const unsteady = 0.35
const sessionsOfWeek = 10

/** How much a new pupil is away. Lognormal: a few pupils miss most of what is missed. */
export function drawAbsence(pupils: Pupils, i: number, { phase }: SimulatedSchool, r: Streams): void {
  const [middle, spread] = usual[phase]
  const burden = (pupils.fsmFrom[i]! > 0 ? withMeals : 1) * (pupils.sen[i]! > 0 ? withSen : 1)
  pupils.absence[i] = middle * Math.exp(spread * r.normal()) * burden
  pupils.attendance[i] = 1
}

/** What the register has of the pupil in the half-term that ends this week: sent on its last day. */
export function attendance(world: World, i: number): void {
  const { pupils, week, tally, register } = world
  const { r, send } = register
  const school = pupils.school[i]!
  const to = week.monday + 4
  const from = week.monday - 7 * week.weekOfHalfTerm
  const possible = sessionsOfWeek * (week.weekOfHalfTerm + 1)
  const share = Math.min(0.98, pupils.absence[i]! * Math.exp(unsteady * r.normal()))
  // Mostly by whole days.
  const days = r.poisson((share * possible) / 2)
  let missed = Math.min(possible, 2 * days + (r.chance(0.15) ? 1 : 0))
  const part = 0.66 * r.next()
  const data = () => {
    const unauthorised = Math.floor(part * missed)
    return (
      `{"school":"${urnOf(world, i)}","pupil":"${pupilId(pupils, i)}","from":"${dateOf(from)}","to":"${dateOf(to)}",` +
      `"possible":${possible},"attended":${possible - missed},"authorised":${missed - unauthorised},` +
      `"unauthorised":${unauthorised}}`
    )
  }
  const id = `a-${place(pupils, i)}-${world.index}`
  send.first('attendance.recorded', school, id, to, data())
  if (r.chance(0.002)) {
    send.retract(school, id, to)
    return
  }
  if (r.chance(0.01)) {
    // A day that was taken for an absence.
    missed = Math.max(0, missed - 2)
    send.corrected('attendance.recorded', school, id, to, data())
  }
  tally.attendance(school, possible, missed, Math.floor(part * missed))
  pupils.possible[i]! += possible
  pupils.missed[i]! += missed
  world.evidence.attendance(i, world.tierWeek, possible - missed, possible)
}

/** The pupil's year at the school is over, or as far as it is known: what it adds up to. */
export function closeRegister({ pupils, schools, week, absences }: World, i: number): void {
  const [possible, missed] = [pupils.possible[i]!, pupils.missed[i]!]
  pupils.possible[i] = 0
  pupils.missed[i] = 0
  if (possible > 0) absences.add(week.academicYear, schools[pupils.school[i]!]!.phase, possible, missed)
}
