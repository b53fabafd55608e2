import type { Layer } from './layer.ts'
import type { LineSystem } from './lines.ts'
import { hide } from './mend.ts'
import { type Cube, categories, coordinates, type Metric, periods, type Shape, shapeFor } from './shape.ts'

export type Status = 'published' | 'hidden' | 'unavailable'

/** What an earlier release showed and hid, by `placeOf`. What it had no figure for is absent. */
export type Former = ReadonlyMap<string, Status>

export interface FigureName {
  /** `denominators` or a metric's id. */
  metric: string
  outcome?: string
  /** A school; absent for the authority. */
  school?: string
  period: string
  by: readonly { characteristic: string; value: string }[]
}

/** Names a figure among all of a publication. */
export const placeOf = ({ metric, outcome = '', school = '', period, by }: FigureName): string =>
  JSON.stringify([
    metric,
    outcome,
    school,
    period,
    by.map((one) => `${one.characteristic}=${one.value}`).join(';'),
  ])

/** Every figure of a metric, or of the denominators, that a release of this shape has. */
export function namesOf(
  whole: Shape,
  metric?: Pick<Metric, 'id' | 'kind' | 'outcomes' | 'only'>,
): FigureName[] {
  const shape = shapeFor(whole, metric)
  const kind = metric?.kind ?? 'denominators'
  const [all, when, at] = [categories(shape), periods(shape, kind), coordinates(shape, kind)]
  const outcomes = metric?.outcomes ?? [undefined]
  return outcomes.flatMap((outcome) =>
    [undefined, ...shape.schools].flatMap((school) =>
      at.flatMap((one) =>
        school !== undefined && !one.school
          ? []
          : [
              {
                metric: metric?.id ?? 'denominators',
                ...(outcome !== undefined && { outcome }),
                ...(school !== undefined && { school }),
                period: when[one.period]!.id,
                by: all[one.category]!.by,
              },
            ],
      ),
    ),
  )
}

/**
 * Hides what was hidden.
 * @returns cells that were shown, which stay so whatever else has to be hidden; and whether something cannot stay as it was,
 * as a school reports now and did not, or the other way round, or one school dominates an authority's figure
 */
export function formerCells(
  layer: Layer,
  cube: Cube,
  metric: Metric | undefined,
  former: Former,
): { shown: number[]; isMoved: boolean } {
  const { system, missing, withheld } = layer
  let isMoved = false
  const shown: number[] = []
  for (const { cell, unit, status } of statuses(layer, cube, metric, former)) {
    if ((status === 'unavailable') !== missing[unit] || (status === 'published' && withheld[cell]))
      isMoved = true
    // An authority's figure that one school dominates is withheld without being a secret to its lines.
    if (status === 'hidden' && !withheld[cell]) hide(system, cell, 'former')
    if (status === 'published') shown.push(cell)
  }
  return { shown, isMoved }
}

/** The cells of a layer that a publication has a figure for. */
export function* statuses(
  { cellOf, outcomes }: Layer,
  cube: Cube,
  metric: Metric | undefined,
  former: Former,
): Generator<{ cell: number; unit: number; status: Status }> {
  const shape = shapeFor(cube.shape, metric)
  const kind = metric?.kind ?? 'denominators'
  const [all, when, at] = [categories(shape), periods(shape, kind), coordinates(shape, kind)]
  for (let outcome = 0; outcome < outcomes; outcome++)
    for (let unit = 0; unit <= shape.schools.length; unit++)
      for (const [coordinate, { category, period }] of at.entries()) {
        const cell = cellOf(outcome, unit, coordinate)
        if (cell < 0) continue
        const name = {
          metric: metric?.id ?? 'denominators',
          ...(metric?.outcomes && { outcome: metric.outcomes[outcome]! }),
          ...(unit > 0 && { school: shape.schools[unit - 1]! }),
          period: when[period]!.id,
          by: all[category]!.by,
        }
        const status = former.get(placeOf(name))
        if (status !== undefined) yield { cell, unit, status }
      }
}

/** The cells, and what anyone can sum from them over time: to hide a term between two half-terms that show hides nothing. */
export function withSums({ lines }: LineSystem, cells: readonly number[]): number[] {
  const shown = new Set(cells)
  let size = -1
  while (size < shown.size) {
    size = shown.size
    for (const { kind, family, total, parts } of lines)
      if (kind === 'sum' && family === 'time' && parts.every((part) => shown.has(part))) shown.add(total)
  }
  return [...shown]
}
