import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  auditPublished,
  type Cube,
  categories,
  coordinates,
  type Metric,
  standard,
  suppress,
} from './index.ts'
import { smallShape } from './testing.ts'

const shape = { ...smallShape, schools: ['A', 'B', 'C', 'D', 'E', 'F'] }
type Row = readonly [girls: number, boys: number]

const rowOf = (of: Row, kind: Metric['kind']) =>
  coordinates(shape, kind).map(({ category }) => {
    const { by } = categories(shape)[category]!
    return by.length === 0 ? of[0] + of[1] : by[0]!.value === 'F' ? of[0] : of[1]
  })

function meanOf(id: string, rows: readonly Row[], more: Partial<Metric> = {}): Metric {
  const of = new Map(shape.schools.map((school, i) => [school, rowOf(rows[i]!, 'mean')]))
  return {
    ...{ id, kind: 'mean', rows: new Map([...of].map(([school, row]) => [school, [row]])) },
    sums: new Map(
      [...of].map(([school, row]) => [school, [row.map((n) => 50 * n), row.map((n) => 2_600 * n)]]),
    ),
    ...more,
  }
}

const cubeOf = (metrics: readonly Metric[]): Cube => ({
  shape,
  denominators: new Map(shape.schools.map((school) => [school, [200, 100, 100]])),
  metrics,
})

const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 })), {
  minLength: 6,
  maxLength: 6,
})

const hiddenOf = (cube: Cube, id: string) =>
  suppress(cube, standard).publication.figures.flatMap(({ metric, school, period, by, status }) =>
    metric === id && status !== 'published' ? [JSON.stringify([school, period, by])] : [],
  )

test('subscales of one instrument hide the same figures, however many values each has, and nothing of any can be told', () => {
  fc.assert(
    fc.property(counts, counts, (one, fewer) => {
      const less = one.map(([f, m], i): Row => [Math.max(0, f - fewer[i]![0]), Math.max(0, m - fewer[i]![1])])
      const cube = cubeOf([meanOf('total', one, { group: 'rw' }), meanOf('home', less, { group: 'rw' })])
      expect(hiddenOf(cube, 'home')).toEqual(hiddenOf(cube, 'total'))
      const { figures } = suppress(cube, standard).publication
      for (const { toPublic } of audited(cube, figures)) expect(toPublic).toBe(0)
    }),
    { numRuns: 100 },
  )
})

function audited(cube: Cube, figures: Parameters<typeof auditPublished>[2]) {
  const work = auditPublished(cube, standard, figures)
  let step = work.next()
  while (!step.done) step = work.next()
  return step.value
}

test('a mean is shown with the sums of its values, and a hidden one with nothing', () => {
  const cube = cubeOf([meanOf('total', [[4, 40], ...Array<Row>(5).fill([40, 40])])])
  for (const { metric, status, value, sums } of suppress(cube, standard).publication.figures) {
    if (metric !== 'total') continue
    if (status === 'published') expect(sums).toEqual([50 * value!, 2_600 * value!])
    else expect([value, sums]).toEqual([undefined, undefined])
  }
})

const eventsOf = (rows: readonly Row[]): Metric => ({
  ...{ id: 'check_ins', kind: 'events' },
  rows: new Map(shape.schools.map((school, i) => [school, [rowOf(rows[i]!, 'events')]])),
})
const others = Array<Row>(5).fill([20, 20])
const boys = JSON.stringify(['A', '2025/26', [{ characteristic: 'sex', value: 'M' }]])

test('where the check-ins of a school are hidden, so are its means: what either hid the other would give away', () => {
  fc.assert(
    fc.property(counts, (rows) => {
      const cube = cubeOf([eventsOf(rows), meanOf('usual', rows, { group: 'usual', within: 'check_ins' })])
      const counted = hiddenOf(cube, 'check_ins').filter((place) => !place.includes('"Autumn"'))
      expect(hiddenOf(cube, 'usual')).toEqual(expect.arrayContaining(counted))
    }),
    { numRuns: 100 },
  )
})

test('where check-ins less one instrument’s would be few of another, neither instrument is shown there', () => {
  const rare = meanOf('rare', [[12, 3], ...others], { group: 'rare', within: 'check_ins' })
  const usual = meanOf('usual', [[40, 40], ...others], { group: 'usual', within: 'check_ins' })
  const cube = cubeOf([eventsOf([[52, 43], ...Array<Row>(5).fill([40, 40])]), rare, usual])
  expect(hiddenOf(cube, 'check_ins')).toEqual([])
  expect(hiddenOf(cube, 'rare')).toContain(boys)
  expect(hiddenOf(cube, 'usual')).toContain(boys)
  // By itself nothing of it would be hidden.
  expect(hiddenOf(cubeOf([{ ...usual, group: 'usual' }]), 'usual')).toEqual([])
})
