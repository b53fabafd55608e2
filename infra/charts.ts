/**
 * Draws the demonstration's funnel and trend of one metric for docs/figures, as values (JSON, CSV) and as SVG: `npm run
 * charts`. `--draw` draws anew from the values that are kept; `--check` exits 1 where a drawing is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { askDemonstration } from './charts/demonstration.ts'
import { type FunnelData, funnelSvg, type TrendData, trendSvg } from './charts/draw.ts'

const folder = new URL('../docs/figures/', import.meta.url)
const limits = 'lower2s upper2s lower3s upper3s'
const figure =
  'metricId timePeriod timeIdentifier n numerator denominator value lower upper confidence method status symbol'
const funnelQuery = `{ compareSchools(metric: "exclusion_rate", period: { academicYears: ["202526"] }) {
  asOf suppressed rows { schoolUrn schoolName ${figure} profile release judgement funnel { ${limits} significance } }
  benchmark { ${figure} } funnel { status centre method curve { denominator ${limits} } } } }`
const trendQuery = `{ trend(metric: "incident_rate", period: { grain: WEEK, from: "2025-09-08", to: "2025-12-07" }, target: 1.5,
  changes: [{ on: "2025-11-03", label: "Half-term 2 begins" }], rebase: false) {
  asOf status variation target assurance warnings suppressed weeksOutOfTerm method
  points { from to ${figure} profile release complete phaseIndex specialCause direction }
  phases { from to points mean lower upper innerLower innerUpper trialLimits } changes { on label rebased } } }`

const names = { funnel: 'exclusion-rate-funnel', trend: 'incident-rate-trend' } as const
const file = (name: string, ending: string) => new URL(`${name}.${ending}`, folder)
const kept = (name: string) => JSON.parse(readFileSync(file(name, 'json'), 'utf8'))

/** Every number that is drawn, one row a point. */
const csvOf = (columns: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
const cell = (value: unknown): string => {
  const text = String(value ?? '')
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const plain = (name: string) => name.replace(' (invented)', '')

function drawings(): Record<string, string> {
  const [funnel, trend]: [FunnelData & { suppressed: number[] }, TrendData & { warnings: string[] }] = [
    kept(names.funnel),
    kept(names.trend),
  ]
  const shown = funnel.rows.filter((row) => row.value !== null)
  const beyond = shown.filter((row) => row.funnel!.significance !== 'Not significant')
  const special = trend.points.filter((point) => point.specialCause !== null)
  return {
    [names.funnel]: funnelSvg(
      { ...funnel, rows: funnel.rows.map((row) => ({ ...row, schoolName: plain(row.schoolName) })) },
      {
        title: 'Exclusions per 100 pupils, by size of school, 2025/26',
        description:
          `Invented data. ${shown.length} schools around the authority’s ${funnel.funnel.centre.toFixed(1)} exclusions per 100 pupils; ` +
          `${beyond.map((row) => `${plain(row.schoolName)} (${row.value!.toFixed(1)})`).join(' and ') || 'none'} beyond the 95 % limits. ` +
          `${funnel.suppressed.length} held back.`,
      },
    ),
    [names.trend]: trendSvg(trend, {
      title: 'Incidents per 100 pupils, by week of term, autumn 2025',
      description:
        `Invented data. ${trend.points.length} weeks around a mean of ${trend.phases[0]!.mean.toFixed(2)}, trial limits ` +
        `${trend.phases[0]!.lower.toFixed(2)} to ${trend.phases[0]!.upper.toFixed(2)}; special cause: ` +
        `${special.map((point) => `week of ${point.from} (${point.value!.toFixed(2)})`).join(', ') || 'none'}.`,
    }),
  }
}

async function load(): Promise<void> {
  const { compareSchools, trend } = await askDemonstration(async (ask) => ({
    ...(await ask(funnelQuery)),
    ...(await ask(trendQuery)),
  }))
  const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`
  writeFileSync(file(names.funnel, 'json'), json(compareSchools))
  writeFileSync(file(names.trend, 'json'), json(trend))
  const numbers = ['numerator', 'denominator', 'value', 'lower', 'upper'] as const
  const of = limits.split(' ')
  writeFileSync(
    file(names.funnel, 'csv'),
    csvOf(
      ['school_urn', 'school_name', ...numbers, 'symbol', ...of, 'significance', 'judgement'],
      compareSchools.rows.map((row: any) => [
        ...[row.schoolUrn, row.schoolName, ...numbers.map((name) => row[name]), row.symbol],
        ...[...of.map((name) => row.funnel?.[name]), row.funnel?.significance, row.judgement],
      ]),
    ),
  )
  writeFileSync(
    file(names.trend, 'csv'),
    csvOf(
      ['from', 'to', ...numbers, 'symbol', 'mean', 'lower_limit', 'upper_limit', 'special_cause'],
      trend.points.map((row: any) => {
        const phase = trend.phases[row.phaseIndex] ?? {}
        return [
          ...[row.from, row.to, ...numbers.map((name) => row[name]), row.symbol],
          ...[phase.mean, phase.lower, phase.upper, row.specialCause],
        ]
      }),
    ),
  )
}

mkdirSync(folder, { recursive: true })
const check = process.argv.includes('--check')
if (!check && !process.argv.includes('--draw')) await load()
let stale = 0
for (const [name, svg] of Object.entries(drawings())) {
  if (!check) writeFileSync(file(name, 'svg'), svg)
  else if (readFileSync(file(name, 'svg'), 'utf8') !== svg) {
    console.error(`docs/figures/${name}.svg is stale: npm run charts -- --draw`)
    stale++
  }
}
if (!check) console.log('docs/figures: values and drawings of the demonstration written')
process.exit(stale === 0 ? 0 : 1)
