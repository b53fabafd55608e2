import { type Cell, type Disclosed, disclose, type Profile } from '@cairn/disclosure'
import type { Metric } from '@cairn/metrics'
import type { Draft } from './draft.ts'

/** What may be shown of figures that were counted when asked, each by itself. */
export function holdBack(metric: Metric, drafts: readonly Draft[], profile: Profile): Disclosed[] {
  const verdicts = disclose(
    drafts.map((draft) => cellOf(metric, draft)),
    profile,
  )
  const parts = disclose(drafts.map(partOf), profile)
  return verdicts.map((verdict, i) => (parts[i]!.status === 'SUPPRESSED' ? parts[i]! : verdict))
}

/** A count as the share that it is of a whole; one that is no part of anything is nothing to hide. */
const partOf = ({ n, whole }: Draft): Cell =>
  whole === undefined
    ? { kind: 'proportion', numerator: 0 }
    : { kind: 'proportion', numerator: n, denominator: whole }

function cellOf(metric: Metric, { n, ratio, among }: Draft): Cell {
  if (ratio) return { kind: metric.kind === 'proportion' ? 'proportion' : 'rate', ...ratio }
  if (metric.kind === 'median') return { kind: 'median', n }
  if (metric.kind === 'stored' && metric.measure.kind === 'mean') return { kind: 'mean', n }
  // A count has no denominator of its own; the roll it was counted among can give its pupils away all the same.
  return { kind: 'count', n, ...(among !== undefined && { denominator: among }) }
}
