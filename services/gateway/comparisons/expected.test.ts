import { indirectlyStandardisedRatio } from '@cairn/statistics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Counts, expectation, type Reference } from './expected.ts'

/** Pupils and events by NC year, sex and free school meals at once, as nobody across schools is told them. */
const values = [
  ['R', '1', '2', '3', '4', '5', '6'],
  ['F', 'M'],
  ['no', 'yes'],
] as const
const strata = values[0].flatMap((year) =>
  values[1].flatMap((sex) => values[2].map((fsm) => [year, sex, fsm])),
)
const years: readonly string[] = values[0]
type Table = readonly number[]

const sum = (of: readonly number[]) => of.reduce((so, n) => so + n, 0)
const by = (table: Table, ...names: readonly number[]): Counts => {
  const counts = new Map<string, number>()
  for (const [i, n] of table.entries()) {
    const key = names.map((name) => strata[i]![name]).join(';')
    counts.set(key, (counts.get(key) ?? 0) + n)
  }
  return counts
}
const singles = (table: Table) => [0, 1, 2].map((name) => by(table, name))
const pairsOf = (pupils: Table) =>
  (
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const
  ).map((at) => ({ at, pupils: by(pupils, ...at) }))
const referenceOf = (pupils: Table, events: Table, pairs = true): Reference => ({
  pupils: singles(pupils),
  events: singles(events),
  pairs: pairs ? pairsOf(pupils) : [],
})
const expected = (reference: Reference, own: readonly Counts[]): number => {
  const found = expectation(reference)
  if (typeof found === 'string') throw new Error(found)
  return found(own)!
}
/** What counting in each stratum would give. */
const counted = (own: Table, pupils: Table, events: Table) =>
  sum(own.map((n, i) => (pupils[i]! > 0 ? (n * events[i]!) / pupils[i]! : 0)))

const amounts = (min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: strata.length, maxLength: strata.length })
const factors = fc.record({
  year: fc.array(fc.double({ min: 0.3, max: 3, noNaN: true }), { minLength: 7, maxLength: 7 }),
  sex: fc.double({ min: 0.5, max: 2, noNaN: true }),
  fsm: fc.double({ min: 0.5, max: 3, noNaN: true }),
})
type Factors = { year: readonly number[]; sex: number; fsm: number }
const times = (table: Table, { year, sex, fsm }: Factors): Table =>
  table.map((n, i) => {
    const [y, s, f] = strata[i]!
    return n * year[years.indexOf(y!)]! * (s === 'M' ? sex : 1) * (f === 'yes' ? fsm : 1)
  })
/** A roll whose characteristics go together two by two, and no three of them besides. */
const rollOf = (year: readonly number[], sex: number, fsm: number): Table =>
  strata.map(([y, s, f]) => {
    const at = years.indexOf(y!)
    return (
      100 *
      year[at]! *
      (s === 'M' ? sex ** at : 1) *
      (f === 'yes' ? 0.4 * fsm ** at : 1) *
      (s + f! === 'Myes' ? 1.3 : 1)
    )
  })

test('by one characteristic it is what the published method gives on the same counts', () => {
  fc.assert(
    fc.property(amounts(1, 60), amounts(1, 900), amounts(1, 90), (own, pupils, events) => {
      const [reference, school] = [referenceOf(pupils, events), singles(own)]
      for (const at of [0, 1, 2]) {
        const [n, N, X] = [school[at]!, reference.pupils[at]!, reference.events[at]!]
        const found = expected({ pupils: [N], events: [X], pairs: [] }, [n])
        const plain = indirectlyStandardisedRatio(
          1,
          [...n].map(([value, pupils]) => ({
            n: pupils,
            referenceX: X.get(value)!,
            referenceN: N.get(value)!,
          })),
        )
        expect(found).toBeCloseTo(plain.expected, 8)
      }
    }),
  )
})

test('events of no known stratum are spread as the others: the reference as a whole is as expected', () => {
  const all: Counts = new Map([
    ['7', 200],
    ['8', 300],
    ['unknown', 0],
  ])
  const happened: Counts = new Map([
    ['7', 30],
    ['8', 15],
    ['unknown', 9],
  ])
  expect(expected({ pupils: [all], events: [happened], pairs: [] }, [all])).toBeCloseTo(54, 10)
})

test('where characteristics act each by itself, it is what counting in every stratum would give', () => {
  fc.assert(
    fc.property(
      factors,
      factors,
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      fc.double({ min: 0.85, max: 1.1, noNaN: true }),
      (rates, mix, sex, fsm) => {
        const pupils = rollOf(
          values[0].map((_, i) => 1 + i / 5),
          sex,
          fsm,
        )
        const [events, own] = [times(pupils, rates), times(pupils, mix)]
        const exact = counted(own, pupils, events)
        expect(expected(referenceOf(pupils, events), singles(own)) / exact).toBeCloseTo(1, 6)
      },
    ),
  )
})

test('nothing but what is released moves it: other strata under the same singles and pairs give the same to the last bit', () => {
  /** Moves one pupil or event round all eight corners of two years: every single and pair stays. */
  const turned = (table: Table): Table =>
    table.map((n, i) => {
      const [y, s, f] = strata[i]!
      if (y !== '1' && y !== '4') return n
      return n + ([y === '4', s === 'M', f === 'yes'].filter(Boolean).length % 2 === 0 ? 1 : -1)
    })
  fc.assert(
    fc.property(amounts(1, 60), amounts(1, 900), amounts(1, 90), (own, pupils, events) => {
      const before = expected(referenceOf(pupils, events), singles(own))
      expect(turned(pupils)).not.toEqual(pupils)
      expect(expected(referenceOf(turned(pupils), turned(events)), singles(turned(own)))).toBe(before)
    }),
  )
})

/** Schools of their own mix and size; rates in which three characteristics act together besides; Poisson counts. */
function invented(random: () => number) {
  const poisson = (mean: number) => {
    let [count, product] = [0, random()]
    for (const least = Math.exp(-mean); product > least; count++) product *= random()
    return count
  }
  const rates = strata.map(
    ([year, sex, fsm]) =>
      0.1 *
      (1 + 0.5 * Number(year === 'R' ? 0 : year)) *
      (sex === 'M' ? 1.6 : 1) *
      (fsm === 'yes' ? 2 : 1) *
      (0.7 + 0.6 * random()),
  )
  return Array.from({ length: 20 }, (_, k) => {
    const [roll, share] = [100 + Math.floor(300 * random()), 0.05 + 0.45 * random()]
    const own = strata.map(() => 0)
    for (let i = 0; i < roll; i++) {
      const at = k % 2 ? Math.floor(random() * 4) : 3 + Math.floor(random() * 4)
      const stratum = at * 4 + (random() < 0.5 ? 2 : 0) + (random() < share * (1.3 - 0.1 * at) ? 1 : 0)
      own[stratum]!++
    }
    return { own, events: own.map((n, i) => poisson(n * rates[i]! * (0.6 + 0.8 * random()))) }
  })
}

test('on invented schools it lies within few per cent of what counting every stratum gives; one characteristic does not', () => {
  let state = 7
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return (state + 0.5) / 2 ** 32
  }
  const off = { three: [] as number[], year: [] as number[] }
  for (let authority = 0; authority < 30; authority++) {
    const schools = invented(random)
    const together = (of: (school: (typeof schools)[number]) => Table) =>
      strata.map((_, i) => sum(schools.map((school) => of(school)[i]!)))
    const [pupils, events] = [together(({ own }) => own), together((school) => school.events)]
    const reference = referenceOf(pupils, events)
    const year = { pupils: [reference.pupils[0]!], events: [reference.events[0]!], pairs: [] }
    for (const { own } of schools) {
      const exact = counted(own, pupils, events)
      off.three.push(Math.abs(expected(reference, singles(own)) / exact - 1))
      off.year.push(Math.abs(expected(year, [by(own, 0)]) / exact - 1))
    }
  }
  const at = (of: number[], share: number) => of.toSorted((a, b) => a - b)[Math.floor(of.length * share)]!
  expect(at(off.three, 0.5)).toBeLessThan(0.015)
  expect(at(off.three, 0.95)).toBeLessThan(0.05)
  expect(at(off.year, 0.5)).toBeGreaterThan(3 * at(off.three, 0.5))
})

test('a roll whose pairs do not go with its singles is taken by singles alone; a school outside the reference has none', () => {
  const pupils = strata.map((_, i) => 20 + i)
  const events = strata.map((_, i) => 1 + (i % 5))
  const [sound, own] = [referenceOf(pupils, events, false), singles(strata.map(() => 9))]
  const broken = { ...sound, pairs: pairsOf(pupils.toReversed()) }
  expect(expected(broken, own)).toBe(expected(sound, own))
  const found = expectation(sound)
  if (typeof found === 'string') throw new Error(found)
  expect(found([new Map([['7', 12]]), own[1]!, own[2]!])).toBeUndefined()
  expect(
    expectation(
      referenceOf(
        pupils,
        strata.map(() => 0),
      ),
    ),
  ).toBe('no event is expected')
})
