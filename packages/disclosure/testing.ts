import { type Cube, categories, coordinates, type Metric, type Shape } from './index.ts'

/** The least shape in which everything happens: five schools, one single of two values, one half-term. */
export const smallShape: Shape = {
  authority: 'Small',
  academicYear: '2025/26',
  schools: ['A', 'B', 'C', 'D', 'E'],
  characteristics: [{ id: 'sex', values: ['F', 'M'] }],
  pairs: [],
  halfTerms: [{ id: 'Autumn 1', term: 'Autumn' }],
  weeks: [],
}

/** @param roll girls and boys by school @param hits those of them counted @param shape with as many schools */
export function smallCube(
  roll: readonly (readonly [number, number])[],
  hits: readonly (readonly [number, number])[],
  kind: Metric['kind'] = 'pupils',
  shape: Shape = smallShape,
): Cube {
  const all = categories(shape)
  const row = ([girls, boys]: readonly [number, number]) =>
    all.map(({ by }) => (by.length === 0 ? girls + boys : by[0]!.value === 'F' ? girls : boys))
  const at = coordinates(shape, kind)
  const entries = shape.schools.map((school, index) => [school, row(roll[index]!)] as const)
  const counted = shape.schools.map((school, index) => {
    const figures = row(hits[index]!)
    return [school, [at.map(({ category }) => figures[category]!)]] as const
  })
  return { shape, denominators: new Map(entries), metrics: [{ id: 'hits', kind, rows: new Map(counted) }] }
}
