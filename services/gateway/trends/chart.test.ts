import { metrics } from '@cairn/metrics'
import { assurance, xmr } from '@cairn/statistics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PublishedRow } from '../figures/published.ts'
import { type ChartOptions, chartOf } from './chart.ts'

const rate = metrics.get('incident_rate')!
const day = (week: number, plus = 0) =>
  new Date(Date.UTC(2016, 8, 5) + (week * 7 + plus) * 86_400_000).toISOString().slice(0, 10)

/** Weeks from 5 September 2016; null is a week that is held back. */
const rowsOf = (values: readonly (number | null)[]) =>
  values.map((value, i) => ({
    row: {
      ...(value === null ? { status: 'SUPPRESSED', reason: 'small' } : { status: 'OK', reason: null }),
      value,
    } as PublishedRow,
    span: { from: day(i), to: day(i, 6) },
  }))
const chart = (values: readonly (number | null)[], options: Partial<ChartOptions> = {}) =>
  chartOf(rate, rowsOf(values), { changes: [], rebase: true, today: '2030-01-01', ...options })

const value = fc.double({ min: 0, max: 100, noNaN: true })

describe('limits', () => {
  test('equal those of packages/statistics over the shown points, whatever is held back between them', () => {
    fc.assert(
      fc.property(fc.array(fc.option(value), { maxLength: 40 }), (values) => {
        const shown = values.filter((one) => one !== null)
        const found = chart(values)
        if (shown.length < 3) {
          expect(found).toMatchObject({ phases: [], reason: expect.stringContaining('fewer than 3') })
          return
        }
        const expected = xmr(shown)
        const { mean, lower, upper, innerLower, innerUpper, trialLimits } = expected.phases[0]!
        expect(found.phases).toMatchObject([{ mean, lower, upper, innerLower, innerUpper, trialLimits }])
        const points = found.points.filter(({ phaseIndex }) => phaseIndex !== null)
        expect(points.map((one) => one.specialCause)).toEqual(expected.points.map((one) => one.specialCause))
        expect(found.points.filter(({ row }) => row.value === null).every((p) => p.phaseIndex === null)).toBe(
          true,
        )
      }),
    )
  })

  test('fewer than 13 points are trial limits, and the chart says so', () => {
    const twelve = Array.from({ length: 12 }, (_, i) => i % 3)
    expect(chart(twelve).warnings).toEqual([expect.stringContaining('trial limits: phase 1 has 12 points')])
    expect(chart([...twelve, 1]).warnings).toEqual([])
  })

  test('periods without a figure are told by kind, with the reason of the first', () => {
    const row = { status: 'NOT_RELEASED', value: null, reason: 'the week has not been released' }
    const open = [14, 15].map((week) => ({
      row: row as PublishedRow,
      span: { from: day(week), to: day(week, 6) },
    }))
    const options = { changes: [], rebase: true, today: '2030-01-01' }
    const found = chartOf(rate, [...rowsOf([1, null, 2, 1]), ...open], options)
    expect(found.warnings).toContain(
      'ranges run across the gaps: 1 without a figure (small); 2 without a figure (the week has not been released)',
    )
    expect(chartOf(rate, [...rowsOf([1, 2]), ...open], options).reason).toBe(
      'fewer than 3 periods that are over and shown: 2 without a figure (the week has not been released)',
    )
  })

  test('a period that is not over is in no limit, and has none', () => {
    const values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 90]
    const found = chart(values, { today: day(13, 6) })
    expect(found.phases).toEqual(chart(values.slice(0, -1)).phases)
    expect(found.points.at(-1)).toMatchObject({ complete: false, phaseIndex: null, specialCause: null })
    expect(found.warnings).toEqual([expect.stringContaining('not over')])
  })
})

describe('changes', () => {
  const before = [5, 6, 5, 4, 5, 6, 5]
  const after = [1, 2, 1, 0, 1, 2, 1]

  test('start new limits at the first period that ends on the day or after it', () => {
    const found = chart([...before, ...after], { changes: [{ on: day(7, 3), label: 'A' }] })
    expect(found.phases.map(({ from, points, mean }) => [from, points, mean])).toEqual([
      [day(0), 7, 36 / 7],
      [day(7), 7, 8 / 7],
    ])
    expect(found.changes).toEqual([{ on: day(7, 3), label: 'A', rebased: true }])
  })

  test('are marked alone where rebase is off, or a phase would have fewer than two points', () => {
    const change = { on: day(7), label: 'A' }
    expect(chart([...before, ...after], { changes: [change], rebase: false })).toMatchObject({
      phases: [{ points: 14 }],
      changes: [{ ...change, rebased: false }],
    })
    const late = chart(before, { changes: [{ on: day(6), label: 'B' }] })
    expect(late.changes).toMatchObject([{ rebased: false }])
    expect(late.warnings).toContainEqual(expect.stringContaining('no new limits at "B"'))
  })

  test('come in any order and leave at least two points between them', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 3, maxLength: 30 }),
        fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 6 }),
        (values, weeks) => {
          const found = chart(values, { changes: weeks.map((week) => ({ on: day(week), label: `${week}` })) })
          expect(found.phases.every(({ points }) => points >= 2)).toBe(true)
          expect(found.phases.reduce((sum, { points }) => sum + points, 0)).toBe(values.length)
          expect(found.changes).toHaveLength(weeks.length)
        },
      ),
    )
  })
})

test('the target is held against the latest limits, as packages/statistics does', () => {
  const values = [5, 6, 5, 4, 5, 6, 5, 6, 5, 4, 5, 6, 5]
  for (const target of [-10, 5, 90])
    expect(chart(values, { target }).assurance).toBe(assurance(xmr(values), target, rate.polarity))
  expect(chart(values).assurance).toBeNull()
})
