import 'reflect-metadata'
import { testScope } from '@cairn/access/testing'
import type { Cell } from '@cairn/disclosure'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, seed } from '../installation.ts'
import { heldSchools } from './among.ts'
import { judge } from './shown.ts'
import { insertHappened, supportOf } from './testing.ts'

const scope = testScope([855])
const mean = ([n = 0]: readonly number[]): Cell[] => [{ kind: 'mean', n }]
const share = ([numerator = 0, denominator = 0]: readonly number[]): Cell[] => [
  { kind: 'proportion', numerator, denominator },
]
const size = fc.oneof(fc.nat(12), fc.nat(60))
const parts = fc.tuple(size, size).map(([part, rest]) => [part, part + rest])

test.each([
  ['of a mean', mean],
  ['of a share', share],
])(
  'the whole %s less the schools that are shown is of two schools or more, and may be shown',
  (_, cellsOf) => {
    let closed = 0
    let shown = 0
    const isOpen = (counts: readonly number[]) =>
      cellsOf(counts).every((cell) => judge(scope, cell).status !== 'SUPPRESSED')
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 8 }), (schools) => {
        const counts = new Map(schools.map((own, urn) => [urn, own]))
        const sizes = new Map(schools.map(([, n], urn) => [urn, n!]))
        const held = heldSchools(scope, counts, cellsOf, sizes)
        const sum = (all: readonly (readonly number[])[]) =>
          [0, 1].map((i) => all.reduce((so, own) => so + own[i]!, 0))
        const hidden = schools.filter((_, urn) => held.has(urn))
        const told = schools.filter((own, urn) => !held.has(urn) && own[1]! > 0 && own[0]! > 0)
        for (const own of told) expect(isOpen(own)).toBe(true)
        shown += told.length
        if (hidden.length === 0 || !isOpen(sum(schools))) return
        closed++
        expect(hidden.length).toBeGreaterThan(1)
        expect(isOpen(sum(hidden))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
    expect(closed).toBeGreaterThan(100)
    expect(shown).toBeGreaterThan(500)
  },
)

const authority = 855
const [ash, birch, cedar, dale] = [855_101, 855_102, 855_103, 855_104]
const schools = [ash, birch, cedar, dale]
let gateway: Installation
let analyst: string

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Leicestershire' }],
    schools: schools.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS' })),
    now: () => Date.parse('2017-09-01'),
  })
  analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  const scored = (what: string) => `instrument=resilience-wheel@2;${what};informant=self`
  // Dale has too few of everything; Cedar is the smallest of the others.
  const pupils = [40, 30, 20, 4]
  for (const [i, n] of pupils.entries()) {
    const answers = Array.from({ length: n }, (_, p) => [1, 2 + (p % 3)] as const)
    const of = { authority, school: schools[i]!, from: i * 100, answers, year: 2016, sessions: 9, tier: 2 }
    await insertHappened(gateway.warehouse, authority, supportOf(of))
  }
  await seed(
    gateway.warehouse,
    pupils.flatMap((n, i) =>
      Object.entries({
        wellbeing_score: { [scored('subscale=bonding')]: [n, n * 50, n * 2_600] },
        factor_score: {
          [scored('factor=coping')]: [n, n * 50, n * 2_600],
          [scored('factor=level.family')]: [n, n * 50, n * 2_600],
        },
        low_level_scores: { [scored('factor=level.family')]: n / 2 },
        goal_rating: { 'goal_area=coping': [n, n * 5, n * 30] },
        goal_progress: { 'goal_area=coping': [n, n * 2, n * 9] },
        intervention_dose: { 'type=cbt': [n, n * 270, n * 80_000] },
        session_fidelity: { 'type=cbt': [n, n * 90, n * 9_000] },
        minute_fidelity: { 'type=cbt': [n, n * 90, n * 9_000] },
        interventions_ended: { 'type=cbt': n },
        interventions_with_fidelity: { 'type=cbt': n / 2 },
        interventions_started: { 'ecological_level=family': n, 'ecological_level=individual': 2 * n },
        sessions_delivered: { 'ecological_level=family': n, 'ecological_level=individual': 2 * n },
      }).map(([metric, counts]) => ({
        ...{ authority, school: schools[i]!, metric, period: 20161003 },
        counts: counts as unknown as Record<string, number>,
      })),
    ),
  )
})
afterAll(() => gateway?.close())

describe('a school that is held back is not the authority less the others', () => {
  const at = (school?: number) =>
    `period: { academicYears: ["201617"] }${school === undefined ? '' : `, school: ${school}`}`
  test.each<[string, (school?: number) => string, (data: any) => number | null]>([
    [
      'resilienceWheel',
      (school) => `resilienceWheel(${at(school)}) { elements { n } }`,
      (data) => data.resilienceWheel.elements[0].n,
    ],
    [
      'protectiveFactors',
      (school) => `protectiveFactors(${at(school)}) { factor n }`,
      (data) => data.protectiveFactors.find((row: any) => row.factor === 'coping').n,
    ],
    [
      'planCompliance: reviews',
      (school) => `planCompliance(${at(school)}) { rows { reviewedOnTime { denominator } } }`,
      (data) => data.planCompliance.rows[0].reviewedOnTime.denominator,
    ],
    [
      'planCompliance: pupils',
      (school) => `planCompliance(${at(school)}) { rows { withLivePlan { denominator } } }`,
      (data) => data.planCompliance.rows[0].withLivePlan.denominator,
    ],
    [
      'unmetNeed',
      (school) => `unmetNeed(${at(school)}) { unmet { denominator } }`,
      (data) => data.unmetNeed.unmet.denominator,
    ],
    [
      'screeningToSupport',
      (school) => `screeningToSupport(${at(school)}) { medianWeeks { n } }`,
      (data) => data.screeningToSupport.medianWeeks.n,
    ],
    [
      'interventionEffect',
      (school) => `interventionEffect(${at(school)}) { rows { n } }`,
      (data) => data.interventionEffect.rows[0].n,
    ],
    [
      'interventionEffect: counts of reliable change',
      (school) => `interventionEffect(${at(school)}, sd: 1000) { rows { unchanged } }`,
      (data) => data.interventionEffect.rows[0].unchanged,
    ],
    [
      'goalProgress',
      (school) => `goalProgress(${at(school)}) { progress { n } }`,
      (data) => data.goalProgress[0].progress.n,
    ],
    [
      'fidelity',
      (school) => `fidelity(${at(school)}) { minutes { n } }`,
      (data) => data.fidelity[0].minutes.n,
    ],
    [
      'fidelity: share at the bar',
      (school) => `fidelity(${at(school)}) { atBar { denominator } }`,
      (data) => data.fidelity[0].atBar.denominator,
    ],
    [
      'ecologicalProfile',
      (school) => `ecologicalProfile(${at(school)}) { strength { n } }`,
      (data) => data.ecologicalProfile[1].strength.n,
    ],
    [
      'ecologicalProfile: need',
      (school) => `ecologicalProfile(${at(school)}) { need { denominator } }`,
      (data) => data.ecologicalProfile[1].need.denominator,
    ],
    [
      'ecologicalProfile: interventions',
      (school) => `ecologicalProfile(${at(school)}) { interventions { numerator } }`,
      (data) => data.ecologicalProfile[1].interventions.numerator,
    ],
  ])('%s', async (_, query, numberOf) => {
    const of = async (school?: number) => {
      const { data, errors } = await gateway.ask(analyst, `{ ${query(school)} }`)
      expect(errors).toBeUndefined()
      return numberOf(data)
    }
    const [whole, ...each] = [await of(), await of(ash), await of(birch), await of(cedar), await of(dale)]
    expect([whole, each[0], each[3]]).toEqual([94, 40, null])
    expect(each.filter((n) => n === null).length).toBeGreaterThan(1)
  })

  test('factors of all schools in rows are those of each school asked alone, and of all together', async () => {
    const fields = '{ schoolUrn schoolName factor n value sd change status }'
    const rowsOf = async (more: string) => {
      const { data, errors } = await gateway.ask(analyst, `{ protectiveFactors(${more}) ${fields} }`)
      expect(errors).toBeUndefined()
      return data.protectiveFactors
    }
    const alone = []
    for (const school of [ash, birch, cedar, dale, undefined]) alone.push(...(await rowsOf(at(school))))
    const rows = await rowsOf(`${at()}, bySchool: true`)
    expect(rows).toEqual(alone)
    const coping = rows.filter((row: any) => row.factor === 'coping')
    expect(new Set(coping.map((row: any) => row.n))).toEqual(new Set([40, 30, null, 94]))
    expect(rows.at(-1)).toMatchObject({ schoolUrn: null, schoolName: null })
    expect(rows[0]).toMatchObject({ schoolUrn: ash, schoolName: `School ${ash}` })
    expect(await rowsOf(`${at(ash)}, bySchool: true`)).toEqual(await rowsOf(at(ash)))
  })

  test('a lead, who may ask for no other school, sees the own one', async () => {
    const lead = await gateway.keyOf('lead', 'school_lead', [authority], [cedar])
    const { data } = await gateway.ask(lead, `{ resilienceWheel(${at(cedar)}) { elements { n } } }`)
    expect(data.resilienceWheel.elements[0].n).toBe(20)
  })
})
