import { nearest } from '@cairn/statistics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairnshire, cairnshire, schools } from './cairnshire.ts'

const tiny = { ...schools[0]!, urn: 812399, pupils: [4, 3], events: [0, 0], fsm: 1, sen: 0 } as const
const closed = 812398
let world: Cairnshire
beforeAll(async () => {
  world = await cairnshire()
})
afterAll(() => world.gateway.close())

const answer = `{ rows { schoolUrn schoolName phase distance reasons { feature difference share } missing } withoutRoll
  features notKept method metricId timePeriod profile }`
const similar = (args: string, who?: string, of = world) =>
  of.asked(`similarSchools(${args}, academicYear: "201617") ${answer}`, who)
const [first] = schools

test('the nearest schools, their distances and reasons are those of packages/statistics', async () => {
  const found = await similar(`urn: ${first!.urn}, n: 5`)
  const values = ({ phase, pupils: [a, b], fsm, sen }: (typeof schools)[number]) => ({
    ...{ phase, size: Math.log(a + b) },
    ...{ fsm: fsm / (a + b), sen: (sen + 10) / (a + b) },
  })
  const expected = nearest(
    values(first!),
    schools.slice(1).map((school) => ({ id: school.urn, values: values(school) })),
    [
      { id: 'phase', kind: 'category', weight: 2 },
      ...['size', 'fsm', 'sen'].map((id) => ({ id, kind: 'number' as const, weight: 1 })),
    ],
  ).slice(0, 5)
  expect(found.rows.map((row: any) => row.schoolUrn)).toEqual(expected.map(({ id }) => id))
  for (const [i, row] of found.rows.entries()) {
    expect(row.distance).toBeCloseTo(expected[i]!.distance, 10)
    expect(row.reasons[0].share).toBeCloseTo(expected[i]!.contributions[0]!.share, 10)
    expect(row.reasons.reduce((sum: number, { share }: any) => sum + share, 0)).toBeCloseTo(1, 10)
  }
  expect(found).toMatchObject({ metricId: 'headcount', timePeriod: '201617', profile: 'standard@1' })
  expect(found.notKept).toEqual(['Ethnicity', 'IDACI quintile'])
})

test('a school without a shown roll is like none: it is named, and never the nearest', async () => {
  const other = await cairnshire([...schools, tiny])
  try {
    await other.gateway.controlPlane.schools.import([
      { urn: closed, authority: 855, name: 'Closed', phase: 'PS', closeDate: '2010-08-31' },
    ])
    const { rows: rolls } = await other.asked(
      `figures(metric: "headcount", groupBy: ["school"], period: { academicYears: ["201617"] }) { rows { schoolUrn status } }`,
    )
    const held = rolls.flatMap(({ schoolUrn, status }: any) => (status === 'OK' ? [] : [schoolUrn]))
    const shown = schools.filter(({ urn }) => !held.includes(urn))
    // The tiny one's roll would follow from the authority's and the others': some are held back for its sake.
    expect(held).toContain(tiny.urn)
    expect(shown.length).toBeGreaterThan(5)
    const urn = shown[0]!.urn
    const found = await similar(`urn: ${urn}, n: 20`, undefined, other)
    expect(new Set(found.withoutRoll)).toEqual(new Set([...held, closed]))
    expect(found.rows).toHaveLength(shown.length - 1)
    expect((await similar(`urn: ${tiny.urn}`, undefined, other)).rows).toEqual([])
  } finally {
    await other.gateway.close()
  }
})

test('compareSchools keeps a school and those like it, beside the same benchmark', async () => {
  const query = (args: string) =>
    world.asked(
      `compareSchools(metric: "test_rate", period: { academicYears: ["201617"] }${args}) { rows { schoolUrn } benchmark { value } }`,
    )
  const few = await query(`, similarTo: ${first!.urn}, nearest: 4`)
  const near = await similar(`urn: ${first!.urn}, n: 4`)
  expect(new Set(few.rows.map((row: any) => row.schoolUrn))).toEqual(
    new Set([first!.urn, ...near.rows.map((row: any) => row.schoolUrn)]),
  )
  expect(few.benchmark).toEqual((await query('')).benchmark)
})

test('a school that is not the reader’s is refused as one that is not there', async () => {
  const lead = await world.gateway.keyOf('lead', 'school_lead', [855], [first!.urn])
  const refusal = (urn: number) =>
    world.refusal(`similarSchools(urn: ${urn}, academicYear: "201617") ${answer}`, lead)
  const { id: _, ...others } = (await refusal(schools[1]!.urn))!
  const { id: __, ...unknown } = (await refusal(100_000))!
  expect(others).toEqual(unknown)
  expect(others).toMatchObject({ code: 'BAD_USER_INPUT', field: 'urn' })
  expect((await similar(`urn: ${first!.urn}`, lead)).rows).toEqual([])
})
