import type { Metric } from '@cairn/metrics'
import {
  type Assurance,
  assurance,
  FIRM_LIMITS_FROM,
  type Variation,
  variationIcon,
  xmr,
} from '@cairn/statistics'
import type { PublishedRow } from '../figures/published.ts'
import { isShown } from '../figures/published.ts'

/** A period of the trend: ISO dates, both included. */
export interface Span {
  readonly from: string
  readonly to: string
}

export interface Change {
  readonly on: string
  readonly label: string
}

export interface ChartPoint {
  readonly row: PublishedRow
  readonly span: Span
  /** It is over: what is still to come cannot change it. */
  readonly complete: boolean
  /** Which phase's limits it is held to; null where it is none of the chart's points. */
  readonly phaseIndex: number | null
  readonly specialCause: string | null
  readonly direction: string | null
}

export interface ChartPhase extends Span {
  readonly points: number
  readonly mean: number
  readonly lower: number
  readonly upper: number
  readonly innerLower: number
  readonly innerUpper: number
  readonly trialLimits: boolean
}

export interface MarkedChange extends Change {
  /** New limits begin at the first period that ends on this day or after it. */
  readonly rebased: boolean
}

export interface Chart {
  readonly points: readonly ChartPoint[]
  readonly phases: readonly ChartPhase[]
  readonly changes: readonly MarkedChange[]
  readonly variation: Variation | null
  readonly assurance: Assurance | null
  readonly warnings: readonly string[]
  /** Why there are no limits. */
  readonly reason: string | null
}

export interface ChartOptions {
  readonly changes: readonly Change[]
  readonly rebase: boolean
  readonly target?: number
  /** ISO date. */
  readonly today: string
}

/** Fewer points than this make no chart. */
const fewestPoints = 3

/**
 * An XmR chart of shown rows, in order of time. Rows that are held back or not there, and a period that is not over,
 * stand in it without limits: they are in no mean and no range. Source: packages/statistics/xmr.ts.
 */
export function chartOf(
  metric: Metric,
  rows: readonly { row: PublishedRow; span: Span }[],
  { changes, rebase, target, today }: ChartOptions,
): Chart {
  const all = rows.map(({ row, span }) => ({ row, span, complete: span.to < today }))
  const used = all.filter(({ row, complete }) => isShown(row) && complete)
  const bare = all.map((point) => ({ ...point, phaseIndex: null, specialCause: null, direction: null }))
  const without = (reason: string): Chart => ({
    ...{ points: bare, phases: [], variation: null, assurance: null, warnings: [], reason },
    changes: changes.map((change) => ({ ...change, rebased: false })),
  })
  if (used.length < fewestPoints)
    return without([`fewer than ${fewestPoints} periods that are over and shown`, ...gapsOf(all)].join(': '))
  const marked = markChanges(changes, used, rebase)
  const starts = [...new Set(marked.flatMap(({ start }) => (start === undefined ? [] : [start])))]
  const found = xmr(
    used.map(({ row }) => row.value!),
    { rebaseAt: starts.sort((a, b) => a - b) },
  )
  const at = new Map(used.map((point, i) => [point.row, found.points[i]!]))
  return {
    points: bare.map((point) => ({ ...point, ...pick(at.get(point.row)) })),
    phases: found.phases.map(({ from, to, meanMovingRange: _, screenedRanges: __, ...limits }) => ({
      ...{ from: used[from]!.span.from, to: used[to - 1]!.span.to, points: to - from },
      ...limits,
    })),
    changes: marked.map(({ start, ...change }) => ({ ...change, rebased: start !== undefined })),
    variation: variationIcon(found, metric.polarity),
    assurance: target === undefined ? null : assurance(found, target, metric.polarity),
    warnings: warningsOf(all, used, found.phases, marked, rebase),
    reason: null,
  }
}

const pick = (point: ReturnType<typeof xmr>['points'][number] | undefined) =>
  point && { phaseIndex: point.phase, specialCause: point.specialCause, direction: point.direction }

/** Where each change starts a phase; undefined where it would leave one with fewer than two points. */
function markChanges(
  changes: readonly Change[],
  used: readonly { span: Span }[],
  rebase: boolean,
): (Change & { start: number | undefined })[] {
  let last = 0
  return changes
    .toSorted((a, b) => (a.on < b.on ? -1 : 1))
    .map((change) => {
      const start = used.findIndex(({ span }) => span.to >= change.on)
      const fits = rebase && start >= last + 2 && used.length - start >= 2
      if (fits) last = start
      return { ...change, start: fits ? start : undefined }
    })
}

/** Periods that are over and have no number: how many of each kind, and why, by the words of the first. */
function gapsOf(all: readonly { row: PublishedRow; complete: boolean }[]): string[] {
  const missing = all.filter(({ row, complete }) => complete && !isShown(row)).map(({ row }) => row)
  const kinds = new Map<string, PublishedRow[]>()
  for (const row of missing) kinds.set(row.status, [...(kinds.get(row.status) ?? []), row])
  return [...kinds.values()].map(
    ([first, ...rest]) => `${rest.length + 1} without a figure (${first!.reason})`,
  )
}

function warningsOf(
  all: readonly { row: PublishedRow; complete: boolean }[],
  used: readonly unknown[],
  phases: readonly { from: number; to: number; trialLimits: boolean }[],
  changes: readonly { label: string; start: number | undefined }[],
  rebase: boolean,
): string[] {
  const warnings: string[] = []
  for (const [i, { from, to, trialLimits }] of phases.entries())
    if (trialLimits)
      warnings.push(
        `trial limits: phase ${i + 1} has ${to - from} points, firm limits need ${FIRM_LIMITS_FROM}`,
      )
  const gaps = gapsOf(all)
  if (gaps.length > 0) warnings.push(`ranges run across the gaps: ${gaps.join('; ')}`)
  const missing = all.filter(({ row, complete }) => complete && !isShown(row)).length
  if (all.length - missing > used.length) warnings.push('the last period is not over: it is in no limit')
  for (const { label, start } of rebase ? changes : [])
    if (start === undefined)
      warnings.push(`no new limits at "${label}": each phase needs two points on either side`)
  return warnings
}
