import 'reflect-metadata'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayTell, mayTellMean, type Reader, sum } from './among.ts'
import { boundsOf, exposedIn, type Line, others } from './bounds/testing.ts'
import type { Sums } from './shown.ts'
import { heldAlone, heldTables, type TableRow } from './tables.ts'
import { isHeldForTerms } from './terms.ts'

/**
 * What readers know of the schools of an authority but one, whose lead they are, or of all of them: every answer of the
 * year is a sum of unknown numbers from 0.
 */
const reader: Reader = { isOwnSchool: false }
const size = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 5, arbitrary: fc.integer({ min: 5, max: 60 }) },
)
const manySchools = { minLength: 5, maxLength: 9 }

const meansOf = (counts: readonly number[]) =>
  new Map(counts.map((n, school): [number, Sums] => [school, { n, sx: 0, sxx: 0 }]))

const samplesBelow = () => 9

/** Of a year's terms, asked as each has closed, and of the year in the end: what was told of one element. */
function toldOfYear(terms: readonly (readonly number[])[], isSafe: typeof isHeldForTerms) {
  const own = meansOf(terms[0]!.map((_, s) => sum(terms.map((of) => of[s]!))))
  const byTerm = terms.slice(0, 3).map(meansOf)
  const told = new Set<string>()
  for (const closed of [1, 2, 3])
    for (const [i, term] of byTerm.slice(0, closed).entries())
      if (mayTellMean(reader, term) && !isSafe(reader, { grain: 'term', own: term, terms: byTerm, closed }))
        told.add(`term ${i}`)
  if (mayTellMean(reader, own) && !isSafe(reader, { grain: 'year', own, terms: byTerm, closed: 3 }))
    told.add('year')
  return told
}

test('a year and its terms, asked as each closes, expose no sample that is too small: neither to anyone nor to a lead', () => {
  let both = 0
  let naive = 0
  /** Three terms, and days that are in none. */
  const year = fc
    .array(fc.tuple(size, size, size, fc.constantFrom(0, 0, 0, 2, 15)), manySchools)
    .map((schools) => [0, 1, 2, 3].map((t) => schools.map((own) => own[t]!)))
  const lines: Line[] = [['year', ['term 0', 'term 1', 'term 2', 'term 3']]]
  fc.assert(
    fc.property(year, (terms) => {
      const exposed = (told: ReadonlySet<string>) =>
        others(terms[0]!.length).flatMap((lead) => {
          const of = terms.map((counts) => sum(counts.filter((_, s) => s !== lead)))
          const truth = new Map([
            ['year', sum(of)],
            ...of.map((n, t): [string, number] => [`term ${t}`, n]),
          ] as [string, number][])
          const known = new Map([...truth].filter(([name]) => told.has(name)))
          return exposedIn(boundsOf(lines, known), truth, samplesBelow)
        })
      const told = toldOfYear(terms, isHeldForTerms)
      expect(exposed(told)).toEqual([])
      if (told.has('year') && told.has('term 1')) both++
      // Each period judged alone would.
      if (exposed(toldOfYear(terms, () => false)).length > 0) naive++
    }),
    { numRuns: 2_000 },
  )
  expect(both).toBeGreaterThan(200)
  expect(naive).toBeGreaterThan(50)
})

/** By school, type and technique: interventions that have ended, with fidelity and without, and those that go on. */
const delivered = fc.array(
  fc.array(fc.array(fc.tuple(size, size, fc.constantFrom(0, 0, 0, 1, 12)), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  }),
  manySchools,
)
type Delivered = readonly (readonly (readonly (readonly [number, number, number])[])[])[]

const ways = ['type', 'technique'] as const
const parts = ['with', 'without', 'on'] as const
const kinds = [0, 1, 2]
const figureOf = (own: Delivered[number], way: (typeof ways)[number], kind: number, part: number): number =>
  sum(kinds.map((other) => (way === 'type' ? own[kind]![other]! : own[other]![kind]!)[part]!))

/** Kinds of one way of telling apart by what is told of them, as the query decides it. */
function toldOf(schools: Delivered, way: (typeof ways)[number], close: typeof heldTables) {
  const tables = (partsOf: (counts: readonly number[]) => number[]) =>
    new Map(
      kinds.map((kind) => [
        `${kind}`,
        schools.map(
          (own, school): TableRow => ({
            ...{ school, value: '' },
            parts: partsOf(parts.map((_, p) => figureOf(own, way, kind, p))),
          }),
        ),
      ]),
    )
  const ended = close(
    reader,
    tables(([hit = 0, miss = 0]) => [hit + miss]),
  )
  const atBar = close(
    reader,
    tables(([hit = 0, miss = 0]) => [hit, miss]),
    ended,
  )
  const dose = close(
    reader,
    tables(([hit = 0, miss = 0, on = 0]) => [hit + miss, on]),
  )
  return kinds.flatMap((kind) => [
    ...(ended.has(`${kind}`) ? [] : [`${way} ${kind} ended`]),
    ...(atBar.has(`${kind}`) ? [] : [`${way} ${kind} with`]),
    ...(dose.has(`${kind}`) ? [] : [`${way} ${kind} begun`]),
  ])
}

/** A kind's whole from its parts, and each part of all kinds, which is the same by type and by technique. */
const linesOfKinds: readonly Line[] = ways.flatMap((way) => [
  ...kinds.flatMap((kind): Line[] => [
    [`${way} ${kind} ended`, [`${way} ${kind} with`, `${way} ${kind} without`]],
    [`${way} ${kind} begun`, [`${way} ${kind} ended`, `${way} ${kind} on`]],
  ]),
  ...['with', 'without', 'ended', 'on', 'begun'].map(
    (what): Line => [`all ${what}`, kinds.map((kind) => `${way} ${kind} ${what}`)],
  ),
])

test('fidelity by type and by technique together expose no number that is too few: neither to anyone nor to a lead', () => {
  let shown = 0
  let hidden = 0
  let naive = 0
  const few = (name: string) => (name.endsWith('ended') || name.endsWith('begun') ? 9 : 4)
  fc.assert(
    fc.property(delivered, (schools) => {
      const exposed = (told: readonly string[]) =>
        others(schools.length).flatMap((lead) => {
          const rest = schools.filter((_, s) => s !== lead)
          const truth = new Map<string, number>()
          const add = (name: string, n: number) => truth.set(name, (truth.get(name) ?? 0) + n)
          for (const way of ways)
            for (const kind of kinds)
              for (const [p, part] of parts.entries()) {
                const n = sum(rest.map((own) => figureOf(own, way, kind, p)))
                const names = [part, ...(part === 'on' ? [] : ['ended']), 'begun']
                for (const name of names) add(`${way} ${kind} ${name}`, n)
                if (way === 'type') for (const name of names) add(`all ${name}`, n)
              }
          const known = new Map(told.map((name) => [name, truth.get(name)!]))
          return exposedIn(boundsOf(linesOfKinds, known), truth, few)
        })
      const of = (close: typeof heldTables) => ways.flatMap((way) => toldOf(schools, way, close))
      const told = of(heldTables)
      expect(exposed(told)).toEqual([])
      shown += told.length
      if (told.length < 18) hidden++
      // Each kind judged alone would.
      const alone: typeof heldTables = (asked, tables, before = new Set()) =>
        new Set([...heldAlone(asked, tables), ...before])
      if (exposed(of(alone)).length > 0) naive++
    }),
    { numRuns: 2_000 },
  )
  expect(shown).toBeGreaterThan(2_000)
  expect(hidden).toBeGreaterThan(200)
  expect(naive).toBeGreaterThan(20)
})

test('a share that is told leaves each lead with parts of the other schools that may be told', () => {
  let told = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(size, size), manySchools), (schools) => {
      if (!mayTell(reader, schools)) return
      told++
      for (const lead of others(schools.length)) {
        const [hit, miss] = [0, 1].map((p) => sum(schools.filter((_, s) => s !== lead).map((own) => own[p]!)))
        for (const [n, fewest] of [
          [hit, 5],
          [miss, 5],
          [hit! + miss!, 10],
        ] as const)
          expect(n === 0 || n! >= fewest).toBe(true)
      }
      for (const p of [0, 1]) {
        const own = schools.map((parts) => parts[p]!).filter((n) => n > 0)
        expect(own.length === 0 || own.length >= 3).toBe(true)
        if (own.length > 0) expect(Math.max(...own)).toBeLessThanOrEqual(0.85 * sum(own))
      }
    }),
    { numRuns: 2_000 },
  )
  expect(told).toBeGreaterThan(200)
})
