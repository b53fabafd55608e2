import highsModule from 'highs'
import type { Interval } from './bounds.ts'
import type { Knowledge } from './knowledge.ts'

// Its types speak of CommonJS, where the loader is `default.default`; what is loaded is the ES module.
const loadHighs = highsModule as unknown as typeof highsModule.default

/**
 * Tighter than intervals can be: the least and the most of each asked figure under all relations at once, by
 * linear programming (HiGHS). Whole numbers are not asked for, so bounds may be a little wide, never too narrow.
 * Figures that the intervals already pin are put in as constants.
 */
export async function linearIntervals(
  knowledge: Knowledge,
  from: Interval,
  asked: readonly number[],
): Promise<Map<number, { low: number; high: number }>> {
  const highs = await loadHighs()
  const found = new Map<number, { low: number; high: number }>()
  for (const group of groupsOf(knowledge, from, asked)) {
    const problem = problemOf(knowledge, from, group)
    const model = highs.createModel({ ...problem.data, sense: highs.constants.objectiveSense.minimize })
    try {
      model.options.set({ output_flag: false, presolve: 'off', simplex_strategy: 4 })
      for (const at of asked) {
        const column = problem.columns.get(at)
        if (column === undefined) continue
        const extreme = (
          sense:
            | typeof highs.constants.objectiveSense.minimize
            | typeof highs.constants.objectiveSense.maximize,
        ) => {
          model.changeObjectiveSense(sense)
          model.run()
          if (model.getModelStatus() !== highs.constants.modelStatus.optimal) {
            throw new Error(`HiGHS found no optimum for ${knowledge.keys[at]}`)
          }
          return model.getObjectiveValue()
        }
        model.changeColCost(column, 1)
        const low = extreme(highs.constants.objectiveSense.minimize)
        const high = extreme(highs.constants.objectiveSense.maximize)
        model.changeColCost(column, 0)
        found.set(at, { low, high })
      }
    } finally {
      model.dispose()
    }
  }
  return found
}

/** Open figures that some relation joins, directly or through others; only groups with an asked figure. */
function groupsOf(knowledge: Knowledge, { low, high }: Interval, asked: readonly number[]): number[][] {
  const parent = knowledge.keys.map((_, at) => at)
  const root = (at: number): number => {
    let top = at
    while (parent[top] !== top) top = parent[top]!
    for (let next = at; next !== top; ) {
      const after = parent[next]!
      parent[next] = top
      next = after
    }
    return top
  }
  const isOpen = (at: number) => low[at] !== high[at]
  const join = (figures: number[]) => {
    const open = figures.filter(isOpen)
    for (const at of open) parent[root(at)] = root(open[0]!)
  }
  for (const { total, parts } of knowledge.relations) join([total, ...parts])
  knowledge.denominator.forEach((of, at) => {
    if (of >= 0) join([of, at])
  })
  const wanted = new Set(asked.filter(isOpen).map(root))
  const groups = new Map<number, number[]>()
  for (const at of knowledge.keys.keys()) {
    if (!isOpen(at) || !wanted.has(root(at))) continue
    const members = groups.get(root(at))
    if (members) members.push(at)
    else groups.set(root(at), [at])
  }
  return [...groups.values()]
}

function problemOf(knowledge: Knowledge, { low, high }: Interval, group: readonly number[]) {
  const columns = new Map(group.map((at, column) => [at, column]))
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  const rowLower: number[] = []
  const rowUpper: number[] = []
  /** least <= sum of factor × figure <= most, with what is known moved to the sides. */
  const row = (terms: [number, number][], least: number, most: number) => {
    let known = 0
    let open = 0
    for (const [at, factor] of terms) {
      const column = columns.get(at)
      if (column === undefined) known += factor * low[at]!
      else {
        indices.push(column)
        values.push(factor)
        open += 1
      }
    }
    if (open === 0) return
    starts.push(indices.length)
    rowLower.push(least - known)
    rowUpper.push(most - known)
  }
  for (const { kind, total, parts } of knowledge.relations) {
    if (![total, ...parts].some((at) => columns.has(at))) continue
    const terms: [number, number][] = [[total, -1], ...parts.map((part): [number, number] => [part, 1])]
    row(terms, 0, kind === 'sum' ? 0 : Number.POSITIVE_INFINITY)
    if (kind === 'union') {
      for (const part of parts)
        row(
          [
            [total, 1],
            [part, -1],
          ],
          0,
          Number.POSITIVE_INFINITY,
        )
    }
  }
  for (const at of group) {
    const of = knowledge.denominator[at]!
    if (of >= 0)
      row(
        [
          [of, 1],
          [at, -1],
        ],
        0,
        Number.POSITIVE_INFINITY,
      )
  }
  const numCols = group.length
  const numRows = rowLower.length
  return {
    columns,
    data: {
      numCols,
      numRows,
      colCost: new Float64Array(numCols),
      colLower: Float64Array.from(group, (at) => low[at]!),
      colUpper: Float64Array.from(group, (at) => high[at]!),
      rowLower,
      rowUpper,
      matrix: { format: 'csr' as const, numRows, numCols, starts, indices, values },
    },
  }
}
