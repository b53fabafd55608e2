/**
 * The package's figures against numbers made elsewhere: vectors.json (scipy, from the published formulas),
 * distributions.json (mpmath at 50 digits), packages.json (R) and xmr.json (pyspc); each has its script beside it.
 *   npm run vectors -- [--json]
 * Exits 1 where a difference exceeds its tolerance: 1e-9 relative, 1e-10 for distributions, and what packages.ts says.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  chiSquareQuantile,
  funnelProportionLimits,
  gammaQuantile,
  hedgesJ,
  logGamma,
  normalQuantile,
  rate,
  tQuantile,
  wilson,
} from '@cairn/statistics'
import { fromPackages } from './packages.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (options.help) {
  console.log(
    'npm run vectors -- [--json]   every reference value: name, ours, reference, relative difference',
  )
  process.exit(0)
}

interface Counted {
  x: number
  n: number
  conf?: number
  value: number
  lower: number
  upper: number
}

interface Limits {
  baseline: number
  population: number
  lower2s: number
  upper2s: number
  lower3s: number
  upper3s: number
}

interface Vectors {
  wilson: Counted[]
  rate_per_1000: Counted[]
  funnel_proportion_limits: Limits[]
  hedges_j: { df: number; J_exact: number }[]
}

const FUNCTIONS = { normalQuantile, tQuantile, chiSquareQuantile, gammaQuantile, logGamma, hedgesJ } as const

interface Distributions {
  rows: { function: keyof typeof FUNCTIONS; arguments: [number, number]; value: number }[]
}

interface Row {
  name: string
  ours: number
  reference: number
  difference: number
  tolerance: number
}

const rows: Row[] = []

function compare(name: string, ours: number, reference: number, tolerance = 1e-9): void {
  // relative, and absolute where the reference is 0
  const difference = Math.abs(ours - reference) / (reference === 0 ? 1 : Math.abs(reference))
  rows.push({ name, ours, reference, difference, tolerance })
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as T
}

const vectors = read<Vectors>('../../packages/statistics/vectors.json')
for (const vector of vectors.wilson) {
  const ours = wilson(vector.x, vector.n, vector.conf)
  const name = `wilson ${vector.x}/${vector.n} at ${vector.conf}`
  for (const key of ['value', 'lower', 'upper'] as const) compare(`${name} ${key}`, ours[key], vector[key])
}
for (const vector of vectors.rate_per_1000) {
  const ours = rate(vector.x, vector.n, { per: 1000 })
  const name = `rate ${vector.x}/${vector.n}`
  for (const key of ['value', 'lower', 'upper'] as const) compare(`${name} ${key}`, ours[key], vector[key])
}
for (const vector of vectors.funnel_proportion_limits) {
  const ours = funnelProportionLimits(vector.baseline, vector.population)
  for (const key of ['lower2s', 'upper2s', 'lower3s', 'upper3s'] as const)
    compare(`funnel ${vector.baseline} n=${vector.population} ${key}`, ours[key], vector[key])
}
for (const vector of vectors.hedges_j) compare(`hedges J df=${vector.df}`, hedgesJ(vector.df), vector.J_exact)
for (const row of read<Distributions>('./distributions.json').rows) {
  const [first, second] = row.arguments
  compare(`${row.function}(${row.arguments})`, FUNCTIONS[row.function](first, second), row.value, 1e-10)
}

for (const { name, ours, reference, tolerance } of fromPackages(read))
  compare(name, ours, reference, tolerance)

// not ≤ rather than >: a NaN must fail
const failed = rows.filter(({ difference, tolerance }) => !(difference <= tolerance))
for (const { name, ours, reference, difference, tolerance } of rows) {
  const mark = difference <= tolerance ? '' : '  DIFFERS'
  console.log(
    `${name.padEnd(46)} ${String(ours).padEnd(24)} ${String(reference).padEnd(24)} ${difference.toExponential(1)}${mark}`,
  )
}
const largestOf = (of: readonly Row[]) => of.reduce((most, { difference }) => Math.max(most, difference), 0)
/** Where the reference rounds or simulates no more can be asked than its tolerance. */
const isExact = ({ tolerance }: Row) => tolerance <= 1e-9
const largest = largestOf(rows.filter(isExact))
const others = largestOf(rows.filter((row) => !isExact(row)))
console.log(
  `${rows.length} values, ${failed.length} differ, largest difference ${largest.toExponential(2)}; ` +
    `where the reference is rounded or simulated ${others.toExponential(2)}`,
)
if (options.json)
  console.log(JSON.stringify({ values: rows.length, failed: failed.length, largest, others, rows }))
process.exitCode = failed.length > 0 ? 1 : 0
