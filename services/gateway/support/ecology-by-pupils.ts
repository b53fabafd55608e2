import { codeSets } from '@cairn/contracts'
import type { StoredMetric } from '@cairn/metrics'
import { ecologicalLevels, factorOfLevel } from '@cairn/mtss'
import type { CellSum } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import { labelOf } from '../figures/labels.ts'
import { type AskedBy, valuesOf } from './by-pupils.ts'
import { readCellsByPupils } from './cell-sums.ts'
import { tablesOf } from './delivery-types.ts'
import { type EcologicalLevelRow, ecologyMetrics } from './ecology-types.ts'
import { type Answered, factorTable, readFactorsByPupils } from './factors-by-pupils.ts'
import { type ShareFigure, share } from './shown.ts'
import {
  heldAlone,
  heldTables,
  mayShowTable,
  meanOfValue,
  partsOf,
  shareOfValue,
  shownValues,
  type TableRow,
} from './tables.ts'

/** The four levels, each with a row for each value. */
export async function ecologyByPupils(
  by: AskedBy,
  context: GatewayContext,
  of: Answered,
): Promise<EcologicalLevelRow[]> {
  const answered = (metric: StoredMetric) => readFactorsByPupils(context, by, metric, of)
  const delivered = (metric: StoredMetric) => readCellsByPupils(context, by, metric, ['ecological_level'])
  const [scores, low, begun, given] = await Promise.all([
    ...([answered(ecologyMetrics.scores), answered(ecologyMetrics.low)] as const),
    ...([delivered(ecologyMetrics.interventions), delivered(ecologyMetrics.sessions)] as const),
  ])
  const factors = ecologicalLevels.map(factorOfLevel)
  const strength = factorTable(by, factors, scores)
  const needs = tablesOf(factors, scores, low)
  const heldNeeds = strength.isHeld ? new Set(factors) : heldAlone(by, needs)
  const interventions = sharesOf(by, begun)
  const sessions = sharesOf(by, given, interventions.held)
  const shown = [strength.shown, interventions.shown, sessions.shown].flatMap((values) => [...values])
  const values = valuesOf(by.pupilsBy, new Set(shown))
  return ecologicalLevels.flatMap((level) => {
    const factor = factorOfLevel(level)
    return values.map((pupils) => ({
      ...{ level, label: labelOf(codeSets.get('ecological-level'), level), pupils },
      strength: meanOfValue(strength.sumsOf(factor, pupils.value), strength.isHeld),
      need: shareOfValue(needs.get(factor)!, pupils.value, heldNeeds.has(factor)),
      interventions: interventions.of(level, pupils.value),
      sessions: sessions.of(level, pupils.value),
    }))
  })
}

interface Shares {
  readonly held: ReadonlySet<string>
  readonly shown: ReadonlySet<string>
  readonly of: (level: string, value: string) => ShareFigure
}

/**
 * Each level's part of all that a value's pupils had: told where all of it may be told as well, which the levels add up to.
 * @param before levels that are held back in what these are of
 */
export function sharesOf(by: AskedBy, cells: readonly CellSum[], before?: ReadonlySet<string>): Shares {
  const tables = tablesOf(ecologicalLevels, cells)
  const all: TableRow[] = [...tables.values()].flat()
  const held = mayShowTable(by, all) ? heldTables(by, tables, before) : new Set(ecologicalLevels)
  return {
    held,
    shown: shownValues(tables, held),
    // One of one is never shown.
    of: (level, value) =>
      held.has(level)
        ? share(1, 1)
        : share(partsOf(tables.get(level)!, value)[0] ?? 0, partsOf(all, value)[0] ?? 0),
  }
}
