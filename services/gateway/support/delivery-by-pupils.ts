import { codeSets } from '@cairn/contracts'
import type { StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import { labelOf } from '../figures/labels.ts'
import { bySchool, ownSums } from './among.ts'
import { type AskedBy, valuesOf } from './by-pupils.ts'
import { readCellsByPupils } from './cell-sums.ts'
import {
  type FidelityRow,
  fidelityMetrics,
  type GoalRow,
  goalMetrics,
  isLow,
  kindsOf,
} from './delivery-types.ts'
import type { EffectBy } from './effect-types.ts'
import { heldAlone, heldTables, meanOfValue, shareOfValue, shownValues, type TableRow } from './tables.ts'

/** Tables of each kind: of those that `whole` counts the ones that are in `part` too, and the others; or all of them as one. */
function tablesOf(
  kinds: readonly string[],
  whole: readonly CellSum[],
  part?: readonly CellSum[],
): Map<string, TableRow[]> {
  const placeOf = ({ group, values }: CellSum) => `${group} ${values.join(' ')}`
  const hits = new Map((part ?? []).map((cell) => [placeOf(cell), cell.n]))
  return new Map(
    kinds.map((kind) => [
      kind,
      whole
        .filter(({ values }) => values[0] === kind)
        .map((cell) => {
          const hit = hits.get(placeOf(cell)) ?? 0
          return { school: cell.group, value: cell.values[1]!, parts: part ? [hit, cell.n - hit] : [cell.n] }
        }),
    ]),
  )
}

const sumsOf = (by: AskedBy, cells: readonly CellSum[], kind: string, value: string) =>
  ownSums(
    by,
    bySchool(cells, ([k, v]) => k === kind && v === value),
  )

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
  const kinds = kindsOf(by, dose, set)
  const tables = {
    delivered: tablesOf(kinds, ended),
    atBar: tablesOf(kinds, ended, reached),
    // Those that go on are the ones that began less the ones that ended.
    dose: tablesOf(kinds, dose, ended),
  }
  const delivered = heldTables(by, tables.delivered)
  const held = {
    delivered,
    atBar: heldTables(by, tables.atBar, delivered),
    dose: heldTables(by, tables.dose),
  }
  const shown = new Set([
    ...shownValues(tables.delivered, held.delivered),
    ...shownValues(tables.dose, held.dose),
  ])
  const values = valuesOf(by.pupilsBy, shown)
  return kinds.flatMap((of) =>
    values.map((pupils) => {
      const { value } = pupils
      const meanOf = (cells: readonly CellSum[], isHeld: boolean) =>
        meanOfValue(by, sumsOf(by, cells, of, value), isHeld)
      const row = {
        sessions: meanOf(sessions, held.delivered.has(of)),
        minutes: meanOf(minutes, held.delivered.has(of)),
        atBar: shareOfValue(by, tables.atBar.get(of)!, value, held.atBar.has(of)),
        dose: meanOf(dose, held.dose.has(of)),
      }
      return { kind: of, label: labelOf(codeSets.get(set), of), pupils, ...row, lowFidelity: isLow(row) }
    }),
  )
}

export async function goalsByPupils(by: AskedBy, context: GatewayContext): Promise<GoalRow[]> {
  const [ratings = [], progress = []] = await read(by, context, goalMetrics, 'goal_area')
  const areas = kindsOf(by, ratings, 'goal-area')
  const tables = tablesOf(areas, ratings)
  const held = heldAlone(by, tables)
  const values = valuesOf(by.pupilsBy, shownValues(tables, held))
  return areas.flatMap((area) =>
    values.map((pupils) => {
      const meanOf = (cells: readonly CellSum[]) =>
        meanOfValue(by, sumsOf(by, cells, area, pupils.value), held.has(area))
      return {
        ...{ area, label: labelOf(codeSets.get('goal-area'), area), pupils },
        ...{ rating: meanOf(ratings), progress: meanOf(progress) },
      }
    }),
  )
}
