import { createHash } from 'node:crypto'
import type { Metric } from './metric.ts'

/** Where a metric is shown, and what for: nothing that a figure means. */
const besides: ReadonlySet<string> = new Set(['answers', 'release', 'partOf', 'within'])

/** Names what a metric meant when a figure was worked out: `incidents@1f09c2ab`. It moves whenever the definition does. */
export function definitionId(metric: Metric): string {
  const text = JSON.stringify(metric, (key, value) =>
    besides.has(key) ? undefined : key === 'facts' ? factsOf(value) : value,
  )
  return `${metric.id}@${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}

/**
 * What a figure is drawn from: of a rate or share, of which its `release` holds the parts, its numerator's and its
 * denominator's, of everything else its own. `incidents@1f09c2ab / headcount@5be1f0d3`.
 */
export const drawnFrom = (
  metric: Metric,
  idOf: (part: Metric) => string | undefined = definitionId,
): string =>
  (metric.kind === 'rate' || metric.kind === 'proportion' ? [metric.numerator, metric.denominator] : [metric])
    .flatMap((part) => idOf(part) ?? [])
    .join(' / ')

/** An event type is named, not written out: what it allows may grow without a figure meaning anything else. */
const factsOf = (facts: unknown): unknown =>
  [facts].flat().map((one) => `${(one as { type: string }).type} ${(one as { major: number }).major}`)
