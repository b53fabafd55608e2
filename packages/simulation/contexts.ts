import { ethnicityCodes } from '@cairn/contracts'
import { needCodes, senCodes } from './pupils.ts'
import { dateOf } from './school-year.ts'
import type { RollTruth } from './truth.ts'
import { place, pupilId, urnOf, type World } from './world.ts'

/** What is known of the pupil from `day` on. */
export function context(world: World, i: number, day: number): void {
  const { schools, pupils, send } = world
  const school = schools[pupils.school[i]!]!
  const sen = senCodes[pupils.sen[i]!]!
  const from = pupils.fsmFrom[i]!
  const fsm =
    from === 0
      ? '{"type":"none","from":"2020-09-01"}'
      : `{"type":"none","from":"2020-09-01"},{"type":"TFSM","from":"${dateOf(from)}"}`
  const data =
    `{"school":"${urnOf(world, i)}","pupil":"${pupilId(pupils, i)}","effectiveFrom":"${dateOf(day)}",` +
    `"ncYear":"${school.years[pupils.year[i]!]}","sex":"${pupils.sex[i] === 0 ? 'F' : 'M'}","senProvision":"${sen}",` +
    `${sen === 'N' ? '' : `"senPrimaryNeed":"${needCodes[pupils.need[i]!]}",`}"fsm":[${fsm}],` +
    `"ethnicity":"${ethnicityCodes[pupils.ethnicity[i]!]}","youngCarer":"${'PSN'[pupils.carer[i]!]}",` +
    `"lookedAfter":${pupils.lookedAfter[i] === 1}}`
  send.first('pupil.context.changed', pupils.school[i]!, `p-${place(pupils, i)}-${world.index}`, day, data)
}

const [mostYears, perYear] = [12, 12]

/** Every school's roll on the Thursday of the week, consistent with its pupils; what it adds up to by authority. */
export function rolls(
  world: World,
  census: 'autumn' | 'spring',
  streamOf: (school: number) => void,
): RollTruth[] {
  const { schools, pupils, send, week } = world
  const heads = new Int32Array(schools.length * mostYears * perYear)
  for (let i = 0; i < pupils.count; i++) {
    const fsm = pupils.fsmFrom[i]! > 0 ? 1 : 0
    const kind = (pupils.sex[i]! * 3 + pupils.sen[i]!) * 2 + fsm
    heads[(pupils.school[i]! * mostYears + pupils.year[i]!) * perYear + kind]!++
  }
  const day = week.monday + 3
  const truths = new Map<number, Writable>()
  for (const [s, school] of schools.entries()) {
    const truth = truths.get(school.authority) ?? begin(census, dateOf(day), school.authority)
    truths.set(school.authority, truth)
    const rows: string[] = []
    for (const [y, ncYear] of school.years.entries())
      for (let kind = 0; kind < perYear; kind++) {
        const headcount = heads[(s * mostYears + y) * perYear + kind]!
        if (headcount === 0) continue
        const sex = kind < 6 ? 'F' : 'M'
        const sen = senCodes[Math.floor(kind / 2) % 3]!
        const fsm = kind % 2 === 1
        rows.push(
          `{"ncYear":"${ncYear}","sex":"${sex}","senProvision":"${sen}","fsm":${fsm},"headcount":${headcount}}`,
        )
        truth.headcount += headcount
        add(truth.schools, String(school.urn), headcount)
        add(truth.ncYear, ncYear, headcount)
        add(truth.sex, sex, headcount)
        add(truth.senProvision, sen, headcount)
        add(truth.fsm, fsm ? 'yes' : 'no', headcount)
      }
    if (rows.length === 0) continue
    streamOf(s)
    const data =
      `{"school":"${school.urn}","census":"${census}","censusDate":"${dateOf(day)}",` +
      `"rows":[${rows.join(',')}]}`
    send.first('roll.snapshot.published', s, `roll-${census}-${week.academicYear}`, day, data)
  }
  return [...truths.values()]
}

type Writable = {
  -readonly [K in keyof RollTruth]: RollTruth[K] extends object ? Record<string, number> : RollTruth[K]
}

const begin = (census: string, censusDate: string, authority: number): Writable => ({
  ...{ census, censusDate, authority, headcount: 0 },
  ...{ schools: {}, ncYear: {}, sex: {}, senProvision: {}, fsm: {} },
})

const add = (counts: Record<string, number>, key: string, count: number) => {
  counts[key] = (counts[key] ?? 0) + count
}
