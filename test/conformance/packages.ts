import {
  clustering,
  cohensKappa,
  directlyStandardisedRate,
  indirectlyStandardisedRatio,
  inequality,
  meanInterval,
  pearson,
  rate,
  rateRatio,
  riskRatio,
  spearman,
  wilson,
  xmr,
} from '@cairn/statistics'

interface Compared {
  readonly name: string
  readonly ours: number
  readonly reference: number
  readonly tolerance: number
}

interface Reference {
  readonly method: string
  readonly input: any
  readonly expected: Readonly<Record<string, number>>
}

const exactly = 1e-9
/** Both intervals are simulated: ours from 100,000 draws. The sampling error of such a percentile is below 1 %. */
const simulated = 0.01
/** pyspc has 3 / 1.128 mean moving ranges where Making Data Count rounds to 2.66. */
const roundedConstant = 2e-4

const seed = 20_261_125

/** What each method of ours makes of the numbers that a package of others was given. */
const methods: Readonly<Record<string, (input: any) => object>> = {
  directlyStandardisedRate: ({ x, n, w }) =>
    directlyStandardisedRate(
      x.map((events: number, i: number) => ({ x: events, n: n[i], weight: w[i] })),
      { per: 1 },
    ),
  indirectlyStandardisedRatio: ({ n, refX, refN, observed }) =>
    indirectlyStandardisedRatio(
      observed,
      n.map((pupils: number, i: number) => ({ n: pupils, referenceX: refX[i], referenceN: refN[i] })),
    ),
  rate: ({ x, n }) => rate(x, n, { per: 1 }),
  wilson: ({ x, n }) => wilson(x, n),
  riskRatio: ({ x1, n1, x0, n0 }) => riskRatio({ x: x1, n: n1 }, { x: x0, n: n0 }),
  rateRatio: ({ x1, n1, x0, n0 }) => rateRatio({ x: x1, n: n1 }, { x: x0, n: n0 }),
  clustering: ({ clusters }) => {
    const found = clustering(clusters.map((values: number[]) => ({ n: values.length, ...sumsOf(values) })))
    return found.kind === 'estimate' ? { icc: found.intraclassCorrelation } : {}
  },
  cohensKappa: ({ counts }) => cohensKappa(counts),
  pearson: ({ xs, ys }) => pearson(xs, ys),
  spearman: ({ xs, ys }) => spearman(xs, ys),
  meanInterval: ({ scores }) => {
    const { sum, sumOfSquares } = sumsOf(scores)
    return meanInterval(scores.length, sum, sumOfSquares)
  },
  inequality: ({ kind, population, value, half }) => {
    const groups = value.map((y: number, i: number) => ({
      ...{ population: population[i], value: y, lower: y - half, upper: y + half },
    }))
    const { slopeIndex: slope, relativeIndex: ratio } = inequality(groups, { kind, seed })
    return {
      ...{ slope: slope.value, slopeLower: slope.lower, slopeUpper: slope.upper },
      ...(ratio && { ratio: ratio.value, ratioLower: ratio.lower, ratioUpper: ratio.upper }),
    }
  },
}

const sumsOf = (values: readonly number[]) => ({
  sum: values.reduce((so, value) => so + value, 0),
  sumOfSquares: values.reduce((so, value) => so + value ** 2, 0),
})

/** Every figure that a package of others has as well; a method or figure that ours lacks compares as NaN, and fails. */
export function fromPackages(read: <T>(path: string) => T): Compared[] {
  const rows = read<{ rows: Reference[] }>('./packages.json').rows.flatMap(
    ({ method, input, expected }, i) => {
      const ours = methods[method]?.(input) as Record<string, number> | undefined
      return Object.entries(expected).map(([key, reference]) => ({
        ...{ name: `${method} ${i + 1} ${key}`, ours: ours?.[key] ?? Number.NaN, reference: tidy(reference) },
        tolerance: method === 'inequality' && /Lower|Upper/.test(key) ? simulated : exactly,
      }))
    },
  )
  const charts = read<{ rows: { values: number[]; mean: number; lower: number; upper: number }[] }>(
    './xmr.json',
  )
  for (const [i, { values, ...reference }] of charts.rows.entries()) {
    const [ours] = xmr(values, { screen: false }).phases
    const reach = (limits: { mean: number; upper: number; lower: number }) => limits.upper - limits.lower
    rows.push(
      { name: `xmr ${i + 1} mean`, ours: ours!.mean, reference: reference.mean, tolerance: exactly },
      {
        name: `xmr ${i + 1} reach`,
        ours: reach(ours!),
        reference: reach(reference),
        tolerance: roundedConstant,
      },
    )
  }
  return rows
}

/** What is 0 but for rounding. */
const tidy = (value: number): number => (Math.abs(value) < 1e-15 ? 0 : value)
