import { standard } from '@cairn/disclosure'
import highsModule from 'highs'
import { randomOf } from './api/world.ts'

/**
 * What would be told of one school by expected events that are counted in NC year × sex × free school meals and published
 * beside the singles of its roll: the option that ADR 19 gives up. `node --import tsx test/attack/strata.ts`
 */
export interface Trial {
  readonly years: number
  readonly roll: number
  /** Metrics that have expected events: incidents, exclusions, pupils with an incident, with a check-in. */
  readonly metrics: number
  readonly schools: number
}

export interface Told {
  /** Strata and pairs of the school with 1 to 9 pupils, which singles alone leave in doubt. */
  readonly protected: number
  /** Those that expected events narrow down too far, for who knows the authority's rates. */
  readonly exposed: number
}

// Its types speak of CommonJS, where the loader is `default.default`; what is loaded is the ES module.
const loadHighs = highsModule as unknown as typeof highsModule.default
type Highs = Awaited<ReturnType<typeof loadHighs>>

/** Whole numbers of pupils in each stratum: low <= Σ factor × pupils <= high. */
interface Row {
  readonly factors: readonly number[]
  readonly low: number
  readonly high: number
}

const often = [0.3, 0.03, 0.12, 0.8]
const sum = (of: readonly number[]) => of.reduce((so, n) => so + n, 0)

export async function toldByExpected({ years, roll, metrics, schools }: Trial): Promise<Told> {
  const highs = await loadHighs()
  const strata = Array.from(
    { length: years * 4 },
    (_, i) => [Math.floor(i / 4), (i >> 1) & 1, i & 1] as const,
  )
  const told = { protected: 0, exposed: 0 }
  for (let seed = 1; seed <= schools; seed++) {
    const random = randomOf(seed)
    const singles: (readonly [name: number, value: number])[] = [
      ...Array.from({ length: years }, (_, year) => [0, year] as const),
      ...([1, 2] as const).flatMap((name) => [0, 1].map((value) => [name, value] as const)),
    ]
    const isOf = ([name, value]: readonly [number, number]) =>
      strata.map((one) => (one[name] === value ? 1 : 0))
    const own = ownRoll(random, { years, roll }, (table) =>
      singles.every((single) => weighed(isOf(single), table) >= standard.smallestDenominator),
    )
    const margins = singles.map((single): Row => {
      const pupils = weighed(isOf(single), own)
      return { factors: isOf(single), low: pupils, high: pupils }
    })
    const expected = often.slice(0, metrics).map((rate) => rowOf(ratesOf(random, strata, rate), own))
    for (const target of targetsOf(strata)) {
      const n = weighed(target, own)
      if (n === 0 || n >= standard.smallestDenominator || isNarrow(boundsOf(highs, margins, target))) continue
      told.protected++
      if (isNarrow(boundsOf(highs, [...margins, ...expected], target))) told.exposed++
    }
  }
  return told
}

const weighed = (factors: readonly number[], table: readonly number[]) =>
  sum(table.map((n, i) => n * factors[i]!))

/** As the rule for denominators has it: at least 5 wide, and reaching 10. */
const isNarrow = ([low, high]: readonly [number, number]) =>
  high - low < standard.smallestDenominator / 2 || high < standard.smallestDenominator

/** Pupils by stratum, drawn until every single can be shown. */
function ownRoll(
  random: () => number,
  { years, roll }: Pick<Trial, 'years' | 'roll'>,
  isShown: (table: readonly number[]) => boolean,
): number[] {
  const share = 0.15 + 0.3 * random()
  for (;;) {
    const table = Array.from({ length: years * 4 }, () => 0)
    for (let i = 0; i < roll; i++)
      table[Math.floor(random() * years) * 4 + (random() < 0.5 ? 2 : 0) + (random() < share ? 1 : 0)]!++
    if (isShown(table)) return table
  }
}

/** An authority's events for each pupil of a stratum, from counts. */
function ratesOf(random: () => number, strata: readonly (readonly number[])[], rate: number): number[] {
  return strata.map(([year, sex, fsm]) => {
    const pupils = 60 + Math.floor(random() * 200)
    const mean =
      pupils * rate * (1 + 0.1 * year!) * (sex ? 1.5 : 1) * (fsm ? 1.8 : 1) * (0.8 + 0.4 * random())
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * (4 * random() - 2))) / pupils
  })
}

/** Expected events to three significant digits. */
function rowOf(rates: readonly number[], own: readonly number[]): Row {
  const shown = Number(weighed(rates, own).toPrecision(3))
  const half = 10 ** (Math.floor(Math.log10(shown)) - 2) / 2 + 1e-9
  return { factors: rates, low: shown - half, high: shown + half }
}

/** Each stratum, and each cell of two characteristics. */
function targetsOf(strata: readonly (readonly number[])[]): number[][] {
  const each = strata.map((_, at) => strata.map((_, i) => (i === at ? 1 : 0)))
  const pairs = (
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const
  ).flatMap(([one, other]) => {
    const names = strata.map((stratum) => `${stratum[one]} ${stratum[other]}`)
    return [...new Set(names)].map((name) => names.map((own) => (own === name ? 1 : 0)))
  })
  return [...each, ...pairs]
}

function boundsOf(highs: Highs, rows: readonly Row[], target: readonly number[]): readonly [number, number] {
  const [starts, indices, values] = [[0], [] as number[], [] as number[]]
  for (const { factors } of rows) {
    for (const [i, factor] of factors.entries())
      if (factor !== 0) {
        indices.push(i)
        values.push(factor)
      }
    starts.push(indices.length)
  }
  const [numCols, numRows] = [target.length, rows.length]
  const { minimize, maximize } = highs.constants.objectiveSense
  const model = highs.createModel({
    ...{ numCols, numRows, rowLower: rows.map(({ low }) => low), rowUpper: rows.map(({ high }) => high) },
    colCost: Float64Array.from(target),
    colLower: new Float64Array(numCols),
    colUpper: new Float64Array(numCols).fill(1e4),
    matrix: { format: 'csr' as const, numRows, numCols, starts, indices, values },
    integrality: new Int32Array(numCols).fill(1),
    sense: minimize,
  })
  try {
    model.options.set({ output_flag: false })
    const extreme = (sense: typeof minimize | typeof maximize) => {
      model.changeObjectiveSense(sense)
      model.run()
      if (model.getModelStatus() !== highs.constants.modelStatus.optimal)
        throw new Error('HiGHS found no optimum')
      return Math.round(model.getObjectiveValue())
    }
    return [extreme(minimize), extreme(maximize)]
  } finally {
    model.dispose()
  }
}

if (import.meta.main)
  for (const [years, roll] of [
    [1, 50],
    [3, 60],
    [4, 64],
    [4, 120],
    [6, 90],
  ] as const) {
    const trial = { years, roll, metrics: 4, schools: 4 }
    console.log(JSON.stringify({ ...trial, ...(await toldByExpected(trial)) }))
  }
