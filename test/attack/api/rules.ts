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
import { Knowledge } from './knowledge.ts'
import { readAnswer, readCsv } from './read.ts'
import { cellsOf, happened, schoolsOf, type Week } from './world.ts'

/** Rules of a release of totals; those of characteristics are tried on cubes (`--cube`), which have them. */
export const releaseRules = [
  'nothing',
  'secondary',
  'schools to authority',
  'time',
  'denominators secondary',
  'sum',
  'lead',
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
    limits: { perKey: 100_000_000 },
  })
  const rows = new Map<ReleaseRule, RuleRow>()
  try {
    for (const { off, number, authority } of worlds) {
      const schools = schoolsIn.get(authority)!
      const urns = schools.map(({ urn }) => urn)
      const [calendar] = await gateway.controlPlane.calendars.weeks([authority], { from: year, to: year })
      const weeks: Week[] = calendar!.weeks.filter(({ term, halfTerm }) => term > 0 && halfTerm > 0)
      const truth = happened(schools, weeks, number * 10 + year)
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
      const knowledge = new Knowledge(schools, weeks, truth)
      const numbers = await learn(gateway, key, `${authority}/202425/1`, knowledge, urns)
      const found = look(knowledge, weeks)
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

async function learn(
  gateway: Gateway,
  key: string,
  release: string,
  knowledge: Knowledge,
  urns: readonly number[],
): Promise<number> {
  const reading = { urns, phases: [], mask: knowledge.all }
  const fields = 'metricId timePeriod timeIdentifier schoolUrn breakdown n numerator denominator value status'
  const answers = await Promise.all(
    [...released, 'incident_rate', 'pupils_with_incident_share'].map((metric) =>
      gateway.ask(
        key,
        `{ releasedFigures(release: "${release}", metric: "${metric}", first: 5000) { rows { ${fields} } } }`,
      ),
    ),
  )
  const csv = await gateway.app.inject({
    url: `/v1/releases/${release}.csv`,
    headers: { authorization: `Bearer ${key}` },
  })
  let numbers = 0
  for (const answer of [...answers.map(({ data }) => data), readCsv(csv.body)])
    for (const { figure, value } of readAnswer(answer, reading).told) {
      numbers++
      const at = knowledge.at(figure)
      if (knowledge.truth[at] !== value)
        throw new Error(`a release says ${value} where it is ${knowledge.truth[at]}`)
      knowledge.system.learn(at, value, value)
    }
  return numbers
}

/** What the public learns, and each school's lead of others, who knows the own school besides. */
export function look(knowledge: Knowledge, weeks: readonly Week[]) {
  const { system, truth, figures, schools } = knowledge
  const secrets = secretsOf(knowledge, weeks)
  system.settle()
  const told = (own: number) =>
    secrets.filter(
      (at) =>
        figures[at]!.mask !== own &&
        judged(knowledge, at, system.low[at]!, system.high[at]!, weeks) !== 'safe',
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
