import { expect, test } from 'vitest'
import { type Cube, coordinates, periods, type Shape, standard, suppress } from './index.ts'
import { smallShape } from './testing.ts'

const shape: Shape = {
  ...smallShape,
  characteristics: [],
  halfTerms: [
    { id: 'Autumn 1', term: 'Autumn' },
    { id: 'Autumn 2', term: 'Autumn' },
  ],
  weeks: [
    { id: 'W1', halfTerm: 'Autumn 1' },
    { id: 'W2', halfTerm: 'Autumn 1' },
    { id: 'W3', halfTerm: 'Autumn 2' },
    { id: 'W4', halfTerm: 'Autumn 2' },
  ],
}

/** Events by week, a row a school. */
function cubeOf(rows: readonly (readonly number[])[]): Cube {
  const when = periods(shape, 'events').map(({ id }) => id)
  const weeksIn = (period: string) =>
    shape.weeks.flatMap(({ id, halfTerm }, week) =>
      [id, halfTerm, 'Autumn', shape.academicYear].includes(period) ? [week] : [],
    )
  const counted = shape.schools.map((school, i) => {
    const figures = coordinates(shape, 'events').map(({ period }) =>
      weeksIn(when[period]!).reduce((sum, week) => sum + rows[i]![week]!, 0),
    )
    return [school, [figures]] as const
  })
  return {
    shape,
    denominators: new Map(shape.schools.map((school) => [school, [200]])),
    metrics: [{ id: 'hits', kind: 'events', rows: new Map(counted) }],
  }
}

const shownWeeks = (rows: readonly (readonly number[])[]) =>
  suppress(cubeOf(rows), standard).publication.figures.flatMap(({ metric, period, school, status }) =>
    metric === 'hits' && school === undefined && period.startsWith('W') && status === 'published'
      ? [period]
      : [],
  )

const many = [30, 30, 30]

test('a week in which the other schools have few together is not shown, nor its half-term’s others: a lead would take the own week away', () => {
  // Largest school taken away, 4 are left of the 16 in W1.
  const [a, b, c, d] = [12, 2, 1, 1].map((first) => [first, ...many])
  expect(shownWeeks([a!, b!, c!, d!, [0, ...many]])).toEqual(['W3', 'W4'])
})

test('weeks of which enough is left without any one school, and weeks of nothing, are shown', () => {
  const [a, b, c, d] = [12, 3, 2, 0].map((first) => [first, ...many])
  expect(shownWeeks([a!, b!, c!, d!, [0, ...many]])).toEqual(['W1', 'W2', 'W3', 'W4'])
  expect(shownWeeks(shape.schools.map(() => [0, ...many]))).toEqual(['W1', 'W2', 'W3', 'W4'])
})
