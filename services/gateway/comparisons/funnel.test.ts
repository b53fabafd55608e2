import { metrics } from '@cairn/metrics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../figures/answer.ts'
import { funnelAround, isFunnel } from './funnel.ts'

const rate = metrics.get('incident_rate')!
const share = metrics.get('pupils_with_incident_share')!
const rowOf = (numerator: number, denominator: number): Row =>
  ({ status: 'OK', numerator, denominator, value: (numerator / denominator) * 100 }) as Row

const count = fc.integer({ min: 0, max: 400 })
const size = fc.integer({ min: 10, max: 2_000 })

test('a label says exactly on which side of its limits a shown value lies: on a limit is within it', () => {
  fc.assert(
    fc.property(fc.constantFrom(rate, share), count, size, count, size, (metric, x, n, allX, allN) => {
      fc.pre(allX > 0 && allX <= allN && x <= n)
      const funnel = funnelAround(metric, rowOf(allX, allN))
      if (!isFunnel(funnel)) throw new Error(funnel.reason)
      const row = rowOf(x, n)
      const { lower2s, upper2s, lower3s, upper3s, significance } = funnel.point(row)!
      const value = row.value!
      // A share's limit is no whole count, and may part from a value by rounding alone.
      fc.pre([lower2s, upper2s, lower3s, upper3s].every((at) => at === value || Math.abs(at - value) > 1e-9))
      expect(significance).toBe(
        value < lower3s
          ? 'Low (0.001)'
          : value > upper3s
            ? 'High (0.001)'
            : value < lower2s
              ? 'Low (0.025)'
              : value > upper2s
                ? 'High (0.025)'
                : 'Not significant',
      )
    }),
  )
})

test.each([
  ['a benchmark that is held back', rate, { status: 'SUPPRESSED', value: null } as Row, 'held back'],
  ['no benchmark', rate, null, 'held back or not there'],
  ['a benchmark without an event', rate, rowOf(0, 100), 'no event'],
  ['a share of more than the whole', share, rowOf(101, 100), 'more than the whole'],
  ['a median', metrics.get('days_to_resolution')!, rowOf(1, 2), 'rates and shares'],
])('%s makes no funnel and says why', (_, metric, benchmark, reason) => {
  expect(funnelAround(metric, benchmark)).toEqual({
    kind: 'not applicable',
    reason: expect.stringContaining(reason),
  })
})
