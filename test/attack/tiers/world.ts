import { mondayOfWeek } from '@cairn/mtss'
import { insertFacts, insertRecommendations, type Warehouse } from '@cairn/warehouse'
import { randomOf, type WorldSchool } from '../api/world.ts'

/** A half-term as weeks (mtss: weekIndex), both included. */
export interface HalfTerm {
  readonly year: number
  readonly first: number
  readonly last: number
}

/** What pupils are told apart by, in the order of the columns, and its values here, as answers name them. */
export const characteristics = {
  nc_year: ['7', '8', '9'],
  sex: ['F', 'M'],
  sen: ['N', 'K', 'E'],
  ethnicity: ['WHIT', 'ASIA', 'BLAC'],
  fsm: ['yes', 'no'],
} as const
export const reasons = ['goal_met', 'left_school', 'planned_end', 'not_working'] as const

/** From a week on. `assigned` is 0 where the rules decided. */
interface Episode {
  readonly from: number
  readonly tier: number
  readonly recommended: number
  readonly assigned: number
}

interface Context {
  readonly from: number
  /** Place among the schools. */
  readonly school: number
  readonly of: Readonly<Record<keyof typeof characteristics, string>>
}

interface Exit {
  readonly week: number
  readonly school: number
  readonly reason: string
}

/** One pupil's history in one domain. */
export interface Pupil {
  readonly episodes: readonly Episode[]
  readonly contexts: readonly Context[]
  readonly exits: readonly Exit[]
}

/** How tiers move in a domain: for a pupil in each half-term. */
export interface Habit {
  readonly domain: string
  /** By tier: the chance to go to each other tier. */
  readonly moves: readonly (readonly [to: number, chance: number])[][]
  /** First evidence after the first half-term. */
  readonly late: number
  readonly decided: number
  /** Of decisions: against the rules. */
  readonly against: number
  /** What of all this still happens after the first year. */
  readonly later: number
}

/** Much movement of every kind, of two kinds, and little that soon nearly ends. */
export const habits: readonly Habit[] = [
  {
    ...{ domain: 'semh', late: 0.25, decided: 0.6, against: 0.25, later: 1 },
    moves: [
      [
        [2, 0.09],
        [3, 0.03],
      ],
      [
        [1, 0.25],
        [3, 0.12],
      ],
      [
        [2, 0.2],
        [1, 0.15],
      ],
    ],
  },
  {
    ...{ domain: 'behaviour', late: 0, decided: 0.5, against: 0, later: 1 },
    moves: [[[2, 0.03]], [[1, 0.15]], []],
  },
  {
    ...{ domain: 'attendance', late: 0, decided: 0.3, against: 0.1, later: 0.15 },
    moves: [[[2, 0.005]], [[3, 0.02]], [[1, 0.06]]],
  },
]

/** Every pupil's history in a domain; some change school, or what is known of them. */
export function pupilsOf(
  schools: readonly WorldSchool[],
  halfTerms: readonly HalfTerm[],
  habit: Habit,
  seed: number,
): Pupil[] {
  const random = randomOf(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() ** 1.5 * all.length)]!
  const characterOf = () =>
    Object.fromEntries(
      Object.entries(characteristics).map(([by, values]) => [by, pick<string>(values)]),
    ) as Context['of']
  return schools.flatMap(({ roll }, school) => {
    const often = 0.4 + random() * 1.6
    return Array.from({ length: roll }, (): Pupil => {
      const start = random() < habit.late ? Math.floor(random() * halfTerms.length) : 0
      // The week of 1 August is in two years: in the last week of a half-term nothing happens, nor in the first.
      const within = ({ first, last }: HalfTerm) => first + 1 + Math.floor(random() * (last - first - 1))
      const from = within(halfTerms[start]!)
      let tier = random() < 0.18 * often ? (random() < 0.3 ? 3 : 2) : 1
      const episodes: Episode[] = [{ from, tier, recommended: tier, assigned: 0 }]
      const contexts: Context[] = [{ from, school, of: characterOf() }]
      const exits: Exit[] = []
      for (const halfTerm of halfTerms.slice(start + 1)) {
        const week = within(halfTerm)
        if (random() < 0.02) {
          const { of } = contexts.at(-1)!
          const isMove = random() < 0.5
          const next = isMove ? Math.floor(random() * schools.length) : contexts.at(-1)!.school
          contexts.push({
            from: week,
            school: next,
            of: isMove ? of : { ...of, sen: pick(characteristics.sen) },
          })
        }
        let chance =
          random() / (tier === 1 ? often : 1) / (halfTerm.year > halfTerms[0]!.year ? habit.later : 1)
        const move = habit.moves[tier - 1]!.find(([, part]) => {
          chance -= part
          return chance < 0
        })
        if (!move) continue
        const [to] = move
        const isDecided = random() < habit.decided
        const recommended = isDecided && random() < habit.against ? 1 + Math.floor(random() * 3) : to
        episodes.push({ from: week, tier: to, recommended, assigned: isDecided ? to : 0 })
        if (isDecided && to === 1 && random() < 0.9)
          exits.push({ week, school: contexts.at(-1)!.school, reason: pick(reasons) })
        tier = to
      }
      return { episodes, contexts, exits }
    })
  })
}

export async function insertPupils(
  warehouse: Warehouse,
  world: { authority: number; urns: readonly number[]; domain: string; place: number; upTo: number },
  pupils: readonly Pupil[],
): Promise<void> {
  const { authority, urns, domain, place, upTo } = world
  const uuid = (kind: number, n: number) =>
    `00000000-0000-4000-8${place}-${kind}${String(n).padStart(11, '0')}`
  await insertRecommendations(
    warehouse,
    pupils.map(({ episodes, contexts }, n) => {
      const column = (name: keyof Episode) => episodes.map((one) => one[name])
      const none = episodes.map(() => 0)
      const of = Object.keys(characteristics).map((by) =>
        contexts.map((one) => one.of[by as keyof typeof characteristics].replace(/^no$/, 'none')),
      )
      return [
        ...[authority, domain, uuid(1, n), '1', upTo, '1'],
        ...[column('from'), column('tier'), none, column('recommended'), column('assigned')],
        ...[episodes.map(() => []), none],
        ...[contexts.map(({ from }) => from), contexts.map(({ school }) => urns[school]!), ...of],
      ]
    }),
  )
  const exits = pupils.flatMap(({ exits }) => exits)
  const rows = exits.map(({ week, school, reason }, n) => {
    const day = mondayOfWeek(week)
    const id = uuid(2, n)
    return JSON.stringify([
      ...[authority, day, urns[school], id, 1, n, day, null, []],
      ...[domain, reason, 'mental_health_lead'],
    ])
  })
  if (rows.length > 0) await insertFacts(warehouse, 'tier_exit', rows.join('\n'))
}

const asAt = <T extends { readonly from: number }>(all: readonly T[], week: number): T | undefined =>
  all.findLast(({ from }) => from <= week)
export const tierAt = ({ episodes }: Pupil, week: number): number => asAt(episodes, week)?.tier ?? 0
export const contextAt = ({ contexts }: Pupil, week: number): Context | undefined => asAt(contexts, week)
