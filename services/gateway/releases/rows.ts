import type { Scope } from '@cairn/access'
import { symbolFor } from '@cairn/disclosure'
import { type Grain, grains, type Metric, metrics } from '@cairn/metrics'
import { meanInterval, rate, wilson } from '@cairn/statistics'
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
  /** Names of dimensions, in the order of the metric's own; none for totals; absent, all there are. */
  readonly breakdown?: readonly string[] | undefined
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
    release.definitions.has(dividedBy(metric) ?? 'headcount')
  if (!isReleased) throw refused('metric', 'one of the release, or a rate or share of one over another')
  return metric
}

const dividedBy = (metric: Metric): string | undefined =>
  metric.kind === 'rate' || metric.kind === 'proportion' ? metric.denominator.id : undefined

const namesOf = (by: string): string =>
  by === ''
    ? ''
    : by
        .split(';')
        .map((part) => part.split('=')[0])
        .join()

const countedFor = (metric: Metric): string =>
  metric.kind === 'rate' || metric.kind === 'proportion' ? metric.numerator.id : metric.id

/** Rows of one metric of a release within the scope, in order: authority, schools by URN; then from weeks to the year. */
export async function rowsOf(
  warehouse: Warehouse,
  scope: Scope,
  { release, metric, grains: asked = grains, schools, breakdown, signal }: RowsQuery,
): Promise<PlacedRow[]> {
  const counted = countedFor(metric)
  const divisor = dividedBy(metric)
  // The roll stands by year alone.
  const placeOf = ({ school, by, grain, period }: ReleasedFigure) =>
    divisor === 'headcount' ? `${school} ${by}` : `${school} ${by} ${grain} ${period}`
  const read = (id: string, of: readonly Grain[]) =>
    readReleasedFigures(warehouse, scope, { release, metrics: [id], grains: of, signal })
  const [figures, roll] = await Promise.all([
    read(counted, asked),
    divisor === undefined ? [] : read(divisor, divisor === 'headcount' ? ['year'] : asked),
  ])
  const divisors = new Map(roll.map((one) => [placeOf(one), one]))
  return figures
    .filter(({ school }) => schools === undefined || schools.includes(school))
    .filter(({ by }) => breakdown === undefined || namesOf(by) === breakdown.join())
    .map((figure) => {
      const drawn =
        divisor === undefined ? countOf(figure) : ratioOf(metric, figure, divisors.get(placeOf(figure)))
      return {
        metricId: metric.id,
        definitionId: release.definitions.get(counted)!,
        timePeriod: yearText(release.year),
        timeIdentifier: timeIdentifier(figure.grain, figure.period),
        grain: figure.grain as GrainName,
        authorityCode: release.authority,
        schoolUrn: figure.school === 0 ? null : figure.school,
        breakdown: figure.by === '' ? null : figure.by,
        ...drawn,
        unit: metric.unit,
        profile: release.profile,
        place: `${figure.school.toString().padStart(6, '0')} ${grains.indexOf(figure.grain)} ${figure.period} ${figure.by}`,
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

function countOf({ status, value, sx, sxx, median }: ReleasedFigure): Drawn {
  if (status !== 'published') return unseen(status)
  if (sx !== undefined && sxx !== undefined) return meanOf(value!, sx, sxx)
  if (median !== undefined)
    return {
      ...nothing,
      n: value!,
      value: median,
      status: FigureStatus.OK,
      symbol: symbolFor({ status, value: median }),
    }
  return {
    ...nothing,
    n: value!,
    value: value!,
    status: FigureStatus.OK,
    symbol: symbolFor({ status, value: value! }),
  }
}

function meanOf(n: number, sx: number, sxx: number): Drawn {
  if (n === 0) return { ...nothing, n, status: FigureStatus.NOT_APPLICABLE, symbol: 'z' }
  const { value, lower, upper } = meanInterval(n, sx, sxx)
  const symbol = symbolFor({ status: 'published', value, decimals })
  return { ...nothing, n, value, lower, upper, status: FigureStatus.OK, symbol }
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
  // More pupils of a value than the roll had of it on census day: no share of it.
  if (kind === 'proportion' && numerator > denominator) return unseen('unavailable')
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
