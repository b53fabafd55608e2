import { describe, expect, it } from 'vitest'
import { scalesOf } from '../instruments/definition.ts'
import { instruments } from '../instruments/shipped.ts'
import { defaultSemh } from './defaults.ts'
import { kinds } from './evidence.ts'
import { seriesOf, tierFold } from './fold.ts'
import { tierAt } from './measures.ts'
import { type PolicyTimeline, validatePolicy } from './policy.ts'

const timeline: PolicyTimeline = [{ from: 0, policy: defaultSemh }]
const series = seriesOf(timeline)

/** Check-ins as [week, source, series, severity]. */
function evidence(points: readonly (readonly [number, number, string, number])[]) {
  return {
    week: points.map(([week]) => week),
    event: points.map((_, i) => i),
    kind: points.map(() => kinds.score),
    source: points.map(([, source]) => source),
    series: points.map(([, , name]) => series.indexOf(name)),
    value: points.map(() => 0),
    outOf: points.map(() => 0),
    severity: points.map(([, , , severity]) => severity),
  }
}

describe('the SEMH policy that is shipped', () => {
  it('is sound, and reads only scales with bands of instruments that are shipped', () => {
    expect(validatePolicy(defaultSemh)).toEqual({ ok: defaultSemh })
    const banded = new Set(
      instruments.flatMap((one) =>
        scalesOf(one)
          .filter(({ id }) => one.bands?.some(({ scale }) => scale === id))
          .map(({ id }) => `${one.id}.${id}`),
      ),
    )
    expect(series.filter((name) => !banded.has(name))).toEqual([])
  })

  it('raises on a very high SDQ that a second source stands beside, in two steps six weeks apart', () => {
    const both = (week: number, severity: number) =>
      [0, 1].map((source) => [week, source, 'sdq.total_difficulties', severity] as const)
    const episodes = tierFold(timeline)(evidence([...both(1, 3), ...both(7, 3)]), 12)
    expect([1, 6, 7].map((week) => tierAt(episodes, week))).toEqual([2, 2, 3])
  })

  it('does not raise on one source’s word', () => {
    const alone = [1, 2, 3].map((week) => [week, 0, 'sdq.total_difficulties', 3] as const)
    expect(tierAt(tierFold(timeline)(evidence(alone), 12), 12)).toBe(1)
  })

  it('lets a pupil go after three consecutive points close to average, and not after two', () => {
    const up = [0, 1].map((source) => [1, source, 'sdq.total_difficulties', 2] as const)
    const well = [4, 6, 8].map((week) => [week, 1, 'sdq.total_difficulties', 0] as const)
    const episodes = tierFold(timeline)(evidence([...up, ...well]), 20)
    expect([3, 7, 8].map((week) => tierAt(episodes, week))).toEqual([2, 2, 1])
  })
})
