import { readFileSync } from 'node:fs'
import { funnelRatioLimits, ratioSignificance, xmr } from '@cairn/statistics'
import { describe, expect, test } from 'vitest'
import { funnelSvg, trendSvg } from './charts/draw.ts'

const kept = (file: string) => readFileSync(new URL(`../docs/figures/${file}`, import.meta.url), 'utf8')
const funnel = JSON.parse(kept('exclusion-rate-funnel.json'))
const trend = JSON.parse(kept('incident-rate-trend.json'))
const words = { title: 'Pupils & <schools>', description: 'Said in words' }

describe('the drawings of the docs', () => {
  test.each(['exclusion-rate-funnel', 'incident-rate-trend'])(
    '%s.svg can be read without being seen',
    (name) => {
      const svg = kept(`${name}.svg`)
      expect(svg).toMatch(
        /^<svg [^>]*role="img" aria-labelledby="(\w+-title) (\w+-desc)"><title id="\1">[^<]+<\/title><desc id="\2">[^<]+<\/desc>/,
      )
      expect(svg).toContain('font-family:Arial, Helvetica, sans-serif')
      expect(svg).toContain('Invented data')
    },
  )

  test('the same values make the same file, whatever was drawn before', () => {
    for (const draw of [() => funnelSvg(funnel, words), () => trendSvg(trend, words)]) {
      const once = draw()
      expect(draw()).toBe(once)
      expect(once).toContain('Pupils &amp; &lt;schools&gt;')
    }
  })

  test('a school that is held back is not drawn, and its name is nowhere', () => {
    const held = funnel.rows.filter((row: any) => row.status === 'SUPPRESSED')
    expect(held.map((row: any) => row.schoolUrn).sort()).toEqual(funnel.suppressed)
    expect(held.length).toBeGreaterThan(0)
    for (const { schoolName } of held)
      expect(kept('exclusion-rate-funnel.svg')).not.toContain(schoolName.replace(' (invented)', ''))
  })
})

describe('the values of the docs', () => {
  test('limits and labels of the funnel are those of packages/statistics around the benchmark', () => {
    const average = funnel.benchmark.numerator / funnel.benchmark.denominator
    for (const { numerator, denominator, value, funnel: point } of funnel.rows) {
      if (value === null) continue
      expect(point.significance).toBe(ratioSignificance(numerator, average * denominator))
      expect(point.upper3s).toBeCloseTo(funnelRatioLimits(average * denominator).upper3s * average * 100, 9)
    }
  })

  test('limits of the trend are those of packages/statistics over its points', () => {
    const { phases, points } = xmr(trend.points.map((point: any) => point.value))
    expect(trend.phases).toMatchObject(
      phases.map(({ mean, lower, upper, trialLimits }) => ({ mean, lower, upper, trialLimits })),
    )
    expect(trend.points.map((point: any) => point.specialCause)).toEqual(points.map((p) => p.specialCause))
  })
})
