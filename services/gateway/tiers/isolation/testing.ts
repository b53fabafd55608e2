import { pseudonymsUnder } from '@cairn/control-plane'
import { weekIndex } from '@cairn/mtss'
import { insertEvidence, insertRecommendations } from '@cairn/warehouse'
import fc from 'fast-check'
import type { Installation } from '../../installation.ts'

interface Tenant {
  readonly code: number
  readonly word: string
  readonly urns: readonly number[]
  readonly base: number
}

/** As its school writes it: in the evidence stands its pseudonym. */
export const pupilOf = ({ word }: Tenant): string => `${word}-PUPIL`

/** Pupils in tiers, one of them known by name to the first school; counts that fit the tenant alone. */
export async function tiersOf(gateway: Installation, tenant: Tenant): Promise<void> {
  const { code, urns, base } = tenant
  const hex = pseudonymsUnder(await gateway.controlPlane.authorities.pseudonymKey(code))(pupilOf(tenant))
  const known = hex.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const [from, to] = [weekIndex('2016-10-03'), weekIndex('2017-01-20')]
  const row = (i: number, school: number, pupil: string) => {
    const unknown = ['unknown']
    const episodes = [[from], [1 + (i % 2)], [-1], [1], [1 + (i % 2)], [[]], [1]]
    return [code, 'semh', pupil, '1', to, '1', ...episodes, [from], [school], ...Array(5).fill(unknown)]
  }
  const uuid = (i: number) => `00000000-0000-4000-9${code}-${String(i).padStart(12, '0')}`
  const rows = urns.flatMap((school, s) =>
    Array.from({ length: 20 + s }, (_, i) => row(i, school, uuid(s * 100 + i))),
  )
  const ofKnown = row(1, urns[0]!, known)
  const ofAttendance = [code, 'attendance', ...ofKnown.slice(2)]
  await insertRecommendations(gateway.warehouse, [ofKnown, ofAttendance, ...rows])
  const score = [base, base + 1]
  const said = [
    code,
    known,
    uuid(999),
    1,
    0,
    '2016-10-05',
    urns[0],
    0,
    3,
    0,
    'i@1 a b',
    score,
    [-1, -1],
    ...[0, 0, 0, 0, ''],
  ]
  const decided = [code, known, uuid(998), 1, 1, '2016-10-05', urns[0], 3, 1, 5, '', [], [], 0, 2, 0, 0, '']
  const when = { from: '2016-01-04', policy: { domain: 'semh', version: 1, rules: [tierRule(score)] } }
  await gateway.controlPlane.policies.add(code, when.from, when.policy)
  // Persistently absent by the shipped rules, which look at two spans of days.
  const attended = ['2016-10-07', '2016-10-14'].map((day, i) => [
    code,
    known,
    uuid(996 + i),
    1,
    2 + i,
    day,
    urns[0],
    2,
    4,
    4,
    '',
    [],
    [],
    0,
    0,
    6 + i,
    10,
    '',
  ])
  const lines = [said, decided, ...attended].map((line) => JSON.stringify(line))
  await insertEvidence(gateway.warehouse, lines.join('\n'))
}

/** Holds for any of the scores: what it saw is told. */
const tierRule = (score: readonly number[]) => ({
  ...{ id: 'canary', from: 2, to: 3, weeks: 8, minPoints: 1, minSources: 1, holdWeeks: 1 },
  ...{ reviewAfterWeeks: 8, conditions: [{ observe: 'score', series: 'i.a.self', atLeast: score[0]! }] },
})

const domain = fc.constantFrom('semh', 'semh', 'behaviour', 'academics')
/** Across schools, first and last weeks of half-terms and years alone are answered. */
const week = fc.constantFrom(
  '2017-07-31',
  '2017-08-06',
  '2016-08-01',
  '2016-10-26',
  '2017-01-04',
  '2016-08-03',
  '2016-10-05',
  '2016-11-30',
  '2017-01-20',
  'bad',
)

type Make = () => fc.Arbitrary<unknown>

/** Those that a school sees of its own; an explanation is for one reader alone. */
export const tierQueries = [
  ...['tierMix', 'tierMovement', 'timeInTier', 'tierExits', 'tierReEntry', 'tierAgreement'],
] as const

/** What the arguments of the questions about tiers are tried with. */
export function tierArguments(tenants: readonly Tenant[], codes: Make): Record<string, Make> {
  const each: Record<string, Make> = {
    authority: codes,
    domain: () => domain,
    week: () => week,
    later: () => week,
    from: () => week,
    to: () => week,
    pupilsBy: () => fc.constantFrom('NC_YEAR', 'SEX', 'SEN', 'FSM', 'ETHNICITY'),
    pupil: () => fc.constantFrom(...tenants.map(pupilOf), 'NOBODY'),
  }
  return Object.fromEntries(
    [...tierQueries, 'tierExplanation'].flatMap((query) =>
      Object.entries(each).map(([name, make]) => [`Query.${query}.${name}`, make]),
    ),
  )
}

/** One plain question of each kind. */
export const plainTiers = (tenant: Tenant): Record<string, object> => {
  const of = { authority: tenant.code, domain: 'semh' }
  const tiers = { ...of, week: '2016-10-26' }
  return {
    tierMix: tiers,
    tierMovement: { ...tiers, later: '2017-07-31' },
    tierExplanation: { ...tiers, pupil: pupilOf(tenant) },
    timeInTier: { ...of, week: '2017-07-31' },
    tierExits: { ...of, from: '2016-08-01', to: '2017-08-06' },
    tierReEntry: { ...of, week: '2017-07-31' },
    tierAgreement: { ...of, week: '2016-08-03', later: '2017-07-31' },
  }
}
