import type { SimulationTruth } from '@cairn/simulation'
import { criticalZ } from '@cairn/statistics'
import { ask } from './queries.ts'

export interface Effect {
  /** Pupils with a check-in before and after, of the programme that works and of the other. */
  readonly n: readonly [number, number]
  /** Points of 0 to 100 by which the one that works changed scores more than the one that does not. */
  readonly measured: number
  /** 99 % interval. */
  readonly lower: number
  readonly upper: number
  /** What the simulation caused. */
  readonly caused: number
  readonly within: boolean
}

interface Row {
  kind: string
  n: number | null
  change: number | null
  g: number | null
  gLower: number | null
  gUpper: number | null
}

/**
 * The known effect as a reader gets it back, through GraphQL. Pupils of both programmes were chosen because they were low
 * and drift up alike, so the difference between the two is what the one caused; its error follows from the interval of g,
 * subscales taken as moving together (no smaller than it is).
 */
export async function effectOf(
  gateway: string,
  key: string,
  authorities: readonly number[],
  year: string,
  truth: SimulationTruth,
): Promise<Effect> {
  const rows: Row[] = []
  for (const authority of authorities) {
    const { interventionEffect } = await ask(
      gateway,
      key,
      `{ interventionEffect(authority: ${authority}, period: { academicYears: ["${year}"] }, by: TYPE,
        instrument: "resilience-wheel@2", informant: "self") { rows { kind n change g gLower gUpper } } }`,
    )
    rows.push(...interventionEffect.rows)
  }
  const [works, not] = truth.programmes.map(({ type }) => pooled(rows.filter(({ kind }) => kind === type)))
  const measured = works!.change - not!.change
  const margin = criticalZ(0.99) * Math.hypot(works!.error, not!.error)
  const caused = (truth.programmes[0]!.points.mean ?? 0) - (truth.programmes[1]!.points.mean ?? 0)
  const [lower, upper] = [measured - margin, measured + margin]
  return {
    n: [Math.round(works!.n / 6), Math.round(not!.n / 6)],
    ...{ measured, lower, upper, caused, within: lower <= caused && caused <= upper },
  }
}

/** Mean change over authorities and subscales by their pupils, and its error. */
function pooled(rows: readonly Row[]): { n: number; change: number; error: number } {
  const shown = rows.filter((row) => row.change !== null && row.g !== null && row.g !== 0)
  const n = shown.reduce((sum, row) => sum + row.n!, 0)
  const change = shown.reduce((sum, row) => sum + row.n! * row.change!, 0) / n
  // Six subscales of the same pupils: variance of their mean is no more than the mean of theirs.
  const variance =
    shown.reduce((sum, row) => {
      const ofG = (row.gUpper! - row.gLower!) / (2 * criticalZ(0.95))
      return sum + 6 * (row.n! * ofG * Math.abs(row.change! / row.g!)) ** 2
    }, 0) /
    n ** 2
  return { n, change, error: Math.sqrt(variance) }
}
