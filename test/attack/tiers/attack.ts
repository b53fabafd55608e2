import type { Role } from '@cairn/control-plane'
import { weekIndex } from '@cairn/mtss'
import { installation } from '../../../services/gateway/installation.ts'
import { Memory } from '../api/memo.ts'
import { randomOf, schoolsOf } from '../api/world.ts'
import { askTiers, type TierReader } from './ask.ts'
import { type JudgedTiers, judgeTiers } from './judge.ts'
import { KnownTiers } from './known.ts'
import { type HalfTerm, habits, insertPupils, pupilsOf } from './world.ts'

export interface TierAttack {
  readonly seed: number
  /** How many open secrets of each domain are tried by linear programming besides. */
  readonly linear?: number
  /** One year and one domain, by a reader of all schools and one of some. */
  readonly isShort?: boolean
}

export interface AttackedTiers extends JudgedTiers {
  readonly domain: string
  readonly questions: number
  readonly refused: number
  readonly numbers: number
}

const authority = 855
const years = { from: 2024, to: 2025 }

/**
 * Asks every question about tiers as whoever reads across schools, puts all answers together, and looks at what follows: as
 * anyone, and as each school's lead.
 */
export async function attackTiers({
  seed,
  linear = 0,
  isShort = false,
}: TierAttack): Promise<AttackedTiers[]> {
  const schools = schoolsOf(seed, 812301)
  const urns = schools.map(({ urn }) => urn)
  const gateway = await installation({
    authorities: [{ code: authority, name: 'Cairnshire' }],
    schools: schools.map(({ urn, phase }) => ({ urn, authority, name: `School ${urn}`, phase })),
    now: () => Date.parse('2026-09-30T12:00:00Z'),
    wrap: new Memory().wrap,
    limits: { perKey: 1e9, perAddress: 1e9 },
  })
  try {
    const [calendar] = await gateway.controlPlane.calendars.weeks([authority], years)
    const halfTerms = halfTermsOf(calendar!.weeks).slice(0, isShort ? 6 : 12)
    const all = urns.map((_, i) => i)
    const keyOf = async (role: Role, schools?: readonly number[]): Promise<TierReader> => {
      const of = schools && { schools }
      const own = schools?.map((school) => urns[school]!) ?? null
      return {
        key: await gateway.keyOf(`${role}-${schools?.length ?? 'all'}`, role, [authority], own),
        ...of,
      }
    }
    const readers = [
      await keyOf('analyst'),
      ...(isShort ? [] : [await keyOf('commissioner'), await keyOf('bi')]),
      await keyOf('commissioner', all.slice(0, 5)),
      ...(isShort ? [] : [await keyOf('analyst', all.slice(3, 9)), await keyOf('bi', [4])]),
    ]
    const found: AttackedTiers[] = []
    for (const [d, habit] of (isShort ? habits.slice(0, 1) : habits).entries()) {
      const pupils = pupilsOf(schools, halfTerms, habit, seed * 31 + d)
      const { domain } = habit
      const upTo = halfTerms.at(-1)!.last + 4
      await insertPupils(gateway.warehouse, { authority, urns, domain, place: 100 + d, upTo }, pupils)
      const known = new KnownTiers(pupils, halfTerms, urns.length)
      const counts = { questions: 0, refused: 0, numbers: 0 }
      for (const reader of readers) {
        const asked = await askTiers({ gateway, authority, urns, domain, halfTerms }, reader)
        for (const [unit, names, value] of asked.told) known.learn(unit, names, value)
        counts.questions += asked.questions
        counts.refused += asked.refused
        counts.numbers += asked.told.length
      }
      found.push({ domain, ...counts, ...(await judgeTiers(known, linear, randomOf(seed * 101 + d))) })
    }
    return found
  } finally {
    await gateway.close()
  }
}

/** Of all domains. */
export function together(found: readonly AttackedTiers[]) {
  const sum = (of: (one: AttackedTiers) => number) => found.reduce((so, one) => so + of(one), 0)
  return {
    numbers: sum(({ numbers }) => numbers),
    secrets: sum(({ secrets }) => secrets),
    exposed: sum(({ exposed, exposedSince }) => exposed + exposedSince),
    exposedToLeads: sum(({ exposedToLeads, exposedSinceToLeads }) => exposedToLeads + exposedSinceToLeads),
  }
}

function halfTermsOf(weeks: readonly { week: string; year: number; halfTerm: number }[]): HalfTerm[] {
  const found = new Map<string, HalfTerm>()
  for (const { week, year, halfTerm } of weeks) {
    const at = weekIndex(week)
    const { first = at } = found.get(`${year} ${halfTerm}`) ?? {}
    found.set(`${year} ${halfTerm}`, { year, first, last: at })
  }
  return [...found.values()]
}
