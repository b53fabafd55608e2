import {
  type Cube,
  type CubeProfile,
  coordinates,
  isOpenTable,
  type Metric,
  periods,
  type Shown,
  type ShownTable,
  shapeFor,
  type TableCell,
  tablesToShow,
} from '@cairn/disclosure'
import { type Grain, type MedianMetric, metrics, type StoredMetric } from '@cairn/metrics'
import { medianFromHistogram } from '@cairn/statistics'
import { readBreakdowns } from '../cells.ts'
import type { ReleasedFigure } from '../releases.ts'
import type { Counted } from './counts.ts'
import { kindOf, layerId, ownOf, type Reading } from './layers.ts'
import { periodId, periodOf } from './periods.ts'

export interface TablesOf {
  readonly reading: Omit<Reading, 'shape'>
  readonly profile: CubeProfile
  /** What the release is made of. */
  readonly cube: Cube
  /** What the previous one was. */
  readonly basis: Cube | undefined
  /** Metrics of the release. */
  readonly ids: readonly string[]
  /** Figures of the cube, as they are published. */
  readonly figures: readonly ReleasedFigure[]
  /** Figures of the previous release. */
  readonly before: readonly ReleasedFigure[]
}

/** By key of a cell, what each school counts. */
type Rows = ReadonlyMap<string, ReadonlyMap<number, Counted>>

/** Tables of a metric's own dimensions, and of what is released of the authority alone. */
export async function tablesOf(of: TablesOf): Promise<ReleasedFigure[]> {
  const all = of.ids.flatMap((id) => metrics.get(id) ?? [])
  const tables = await Promise.all(
    all.map((metric) =>
      metric.kind === 'stored' && metric.release !== undefined ? tablesOfMetric(of, metric) : [],
    ),
  )
  const found = tables.flat()
  const medians = await Promise.all(
    all.map((metric) => (metric.kind === 'median' ? medianOf(of, metric, found) : [])),
  )
  return [...found, ...medians.flat()]
}

/** Breakdowns that are released as tables: those that the cube does not hold. */
export function tableBreakdowns(metric: StoredMetric, cube: Cube): (readonly string[])[] {
  const inCube = new Set(cube.shape.characteristics.map(({ id }) => id))
  const own = ownOf(metric)
  const isOfCube = (one: readonly string[]) =>
    metric.release === 'schools' &&
    own.every((name, at) => one[at] === name) &&
    one.slice(own.length).every((name) => inCube.has(name))
  return metric.breakdowns.filter(
    (one) => !isOfCube(one) && !one.some((name) => metric.dimensions[name]!.internal || inCube.has(name)),
  )
}

async function tablesOfMetric(of: TablesOf, metric: StoredMetric): Promise<ReleasedFigure[]> {
  const breakdowns = tableBreakdowns(metric, of.cube)
  if (breakdowns.length === 0) return []
  const { partOf } = metric
  const [rows, whole] = await Promise.all([
    rowsOf(of, metric, breakdowns),
    partOf &&
      rowsOf(
        of,
        partOf,
        breakdowns.filter((one) => partOf.breakdowns.some((o) => o.join() === one.join())),
      ),
  ])
  return breakdowns.flatMap((breakdown) =>
    groupsOf(metric, breakdown, [...rows.values()]).flatMap((isOfGroup) =>
      decide(of, metric, breakdown, { rows, whole, isOfGroup }),
    ),
  )
}

/** By period, what each school counts in each cell of these breakdowns; longer periods are summed where that is what they are. */
async function rowsOf(
  { reading, cube: { shape } }: TablesOf,
  metric: StoredMetric,
  breakdowns: readonly (readonly string[])[],
): Promise<ReadonlyMap<string, Rows>> {
  const isPupils = kindOf(metric) === 'pupils'
  const ask = async (grain: Grain) =>
    (await readBreakdowns(reading.warehouse, reading.scope, { ...reading, metric, grain, breakdowns })).map(
      (row) => ({ ...row, grain }),
    )
  const rows = await Promise.all([ask('half_term'), ...(isPupils && !shape.lasts ? [ask('year')] : [])])
  const schools = new Set(shape.schools.map(Number))
  const halfTerms = new Set(shape.halfTerms.map(({ id }) => id))
  const found = new Map<string, Map<string, Map<number, Counted>>>()
  const add = (id: string, key: string, school: number, { n, sx, sxx }: Counted) => {
    const cells = found.get(id) ?? new Map<string, Map<number, Counted>>()
    const cell = cells.get(key) ?? new Map<number, Counted>()
    const so = cell.get(school) ?? { n: 0, sx: 0, sxx: 0 }
    found.set(id, cells.set(key, cell.set(school, { n: so.n + n, sx: so.sx + sx, sxx: so.sxx + sxx })))
  }
  for (const { grain, period, key, group, ...counted } of rows.flat()) {
    const id = periodId(grain, period)
    if (!schools.has(group) || (grain === 'half_term' && !halfTerms.has(id))) continue
    add(id, key, group, counted)
    if (grain === 'half_term' && !isPupils && !shape.lasts) add(shape.academicYear, key, group, counted)
  }
  return found
}

type IsOfGroup = (key: string) => boolean

const namesIn = (key: string): string =>
  key
    .split(';')
    .map((part) => part.split('=')[0])
    .join()

/** A mean's tables are by instrument: the same check-ins stand behind all its factors. */
function groupsOf(metric: StoredMetric, breakdown: readonly string[], periods: readonly Rows[]): IsOfGroup[] {
  const isOfBreakdown = (key: string) => namesIn(key) === breakdown.join()
  const unrolled = Object.keys(metric.unroll ?? {})
  const shared = breakdown.filter((name) => !unrolled.includes(metric.dimensions[name]!.value ?? ''))
  const isSplit = kindOf(metric) === 'mean' || metric.partOf?.measure.kind === 'mean'
  if (!isSplit || shared.length === breakdown.length || shared.length === 0) return [isOfBreakdown]
  const groupOf = (key: string) =>
    key
      .split(';')
      .filter((part) => shared.includes(part.split('=')[0]!))
      .join(';')
  const keys = periods.flatMap((rows) => [...rows.keys()]).filter(isOfBreakdown)
  return [...new Set(keys.map(groupOf))]
    .sort()
    .map((group) => (key: string) => isOfBreakdown(key) && groupOf(key) === group)
}

interface Table {
  readonly rows: ReadonlyMap<string, Rows>
  readonly whole: ReadonlyMap<string, Rows> | undefined
  readonly isOfGroup: IsOfGroup
}

function decide(
  of: TablesOf,
  metric: StoredMetric,
  breakdown: readonly string[],
  { rows, whole, isOfGroup }: Table,
): ReleasedFigure[] {
  const { cube, basis, profile } = of
  const { shape } = cube
  const kind = kindOf(metric)
  const hasWhole =
    whole !== undefined && metric.partOf!.breakdowns.some((one) => one.join() === breakdown.join())
  const schools = shape.schools.map(Number)
  const halfTerms = shape.halfTerms.map(({ id }) => id)
  const decided = basis?.shape.halfTerms.length ?? 0
  // Every value that occurs in the year so far stands in each of its tables: a missing one would be a number too.
  const keys = [...new Set([...rows.values()].flatMap((cells) => [...cells.keys()]))].filter(isOfGroup).sort()
  if (keys.length === 0) return []
  const agrees = agreement(of, metric, breakdown)
  const now = new Map<string, ShownTable>()
  for (const period of shape.lasts ? halfTerms : [...halfTerms, shape.academicYear]) {
    const counts = (from: ReadonlyMap<string, Rows> | undefined, key: string) =>
      schools.map((school) => from?.get(period)?.get(key)?.get(school)?.n ?? 0)
    const roll =
      kind === 'pupils' ? schools.map((school) => cube.denominators.get(String(school))![0]!) : undefined
    const cells = keys.map((key): TableCell => {
      const all = hasWhole ? counts(whole, key) : roll
      return { counts: counts(rows, key), ...(all && { of: all }) }
    })
    const table = shownOf(rows.get(period), keys, kind === 'mean')
    const isOpen = isOpenTable(cells, profile, { isSample: kind === 'mean' })
    if (isOpen && agrees(period, table)) now.set(period, table)
  }
  const shown = tablesToShow({
    ...{ halfTerms, decided, now, before: beforeOf(of, metric.id, isOfGroup), agrees },
    ...(!shape.lasts && { year: shape.academicYear }),
    adds: kind !== 'pupils' && profile.roundTo === 1,
    smallestCount: profile.smallestCount,
    mayChange: kind !== 'mean' && profile.roundTo === 1,
  })
  return figuresOf(metric.id, shown, profile)
}

/**
 * A table stands only beside a total that shows. Where its cells are all of it they sum to that; where they overlap, none can
 * be told from it.
 */
function agreement(
  { cube, figures }: TablesOf,
  metric: StoredMetric,
  breakdown: readonly string[],
): (period: string, table: ShownTable) => boolean {
  if (metric.release !== 'schools') return () => true
  const own = ownOf(metric)
  const apart = breakdown.filter((name) => !own.includes(name)).map((name) => metric.dimensions[name]!)
  const isPartition =
    kindOf(metric) === 'pupils'
      ? apart.every(({ ofPupil }) => ofPupil)
      : apart.every(({ each }) => each === undefined)
  const published = new Set(
    figures.flatMap((one) =>
      one.metric === metric.id && one.school === 0 && one.status === 'published'
        ? [`${periodId(one.grain, one.period)} ${one.by}`]
        : [],
    ),
  )
  return (period, table) => {
    const parts = new Map<string, Shown>()
    for (const [key, { n, sx = 0 }] of table) {
      const of = key.split(';').slice(0, own.length).join(';')
      const so = parts.get(of) ?? { n: 0, sx: 0 }
      parts.set(of, { n: so.n + n, sx: so.sx! + sx })
    }
    return [...parts].every(([of, { n, sx }]) => {
      const total = totalOf(cube, layerId(metric.id, of), period)
      const isWhole = total?.n === n && Math.abs(total.sx - sx!) < 1e-3
      return published.has(`${period} ${of}`) && (isWhole || !isPartition)
    })
  }
}

function totalOf(cube: Cube, id: string, period: string): { n: number; sx: number } | undefined {
  const metric = cube.metrics.find((one) => one.id === id)
  const at = metric && totalAt(cube, metric, period)
  if (!metric || at === undefined) return undefined
  let [n, sx] = [0, 0]
  for (const [school, [row]] of metric.rows) {
    n += row![at]!
    sx += metric.sums?.get(school)?.[0][at] ?? 0
  }
  return { n, sx: kindIsMean(metric) ? sx : 0 }
}

function shownOf(rows: Rows | undefined, keys: readonly string[], isMean: boolean): ShownTable {
  return new Map(
    keys.map((key) => {
      const sum = { n: 0, sx: 0, sxx: 0 }
      for (const { n, sx, sxx } of rows?.get(key)?.values() ?? []) {
        sum.n += n
        sum.sx += sx
        sum.sxx += sxx
      }
      return [key, isMean ? sum : { n: sum.n }]
    }),
  )
}

const kindIsMean = ({ kind }: Metric): boolean => kind === 'mean'

/** Where a metric's rows have the total of a period. */
function totalAt({ shape: whole }: Cube, metric: Metric, period: string): number | undefined {
  const shape = shapeFor(whole, metric)
  const when = periods(shape, metric.kind)
  const at = coordinates(shape, metric.kind).findIndex(
    (one) => one.category === 0 && when[one.period]!.id === period,
  )
  return at < 0 ? undefined : at
}

/** What the previous release shows of these cells, by period. */
function beforeOf({ before }: TablesOf, id: string, isOfGroup: IsOfGroup): Map<string, ShownTable> {
  const tables = new Map<string, Map<string, Shown>>()
  for (const { metric, school, grain, period, by, status, value, sx, sxx, median } of before) {
    if (metric !== id || school !== 0 || status !== 'published' || !isOfGroup(by)) continue
    const cells = tables.get(periodId(grain, period)) ?? new Map<string, Shown>()
    tables.set(periodId(grain, period), cells)
    cells.set(by, {
      n: value!,
      ...(sx !== undefined && { sx }),
      ...(sxx !== undefined && { sxx }),
      ...(median !== undefined && { median }),
    })
  }
  return tables
}

function figuresOf(
  metric: string,
  shown: ReadonlyMap<string, ShownTable>,
  { roundTo }: CubeProfile,
): ReleasedFigure[] {
  const exact = (sum: number) => Math.round(sum * 1e6) / 1e6
  return [...shown].flatMap(([id, table]) =>
    [...table].map(([by, { n, sx, sxx, median }]): ReleasedFigure => {
      const value = Math.round(n / roundTo) * roundTo
      const times = n > 0 ? value / n : 0
      return {
        ...{ metric, outcome: '', school: 0, ...periodOf(id), by, status: 'published', value },
        ...(sx !== undefined && sxx !== undefined && { sx: exact(sx * times), sxx: exact(sxx * times) }),
        ...(median !== undefined && { median }),
      }
    }),
  )
}

/** Beside the number of values, where that is released; once shown it stays. */
async function medianOf(
  of: TablesOf,
  metric: MedianMetric,
  released: readonly ReleasedFigure[],
): Promise<ReleasedFigure[]> {
  const { cube, basis, profile } = of
  const { shape } = cube
  const rows = await rowsOf(of, metric.of, [[metric.by]])
  const schools = shape.schools.map(Number)
  const halfTerms = shape.halfTerms.map(({ id }) => id)
  const now = new Map<string, ShownTable>()
  for (const id of shape.lasts ? halfTerms : [...halfTerms, shape.academicYear]) {
    const histogram = [...(rows.get(id) ?? [])].map(([key, bySchool]) => ({
      value: Number(key.slice(key.indexOf('=') + 1)),
      bySchool,
    }))
    const counts = schools.map((school) =>
      histogram.reduce((so, { bySchool }) => so + (bySchool.get(school)?.n ?? 0), 0),
    )
    const n = counts.reduce((so, count) => so + count, 0)
    const isReleased = released.some(
      (one) =>
        one.metric === metric.of.id &&
        one.by === '' &&
        periodId(one.grain, one.period) === id &&
        one.value === n,
    )
    if (n === 0 || !isReleased || !isOpenTable([{ counts }], profile, { isSample: true })) continue
    const bins = histogram.map(({ value, bySchool }) => ({
      value,
      count: [...bySchool.values()].reduce((so, one) => so + one.n, 0),
    }))
    now.set(id, new Map([['', { n, median: medianFromHistogram(bins).value }]]))
  }
  const shown = tablesToShow({
    ...{ halfTerms, decided: basis?.shape.halfTerms.length ?? 0, now },
    before: beforeOf(of, metric.id, (key) => key === ''),
    ...(!shape.lasts && { year: shape.academicYear }),
    ...{ adds: false, mayChange: false, smallestCount: profile.smallestCount, agrees: () => true },
  })
  return figuresOf(metric.id, shown, profile)
}
