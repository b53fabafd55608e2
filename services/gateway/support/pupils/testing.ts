/** For tests: an authority whose pupils are told apart, and what is to come of it by plain code. */
import { type Installation, installation } from '../../installation.ts'
import { type Happened, insertHappened, supportOf } from '../testing.ts'

export const authority = 855
export const schools = [1, 2, 3, 4, 5, 6, 7].map((n) => 855_100 + n)
export const [ash] = schools as [number]
const year = 2016
/** Of 10 planned. */
export const sessions = [10, 9, 8, 5, 4, 10, 3]

/** A pupil as it is to come out: what was sent of it, and what it is before and from December on. */
export interface Pupil {
  readonly school: number
  readonly at: number
  readonly before: number
  readonly after: number
  readonly sex: string
  readonly sen: string
  readonly ncYear: readonly [autumn: string, december: string]
  readonly level: string
}

/** 32 pupils a school. Two in all have a plan (E), so that nothing may be told by SEN; of one in eight nothing is known, but in Ash. */
const isUnknown = (s: number, i: number) => s > 0 && i % 8 === 7

export const pupils: Pupil[] = schools.flatMap((school, s) =>
  Array.from({ length: 32 }, (_, i) => ({
    ...{ school, at: s * 100 + i, before: 1 + (i % 3), after: 2 + ((i * 7) % 4) },
    sex: isUnknown(s, i) ? 'unknown' : i % 4 < 2 ? 'F' : 'M',
    sen: isUnknown(s, i) ? 'unknown' : i === 0 && s < 2 ? 'E' : i % 5 < 2 ? 'K' : 'N',
    ncYear: (isUnknown(s, i) ? ['unknown', 'unknown'] : i % 2 ? ['7', '8'] : ['8', '9']) as [string, string],
    level: i % 4 === 3 || i % 3 === 0 ? 'family' : 'individual',
  })),
)

export const pupilId = (at: number): string =>
  `00000000-0000-4000-8${authority}-${String(at).padStart(12, '0')}`

export function contextsOf({ school, at, sex, sen, ncYear }: Pupil): Happened[] {
  if (sex === 'unknown') return []
  const pupil = pupilId(at)
  return ([`${year}-09-01`, `${year}-12-04`] as const).map((effectiveFrom, i) => ({
    ...{ type: 'pupil.context.changed', id: `context-${at}-${i}` },
    data: { school: String(school), pupil, effectiveFrom, sex, senProvision: sen, ncYear: ncYear[i] },
  }))
}

/** High need in September, with an intervention that began on that day and goes on. */
export function supportedSince({ school, at }: Pupil, startedOn: string): Happened[] {
  const who = { school: String(school), pupil: pupilId(at) }
  return [
    {
      ...{ type: 'checkin.submitted', id: `${at}-before` },
      data: {
        ...{ ...who, instrument: 'resilience-wheel@2', informant: 'self', submittedOn: `${year}-09-10` },
        answers: { bonding_1: 1, bonding_2: 1, bonding_3: 1 },
      },
    },
    {
      ...{ type: 'intervention.started', id: `${at}-i` },
      data: {
        ...{ ...who, startedOn, type: 'cbt', approach: 'other', technique: 'reappraisal' },
        ...{ targetDomain: 'cognitive', level: 'individual', plannedSessions: 10, plannedMinutes: 300 },
      },
    },
  ]
}

/** The authority in a gateway of its own, its analyst's key and the key of the first school's lead. */
export async function pupilsTold(): Promise<{ gateway: Installation; analyst: string; lead: string }> {
  const gateway = await installation({
    authorities: [{ code: authority, name: 'Leicestershire' }],
    schools: schools.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS' })),
    now: () => Date.parse('2017-09-01'),
  })
  const analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  const lead = await gateway.keyOf('lead', 'school_lead', [authority], [ash])
  for (const [s, school] of schools.entries()) {
    const own = pupils.filter((pupil) => pupil.school === school)
    const answers = own.map(({ before, after }) => [before, after] as const)
    const support = supportOf({
      ...{ authority, school, from: s * 100, answers, year, sessions: sessions[s]!, tier: 2 },
      levels: own.map(({ level }) => level),
    })
    const ratings = support
      .filter(({ type }) => type === 'plan.created')
      .flatMap(({ id, data }, i): Happened[] =>
        [2, 4 + (i % 5)].map((rating, r) => ({
          ...{ type: 'goal.rated', id: `${id}-g${r}` },
          data: {
            ...{ school: data.school, pupil: data.pupil, plan: { source: 'urn:test', id }, goal: 'g1' },
            ...{ ratedOn: `${year}-1${r}-10`, rating, informant: 'self' },
          },
        })),
      )
    await insertHappened(gateway.warehouse, authority, [...support, ...ratings, ...own.flatMap(contextsOf)])
  }
  return { gateway, analyst, lead }
}

/** By value, of those that count. */
export function by<T>(whatIs: (pupil: Pupil) => string, count: (own: readonly Pupil[]) => T): [string, T][] {
  const values = [...new Set(pupils.map(whatIs))].sort()
  return values.map((value) => [value, count(pupils.filter((pupil) => whatIs(pupil) === value))])
}
export const meanOf = (own: readonly Pupil[], number: (pupil: Pupil) => number) =>
  own.reduce((sum, pupil) => sum + number(pupil), 0) / own.length
export const points = (answer: number) => (answer - 1) * 25
