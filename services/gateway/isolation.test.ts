import { createRequire } from 'node:module'
import { pseudonymsUnder } from '@cairn/control-plane'
import { weekIndex } from '@cairn/mtss'
import { insertEvidence, insertReceipts, insertRecommendations, noId } from '@cairn/warehouse'
import fc from 'fast-check'
import type { GraphQLArgument, GraphQLField, GraphQLInputType, GraphQLOutputType } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, type SeedCell, seed } from './installation.ts'
import { releaseArguments, releaseOf, releaseQueries, seldomInReleases } from './releases/testing.ts'
import { buildGatewaySchema } from './schema.ts'
import {
  neededBySupport,
  plainSupport,
  seldomInSupport,
  supportArguments,
  supportCounts,
  supported,
  supportQueries,
} from './support/isolation/testing.ts'

// The copy of graphql that the schema was built with: vitest would give its own.
const { getNamedType, isInputObjectType, isListType, isNonNullType, isObjectType }: typeof import('graphql') =
  createRequire(import.meta.url)('graphql')

/** An authority whose every name and number is its own and occurs nowhere else: a canary. */
interface Tenant {
  readonly code: number
  readonly word: string
  readonly urns: readonly number[]
  /** Its numbers are this and a little more. */
  readonly base: number
}
// Far apart: whatever lies between a tenant's base and its double (a curve's points do) is nobody else's number.
const alpha: Tenant = { code: 855, word: 'ALPHACANARY', urns: [855101, 855102, 855103], base: 50_000_011 }
/** The harshest neighbour: 855 and 867 share a partition of the log. */
const bravo: Tenant = { code: 867, word: 'BRAVOCANARY', urns: [744201, 744202, 744203], base: 370_000_013 }
const phasesOf = ['SS', 'PS', 'SP'] as const

/** Every metric's cells in two academic years, with the tenant's own numbers; `more` moves them all. */
function cellsOf({ code, urns, base }: Tenant, more = 0): SeedCell[] {
  return urns.flatMap((school, i) => {
    const n = base + i * 17 + more
    const at = (
      metric: string,
      period: number,
      counts: SeedCell['counts'],
      grain?: SeedCell['grain'],
    ): SeedCell => ({
      authority: code,
      school,
      metric,
      period,
      counts,
      ...(grain && { grain }),
    })
    const subscale = 'instrument=resilience-wheel@1;subscale=bonding'
    const bySelf = `${subscale};informant=self`
    return [201, 202].flatMap((_, year) => {
      const week = (2016 + year) * 10_000 + 1003
      return [
        at('headcount', (2017 + year) * 10_000 + 116, {
          '': n * 2,
          'census=spring': n * 2,
          'sex=F': n,
          'sex=M': n,
        }),
        at('exclusions', week, {
          '': n,
          'exclusion_type=SUSP': n - 3,
          'exclusion_type=PERM': 3,
          'reason=PP': n,
          'exclusion_type=SUSP;reason=PP': n - 3,
        }),
        at('incidents', week, {
          '': n + 5,
          'behaviour=bullying': n + 1,
          'mode=online': n,
          'role=target': n,
          'location=classroom': n,
        }),
        at('incidents_resolved', week, { '': n, 'days=2': n }),
        ...Object.entries(supportCounts(n)).map(([metric, counts]) => at(metric, week, counts)),
        at('check_ins', week, { '': n, 'informant=self': n }),
        at('wellbeing_score', week, { [subscale]: [n, n * 50, n * 3000], [bySelf]: [n, n * 50, n * 3000] }),
        at('pupils_checked_in', 2016 + year, { '': n }, 'year'),
        at('pupils_with_incident', (2016 + year) * 100 + 1, { '': n }, 'term'),
      ]
    })
  })
}

async function receiptsOf({ code, urns: [school] }: Tenant, from: number, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => {
    const id = `00000000-0000-4000-8${code}-${String(from + i).padStart(12, '0')}`
    return JSON.stringify([code, id, 1, 'upsert', '7', 'incident', school, '2016-10-03', noId, [], from + i])
  })
  await insertReceipts(gateway.warehouse, lines.join('\n'))
}

/** As its school writes it: in the evidence stands its pseudonym. */
const pupilOf = ({ word }: Tenant): string => `${word}-PUPIL`

/** Pupils in tiers, one of them known by name to the first school; counts that fit the tenant alone. */
async function tiersOf(tenant: Tenant): Promise<void> {
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
  await insertRecommendations(gateway.warehouse, [row(1, urns[0]!, known), ...rows])
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
    0,
    0,
    '',
  ]
  const decided = [code, known, uuid(998), 1, 1, '2016-10-05', urns[0], 3, 1, 5, '', [], [], 0, 2, '']
  const when = { from: '2016-01-04', policy: { domain: 'semh', version: 1, rules: [tierRule(score)] } }
  await gateway.controlPlane.policies.add(code, when.from, when.policy)
  await insertEvidence(gateway.warehouse, [said, decided].map((line) => JSON.stringify(line)).join('\n'))
}

/** Holds for any of the scores: what it saw is told. */
const tierRule = (score: readonly number[]) => ({
  ...{ id: 'canary', from: 2, to: 3, weeks: 8, minPoints: 1, minSources: 1, holdWeeks: 1 },
  ...{ reviewAfterWeeks: 8, conditions: [{ observe: 'score', series: 'i.a.self', atLeast: score[0]! }] },
})

const schema = buildGatewaySchema()
const queries = Object.values(schema.getQueryType()!.getFields())
let gateway: Installation
const readers: { key: string; tenant: Tenant; role: string; part: boolean }[] = []
/** Cursors that readers of either authority were given. */
const cursors: string[] = ['', 'bm90LWEtY3Vyc29y']

beforeAll(async () => {
  gateway = await installation({
    authorities: [alpha, bravo].map((t) => ({ code: t.code, name: `${t.word} authority` })),
    schools: [alpha, bravo].flatMap((t) =>
      t.urns.map((urn, i) => ({
        urn,
        authority: t.code,
        name: `${t.word} school ${i}`,
        phase: phasesOf[i]!,
        laestab: t.code * 10_000 + 4_001 + i,
      })),
    ),
    limits: { perKey: 1_000_000, perAddress: 1_000_000 },
  })
  await seed(gateway.warehouse, [...cellsOf(alpha), ...cellsOf(bravo)])
  await receiptsOf(alpha, 0, 31)
  await receiptsOf(bravo, 31, 77)
  await supported(gateway.warehouse, alpha, 7)
  await supported(gateway.warehouse, bravo, 9)
  await releaseOf(gateway.warehouse, alpha)
  await releaseOf(gateway.warehouse, bravo)
  await tiersOf(alpha)
  await tiersOf(bravo)
  for (const tenant of [alpha, bravo]) {
    const name = tenant.word.toLowerCase()
    const add = async (
      id: string,
      role: Parameters<Installation['keyOf']>[1],
      urns: readonly number[] | null = null,
    ) =>
      readers.push({
        key: await gateway.keyOf(`${name}-${id}`, role, [tenant.code], urns),
        tenant,
        role,
        part: urns !== null,
      })
    await add('analyst', 'analyst')
    await add('commissioner', 'commissioner')
    await add('part', 'commissioner', tenant.urns.slice(0, 2))
    await add('lead', 'school_lead', tenant.urns.slice(0, 1))
    await add('bi', 'bi')
  }
  for (const { key } of readers.filter((r) => r.role === 'analyst')) {
    const { data } = await gateway.ask(
      key,
      `{ schools(first: 1) { pageInfo { endCursor } }
         figures(metric: "exclusions", groupBy: ["school"], period: { academicYears: ["201617"] }, first: 1) { pageInfo { endCursor } } }`,
    )
    cursors.push(data.schools.pageInfo.endCursor, data.figures.pageInfo.endCursor)
    const own = readers.find((r) => r.key === key)!.tenant.code
    const released = await gateway.ask(
      key,
      `{ releasedFigures(release: "${own}/201617/1", metric: "incidents", first: 1) { pageInfo { endCursor } } }`,
    )
    cursors.push(released.data.releasedFigures.pageInfo.endCursor)
  }
})
afterAll(() => gateway?.close())

const codes = () => fc.constantFrom(alpha.code, bravo.code, 999)
const urns = () => fc.constantFrom(...alpha.urns, ...bravo.urns, 100_000)
const metricIds = fc.constantFrom(
  ...['exclusions', 'exclusion_rate', 'headcount', 'incidents', 'incident_rate', 'incident_resolution_rate'],
  ...['days_to_resolution', 'check_ins', 'check_in_response_rate', 'wellbeing_score', 'pupils_with_incident'],
  ...['pupils_with_incident_share', 'pupils_checked_in', 'incidents_resolved', 'nope'],
  ...['fidelity_share', 'sessions_delivered', 'plan_review_share', 'goal_rating'],
)
const phase = fc.constantFrom(...phasesOf, ...phasesOf, 'XX')
const size = fc.integer({ min: 0, max: 9 })
const cursor = () => fc.constantFrom(...cursors)
const domain = fc.constantFrom('semh', 'semh', 'behaviour', 'academics')
const week = fc.constantFrom('2016-10-05', '2016-11-30', '2017-01-20', 'bad')
const text = fc.constantFrom('canary', 'BRAVO', 'ALPHA', 'school', '', '744201', '855101')

/** What each argument is tried with; a new one must be given a generator here, or the test fails. */
const generators: Record<string, () => fc.Arbitrary<unknown>> = {
  'Query.authority.code': codes,
  'Query.metric.id': () => metricIds,
  'Query.schools.authority': codes,
  'Query.schools.phase': () => phase,
  'Query.schools.search': () => text,
  'Query.schools.first': () => size,
  'Query.schools.after': cursor,
  'Query.schools.last': () => size,
  'Query.schools.before': cursor,
  'Query.figures.metric': () => metricIds,
  'Query.figures.groupBy': () =>
    fc.oneof(
      { weight: 6, arbitrary: fc.subarray(['authority', 'school', 'phase']) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...[
            ['school', 'exclusion_type'],
            ['instrument', 'subscale'],
            ['authority', 'reason'],
            ['sex'],
            ['behaviour'],
          ],
        ),
      },
    ),
  'Query.figures.first': () => size,
  'Query.figures.after': cursor,
  'Query.compareSchools.metric': () => metricIds,
  'Query.compareSchools.authority': codes,
  'Query.compareSchools.phase': () => phase,
  'Query.compareSchools.against': () => fc.constantFrom('AUTHORITY', 'ALL_SCHOOLS'),
  'Query.compareSchools.orderBy': () => fc.constantFrom('NAME', 'VALUE'),
  'Query.compareSchools.similarTo': urns,
  'Query.compareSchools.nearest': () => size,
  'Query.similarSchools.urn': urns,
  'Query.similarSchools.n': () => size,
  'Query.similarSchools.academicYear': () => fc.constantFrom('201617', '201718', 'bad'),
  'Query.trend.metric': () => metricIds,
  'Query.trend.school': urns,
  'Query.trend.authority': codes,
  'Query.trend.target': () => fc.constantFrom(-1, 2.5),
  'Query.trend.rebase': () => fc.boolean(),
  'ChangeInput.on': () => fc.constantFrom('2016-10-03', '2017-02-01', '2016-13-01'),
  'ChangeInput.label': () => fc.constant('New rules'),
  'Query.inequality.metric': () => metricIds,
  'Query.inequality.by': () => fc.constantFrom('fsm', 'sex', 'nc_year', 'nope'),
  'Query.inequality.authority': codes,
  'Query.inequality.phase': () => phase,
  'Query.association.metricX': () => metricIds,
  'Query.association.metricY': () => metricIds,
  'Query.association.authority': codes,
  'Query.association.phase': () => phase,
  ...supportArguments(codes, urns),
  ...releaseArguments([alpha, bravo], codes, urns, cursor),
  'Query.tierMix.authority': codes,
  'Query.tierMix.domain': () => domain,
  'Query.tierMix.week': () => week,
  'Query.tierMovement.authority': codes,
  'Query.tierMovement.domain': () => domain,
  'Query.tierMovement.week': () => week,
  'Query.tierMovement.later': () => week,
  'Query.tierExplanation.authority': codes,
  'Query.tierExplanation.domain': () => domain,
  'Query.tierExplanation.week': () => week,
  'Query.tierExplanation.pupil': () => fc.constantFrom(...[alpha, bravo].map(pupilOf), 'NOBODY'),
  'PeriodInput.grain': () => fc.constantFrom('ACADEMIC_YEAR', 'TERM', 'HALF_TERM', 'WEEK'),
  'PeriodInput.academicYears': () =>
    fc.constantFrom(['201617'], ['201617'], ['201718'], ['201617', '201718'], ['bad']),
  'PeriodInput.index': () => fc.constantFrom([1], [1, 2], [9]),
  'PeriodInput.from': () => fc.constant('2016-10-03'),
  'PeriodInput.to': () => fc.constant('2016-10-09'),
  'FigureFilters.authorities': () => fc.array(codes(), { maxLength: 3 }),
  'FigureFilters.schools': () => fc.array(urns(), { maxLength: 3 }),
  'FigureFilters.phases': () => fc.array(phase, { maxLength: 2 }),
  'DimensionFilter.name': () => fc.constantFrom('exclusion_type', 'reason', 'sex', 'subscale'),
  'DimensionFilter.values': () => fc.constantFrom(['SUSP'], ['PP', 'DB'], ['F'], ['bonding']),
}

function generatorOf(path: string, type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return required(path, type.ofType)
  const given = required(path, type)
  const absent = { weight: seldom.has(path) ? 8 : 1, arbitrary: fc.constant(undefined) }
  return fc.oneof(absent, { weight: mostly.has(path) ? 12 : 1, arbitrary: given })
}

/** Without these most questions are refused. */
const mostly = new Set([
  'PeriodInput.academicYears',
  'Query.compareSchools.authority',
  'Query.trend.authority',
  ...neededBySupport,
])

/** Most questions with one of these are refused or empty: they are asked, but not in every second one. */
const seldom = new Set([
  ...['PeriodInput.grain', 'PeriodInput.index', 'PeriodInput.from', 'PeriodInput.to'],
  ...[
    'Query.figures.after',
    'Query.schools.after',
    'Query.schools.before',
    'Query.schools.last',
    'Query.schools.search',
  ],
  ...[
    'FigureFilters.phases',
    'FigureFilters.dimensions',
    'FigureFilters.authorities',
    'FigureFilters.schools',
  ],
  ...['Query.compareSchools.phase', 'Query.compareSchools.dimensions'],
  ...['Query.inequality.phase', 'Query.inequality.dimensions'],
  ...['Query.association.phase', 'Query.association.dimensionsX', 'Query.association.dimensionsY'],
  ...['Query.trend.school', 'Query.trend.dimensions', 'Query.trend.changes'],
  ...['Query.compareSchools.similarTo', 'Query.compareSchools.nearest'],
  ...seldomInSupport,
  ...seldomInReleases,
])

function required(path: string, type: GraphQLInputType): fc.Arbitrary<unknown> {
  const named = getNamedType(type)
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields())
    const one = fc.record(
      Object.fromEntries(fields.map((f) => [f.name, generatorOf(`${named.name}.${f.name}`, f.type)])),
    )
    return isListType(type) ? fc.array(one, { maxLength: 2 }) : one
  }
  const make = generators[path]
  if (!make) throw new Error(`${path} has no generator: say in isolation.test.ts what it is to be tried with`)
  return make()
}

/** All that a type can answer. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).map((f) => {
    if (f.args.length > 0)
      throw new Error(`${named.name}.${f.name} takes arguments: teach isolation.test.ts to vary them`)
    return `${f.name}${selectionOf(f.type)}`
  })
  return ` { ${fields.join(' ')} }`
}

type QueryField = GraphQLField<unknown, unknown>
const documentOf = ({ name, args, type }: QueryField): string => {
  const declared = args.map((a: GraphQLArgument) => `$${a.name}: ${a.type}`).join(', ')
  const given = args.map((a) => `${a.name}: $${a.name}`).join(', ')
  return `query${declared && `(${declared})`} { ${name}${given && `(${given})`}${selectionOf(type)} }`
}

const argumentsOf = ({ name, args }: QueryField): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(args.map((a) => [a.name, generatorOf(`Query.${name}.${a.name}`, a.type)])))

/** Figures hold the numbers: they are asked most. */
const weighted = () =>
  fc.oneof(...queries.map((q) => ({ weight: q.args.length > 3 ? 6 : 1, arbitrary: fc.constant(q) })))

const anyQuery = () =>
  weighted().chain((field) => argumentsOf(field).map((variables) => ({ field, variables })))

/** Every string and number of an answer; what is base64 is read as well. */
function* leaves(value: unknown): Generator<string | number> {
  if (typeof value === 'number') yield value
  else if (typeof value === 'string') {
    yield value
    yield Buffer.from(value, 'base64url').toString('latin1')
  } else if (value && typeof value === 'object')
    for (const inner of Object.values(value)) yield* leaves(inner)
}

/** Numbers that are a tenant's own: its codes and whatever lies near its base or its double. */
const isNumberOf = ({ code, urns: own, base }: Tenant, n: number): boolean =>
  n === code ||
  own.includes(n) ||
  Math.floor(n / 10_000) === code ||
  [1, 2].some((k) => n >= base * k && n <= base * k + 1_000 * k)

function leaks(answer: unknown, victim: Tenant): (string | number)[] {
  return [...leaves(answer)].filter((leaf) =>
    typeof leaf === 'number'
      ? isNumberOf(victim, leaf)
      : leaf.includes(victim.word) || victim.urns.some((urn) => leaf.includes(String(urn))),
  )
}

const neighbourOf = (tenant: Tenant) => (tenant === alpha ? bravo : alpha)

test('the canaries can be found: each reader of a whole authority sees its own', async () => {
  expect(gateway.log.partitionOf(alpha.code)).toBe(gateway.log.partitionOf(bravo.code))
  for (const { key, tenant } of readers.filter((r) => r.role === 'analyst')) {
    const { data } = await gateway.ask(
      key,
      `{ me { authorities { code name } } schools { edges { cursor node { urn name } } }
         figures(metric: "exclusions", groupBy: ["school"], period: { academicYears: ["201617"] }) { rows { value } }
         releasedFigures(release: "${tenant.code}/201617/1", metric: "incidents") { rows { value } } }`,
    )
    expect(leaks(data.releasedFigures, tenant)).toHaveLength(4)
    expect(leaks(data.me, tenant)).toContain(tenant.code)
    expect(leaks(data.schools, tenant)).toEqual(expect.arrayContaining([...tenant.urns]))
    expect(leaks(data.figures, tenant)).toHaveLength(3)
  }
})

test('the plain questions are answered, each of them', async () => {
  const { key } = readers.find((r) => r.tenant === alpha && r.role === 'analyst')!
  for (const field of queries)
    expect((await gateway.ask(key, documentOf(field), plain[field.name] ?? {})).errors).toBeUndefined()
})

test('a pupil’s tier is explained to the lead of the school that has the pupil, and to nobody else', async () => {
  const ask = (key: string, tenant: Tenant, from: Tenant = tenant) =>
    gateway.ask(
      key,
      `{ tierExplanation(authority: ${from.code}, domain: "semh", week: "2016-11-30", pupil: "${pupilOf(tenant).toLowerCase()}") {
         week tier since recommended assigned rule policyVersion conditions { condition observed } evidence { week kind source series score severity } } }`,
    )
  for (const { key, tenant, role } of readers) {
    const { data } = await ask(key, tenant)
    if (role !== 'school_lead') expect(data.tierExplanation).toBeNull()
    else {
      expect(data.tierExplanation).toMatchObject({
        ...{ week: '2016-11-28', tier: 3, since: '2016-10-10', recommended: 3, assigned: null },
        ...{ rule: 'canary', policyVersion: 1 },
        conditions: [{ observed: tenant.base }],
        evidence: [
          {
            week: '2016-10-03',
            kind: 'score',
            source: 'self',
            series: 'i.a.self',
            score: tenant.base / 100,
          },
          { series: null },
        ],
      })
    }
    expect((await ask(key, neighbourOf(tenant), neighbourOf(tenant))).data.tierExplanation).toBeNull()
    expect((await ask(key, neighbourOf(tenant), tenant)).data.tierExplanation).toBeNull()
  }
  const other = await gateway.keyOf('alpha-other', 'school_lead', [alpha.code], [alpha.urns[1]!])
  expect((await ask(other, alpha)).data.tierExplanation).toBeNull()
  expect(gateway.logged()).not.toContain('CANARY-PUPIL')
})

test('no reader of one authority ever sees anything of the other, whatever it asks', async () => {
  const asked = new Set<string>()
  let rows = 0
  await fc.assert(
    fc.asyncProperty(
      anyQuery(),
      fc.constantFrom(...readers),
      async ({ field, variables }, { key, tenant }) => {
        const answer = await gateway.ask(key, documentOf(field), variables)
        asked.add(field.name)
        rows += answer.data?.[field.name]?.rows?.length ?? 0
        expect(leaks(answer, neighbourOf(tenant))).toEqual([])
      },
    ),
    // As many for each query, however many there come to be.
    { numRuns: 60 * queries.length },
  )
  // The property is worth something only if every query was tried and figures came out.
  expect([...asked].sort()).toEqual(queries.map((q) => q.name).sort())
  expect(rows).toBeGreaterThan(20)
})

test('whatever changes in one authority, the answers of the other stay as they are to the last byte', async () => {
  const mine = readers.filter((r) => r.tenant === alpha)
  const asked = fc.sample(fc.tuple(anyQuery(), fc.constantFrom(...mine)), { numRuns: 120, seed: 7 })
  const whole = queries.flatMap((field) =>
    mine.map((r) => [{ field, variables: plain[field.name] ?? {} }, r] as const),
  )
  const ask = async () => {
    const answers: string[] = []
    for (const [{ field, variables }, { key }] of [...asked, ...whole]) {
      const { status, data, errors } = await gateway.ask(key, documentOf(field), variables)
      const told = errors?.map(({ extensions: { id: _, ...rest }, ...error }) => ({
        ...error,
        extensions: rest,
      }))
      answers.push(JSON.stringify([field.name, status, data, told]))
    }
    return answers
  }
  const before = await ask()
  await seed(gateway.warehouse, cellsOf(bravo, 400))
  await receiptsOf(bravo, 200, 91)
  await supported(gateway.warehouse, bravo, 5)
  await releaseOf(gateway.warehouse, bravo, 2, 400)
  await gateway.controlPlane.schools.import([
    { urn: 744_299, authority: bravo.code, name: `${bravo.word} new`, phase: 'AT' },
    { urn: bravo.urns[0]!, authority: bravo.code, name: `${bravo.word} renamed`, phase: 'PR' },
  ])
  expect(await ask()).toEqual(before)
})

test('readers of single schools never see another school of their own authority, and its changes change nothing', async () => {
  const few = readers.filter((r) => r.tenant === alpha && (r.role === 'school_lead' || r.part))
  const ofSchools = queries.filter((q) =>
    [
      ...[
        'schools',
        'figures',
        'compareSchools',
        'similarSchools',
        'trend',
        'me',
        'reconciliation',
        'metrics',
        ...supportQueries,
        ...releaseQueries,
      ],
    ].includes(q.name),
  )
  const questions = [
    'exclusions',
    'exclusion_rate',
    'incident_resolution_rate',
    'pupils_with_incident_share',
  ].flatMap((metric) =>
    [[], ['authority'], ['school'], ['phase']].map((groupBy) => ({ metric, groupBy, period: year })),
  )
  const [unseen] = alpha.urns.slice(-1)
  const ask = async () => {
    const answers = []
    for (const { key } of few)
      for (const field of ofSchools)
        for (const variables of field.name === 'figures' ? questions : [plain[field.name] ?? {}]) {
          const { data } = await gateway.ask(key, documentOf(field), variables)
          expect([...leaves(data)].filter((leaf) => String(leaf).includes(String(unseen)))).toEqual([])
          answers.push(data)
        }
    return answers
  }
  const before = await ask()
  await seed(
    gateway.warehouse,
    cellsOf(alpha, 900).filter((cell) => cell.school === unseen),
  )
  await supported(gateway.warehouse, alpha, 3, [unseen!])
  expect(await ask()).toEqual(before)
  expect(before.filter((data) => data.figures?.rows.length > 0).length).toBeGreaterThan(10)
})

/** One plain question of each kind, so that the comparison above holds real answers. */
const year = { academicYears: ['201617', '201718'] }
const tiers = { authority: alpha.code, domain: 'semh', week: '2016-11-30' }

const plain: Record<string, object> = {
  tierMix: tiers,
  tierMovement: { ...tiers, later: '2017-01-20' },
  tierExplanation: { ...tiers, pupil: pupilOf(alpha) },
  authority: { code: alpha.code },
  metric: { id: 'exclusions' },
  figures: { metric: 'exclusion_rate', groupBy: ['school'], period: year },
  compareSchools: {
    ...{ metric: 'exclusion_rate', period: { academicYears: ['201617'] }, authority: alpha.code },
    ...{ against: 'AUTHORITY', orderBy: 'NAME' },
  },
  trend: { metric: 'exclusion_rate', period: { grain: 'TERM', ...year }, authority: alpha.code },
  inequality: { metric: 'exclusion_rate', by: 'sex', period: { academicYears: ['201617'] } },
  association: {
    ...{ metricX: 'exclusion_rate', metricY: 'incident_rate', period: { academicYears: ['201617'] } },
  },
  similarSchools: { urn: alpha.urns[0], n: 5, academicYear: '201617' },
  ...plainSupport,
  releasedFigures: { release: `${alpha.code}/201617/1`, metric: 'incident_rate' },
}
