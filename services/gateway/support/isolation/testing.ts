import type { Warehouse } from '@cairn/warehouse'
import fc from 'fast-check'
import type { SeedCell } from '../../installation.ts'
import { insertHappened, supportOf } from '../testing.ts'

/** For isolation.test.ts: the questions about support, and what their arguments are tried with. */
export const supportQueries = [
  ...['interventionEffect', 'resilienceWheel', 'fidelity', 'goalProgress', 'planCompliance'],
  ...['screeningToSupport', 'unmetNeed', 'protectiveFactors', 'ecologicalProfile'],
]

type Make = () => fc.Arbitrary<unknown>

export function supportArguments(codes: Make, urns: Make): Record<string, Make> {
  const each: Record<string, Make> = {
    authority: codes,
    school: urns,
    instrument: () => fc.constantFrom('resilience-wheel@1', 'resilience-wheel@2', 'nope@1'),
    informant: () => fc.constantFrom('self', 'self', 'staff', 'nobody'),
    by: () => fc.constantFrom('TYPE', 'TECHNIQUE', 'TARGET_DOMAIN', 'APPROACH'),
    pupilsBy: () => fc.constantFrom('SEX', 'NC_YEAR', 'SEN', 'FSM', 'ETHNICITY'),
    subscale: () => fc.constantFrom('bonding', 'boundaries'),
    subscales: () => fc.constantFrom(['bonding'], ['bonding', 'life_skills'], ['nope']),
    windowWeeks: () => fc.constantFrom(12, 20, 0),
    weeks: () => fc.constantFrom(1, 6, 0),
    cutOff: () => fc.constantFrom(25, 75),
    reliability: () => fc.constantFrom(0.5, 1),
    reliabilitySource: () => fc.constant('a manual'),
    sd: () => fc.constantFrom(20, 0),
  }
  return pathsOf(Object.entries(each))
}

const pathsOf = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries(
    supportQueries.flatMap((query) => entries.map(([name, made]) => [`Query.${query}.${name}`, made])),
  )

/** Without these most questions are refused. */
export const neededBySupport = supportQueries.map((query) => `Query.${query}.authority`)

/** Most questions with one of these are refused or empty. */
export const seldomInSupport = Object.keys(
  pathsOf(['school', 'reliability', 'reliabilitySource', 'sd'].map((name) => [name, true] as const)),
)

const period = { academicYears: ['201617'] }
const scored = { period, instrument: 'resilience-wheel@2' }
const factor = (id: string) => `instrument=resilience-wheel@2;factor=${id};informant=self`

/** A variable that is declared and null overrules the schema's default: each is given. */
export const plainSupport: Record<string, object> = {
  interventionEffect: { ...scored, informant: 'self', windowWeeks: 12, by: 'TYPE' },
  resilienceWheel: { ...scored, informant: 'self' },
  fidelity: { period, by: 'TYPE' },
  goalProgress: { period },
  planCompliance: { period },
  screeningToSupport: scored,
  unmetNeed: { ...scored, weeks: 6 },
  protectiveFactors: { ...scored, informant: 'self' },
  ecologicalProfile: { ...scored, informant: 'self' },
}

/** Cells of metrics of support, by metric; every number is near `n`. */
export const supportCounts = (n: number): Record<string, SeedCell['counts']> => ({
  factor_score: {
    [factor('coping')]: [n, n * 50, n * 3_000],
    [factor('level.family')]: [n, n * 40, n * 2_000],
  },
  low_level_scores: { [factor('level.family')]: n - 20 },
  interventions_started: { '': n, 'ecological_level=family': n },
  interventions_ended: { '': n, 'type=cbt': n },
  interventions_with_fidelity: { '': n - 9, 'type=cbt': n - 9 },
  intervention_dose: { 'type=cbt': [n, n * 270, n * 80_000] },
  session_fidelity: { 'type=cbt': [n, n * 90, n * 9_000] },
  minute_fidelity: { 'type=cbt': [n, n * 90, n * 9_000] },
  sessions_delivered: { '': n, 'type=cbt': n, 'ecological_level=family': n },
  plans_created: { '': n },
  plans_reviewed_on_time: { '': n - 8 },
  goal_rating: { '': [n, n * 5, n * 30], 'goal_area=coping': [n, n * 5, n * 30] },
  goal_progress: { 'goal_area=coping': [n, n * 2, n * 9] },
})

/**
 * 24 pupils of each school with support. Facts give small numbers that no canary can be told by: it is what must not
 * change that tells of a leak, so `sessions` moves scores and fidelity.
 */
export async function supported(
  warehouse: Warehouse,
  { code, urns }: { readonly code: number; readonly urns: readonly number[] },
  sessions: number,
  schools = urns,
): Promise<void> {
  const answers = Array.from({ length: 24 }, (_, i) => [1 + (i % 4), 2 + ((i * sessions) % 4)] as const)
  for (const school of schools)
    await insertHappened(
      warehouse,
      code,
      supportOf({ authority: code, school, from: school * 100, answers, year: 2016, sessions, tier: 2 }),
    )
}
