import highsModule from 'highs'
import type { System } from './system.ts'

// Its types speak of CommonJS, where the loader is `default.default`; what is loaded is the ES module.
const loadHighs = highsModule as unknown as typeof highsModule.default

/** Figures that one linear program has at most: those nearest to the one that is asked for. */
const most = 1_500

/**
 * The least and the most of each asked figure under many rows at once (HiGHS), which passing bounds row by row may miss.
 * Rows that reach beyond the figures taken are left out, so that bounds may be too wide, never too narrow.
 */
export async function linearBounds(
  system: System,
  asked: readonly number[],
): Promise<Map<number, { low: number; high: number }>> {
  const highs = await loadHighs()
  const found = new Map<number, { low: number; high: number }>()
  for (const at of asked) {
    const near = nearest(system, at)
    const model = highs.createModel({
      ...problemOf(system, near),
      sense: highs.constants.objectiveSense.minimize,
    })
    try {
      model.options.set({ output_flag: false })
      model.changeColCost(0, 1)
      const extreme = (sense: Parameters<typeof model.changeObjectiveSense>[0]) => {
        model.changeObjectiveSense(sense)
        model.run()
        if (model.getModelStatus() !== highs.constants.modelStatus.optimal)
          throw new Error(`HiGHS found no optimum for figure ${at}`)
        return model.getObjectiveValue()
      }
      const low = extreme(highs.constants.objectiveSense.minimize)
      const high = extreme(highs.constants.objectiveSense.maximize)
      found.set(at, { low: Math.ceil(low - 1e-4), high: Math.floor(high + 1e-4) })
    } finally {
      model.dispose()
    }
  }
  return found
}

const isOpen = ({ low, high }: System, at: number): boolean => low[at] !== high[at]

/** Open figures by how many rows lie between; the asked one first. */
function nearest(system: System, asked: number): number[] {
  const order = [asked]
  const seen = new Set(order)
  for (const at of order) {
    for (const row of system.touching[at]!)
      for (const figure of system.rows[row]!.figures) {
        if (seen.has(figure) || !isOpen(system, figure)) continue
        if (order.length >= most) return order
        seen.add(figure)
        order.push(figure)
      }
  }
  return order
}

function problemOf(system: System, near: readonly number[]) {
  const columns = new Map(near.map((at, column) => [at, column]))
  const [starts, indices, values] = [[0], [] as number[], [] as number[]]
  const [rowLower, rowUpper] = [[] as number[], [] as number[]]
  for (const row of new Set(near.flatMap((at) => system.touching[at]!))) {
    const { figures, factors, low, high } = system.rows[row]!
    if (figures.some((at) => isOpen(system, at) && !columns.has(at))) continue
    let known = 0
    for (const [i, at] of figures.entries()) {
      const column = columns.get(at)
      if (column === undefined) known += factors[i]! * system.low[at]!
      else {
        indices.push(column)
        values.push(factors[i]!)
      }
    }
    starts.push(indices.length)
    rowLower.push(low - known)
    rowUpper.push(high >= 2 ** 31 ? Number.POSITIVE_INFINITY : high - known)
  }
  const [numCols, numRows] = [near.length, rowLower.length]
  return {
    ...{ numCols, numRows, rowLower, rowUpper, colCost: new Float64Array(numCols) },
    colLower: Float64Array.from(near, (at) => system.low[at]!),
    colUpper: Float64Array.from(near, (at) => system.high[at]!),
    matrix: { format: 'csr' as const, numRows, numCols, starts, indices, values },
  }
}
