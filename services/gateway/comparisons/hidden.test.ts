import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fields } from '../figures/leicestershire.ts'
import { seed } from '../installation.ts'
import { type Cairnshire, cairnshire, cellsOf, schools, type TestSchool } from './cairnshire.ts'

/** What readers cannot see: it differs between two worlds, and everything that is released is the same. */
interface Hidden {
  /** Events of one school, 2 or 3; of another 5 less this. So none of their parts is a true 0 in one world alone. */
  readonly few: number
  /** Pupils eligible for free school meals of the same two, 1 to 4; of the other 5 less this. */
  readonly fsm: number
  /** Pupils of a tiny school, 3, 5 or 7; of another 10 less this. */
  readonly tiny: number
}

const usual = { phase: 'PS', sen: 12 } as const
const withHidden = ({ few, fsm, tiny }: Hidden): TestSchool[] => [
  ...schools,
  { ...usual, urn: 812321, pupils: [120, 130], events: [few, 0], fsm },
  { ...usual, urn: 812322, pupils: [110, 90], events: [5 - few, 0], fsm: 5 - fsm },
  { ...usual, urn: 812323, pupils: [tiny, 0], events: [0, 0], fsm: 0, sen: 0 },
  { ...usual, urn: 812324, pupils: [10 - tiny, 0], events: [0, 0], fsm: 0, sen: 0 },
]
const urns = [812321, 812322, 812323, 812324]
const one: Hidden = { few: 2, fsm: 1, tiny: 3 }

let world: Cairnshire
beforeAll(async () => {
  world = await cairnshire(withHidden(one))
})
afterAll(() => world.gateway.close())

const limits = 'lower2s upper2s lower3s upper3s'
const standard = 'strata status symbol value lower upper confidence method observed expected reason'
const estimate = 'value lower upper'
const compared = `{ rows { ${fields} judgement funnel { ${limits} significance } standardisedRate { ${standard} }
  standardisedRatio { ${standard} } } benchmark { ${fields} } suppressed asOf
  funnel { status reason centre method curve { denominator ${limits} } } }`
const unequal = `{ status reason asOf total { ${fields} } groups { ${fields} ratio { status symbol ${estimate} reason } }
  bySchoolFsm { status reason warnings suppressed quintiles { quintile schools population ${estimate} }
    slopeIndex { ${estimate} } relativeIndex { ${estimate} } } }`
const associated = `{ status reason n suppressed points { schoolUrn x y } pearson { ${estimate} } spearman { ${estimate} } }`
const year = 'period: { academicYears: ["201617"] }'
const asked = [
  ...['test_rate', 'test_share', 'incident_rate', 'check_in_response_rate'].flatMap((metric) => [
    `compareSchools(metric: "${metric}", ${year}) ${compared}`,
    `compareSchools(metric: "${metric}", ${year}, orderBy: VALUE, against: ALL_SCHOOLS, phase: "PS") ${compared}`,
  ]),
  ...['["nc_year"]', '["fsm"]', '["sex", "fsm"]'].map(
    (by) => `compareSchools(metric: "test_rate", ${year}, standardiseBy: ${by}) ${compared}`,
  ),
  `compareSchools(metric: "test_rate", ${year}, similarTo: ${schools[0]!.urn}, nearest: 14) ${compared}`,
  `similarSchools(urn: ${schools[4]!.urn}, n: 20, academicYear: "201617") { rows { schoolUrn distance missing reasons { feature difference share } } withoutRoll }`,
  `trend(metric: "incident_rate", school: ${urns[0]}, period: { grain: TERM, academicYears: ["201617"] }) { points { ${fields} } phases { mean } suppressed }`,
  ...['fsm', 'nc_year'].flatMap((by) =>
    ['test_rate', 'test_share'].map(
      (metric) => `inequality(metric: "${metric}", by: "${by}", ${year}) ${unequal}`,
    ),
  ),
  `association(metricX: "test_rate", metricY: "test_share", ${year}) ${associated}`,
  `association(metricX: "headcount", metricY: "check_in_response_rate", ${year}) ${associated}`,
]

async function answersOf({ gateway, key }: Cairnshire): Promise<string[]> {
  const answers: string[] = []
  for (const field of asked) answers.push((await gateway.ask(key, `{ answer: ${field} }`)).text)
  return answers
}

/** Everything that a world has released, and what is worked out from it. */
async function readWorld(read: Cairnshire): Promise<{ released: string; answers: string[] }> {
  const headers = { authorization: `Bearer ${read.key}` }
  const { body } = await read.gateway.app.inject({ url: '/v1/releases/855/201617/1.csv', headers })
  return { released: body, answers: await answersOf(read) }
}

async function otherWorld(all: readonly TestSchool[]) {
  const other = await cairnshire(all)
  try {
    return await readWorld(other)
  } finally {
    await other.gateway.close()
  }
}

const hidden = fc.record({
  few: fc.constantFrom(2, 3),
  fsm: fc.integer({ min: 1, max: 4 }),
  tiny: fc.constantFrom(3, 5, 7),
})

test('no limit, rank, distance, index or correlation moves with a number that is held back', async () => {
  const before = await readWorld(world)
  for (const answer of before.answers) expect(answer).not.toContain('errors')
  await fc.assert(
    fc.asyncProperty(hidden, async (other) => {
      const after = await otherWorld(withHidden(other))
      // Two worlds that have released the same: the property is about nothing else.
      expect(after.released).toBe(before.released)
      expect(after.answers).toEqual(before.answers)
    }),
    { numRuns: 2, examples: [[{ few: 3, fsm: 4, tiny: 7 }]], endOnFailure: true },
  )
}, 180_000)

/** One that is shown has other numbers. */
const moved = withHidden(one).map((school): TestSchool => {
  const { events, pupils } = school
  if (school.urn !== schools[5]!.urn) return school
  return { ...school, events: [events[0] + 30, events[1]], pupils: [pupils[0] + 40, pupils[1]] }
})

test('the worlds are worth comparing: the hidden schools are there, and one that is shown moves what is worked out', async () => {
  const rates = await world.asked(`compareSchools(metric: "test_rate", ${year}) ${compared}`)
  expect(rates.suppressed).toEqual(expect.arrayContaining(urns))
  expect(rates.suppressed.length).toBeLessThan(schools.length)
  for (const row of rates.rows.filter((row: any) => rates.suppressed.includes(row.schoolUrn)))
    expect(row).toMatchObject({
      value: null,
      funnel: null,
      judgement: null,
      standardisedRate: { value: null },
    })
  const before = await answersOf(world)
  const after = await otherWorld(moved)
  for (const [i, field] of asked.entries())
    if (!field.startsWith('trend')) expect(after.answers[i]).not.toBe(before[i])
}, 60_000)

test('in order of value what is held back comes last, by name', async () => {
  const { rows, suppressed } = await world.asked(
    `compareSchools(metric: "test_rate", ${year}, orderBy: VALUE) ${compared}`,
  )
  const tail = rows.slice(-suppressed.length)
  expect(new Set(tail.map((row: any) => row.schoolUrn))).toEqual(new Set(suppressed))
  expect(tail.map((row: any) => row.schoolName)).toEqual(tail.map((row: any) => row.schoolName).toSorted())
})

test('no event after the release moves anything that is worked out across schools', async () => {
  const before = await answersOf(world)
  await seed(world.gateway.warehouse, cellsOf(moved))
  expect(await answersOf(world)).toEqual(before)
})
