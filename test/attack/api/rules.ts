import { authenticateReader } from '@cairn/access'
import { KeyCache } from '@cairn/control-plane'
import { type Cube, standard } from '@cairn/disclosure'
import { definitionId, metrics } from '@cairn/metrics'
import type { ReleasedFigure } from '@cairn/warehouse'
import { cubeOf, writeRelease } from '@cairn/warehouse/closing'
import { suppressWithout } from '../../../packages/disclosure/cube.ts'
import { disclosureOf } from '../../../packages/disclosure/publication.ts'
import type { Rule } from '../../../packages/disclosure/rules.ts'
import { periodOf } from '../../../packages/warehouse/closing/periods.ts'
import { installation, seed } from '../../../services/gateway/installation.ts'
import { judged, secretsOf } from './judge.ts'
import { Knowledge, keyOf } from './knowledge.ts'
import { readAnswer, readCsv } from './read.ts'
import { attacked, cellsOf, happened, pairsOf, schoolsOf, truthOf, type Week } from './world.ts'

/** Rules of a release; outcomes, which no metric here has, and sums that follow are tried on cubes (`--cube`). */
export const releaseRules = [
  'nothing',
  'secondary',
  'schools to authority',
  'within schools',
  'within authority',
  'time',
  'denominators secondary',
  'sum',
  'lead',
  'pair tables',
] as const satisfies readonly (Rule | 'nothing')[]
export type ReleaseRule = (typeof releaseRules)[number]

export interface RuleRow {
  readonly off: ReleaseRule
  readonly numbers: number
  readonly secrets: number
  readonly exposed: number
  readonly exposedToLeads: number
}

const year = 2024
const released = ['headcount', 'incidents', 'exclusions', 'pupils_with_incident']

/**
 * Closes the year of several invented authorities with one rule off each (and the audit, which would mend it), reads
 * every release through the public API, as GraphQL and as CSV, and works out what it can.
 */
export async function attackReleases(
  seeds: readonly number[],
  rules: readonly ReleaseRule[],
): Promise<RuleRow[]> {
  const worlds = rules.flatMap((off, r) =>
    seeds.map((number, s) => ({ off, number, authority: 800 + r * 10 + s })),
  )
  const schoolsIn = new Map(
    worlds.map(({ authority, number }) => [authority, schoolsOf(number, authority * 1000 + 1)]),
  )
  const gateway = await installation({
    authorities: worlds.map(({ authority: code }) => ({ code, name: `Authority ${code}` })),
    schools: worlds.flatMap(({ authority }) =>
      schoolsIn.get(authority)!.map(({ urn, phase }) => ({ urn, authority, name: `School ${urn}`, phase })),
    ),
    now: () => Date.parse('2025-09-02T12:00:00Z'),
    limits: { perKey: 100_000_000, perAddress: 100_000_000 },
  })
  const rows = new Map<ReleaseRule, RuleRow>()
  try {
    for (const { off, number, authority } of worlds) {
      const schools = schoolsIn.get(authority)!
      const urns = schools.map(({ urn }) => urn)
      const [calendar] = await gateway.controlPlane.calendars.weeks([authority], { from: year, to: year })
      const weeks: Week[] = calendar!.weeks.filter(({ term, halfTerm }) => term > 0 && halfTerm > 0)
      const truth = truthOf(schools, year, happened(schools, weeks, number * 10 + year))
      await seed(gateway.warehouse, cellsOf(truth, authority))
      const key = await gateway.keyOf(`analyst-${authority}`, 'analyst', [authority])
      const { keys, readers } = gateway.controlPlane
      const scope = await authenticateReader(`Bearer ${key}`, { keys: new KeyCache(keys), readers })
      if (scope instanceof Error) throw scope
      const { cube } = await cubeOf({
        warehouse: gateway.warehouse,
        scope,
        authority,
        year,
        schools: urns,
        weeks,
      })
      await publish(gateway.warehouse, cube, authority, off)
      const knowledge = new Knowledge(schools, year)
      knowledge.declare('released', { truth, weeks })
      const numbers = await learn(gateway, key, `${authority}/202425/1`, knowledge, urns)
      const found = look(knowledge)
      const so = rows.get(off) ?? { off, numbers: 0, secrets: 0, exposed: 0, exposedToLeads: 0 }
      rows.set(off, {
        off,
        numbers: so.numbers + numbers,
        secrets: so.secrets + found.secrets,
        exposed: so.exposed + found.exposed,
        exposedToLeads: so.exposedToLeads + found.exposedToLeads,
      })
    }
  } finally {
    await gateway.close()
  }
  return [...rows.values()]
}

async function publish(
  warehouse: Parameters<typeof writeRelease>[0],
  cube: Cube,
  authority: number,
  off: ReleaseRule,
): Promise<void> {
  const without = off === 'nothing' ? [] : [off, 'audit' as const]
  const { publication } = disclosureOf(suppressWithout(cube, standard, new Set(without), off === 'nothing'))
  const figures = publication.figures.map(
    ({ metric, outcome, school, period, by, status, value }): ReleasedFigure => ({
      metric: metric === 'denominators' ? 'headcount' : metric,
      outcome: outcome ?? '',
      school: Number(school ?? 0),
      ...periodOf(period),
      by: by.map((one) => `${one.characteristic}=${one.value}`).join(';'),
      status,
      ...(status === 'published' && { value: value! }),
    }),
  )
  const ids = ['headcount', ...cube.metrics.map(({ id }) => id)]
  const info = {
    ...{ authority, year, number: 1, digest: off, profile: 'standard@1', offset: 0, shape: '' },
    ...{ closedAt: '2025-09-01T00:00:00.000Z', schools: cube.shape.schools.length, figures: figures.length },
    ...{ through: 6, isComplete: true },
    definitions: new Map(ids.map((id) => [id, definitionId(metrics.get(id)!)])),
  }
  await writeRelease(warehouse, info, figures, cube)
}

type Gateway = Awaited<ReturnType<typeof installation>>

/** Every question that a release answers: totals, characteristics and pairs of them, of schools and of the authority. */
function questions(metric: string, named: string): string[] {
  const isRoll = metric === 'headcount'
  const singles = Object.keys(attacked.headcount!)
  const ask = (grain: string, groups: readonly string[]) =>
    `figures(metric: "${metric}", groupBy: [${groups.map((one) => `"${one}"`).join(', ')}], first: 5000,
      period: { grain: ${grain}, academicYears: ["${named}"] }) { rows {
        metricId timePeriod timeIdentifier schoolUrn n numerator denominator value status release dimensions { name value } } }`
  const grains = isRoll ? ['ACADEMIC_YEAR'] : ['HALF_TERM', 'TERM', 'ACADEMIC_YEAR']
  return [
    ...grains.flatMap((grain) => [ask(grain, []), ask(grain, ['school'])]),
    ...(isRoll ? [] : [ask('WEEK', [])]),
    ...singles.flatMap((one) => [
      ...grains.filter((grain) => grain !== 'TERM').map((grain) => ask(grain, [one])),
      ask('ACADEMIC_YEAR', ['school', one]),
    ]),
    ...pairsOf(metric).map((pair) => ask('ACADEMIC_YEAR', pair)),
  ]
}

async function learn(
  gateway: Gateway,
  key: string,
  release: string,
  knowledge: Knowledge,
  urns: readonly number[],
): Promise<number> {
  const reading = { urns, phases: [], mask: knowledge.all }
  const asked = [...released.flatMap((metric) => questions(metric, '202425'))].map(async (question) => {
    const { data, errors } = await gateway.ask(key, `{ ${question} }`)
    if (errors) throw new Error(`${errors[0]!.message}: ${question}`)
    return data
  })
  const csv = await gateway.app.inject({
    url: `/v1/releases/${release}.csv`,
    headers: { authorization: `Bearer ${key}` },
  })
  let numbers = 0
  for (const answer of [...(await Promise.all(asked)), readCsv(csv.body)])
    for (const { place, low, high } of readAnswer(answer, reading).told) {
      const figure = { ...place, state: 'released' }
      if (!knowledge.has(figure)) continue
      numbers++
      const at = knowledge.at(figure)
      if (knowledge.truth[at] !== low)
        throw new Error(`a release says ${low} where it is ${knowledge.truth[at]}: ${keyOf(figure)}`)
      knowledge.system.learn(at, low, high)
    }
  return numbers
}

/** What the public learns, and each school's lead of others, who knows the own school besides. */
export function look(knowledge: Knowledge) {
  const { system, truth, figures, schools } = knowledge
  const secrets = secretsOf(knowledge)
  system.settle()
  const told = (own: number) =>
    secrets.filter(
      (at) =>
        figures[at]!.mask !== own && judged(knowledge, at, system.low[at]!, system.high[at]!) !== 'safe',
    ).length
  const exposed = told(0)
  const before = system.save()
  let exposedToLeads = 0
  for (const i of schools.keys()) {
    figures.forEach(({ mask }, at) => {
      if (mask === 2 ** i) system.learn(at, truth[at]!, truth[at]!)
    })
    system.settle()
    exposedToLeads += told(2 ** i)
    system.restore(before)
  }
  return { secrets: secrets.length, exposed, exposedToLeads }
}
