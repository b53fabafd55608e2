import 'reflect-metadata'
import { testScope } from '@cairn/access/testing'
import { auditPublished, type Cube, categories, live, type PublishedFigure } from '@cairn/disclosure'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayTell } from './among.ts'
import type { AskedBy } from './by-pupils.ts'
import { heldTables, mayShowTable, type TableRow } from './tables.ts'

const _scope = testScope([855])
const by = { isOwnSchool: false, pupilsBy: 'sex' } as AskedBy
const lead = { isOwnSchool: true, pupilsBy: 'sex' } as AskedBy

const sum = (numbers: readonly number[]) => numbers.reduce((so, n) => so + n, 0)
const values = ['F', 'M', 'unknown']
const count = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(9) },
  { weight: 6, arbitrary: fc.integer({ min: 5, max: 60 }) },
)
/** By school and value: those with, and those without. */
const authority = fc.array(
  fc.tuple(fc.tuple(count, count), fc.tuple(count, count), fc.constantFrom([0, 0], [0, 0], [6, 9])),
  { minLength: 2, maxLength: 9 },
)
const rowsOf = (schools: readonly (readonly (readonly number[])[])[]): TableRow[] =>
  schools.flatMap((own, school) => own.map((parts, v) => ({ school, value: values[v]!, parts })))

type Asked = readonly (readonly (readonly number[])[])[]

/** Whether a reader of the whole authority may be told its total besides. */
const isTotalTold = (schools: Asked): boolean =>
  mayTell(
    { isOwnSchool: false },
    schools.map((own) => [0, 1].map((part) => sum(own.map((parts) => parts[part]!)))),
  )

/** How many protected figures of this authority the audit of releases finds exposed, where these are known. */
function exposed(schools: Asked, isTableShown: boolean) {
  const isWholeTold = isTotalTold(schools)
  const shape = {
    ...{
      authority: '0',
      academicYear: 'y',
      schools: schools.map((_, s) => `${s}`),
      pairs: [],
      weeks: [],
      halfTerms: [],
    },
    characteristics: [{ id: 'sex', values }],
  }
  const places = categories(shape)
  const row = (own: Asked[number], part: (parts: readonly number[]) => number) =>
    places.map(({ by: [of] }) =>
      of ? part(own[values.indexOf(of.value)]!) : sum(own.map((parts) => part(parts))),
    )
  const [hits, others] = [(p: readonly number[]) => p[0]!, (p: readonly number[]) => p[1]!]
  const cube: Cube = {
    shape,
    denominators: new Map(schools.map((own, s) => [`${s}`, row(own, sum)])),
    metrics: [
      {
        ...{ id: 'share', kind: 'partition', outcomes: ['with', 'without'] },
        rows: new Map(schools.map((own, s) => [`${s}`, [row(own, hits), row(own, others)]])),
      },
    ],
  }
  const profile = { ...live, roundTo: 1, smallestSchools: 1, smallestContributors: 1, largestShare: 1 }
  const isShown = (school: string | undefined, value: string | undefined) =>
    school === undefined && (value === undefined ? isWholeTold : isTableShown)
  const published = [undefined, ...shape.schools].flatMap((school) =>
    places.flatMap(({ by: [of] }) =>
      [undefined, 'with', 'without'].map(
        (outcome): PublishedFigure => ({
          ...{ metric: outcome ? 'share' : 'denominators', period: 'y', by: of ? [of] : [] },
          ...(outcome && { outcome }),
          ...(school && { school }),
          status: isShown(school, of?.value) ? 'published' : 'hidden',
        }),
      ),
    ),
  )
  const run = auditPublished(cube, profile, published)
  for (;;) {
    const step = run.next()
    if (!step.done) continue
    const all = step.value
    return { public: sum(all.map((one) => one.toPublic)), leads: sum(all.map((one) => one.toLeads)) }
  }
}

const isWorse = (schools: Asked) => {
  const [without, beside] = [exposed(schools, false), exposed(schools, true)]
  return beside.public > without.public || beside.leads > without.leads
}

test('a table of an authority beside its total narrows down no protected figure of a school further: neither for anyone, nor for a lead', () => {
  let shown = 0
  let hidden = 0
  let worse = 0
  fc.assert(
    fc.property(authority, (schools) => {
      const rows = rowsOf(schools)
      if (mayShowTable(by, rows)) {
        shown++
        expect(isWorse(schools)).toBe(false)
        // Whatever adds up to what is shown, is shown.
        expect(isTotalTold(schools)).toBe(true)
        return
      }
      hidden++
      // What the rule is for: each number judged alone would give figures of schools away.
      if (mayShowTable(lead, rows) && isWorse(schools)) worse++
    }),
    { numRuns: 3_000 },
  )
  expect(shown).toBeGreaterThan(100)
  expect(hidden).toBeGreaterThan(500)
  expect(worse).toBeGreaterThan(20)
})

test('a shown table has no number that is too few, with every school and without any one', () => {
  const isFew = ([hit = 0, other = 0]: readonly number[]) =>
    [hit, other].some((n) => n > 0 && n < 5) || (hit + other > 0 && hit + other < 10)
  let shown = 0
  fc.assert(
    fc.property(authority, (schools) => {
      if (!mayShowTable(by, rowsOf(schools))) return
      shown++
      for (const [v] of values.entries()) {
        const whole = [0, 1].map((part) => sum(schools.map((own) => own[v]![part]!)))
        expect(isFew(whole)).toBe(false)
        for (const own of schools) expect(isFew(whole.map((n, part) => n - own[v]![part]!))).toBe(false)
        for (const part of [0, 1])
          if (whole[part]! > 0)
            expect(schools.filter((own) => own[v]![part]! > 0).length).toBeGreaterThanOrEqual(3)
      }
    }),
    { numRuns: 2_000 },
  )
  expect(shown).toBeGreaterThan(100)
})

const kinds = fc.array(authority, { minLength: 1, maxLength: 5 })

test('kinds that are held back are two or all, and together they could be shown', () => {
  let some = 0
  fc.assert(
    fc.property(kinds, (all) => {
      const tables = new Map(all.map((schools, k) => [`kind${k}`, rowsOf(schools)]))
      const held = heldTables(by, tables)
      for (const [key, rows] of tables) if (!held.has(key)) expect(mayShowTable(by, rows)).toBe(true)
      if (
        held.size === 0 ||
        [...tables].every(([key, rows]) => held.has(key) || sum(rows.flatMap(({ parts }) => parts)) === 0)
      )
        return
      some++
      expect(held.size).toBeGreaterThan(1)
      expect(
        mayShowTable(
          by,
          [...held].flatMap((key) => tables.get(key)!),
        ),
      ).toBe(true)
      // A table of the same pupils beside it is held back with it.
      const [first] = held
      expect(heldTables(by, tables, new Set([first!])).has(first!)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
  expect(some).toBeGreaterThan(20)
})

test('a kind that is held back whole is told of no value of a characteristic either', () => {
  let wholes = 0
  let more = 0
  fc.assert(
    fc.property(kinds, (all) => {
      const tables = new Map(all.map((schools, k) => [`kind${k}`, rowsOf(schools)]))
      const plain = new Map(
        [...tables].map(([key, rows]) => [key, rows.map((row) => ({ ...row, value: '' }))]),
      )
      const [whole, told] = [heldTables({ isOwnSchool: false }, plain), heldTables(by, tables)]
      for (const key of whole) expect(told.has(key)).toBe(true)
      if (whole.size > 0 && whole.size < tables.size) wholes++
      if (told.size > whole.size) more++
    }),
    { numRuns: 2_000 },
  )
  expect(wholes).toBeGreaterThan(20)
  expect(more).toBeGreaterThan(100)
})
