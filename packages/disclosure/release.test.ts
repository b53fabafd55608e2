import { expect, test } from 'vitest'
import { nextRelease, standard } from './index.ts'
import { smallCube } from './testing.ts'

type Pair = readonly [number, number]
const roll: Pair[] = Array.from({ length: 5 }, () => [60, 60])
const hits = (first: Pair): Pair[] => [first, ...Array.from({ length: 4 }, (): Pair => [20, 30])]
const first = nextRelease(undefined, smallCube(roll, hits([20, 30])), standard)
const total = ({ disclosure }: typeof first, school?: string) =>
  disclosure.publication.figures.find(
    (one) => one.metric === 'hits' && one.school === school && one.by.length === 0,
  )!.value

test('a correction of a few pupils is not seen in a later release: the old row is carried, the authority sums it', () => {
  const second = nextRelease(first, smallCube(roll, hits([21, 30])), standard)
  expect(second.number).toBe(2)
  expect(second.carried).toEqual(['A'])
  expect(second.disclosure.publication).toEqual(first.disclosure.publication)
})

test('a correction by five or more in every single that it touches is released', () => {
  const second = nextRelease(first, smallCube(roll, hits([26, 30])), standard)
  expect(second.carried).toEqual([])
  expect(total(second, 'A')).toBe(56)
  expect(total(second)).toBe(total(first)! + 6)
})

test('corrections that cancel in the total are carried still, as the singles tell them', () => {
  expect(nextRelease(first, smallCube(roll, hits([22, 28])), standard).carried).toEqual(['A'])
  expect(nextRelease(first, smallCube(roll, hits([26, 28])), standard).carried).toEqual(['A'])
})

test('a carried correction enters once it has grown, as it is measured against what was released', () => {
  const second = nextRelease(first, smallCube(roll, hits([23, 30])), standard)
  const third = nextRelease(second, smallCube(roll, hits([26, 30])), standard)
  expect(third.carried).toEqual([])
  expect(total(third, 'A')).toBe(56)
})

test('a release of another shape is refused', () => {
  const other = smallCube(roll, hits([20, 30]))
  expect(() =>
    nextRelease(first, { ...other, shape: { ...other.shape, academicYear: '2026/27' } }, standard),
  ).toThrow(expect.objectContaining({ field: 'shape' }))
})
