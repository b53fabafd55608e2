import { codeSets } from '@cairn/contracts'
import type { StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import { labelOf } from '../figures/labels.ts'
import { type AskedBy, valuesOf } from './by-pupils.ts'
import { readCellsByPupils, sumsOfValue } from './cell-sums.ts'
import {
  type FidelityRow,
  fidelityMetrics,
  type GoalRow,
  goalMetrics,
  heldInFidelity,
  isLow,
  kindsOf,
  tablesOf,
} from './delivery-types.ts'
import type { EffectBy } from './effect-types.ts'
import { heldAlone, meanOfValue, shareOfValue, shownValues } from './tables.ts'

const read = (by: AskedBy, context: GatewayContext, metrics: readonly StoredMetric[], breakdown: string) =>
  Promise.all(metrics.map((metric) => readCellsByPupils(context, by, metric, [breakdown])))

/** @param set of the kinds */
export async function fidelityByPupils(
  by: AskedBy,
  context: GatewayContext,
  kind: EffectBy,
  set: string,
): Promise<FidelityRow[]> {
  const [sessions = [], minutes = [], dose = [], ended = [], reached = []] = await read(
    ...([by, context, fidelityMetrics, kind] as const),
  )
  const kinds = kindsOf(dose, set)
  const { tables, held } = heldInFidelity(by, kinds, { dose, ended, reached })
  const shown = new Set([
    ...shownValues(tables.delivered, held.delivered),
    ...shownValues(tables.dose, held.dose),
  ])
  const values = valuesOf(by.pupilsBy, shown)
  return kinds.flatMap((of) =>
    values.map((pupils) => {
      const { value } = pupils
      const meanOf = (cells: readonly CellSum[], isHeld: boolean) =>
        meanOfValue(sumsOfValue(cells, of, value), isHeld)
      const row = {
        sessions: meanOf(sessions, held.delivered.has(of)),
        minutes: meanOf(minutes, held.delivered.has(of)),
        atBar: shareOfValue(tables.atBar.get(of)!, value, held.atBar.has(of)),
        dose: meanOf(dose, held.dose.has(of)),
      }
      return { kind: of, label: labelOf(codeSets.get(set), of), pupils, ...row, lowFidelity: isLow(row) }
    }),
  )
}

export async function goalsByPupils(by: AskedBy, context: GatewayContext): Promise<GoalRow[]> {
  const [ratings = [], progress = []] = await read(by, context, goalMetrics, 'goal_area')
  const areas = kindsOf(ratings, 'goal-area')
  const tables = tablesOf(areas, ratings)
  const held = heldAlone(by, tables)
  const values = valuesOf(by.pupilsBy, shownValues(tables, held))
  return areas.flatMap((area) =>
    values.map((pupils) => {
      const meanOf = (cells: readonly CellSum[]) =>
        meanOfValue(sumsOfValue(cells, area, pupils.value), held.has(area))
      return {
        ...{ area, label: labelOf(codeSets.get('goal-area'), area), pupils },
        ...{ rating: meanOf(ratings), progress: meanOf(progress) },
      }
    }),
  )
}
