import type { Scope } from '@cairn/access'
import { symbolFor } from '@cairn/disclosure'
import { type Grain, grains, type Metric, metrics } from '@cairn/metrics'
import { rate, wilson } from '@cairn/statistics'
import {
  type ReleasedFigure,
  type ReleaseInfo,
  readReleasedFigures,
  type Warehouse,
  yearText,
} from '@cairn/warehouse'
import { refused } from '../errors.ts'
import { timeIdentifier } from '../figures/periods.ts'
import { FigureStatus, type GrainName } from '../scalars.ts'
import type { ReleasedRow } from './types.ts'

/** A row, and where it stands among the others. */
export type PlacedRow = ReleasedRow & { readonly place: string }

export interface RowsQuery {
  readonly release: ReleaseInfo
  readonly metric: Metric
  readonly grains?: readonly Grain[] | undefined
  readonly schools?: readonly number[] | undefined
  readonly signal: AbortSignal
}

/** Decimal places to which a rate or share is read, when asked whether it rounds to 0. */
const decimals = 1

/** The metric that was counted for a figure of this one. @throws GraphQLError where the release has none */
export function releasedMetricOf(release: ReleaseInfo, id: string): Metric {
  const metric = metrics.get(id)
  const isReleased =
    metric !== undefined &&
    release.definitions.has(countedFor(metric)) &&
    (metric.kind !== 'rate' && metric.kind !== 'proportion' ? true : metric.denominator.id === 'headcount')
  if (!isReleased)
    throw refused('metric', 'one of the release, or a rate or share of one over pupils on roll')
  return metric
}

const countedFor = (metric: Metric): string =>
  metric.kind === 'rate' || metric.kind === 'proportion' ? metric.numerator.id : metric.id

/** Rows of one metric of a release within the scope, in order: authority, schools by URN; then from weeks to the year. */
export async function rowsOf(
  warehouse: Warehouse,
  scope: Scope,
  { release, metric, grains: asked = grains, schools, signal }: RowsQuery,
): Promise<PlacedRow[]> {
  const counted = countedFor(metric)
  const isRatio = metric.id !== counted
  // The roll stands by year alone.
  const read = (id: string, of: readonly Grain[]) =>
    readReleasedFigures(warehouse, scope, { release, metrics: [id], grains: of, signal })
  const [figures, roll] = await Promise.all([
    read(counted, asked),
    isRatio ? read('headcount', ['year']) : Promise.resolve([]),
  ])
  const rolls = new Map(roll.filter(({ by }) => by === '').map((one) => [one.school, one]))
  return figures
    .filter(({ school }) => schools === undefined || schools.includes(school))
    .map((figure) => {
      const drawn = isRatio ? ratioOf(metric, figure, rolls.get(figure.school)) : countOf(figure)
      return {
        metricId: metric.id,
        definitionId: release.definitions.get(counted)!,
        timePeriod: yearText(release.year),
        timeIdentifier: timeIdentifier(figure.grain, figure.period),
        grain: figure.grain as GrainName,
        authorityCode: release.authority,
        schoolUrn: figure.school === 0 ? null : figure.school,
        ...drawn,
        unit: metric.unit,
        profile: release.profile,
        place: `${figure.school.toString().padStart(6, '0')} ${grains.indexOf(figure.grain)} ${figure.period}`,
      }
    })
    .sort((a, b) => (a.place < b.place ? -1 : 1))
}

type Drawn = Pick<
  ReleasedRow,
  'n' | 'numerator' | 'denominator' | 'value' | 'lower' | 'upper' | 'status' | 'symbol'
>

const nothing = { n: null, numerator: null, denominator: null, value: null, lower: null, upper: null }

const unseen = (status: 'hidden' | 'unavailable'): Drawn => ({
  ...nothing,
  status: status === 'hidden' ? FigureStatus.SUPPRESSED : FigureStatus.NOT_AVAILABLE,
  symbol: symbolFor({ status }),
})

function countOf({ status, value }: ReleasedFigure): Drawn {
  if (status !== 'published') return unseen(status)
  return {
    ...nothing,
    n: value!,
    value: value!,
    status: FigureStatus.OK,
    symbol: symbolFor({ status, value: value! }),
  }
}

/** A rate or share shows only where both what was counted and the roll do. */
function ratioOf(metric: Metric, figure: ReleasedFigure, roll: ReleasedFigure | undefined): Drawn {
  if (figure.status !== 'published') return unseen(figure.status)
  if (roll?.status !== 'published') return unseen(roll?.status ?? 'unavailable')
  const [numerator, denominator] = [figure.value!, roll.value!]
  const counts = { n: numerator, numerator, denominator }
  if (denominator === 0 || (metric.kind !== 'rate' && metric.kind !== 'proportion'))
    return { ...nothing, ...counts, status: FigureStatus.NOT_APPLICABLE, symbol: 'z' }
  const { per, kind } = metric
  const value = (numerator / denominator) * per
  const scaled = kind === 'rate' ? rate(numerator, denominator, { per }) : wilson(numerator, denominator)
  const times = kind === 'rate' ? 1 : per
  return {
    ...counts,
    value,
    lower: scaled.lower * times,
    upper: scaled.upper * times,
    status: FigureStatus.OK,
    symbol: symbolFor({ status: 'published', value, denominator, decimals }),
  }
}
