import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, seed } from './installation.ts'
import { neighbours, type Reader, receiptsOf } from './isolation/neighbours.ts'
import { anyQueryWith, documentOf, plain, queries, year } from './isolation/questions.ts'
import { alpha, bravo, cellsOf, leaks, leaves, neighbourOf, type Tenant } from './isolation/tenants.ts'
import { releaseQueries } from './releases/testing.ts'
import { supported, supportQueries } from './support/isolation/testing.ts'
import { pupilOf, tierQueries } from './tiers/isolation/testing.ts'

let gateway: Installation
let readers: Reader[]
/** Cursors that readers of either authority were given. */
const cursors = ['', 'bm90LWEtY3Vyc29y']
const anyQuery = anyQueryWith(cursors)

beforeAll(async () => {
  const both = await neighbours(cursors)
  gateway = both.gateway
  readers = both.readers
})
afterAll(() => gateway?.close())

test('the canaries can be found: each reader of a whole authority sees its own', async () => {
  expect(gateway.log.partitionOf(alpha.code)).toBe(gateway.log.partitionOf(bravo.code))
  for (const { key, tenant } of readers.filter((r) => r.role === 'analyst')) {
    const { data } = await gateway.ask(
      key,
      `{ me { authorities { code name } } schools { edges { cursor node { urn name } } }
         figures(metric: "exclusions", groupBy: ["school"], period: { academicYears: ["201617"] }) { rows { value } }
         releasedFigures(release: "${tenant.code}/201617/1", metric: "incidents", grains: [ACADEMIC_YEAR]) { rows { value } } }`,
    )
    expect(leaks(data.releasedFigures, tenant).length).toBeGreaterThan(tenant.urns.length)
    expect(leaks(data.me, tenant)).toContain(tenant.code)
    expect(leaks(data.schools, tenant)).toEqual(expect.arrayContaining([...tenant.urns]))
    expect(leaks(data.figures, tenant)).toHaveLength(tenant.urns.length)
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
         week tier since recommended assigned rule policyVersion conditions { condition observed } evidence { week kind source series score severity attended possible } } }`,
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
  const ofSchool = readers.find((r) => r.tenant === alpha && r.role === 'school_lead')!
  const { data: register } = await gateway.ask(
    ofSchool.key,
    `{ tierExplanation(authority: ${alpha.code}, domain: "attendance", week: "2016-10-12", pupil: "${pupilOf(alpha)}") {
       tier since rule policyVersion conditions { observed } evidence { week kind source series score severity attended possible } } }`,
  )
  const span = { kind: 'attendance', source: 'register', series: null, score: null, severity: null }
  expect(register.tierExplanation).toEqual({
    ...{ tier: 2, since: '2016-10-10', rule: 'persistent_absence', policyVersion: 2 },
    conditions: [{ observed: 0.65 }],
    evidence: [
      { ...span, week: '2016-10-03', attended: 6, possible: 10 },
      { ...span, week: '2016-10-10', attended: 7, possible: 10 },
    ],
  })
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
  await receiptsOf(gateway, bravo, 200, 91)
  await supported(gateway.warehouse, bravo, 5)
  expect((await gateway.release({ authority: bravo.code, year: 2016 })).isNew).toBe(true)
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
        ...tierQueries,
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
  expect(before.filter((data) => data?.figures?.rows.length > 0).length).toBeGreaterThan(10)
})
