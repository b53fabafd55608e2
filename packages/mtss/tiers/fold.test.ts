import { readFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateTiers } from './evaluator.ts'
import type { PupilEvidence } from './evidence.ts'
import { seriesOf, tierFold } from './fold.ts'
import type { Condition, PolicyTimeline, Rule } from './policy.ts'

const series = fc.constantFrom('a', 'b')
const bound = (max: number) =>
  fc
    .tuple(fc.constantFrom('atLeast', 'atMost', 'moreThan', 'lessThan'), fc.integer({ min: 0, max }))
    .map(([name, value]) => ({ [name]: value }))
const condition: fc.Arbitrary<Condition> = fc
  .oneof(
    fc.record({ c: fc.record({ observe: fc.constant('severity' as const), series }), b: bound(3) }),
    fc.record({ c: fc.record({ observe: fc.constant('score' as const), series }), b: bound(4) }),
    fc.record({ c: fc.record({ observe: fc.constant('change' as const), series }), b: bound(2) }),
    fc.record({
      c: fc.record({ observe: fc.constant('incidents' as const), severity: fc.integer({ min: 1, max: 4 }) }),
      b: bound(2),
    }),
    fc.record({
      c: fc.constant({ observe: 'attendance' as const }),
      b: fc.constantFrom({ lessThan: 0.9 }, { atLeast: 0.5 }),
    }),
  )
  .map(({ c, b }) => ({ ...c, ...b }))
const rule: fc.Arbitrary<Rule> = fc.record({
  id: fc.constant('r'),
  from: fc.constantFrom(1, 2, 3),
  to: fc.constantFrom(1, 2, 3),
  weeks: fc.integer({ min: 1, max: 5 }),
  conditions: fc.array(condition, { maxLength: 2 }),
  minPoints: fc.integer({ min: 1, max: 3 }),
  minSources: fc.integer({ min: 1, max: 2 }),
  holdWeeks: fc.integer({ min: 0, max: 4 }),
  streak: fc.option(
    fc
      .record({
        s: fc.record({
          of: fc.constantFrom('severity', 'score'),
          series,
          points: fc.integer({ min: 1, max: 3 }),
        }),
        b: bound(3),
      })
      .map(({ s, b }) => ({ ...s, ...b })),
    { nil: undefined },
  ),
  reviewAfterWeeks: fc.constant(6),
}) as fc.Arbitrary<Rule>
const timeline: fc.Arbitrary<PolicyTimeline> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.array(rule, { minLength: 1, maxLength: 7 })), {
    minLength: 1,
    maxLength: 2,
  })
  .map((versions) =>
    versions
      .sort((a, b) => a[0] - b[0])
      .map(([from, rules], index) => ({ from, policy: { domain: 'semh', version: index + 1, rules } })),
  )
const history: fc.Arbitrary<PupilEvidence> = fc
  .array(
    fc.record({
      week: fc.integer({ min: 0, max: 12 }),
      kind: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
      source: fc.nat(2),
      series: fc.integer({ min: -1, max: 1 }),
      n: fc.nat(5),
      severity: fc.nat(4),
      // Further scales of the check-in, each with a score of its own.
      more: fc.array(
        fc.record({ series: fc.integer({ min: -1, max: 1 }), n: fc.nat(5), severity: fc.nat(4) }),
        {
          maxLength: 2,
        },
      ),
    }),
    { maxLength: 20 },
  )
  .map((given) => {
    const rows = given
      .sort((a, b) => a.week - b.week)
      .flatMap(({ more, ...first }, event) => [
        { ...first, event },
        ...(first.kind === 0 ? more.map((scale) => ({ ...first, ...scale, event })) : []),
      ])
    return {
      week: rows.map((e) => e.week),
      event: rows.map((e) => e.event),
      kind: rows.map((e) => e.kind),
      source: rows.map((e) => e.source),
      series: rows.map((e) => (e.kind === 0 ? e.series : -1)),
      value: rows.map((e) => (e.kind === 3 ? 1 + (e.n % 3) : e.n)),
      outOf: rows.map((e) => (e.kind === 2 ? 5 : 0)),
      severity: rows.map((e) => e.severity),
    }
  })

type MakeFold = typeof tierFold
const equality = (make: MakeFold) =>
  fc.property(timeline, history, (policies, raw) => {
    const names = seriesOf(policies)
    const evidence = { ...raw, series: Array.from(raw.series, (s) => (s < names.length ? s : -1)) }
    expect(make(policies)(evidence, 14)).toEqual(evaluateTiers(evidence, names, policies, 14))
  })

describe('the fold of tiers', () => {
  it('equals the plain evaluator on 10,000 random histories and policies', () => {
    fc.assert(equality(tierFold), { numRuns: 10_000 })
  }, 60_000)

  it('a check-in is one point however many scales it has: a copy of its scores changes nothing', () => {
    fc.assert(
      fc.property(timeline, history, (policies, evidence) => {
        const names = seriesOf(policies).length
        const known = { ...evidence, series: Array.from(evidence.series, (s) => (s < names ? s : -1)) }
        // A scale that no rule reads, of the same submission as each score.
        const twice = Array.from(known.kind, (kind, i) => (kind === 0 ? [i, i] : [i])).flat()
        const pick = (from: ArrayLike<number>) => twice.map((i) => from[i]!)
        const unread = twice.map((i, at) => (twice[at - 1] === i ? -1 : known.series[i]!))
        const { week, event, kind, source, value, outOf, severity } = known
        const wider = {
          ...{ week: pick(week), event: pick(event), kind: pick(kind), source: pick(source) },
          ...{ series: unread, value: pick(value), outOf: pick(outOf), severity: pick(severity) },
        }
        expect(tierFold(policies)(wider, 14)).toEqual(tierFold(policies)(known, 14))
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)

  const source = readFileSync(new URL('./fold.ts', import.meta.url), 'utf8')
  it.each([
    ['a window one week longer', 'const opens = t - rule.weeks', 'const opens = t - rule.weeks - 1'],
    ['a hold one week shorter', 't - since < rule.holdWeeks', 't - since < rule.holdWeeks - 1'],
    ['no reset by an assignment', 'if (held >= 0 || assigned > 0) since', 'if (held >= 0) since'],
    ['the last rule that holds', '        break\n      }\n\n      if (t >', '      }\n\n      if (t >'],
    [
      'an assignment at the start of the week',
      'rule.from !== tier ||',
      'rule.from !== (assigned || tier) ||',
    ],
    ['each scale of a check-in as a point', 'if (next === 0 || event[next] !== event[next - 1]) ', ''],
    ['one point fewer', '< rule.minPoints)', '< rule.minPoints - 1)'],
    [
      'one point fewer in a streak',
      'if (run < streak.points) continue',
      'if (run < streak.points - 1) continue',
    ],
    ['a streak from the week of entry', 'week[i]! > since', 'week[i]! >= since'],
    ['any number of sources', 'if (sources < rule.minSources) continue', ''],
  ])('with %s is found out within 1,200 runs', async (_, from, to) => {
    expect(source.split(from)).toHaveLength(2)
    const { code } = transformSync(source.replace(from, to), { loader: 'ts', format: 'esm' })
    const mutant = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
    expect(fc.check(equality(mutant.tierFold), { numRuns: 1200, seed: 5, endOnFailure: true }).failed).toBe(
      true,
    )
  })
})
