import 'reflect-metadata'
import type { Waits } from '@cairn/warehouse'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sum } from './among.ts'
import { boundsOf, exposedIn, type Line, others } from './bounds/testing.ts'
import type { AskedBy } from './by-pupils.ts'
import { mayShowTable, type TableRow } from './tables.ts'
import { unmetByPupils, unmetOf, waitingByPupils, waitingOf } from './waits.ts'

const by = { isOwnSchool: false, pupilsBy: 'sex' } as AskedBy
const values = ['F', 'M', 'unknown']
const days = 42

/** What became of pupils with high need, and whether unmet need counts them yet. */
const fates = {
  already: { already: true, waited: null, observed: 200 },
  none: { already: false, waited: null, observed: 200 },
  inTime: { already: false, waited: 20, observed: 200 },
  later: { already: false, waited: 90, observed: 200 },
  newAlready: { already: true, waited: null, observed: 20 },
  newNone: { already: false, waited: null, observed: 20 },
  newBegun: { already: false, waited: 10, observed: 20 },
} as const
type Fate = keyof typeof fates
const names = Object.keys(fates) as Fate[]

const counts = {
  nobody: fc.constant(0),
  few: fc.constantFrom(0, 0, 0, 0, 1, 2),
  many: fc.oneof(
    { weight: 1, arbitrary: fc.nat(4) },
    { weight: 6, arbitrary: fc.integer({ min: 5, max: 40 }) },
  ),
}
const sometimes = fc.constantFrom('nobody', 'few', 'many')
const seldom = fc.constantFrom(...Array<string>(8).fill('nobody'), 'few', 'many')
const often = fc.constantFrom('many', 'many', 'few')
/** By school and value, how many had each fate; what is rare is so everywhere. */
const authority = fc
  .tuple(sometimes, often, often, sometimes, ...[0, 1, 2].map(() => seldom))
  .chain((all) => {
    const ofValue = fc.tuple(...all.map((size) => counts[size as keyof typeof counts]))
    const nobody = fc.constant(names.map(() => 0))
    return fc.array(fc.tuple(ofValue, ofValue, nobody), { minLength: 5, maxLength: 8 })
  })
type Authority = readonly (readonly (readonly number[])[])[]

const waitsOf = (schools: Authority): Waits[] =>
  schools.flatMap((own, school) =>
    own.flatMap((counts, v) =>
      counts.flatMap((pupils, f) =>
        pupils > 0 ? [{ school, value: values[v]!, pupils, ...fates[names[f]!] }] : [],
      ),
    ),
  )

/** What adds up of each value and of all, and of all values. */
const sums: Readonly<Record<string, readonly string[]>> = {
  unmet: ['none', 'later'],
  met: ['already', 'inTime'],
  high: ['unmet', 'met'],
  begun: ['inTime', 'later', 'newBegun'],
  waiting: ['none', 'newNone'],
  open: ['begun', 'waiting'],
}
const places = ['all', ...values]
const lines: Line[] = [
  ...places.flatMap((of) =>
    Object.entries(sums).map(
      ([whole, parts]): Line => [`${of} ${whole}`, parts.map((part) => `${of} ${part}`)],
    ),
  ),
  ...[...names, ...Object.keys(sums)].map(
    (what): Line => [`all ${what}`, values.map((value) => `${value} ${what}`)],
  ),
]
const few = (name: string) => (name.endsWith('high') || name.endsWith('open') ? 9 : 4)

function truthOf(schools: Authority): Map<string, number> {
  const truth = new Map<string, number>()
  const countOf = (of: string, what: string): number =>
    sums[what]
      ? sum(sums[what].map((part) => countOf(of, part)))
      : sum(
          schools.flatMap((own) =>
            own.flatMap((counts, v) =>
              of === 'all' || values[v] === of ? [counts[names.indexOf(what as Fate)]!] : [],
            ),
          ),
        )
  for (const of of places)
    for (const what of [...names, ...Object.keys(sums)]) truth.set(`${of} ${what}`, countOf(of, what))
  return truth
}

/** What both answers tell; `alone`: of waits each table by itself. */
function toldOf(schools: Authority, alone: boolean): string[] {
  const waits = waitsOf(schools)
  const isOk = ({ status }: { status: string }) => status === 'OK'
  const told = (of: string, ...what: string[]) => what.map((one) => `${of} ${one}`)
  const waiting = alone ? waitsAlone(waits) : waitingByPupils(by, waits).some((row) => isOk(row.supported))
  return [
    ...(isOk(unmetOf(by, waits, days)) ? told('all', 'unmet', 'met') : []),
    ...(isOk(waitingOf(by, waits).supported) ? told('all', 'begun', 'waiting') : []),
    ...(unmetByPupils(by, waits, days).some((row) => isOk(row.unmet))
      ? values.flatMap((value) => told(value, 'unmet', 'met'))
      : []),
    ...(waiting ? values.flatMap((value) => told(value, 'begun', 'waiting')) : []),
  ]
}

const waitsAlone = (waits: readonly Waits[]): boolean =>
  mayShowTable(
    by,
    waits
      .filter(({ already }) => !already)
      .map(
        ({ school, value, waited, pupils }): TableRow => ({
          ...{ school: school!, value: value! },
          parts: waited === null ? [0, pupils] : [pupils, 0],
        }),
      ),
  )

test('unmet need and waits, of all and by value, expose no count that is too few: neither to anyone nor to a lead', () => {
  let both = 0
  let naive = 0
  fc.assert(
    fc.property(authority, (schools) => {
      const exposed = (told: readonly string[]) =>
        others(schools.length).flatMap((lead) => {
          const truth = truthOf(schools.filter((_, s) => s !== lead))
          const known = new Map(told.map((name) => [name, truth.get(name)!]))
          return exposedIn(boundsOf(lines, known), truth, few)
        })
      const told = toldOf(schools, false)
      expect(exposed(told)).toEqual([])
      if (told.includes('F unmet') && told.includes('F begun')) both++
      // Each table judged by itself would.
      if (exposed(toldOf(schools, true)).length > 0) naive++
    }),
    { numRuns: 800 },
  )
  expect(both).toBeGreaterThan(5)
  expect(naive).toBeGreaterThan(3)
})
