import 'reflect-metadata'
import { auditPublished, type Cube, categories, live, type PublishedFigure } from '@cairn/disclosure'
import type { Stays } from '@cairn/warehouse'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sum } from '../support/among.ts'
import { boundsOf, exposedIn, type Line, others } from '../support/bounds/testing.ts'
import { mayShowTable } from '../support/tables.ts'
import type { TiersBy } from './asked.ts'
import { closed } from './closed.ts'
import { type AskedStays, exitsByPupils, reEntryByPupils, timeByPupils } from './history-by-pupils.ts'

const by: TiersBy = { isOwnSchool: false, pupilsBy: 'sex' }
const values = ['F', 'M']
const isOk = ({ status }: { status: string }) => status === 'OK'

/** Stays in tier 1, by all that is told of them. */
const kinds = {
  firstGoesOn: { ended: false, fell: false, returned: false },
  firstEnded: { ended: true, fell: false, returned: false },
  returned: { ended: true, fell: true, returned: true },
  stayed: { ended: false, fell: true, returned: false },
  endedLate: { ended: true, fell: true, returned: false },
} as const
const kindNames = Object.keys(kinds) as (keyof typeof kinds)[]

const counts = {
  nobody: fc.constant(0),
  few: fc.constantFrom(0, 0, 0, 1, 2),
  many: fc.oneof(
    { weight: 1, arbitrary: fc.nat(4) },
    { weight: 8, arbitrary: fc.integer({ min: 6, max: 40 }) },
  ),
}
const often = fc.constantFrom('many', 'many', 'many', 'many', 'few')
const sometimes = fc.constantFrom('nobody', 'many', 'many', 'few')
/** By school and value what began in a year and in the next; what is rare is so everywhere. */
const authority = fc
  .tuple(...[0, 1].flatMap(() => [often, often, often, often, sometimes]))
  .chain((sizes) => {
    const ofValue = fc.tuple(...sizes.map((size) => counts[size as keyof typeof counts]))
    return fc.array(fc.tuple(ofValue, ofValue), { minLength: 5, maxLength: 7 })
  })
type Authority = readonly (readonly (readonly number[])[])[]

const staysUpTo = (schools: Authority, year: 0 | 1 | 2): Stays[] =>
  schools.flatMap((own, school) =>
    own.flatMap((all, v) =>
      all
        .slice(0, year * kindNames.length)
        .map((stays, k) => ({
          ...{ school, tier: 1, value: values[v]!, stays },
          ...kinds[kindNames[k % kindNames.length]!],
        }))
        .filter(({ stays }) => stays > 0),
    ),
  )

/** What of stays is told, or follows from it. */
const isOf: Readonly<Record<string, (stays: Stays) => boolean>> = {
  n: () => true,
  goesOn: ({ ended }) => !ended,
  ended: ({ ended }) => ended,
  returned: ({ returned }) => returned,
  stayed: ({ fell, returned }) => fell && !returned,
  noFall: ({ fell }) => !fell,
  otherwiseEnded: ({ ended, returned }) => ended && !returned,
}
const growing = ['n', 'ended', 'returned', 'stayed']
const places = ['all', ...values]
const years = [1, 2] as const
const lines: Line[] = [
  ...places.flatMap((of) => [
    ...years.flatMap((year): Line[] => [
      [`${of} n ${year}`, ['noFall', 'returned', 'stayed'].map((part) => `${of} ${part} ${year}`)],
      [`${of} n ${year}`, ['goesOn', 'ended'].map((part) => `${of} ${part} ${year}`)],
      [`${of} ended ${year}`, ['returned', 'otherwiseEnded'].map((part) => `${of} ${part} ${year}`)],
    ]),
    ...growing.map((what): Line => [`${of} ${what} 2`, [`${of} ${what} 1`, `${of} ${what} since`]]),
  ]),
  ...Object.keys(isOf).flatMap((what) =>
    years.map((year): Line => [`all ${what} ${year}`, values.map((value) => `${value} ${what} ${year}`)]),
  ),
  ...growing.map((what): Line => [`all ${what} since`, values.map((value) => `${value} ${what} since`)]),
]

function truthOf(schools: Authority): Map<string, number> {
  const truth = new Map<string, number>()
  const upTo = { 1: staysUpTo(schools, 1), 2: staysUpTo(schools, 2) }
  for (const [what, is] of Object.entries(isOf))
    for (const of of places) {
      const at = (year: 1 | 2) =>
        sum(
          upTo[year]
            .filter((stays) => is(stays) && (of === 'all' || stays.value === of))
            .map(({ stays }) => stays),
        )
      for (const year of years) truth.set(`${of} ${what} ${year}`, at(year))
      if (growing.includes(what)) truth.set(`${of} ${what} since`, at(2) - at(1))
    }
  return truth
}

/** `alone`: each table of a year judged by itself. */
function toldOf(schools: Authority, alone: boolean): string[] {
  return years.flatMap((year) => {
    const now = staysUpTo(schools, year)
    const asked: AskedStays = { now, before: staysUpTo(schools, (year - 1) as 0 | 1) }
    const rows = (partsIn: (stays: Stays) => number[], of = now) =>
      of.map((stays) => ({ school: stays.school, value: stays.value, parts: partsIn(stays) }))
    const one = ({ stays }: Stays) => [stays]
    const time = alone
      ? mayShowTable(by, rows(one))
      : timeByPupils(by, asked, [], new Map()).some((row) => row.tier === 1 && isOk(row))
    const reEntry = alone
      ? mayShowTable(
          by,
          rows(
            ({ returned, stays }) => (returned ? [stays, 0] : [0, stays]),
            now.filter(({ fell }) => fell),
          ),
        )
      : reEntryByPupils(by, asked, new Map()).some(isOk)
    const mix = mayShowTable(
      by,
      rows(
        one,
        now.filter(({ ended }) => !ended),
      ),
    )
    const of = (isTold: boolean, ...what: string[]) =>
      isTold ? what.flatMap((name) => values.map((value) => `${value} ${name} ${year}`)) : []
    return [...of(time, 'n'), ...of(reEntry, 'returned', 'stayed'), ...of(mix, 'goesOn')]
  })
}

test('time in tier, re-entry and the mix by value, as two years end, expose no count that is too few: neither to anyone nor to a lead', () => {
  let all = 0
  let naive = 0
  fc.assert(
    fc.property(authority, (schools) => {
      const exposed = (told: readonly string[]) =>
        others(schools.length).flatMap((lead) => {
          const truth = truthOf(schools.filter((_, s) => s !== lead))
          const known = new Map(told.map((name) => [name, truth.get(name)!]))
          return exposedIn(boundsOf(lines, known), truth, () => 4)
        })
      const told = toldOf(schools, false)
      expect(exposed(told)).toEqual([])
      if (['n 2', 'returned 2', 'goesOn 2'].every((name) => told.includes(`F ${name}`))) all++
      // Each table judged by itself would.
      if (exposed(toldOf(schools, true)).length > 0) naive++
    }),
    { numRuns: 500 },
  )
  expect(all).toBeGreaterThan(5)
  expect(naive).toBeGreaterThan(10)
})

const reasons = ['declined', 'goal_met', 'left_school']
const exits = fc.constantFrom('few', 'many', 'many', 'many').chain((size) => {
  const ofValue = fc.tuple(counts.many, counts.many, counts[size as keyof typeof counts])
  return fc.array(fc.tuple(ofValue, ofValue), { minLength: 4, maxLength: 7 })
})

/** How many protected figures the audit of releases finds exposed, where what is told of exits is known. */
function exposedExits(schools: Authority, isTableTold: boolean) {
  const names = schools.map((_, s) => `${s + 1}`)
  const shape = {
    ...{ authority: '0', academicYear: 'y', schools: names, pairs: [], weeks: [], halfTerms: [] },
    characteristics: [{ id: 'sex', values }],
  }
  const bySchool = schools.map((own) => reasons.map((_, r) => sum(own.map((counts) => counts[r]!))))
  const plain = closed(
    bySchool.map((counts, s) => ({ school: s + 1, by: '', value: '', counts })),
    reasons,
    true,
  )
  const rows = schools.flatMap((own, s) =>
    own.flatMap((counts, v) =>
      counts.map((exits, r) => ({
        ...{ authority: 0, school: s + 1, value: values[v]!, reason: reasons[r]!, exits },
      })),
    ),
  )
  const table = exitsByPupils(by, rows, { plain, names: new Map(), reasons, set: undefined })
  const told = isTableTold ? table.filter(isOk) : []
  const places = categories(shape)
  const row = (own: Authority[number], part: (counts: readonly number[]) => number) =>
    places.map(({ by: [of] }) =>
      of ? part(own[values.indexOf(of.value)]!) : sum(own.map((counts) => part(counts))),
    )
  const cube: Cube = {
    shape,
    denominators: new Map(schools.map((own, s) => [names[s]!, row(own, sum)])),
    metrics: [
      {
        ...{ id: 'exits', kind: 'partition', outcomes: reasons },
        rows: new Map(
          schools.map((own, s) => [names[s]!, reasons.map((_, r) => row(own, (counts) => counts[r]!))]),
        ),
      },
    ],
  }
  const isShown = (school: string | undefined, value: string | undefined, reason: string | undefined) => {
    if (value !== undefined)
      return (
        school === undefined &&
        told.some((one) => one.pupils!.value === value && (reason === undefined || one.reason === reason))
      )
    const found = plain.find(Number(school ?? 0))
    return reason === undefined ? found?.whole != null : found?.counts[reasons.indexOf(reason)] != null
  }
  const published = [undefined, ...names].flatMap((school) =>
    places.flatMap(({ by: [of] }) =>
      [undefined, ...reasons].map(
        (outcome): PublishedFigure => ({
          ...{ metric: outcome ? 'exits' : 'denominators', period: 'y', by: of ? [of] : [] },
          ...(outcome && { outcome }),
          ...(school && { school }),
          status: isShown(school, of?.value, outcome) ? 'published' : 'hidden',
        }),
      ),
    ),
  )
  const profile = { ...live, roundTo: 1, smallestSchools: 1, smallestContributors: 1, largestShare: 1 }
  const run = auditPublished(cube, profile, published)
  for (;;) {
    const step = run.next()
    if (!step.done) continue
    const all = step.value
    const exposed = { public: sum(all.map((one) => one.toPublic)), leads: sum(all.map((one) => one.toLeads)) }
    return { ...exposed, told: told.length }
  }
}

test('exits by reason and value beside those of each school narrow down no protected figure further', () => {
  let whole = 0
  let some = 0
  fc.assert(
    fc.property(exits, (schools) => {
      const [without, beside] = [exposedExits(schools, false), exposedExits(schools, true)]
      expect(beside.public).toBeLessThanOrEqual(without.public)
      expect(beside.leads).toBeLessThanOrEqual(without.leads)
      if (beside.told === reasons.length * values.length) whole++
      else if (beside.told > 0) some++
    }),
    { numRuns: 600 },
  )
  expect(whole).toBeGreaterThan(20)
  expect(some).toBeGreaterThan(0)
})

const exitRows = (of: readonly (readonly [reason: string, value: string, exits: number])[]) =>
  [1, 2, 3, 4, 5].flatMap((school) =>
    of.map(([reason, value, exits]) => ({ authority: 0, school, reason, value, exits })),
  )
const exitsOf = (
  rows: ReturnType<typeof exitRows>,
  heldBeside: readonly string[] = [],
  whole: number | null = 100,
) => {
  const counts = reasons.map((reason) => (heldBeside.includes(reason) ? null : 1))
  const plain = { profile: 'live@1', find: () => ({ counts, whole }) }
  return exitsByPupils(by, rows, { plain, names: new Map(), reasons, set: undefined })
}

test('a reason that is held back among all pupils is told of no value, with a second one; nor anything where all exits are', () => {
  const rows = exitRows(values.flatMap((value) => reasons.map((reason) => [reason, value, 20] as const)))
  expect(exitsOf(rows).every(({ exits, of }) => exits === 100 && of === 300)).toBe(true)
  const told = exitsOf(rows, ['declined'])
  expect(told.filter(isOk).map(({ reason, exits }) => [reason, exits])).toEqual(
    values.map(() => ['left_school', 100]),
  )
  expect(exitsOf(rows, [], null).filter(isOk)).toEqual([])
})

test('a reason that nobody had tells nothing of all exits of a value, where they are few', () => {
  const few = exitRows([
    ['declined', 'F', 20],
    ['declined', 'M', 20],
    ['goal_met', 'F', 20],
    ['goal_met', 'unknown', 1],
  ])
  expect(exitsOf(few).map(({ exits, of }) => [exits, of])).toEqual(Array(12).fill([null, null]))
})

test('stays of four schools are told of no value, nor those of a school where one value has few', () => {
  const stays = (schools: number, ofBoys: number): Stays[] =>
    Array.from({ length: schools }, (_, school) =>
      [40, ofBoys].map((n, v) => ({
        ...{ school: school + 1, tier: 1, value: values[v]!, stays: n },
        ...kinds.firstEnded,
      })),
    ).flat()
  const told = (isOwnSchool: boolean, now: readonly Stays[]) =>
    timeByPupils({ ...by, isOwnSchool }, { now, before: [] }, [], new Map())
      .filter(({ tier }) => tier === 1)
      .map(({ n }) => n)
  expect(told(false, stays(5, 40))).toEqual([200, 200])
  expect(told(false, stays(4, 40)).filter((n) => n !== null)).toEqual([])
  expect(told(true, stays(1, 40))).toEqual([40, 40])
  expect(told(true, stays(1, 9)).filter((n) => n !== null)).toEqual([])
})
