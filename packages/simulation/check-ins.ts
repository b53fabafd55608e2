import { nameOf, resilienceWheel2 } from '@cairn/mtss'
import { normalCdf } from '@cairn/statistics'
import { severityOf } from './evidence.ts'
import { plannedSessions, programmes } from './programmes.ts'
import { dateOf } from './school-year.ts'
import { place, pupilId, urnOf, type World } from './world.ts'

/** The version with bands, which the tier rules read. */
const instrument = nameOf(resilienceWheel2)
const subscales = resilienceWheel2.subscales
/** `"bonding_1":4` by subscale, item and answer. */
const texts = subscales.map(({ id }) =>
  resilienceWheel2.items
    .filter((item) => item.subscales[0] === id)
    .map((item) => Array.from({ length: item.max + 1 }, (_, answer) => `"${item.id}":${answer}`)),
)
const itemsOfSubscale = 3
/** Severity of the band by subscale, and by sum and count of its answers. */
const severities = subscales.map((_, s) =>
  [0, 1, 2, 3].map((count) =>
    Array.from({ length: 16 }, (_, sum) =>
      severityOf(s, Math.min(100, scoreOfMean(Math.max(1, sum / (count || 1))))),
    ),
  ),
)
/** Staff fill one in about a pupil whose own are this low, once in a half-term: the second source of a decision. */
const concern = -0.7
const weekOfStaff = 2
const [middle, perDeviation, noise] = [3.3, 0.8, 0.55]
/** How far the six elements lie from each other, in standard deviations. */
const offsets = [0.25, 0.1, -0.15, 0.2, 0, -0.3]

/** One standard deviation of resilience in points of a score from 0 to 100. */
export const pointsPerDeviation = (perDeviation / 4) * 100
const levelOf = (mean: number) => (mean - middle) / perDeviation

const sums = new Float64Array(subscales.length)
const counts = new Uint8Array(subscales.length)

/** The pupil answers, if it is the turn of the school and the pupil is there: most of them on Monday morning. */
export function checkIn(world: World, i: number): void {
  const { schools, pupils, r, send, week } = world
  const s = pupils.school[i]!
  const school = schools[s]!
  const young = ['R', '1', '2'].includes(school.years[pupils.year[i]!]!)
  // The youngest are rated by staff, once in a half-term.
  const turn = young ? week.weekOfHalfTerm === 2 : school.weekly || (world.index + s) % 2 === 0
  if (!young && week.weekOfHalfTerm === weekOfStaff && pupils.seen[i]! < concern) staffCheckIn(world, i)
  if (!turn || !r.chance(school.response)) return
  const monday = r.chance(0.7)
  const day = week.monday + (monday ? 0 : r.whole(1, 4))
  const id = `c-${place(pupils, i)}-${world.index}`
  const informant = young ? 'staff' : 'self'
  send.first('checkin.submitted', s, id, day, completion(world, i, informant, day), monday)
  if (r.chance(0.003)) {
    send.retract(s, id, day)
    return
  }
  if (r.chance(0.005)) send.corrected('checkin.submitted', s, id, day, completion(world, i, informant, day))
  remember(world, i, s)
  note(world, i, informant)
}

/** Counts as any other for the school; the pupil's own course is read from the regular ones. */
function staffCheckIn(world: World, i: number): void {
  const { pupils, r, send, week } = world
  if (!r.chance(0.8)) return
  const school = pupils.school[i]!
  const day = week.monday + r.whole(1, 4)
  const data = completion(world, i, 'staff', day)
  send.first('checkin.submitted', school, `k-${place(pupils, i)}-${world.index}`, day, data)
  counted(world, school)
  note(world, i, 'staff')
}

/** The data of one completion; leaves its sums and counts behind. */
function completion(world: World, i: number, informant: string, day: number): string {
  const { pupils, r, week } = world
  // Two items of three, but for the first week of a half-term, which asks for all.
  const left = week.weekOfHalfTerm === 0 ? -1 : world.index % itemsOfSubscale
  let answers = ''
  for (let s = 0; s < subscales.length; s++) {
    let sum = 0
    let count = 0
    for (let n = 0; n < itemsOfSubscale; n++) {
      if (n === left || r.chance(0.02)) continue
      const wanted = middle + perDeviation * (pupils.now[i]! + offsets[s]!) + noise * r.normal()
      const answer = wanted < 1.5 ? 1 : wanted >= 4.5 ? 5 : Math.round(wanted)
      answers += answers === '' ? texts[s]![n]![answer]! : `,${texts[s]![n]![answer]!}`
      sum += answer
      count++
    }
    sums[s] = sum
    counts[s] = count
  }
  return (
    `{"school":"${urnOf(world, i)}","pupil":"${pupilId(pupils, i)}","instrument":"${instrument}",` +
    `"informant":"${informant}","submittedOn":"${dateOf(day)}","answers":{${answers}}}`
  )
}

/** Adds the completion that was written last to the school's figures. */
function counted({ tally }: World, school: number): void {
  tally.checkins[school]!++
  for (let s = 0; s < subscales.length; s++)
    if (counts[s]! >= subscales[s]!.minAnswered) tally.score(school, s, scoreOfMean(sums[s]! / counts[s]!))
}

/** What persons will see of it. */
function note({ evidence, tierWeek }: World, i: number, informant: 'self' | 'staff'): void {
  evidence.checkIn(i, tierWeek, informant, (s) =>
    counts[s]! >= subscales[s]!.minAnswered ? severities[s]![counts[s]!]![sums[s]!] : undefined,
  )
}

function remember(world: World, i: number, school: number): void {
  const { pupils, programmes: tallies } = world
  counted(world, school)
  let total = 0
  let answered = 0
  for (let s = 0; s < subscales.length; s++) {
    total += sums[s]!
    answered += counts[s]!
  }
  if (answered === 0) return
  const level = levelOf(total / answered)
  pupils.last[i] = level
  const seen = pupils.seen[i]!
  pupils.seen[i] = Number.isNaN(seen) ? level : 0.6 * seen + 0.4 * level
  const ended = pupils.awaits[i]!
  if (ended === 0) return
  pupils.awaits[i] = 0
  if (Number.isNaN(pupils.lastBefore[i]!)) return
  const programme = tallies[ended - 1]!
  programme.before.add(scoreOf(pupils.lastBefore[i]!))
  programme.after.add(scoreOf(level))
  const { effectAtFullDose } = programmes[ended - 1]!
  const caused = (effectAtFullDose * pupils.sessions[i]!) / plannedSessions
  programme.points.add(expectedScore(pupils.now[i]!) - expectedScore(pupils.now[i]! - caused))
}

/** A level of resilience as a score over all items. */
const scoreOf = (level: number): number => scoreOfMean(middle + perDeviation * level)

/** A mean answer of 1 to 5 as a score of 0 to 100. */
function scoreOfMean(mean: number): number {
  return ((mean - 1) / 4) * 100
}

/** Score over all items to be expected at a level of resilience: answers end at 1 and 5, so it is no straight line. */
function expectedScore(level: number): number {
  let mean = 1
  for (const offset of offsets)
    for (let answer = 1; answer < 5; answer++)
      mean += normalCdf((middle + perDeviation * (level + offset) - answer - 0.5) / noise) / offsets.length
  return scoreOfMean(mean)
}
