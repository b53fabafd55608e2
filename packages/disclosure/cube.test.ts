import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ownSchool, type Publication, standard, strict, suppress } from './index.ts'
import { smallCube, smallShape } from './testing.ts'

type Pair = readonly [number, number]

const five = <Value>(one: fc.Arbitrary<Value>) => fc.array(one, { minLength: 5, maxLength: 5 })
const tables = five(
  fc.record({
    roll: fc.tuple(fc.integer({ min: 10, max: 13 }), fc.integer({ min: 10, max: 13 })),
    // Mostly few, as few are what must be hidden.
    hits: fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 6 })),
  }),
)

const shownOf = ({ figures }: Publication, metric: string, school?: string, value?: string) =>
  figures.find(
    (one) =>
      one.metric === metric &&
      one.school === school &&
      one.period === '2025/26' &&
      (value === undefined ? one.by.length === 0 : one.by[0]?.value === value),
  )!.value

/** Every table of whole numbers that agrees with what was published, school by school and in sum. */
function possible(publication: Publication, rolls: readonly Pair[]): Pair[][] {
  const agrees = (figures: Pair, school?: string) =>
    [shownOf(publication, 'hits', school, 'F') ?? figures[0]].includes(figures[0]) &&
    [shownOf(publication, 'hits', school, 'M') ?? figures[1]].includes(figures[1]) &&
    [shownOf(publication, 'hits', school) ?? figures[0] + figures[1]].includes(figures[0] + figures[1])
  const options = smallShape.schools.map((school, index) => {
    const [girls, boys] = rolls[index]!
    const all: Pair[] = []
    for (let f = 0; f <= girls; f++)
      for (let m = 0; m <= boys; m++) if (agrees([f, m], school)) all.push([f, m])
    return all
  })
  const sums = (lists: Pair[][]) => {
    let reached = new Set([0])
    for (const list of lists) {
      const next = new Set<number>()
      for (const sum of reached) for (const [f, m] of list) next.add(sum + f * 1000 + m)
      reached = next
    }
    return reached
  }
  return options.map((own, index) => {
    const others = sums(options.filter((_, other) => other !== index))
    return own.filter(([f, m]) =>
      [...others].some((sum) => agrees([f + Math.floor(sum / 1000), m + (sum % 1000)])),
    )
  })
}

describe('against every table that agrees with what was published', () => {
  test.each([standard, strict])('no protected figure of a school can be only one value: $id', (profile) => {
    const isFew = (value: number, of: number) =>
      (value > 0 && value < profile.smallestCount) ||
      (value > 0 && of - value > 0 && of - value < profile.smallestCount)
    let looked = 0
    fc.assert(
      fc.property(tables, (schools) => {
        const rolls = schools.map(({ roll }) => roll)
        const exact = { ...profile, roundTo: 1 }
        const { publication } = suppress(
          smallCube(
            rolls,
            schools.map(({ hits }) => hits),
          ),
          exact,
        )
        possible(publication, rolls).forEach((left, index) => {
          const { roll, hits } = schools[index]!
          expect(left).toContainEqual(hits)
          const few: [boolean, Set<number>][] = [
            [isFew(hits[0], roll[0]), new Set(left.map(([f]) => f))],
            [isFew(hits[1], roll[1]), new Set(left.map(([, m]) => m))],
            [isFew(hits[0] + hits[1], roll[0] + roll[1]), new Set(left.map(([f, m]) => f + m))],
          ]
          for (const [isProtected, values] of few) {
            if (!isProtected) continue
            looked += 1
            expect(values.size).toBeGreaterThan(1)
          }
        })
      }),
      { numRuns: 60 },
    )
    expect(looked).toBeGreaterThan(100)
  })
})

const large: Pair[] = [
  [60, 60],
  [60, 60],
  [60, 60],
  [60, 60],
  [60, 60],
]

describe('what is published', () => {
  test('a cube without anything small is published whole', () => {
    const hits: Pair[] = large.map(() => [20, 30])
    const { publication, log } = suppress(smallCube(large, hits), standard)
    expect(log).toEqual([])
    expect(publication.figures.every(({ status }) => status === 'published')).toBe(true)
    expect(publication.profile).toBe('standard@1')
  })

  test('primary and secondary look alike from outside, and are told apart in the log', () => {
    const hits: Pair[] = [[2, 30], ...large.slice(1).map((): Pair => [20, 30])]
    const { publication, log } = suppress(smallCube(large, hits), standard)
    const rules = new Set(log.map(({ rule }) => rule))
    expect(rules).toContain('primary')
    expect(rules).toContain('secondary')
    const hidden = publication.figures.filter(({ status }) => status === 'hidden')
    expect(hidden).toHaveLength(log.length)
    for (const figure of hidden) {
      expect(Object.keys(figure).sort()).toEqual(
        ['by', 'metric', 'period', 'status', ...('school' in figure ? ['school'] : [])].sort(),
      )
    }
  })

  test('a hidden denominator hides the figure in every metric', () => {
    const roll: Pair[] = [[4, 60], ...large.slice(1)]
    const { publication } = suppress(
      smallCube(
        roll,
        large.map(() => [0, 30] as const),
      ),
      standard,
    )
    const girls = publication.figures.filter(({ school, by }) => school === 'A' && by[0]?.value === 'F')
    expect(girls.map(({ metric }) => metric).sort()).toEqual(['denominators', 'hits'])
    expect(girls.every(({ status }) => status === 'hidden')).toBe(true)
  })

  test('nothing across schools below five of them, and all of one school to itself', () => {
    const shape = { ...smallShape, schools: ['A', 'B', 'C', 'D'] }
    const hits: Pair[] = large.map(() => [20, 30])
    const { publication } = suppress(smallCube(large, hits, 'pupils', shape), standard)
    expect(publication.refused).toBe('fewer than 5 schools')
    expect(publication.figures.some(({ value }) => value !== undefined)).toBe(false)

    const alone = smallCube([[5, 60]], [[2, 1]], 'pupils', { ...smallShape, schools: ['A'] })
    const own = suppress(alone, ownSchool).publication
    expect(own.figures.every(({ status }) => status === 'published')).toBe(true)
    expect(own.profile).toBe('own-school@1')
  })

  test('an authority figure of fewer than three schools, or that one dominates, is withheld', () => {
    const two: Pair[] = [
      [20, 0],
      [20, 0],
      [0, 30],
      [0, 30],
      [0, 30],
    ]
    const withheld = suppress(smallCube(large, two), standard).log
    const values = withheld.flatMap(({ rule, by }) => (rule === 'dominance' ? by[0]?.value : []))
    expect(new Set(values)).toEqual(new Set(['F']))
    const one: Pair[] = [
      [55, 30],
      [5, 30],
      [0, 30],
      [0, 30],
      [5, 30],
    ]
    const dominated = suppress(smallCube(large, one), { ...standard, largestShare: 0.8 }).log
    expect(dominated.some(({ rule, by }) => rule === 'dominance' && by[0]?.value === 'F')).toBe(true)
  })

  test('strict hides below ten and rounds the rest to five', () => {
    const hits: Pair[] = [[9, 31], ...large.slice(1).map((): Pair => [22, 33])]
    const { publication } = suppress(smallCube(large, hits), strict)
    expect(shownOf(publication, 'hits', 'A', 'F')).toBeUndefined()
    const values = publication.figures.flatMap(({ value }) => value ?? [])
    expect(values.length).toBeGreaterThan(20)
    expect(values.every((value) => value % 5 === 0)).toBe(true)
  })

  test('none and all of a sensitive answer are hidden, and shown of another', () => {
    const hits: Pair[] = [[60, 30], [0, 30], ...large.slice(2).map((): Pair => [20, 30])]
    const cube = smallCube(large, hits)
    const plain = suppress(cube, standard).publication
    expect([shownOf(plain, 'hits', 'A', 'F'), shownOf(plain, 'hits', 'B', 'F')]).toEqual([60, 0])
    const metrics = cube.metrics.map((metric) => ({ ...metric, sensitive: true }))
    const guarded = suppress({ ...cube, metrics }, standard).publication
    expect([shownOf(guarded, 'hits', 'A', 'F'), shownOf(guarded, 'hits', 'B', 'F')]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('events are not held to their complement; a mean is hidden where its denominator is', () => {
    const hits: Pair[] = large.map(() => [58, 58])
    expect(suppress(smallCube(large, hits, 'events'), standard).log).toEqual([])
    expect(suppress(smallCube(large, hits), standard).log.length).toBeGreaterThan(0)

    const roll: Pair[] = [[4, 60], ...large.slice(1)]
    const cube = smallCube(roll, large)
    const metrics = [{ id: 'mean', kind: 'mean' as const, rows: new Map() }]
    const { figures } = suppress({ ...cube, metrics }, standard).publication
    const hidden = (metric: string) =>
      figures
        .filter((one) => one.metric === metric && one.period === '2025/26' && one.status === 'hidden')
        .map(({ school, by }) => `${school} ${by[0]?.value}`)
    expect(hidden('denominators').length).toBeGreaterThan(2)
    expect(hidden('mean')).toEqual(hidden('denominators'))
  })

  test('one pupil alone among five schools shows in neither the school nor the total', () => {
    const hits: Pair[] = [
      [1, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]
    const { publication } = suppress(smallCube(large, hits), standard)
    expect(shownOf(publication, 'hits', 'A')).toBeUndefined()
    expect(shownOf(publication, 'hits')).toBeUndefined()
  })

  test('a school that has not reported is unavailable, and the roll that it is missing from is the others', () => {
    const complete = smallCube(
      large,
      large.map((): Pair => [20, 59]),
    )
    const [metric] = complete.metrics
    const rows = new Map([...metric!.rows].filter(([school]) => school !== 'A'))
    const missing = { ...complete, metrics: [{ ...metric!, rows }] }
    const { publication, log } = suppress(missing, standard)
    const own = publication.figures.filter((one) => one.metric === 'hits' && one.school === 'A')
    expect(own.length).toBeGreaterThan(2)
    expect(own.every(({ status, value }) => status === 'unavailable' && value === undefined)).toBe(true)
    // 236 of the 240 boys of the four others: all but four, though all but 64 of the whole roll.
    const boys = log.find((one) => !one.school && one.period === '2025/26' && one.by[0]?.value === 'M')
    expect(boys?.rule).toBe('primary')
  })
})

test('where one school alone has girls, its lead knowing all of them exposes nobody else: they alone are hidden, and what tells of them', () => {
  const roll: Pair[] = [
    [11, 11],
    [0, 11],
    [0, 11],
    [0, 0],
    [0, 0],
  ]
  const hits: Pair[] = [[4, 2], ...roll.slice(1).map((): Pair => [0, 0])]
  const cube = smallCube(roll, hits)
  const { publication, withheld } = suppress(cube, standard, { asLeads: true })
  expect(withheld).toEqual([])
  const shown = publication.figures.filter(({ metric, value }) => metric === 'hits' && value !== undefined)
  expect(shown.every(({ school }) => school !== undefined)).toBe(true)
  expect(shown.flatMap(({ school, by, value }) => (school === 'A' ? [[by.length, value]] : []))).toEqual([
    [0, 6],
    [0, 6],
  ])
  expect(shown.every(({ school, value }) => school === 'A' || value === 0)).toBe(true)
})

test.each([
  ['denominators', () => smallCube([[10.5, 60], ...large.slice(1)], large)],
  ['metrics.hits.rows', () => smallCube(large, [[61, 60], ...large.slice(1)])],
  ['shape.pairs', () => smallCube(large, large, 'pupils', { ...smallShape, pairs: [['sex', 'sex']] })],
  [
    'shape.schools',
    () => smallCube(large, large, 'pupils', { ...smallShape, schools: ['A', 'A', 'B', 'C', 'D'] }),
  ],
])('a cube that cannot be so is refused, naming %s', (field, cube) => {
  expect(() => suppress(cube(), standard)).toThrow(
    expect.objectContaining({ name: 'DisclosureError', field }),
  )
})
