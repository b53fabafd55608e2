import { type Cube, type CubeProfile, nextRelease, type Publication, type Release } from '@cairn/disclosure'

export interface Next {
  readonly release: Release
  /** Metrics whose old rows were carried whole, as other figures of them would have to be hidden than before. */
  readonly kept: readonly string[]
}

/**
 * The release after `previous`; undefined where none is safe. An earlier release can always be asked for, so both are read
 * side by side: of two patterns of hidden figures over the same numbers the one gives what the other hides (A and B hidden,
 * then A and C, which was shown before: A is their sum less C). So a metric is released anew only where it hides the
 * same figures as before, else all of its old rows are carried; the roll likewise, and with it everything.
 */
export function nextSafely(
  previous: Release,
  /** As it was published, not as it would be worked out by now. */
  published: readonly Marked[],
  cube: Cube,
  profile: CubeProfile,
  asLeads: boolean,
): Next | undefined {
  const first = nextRelease(previous, cube, profile, { asLeads })
  const kept = moved(published, first.disclosure.publication)
  if (kept.length === 0) return { release: first, kept }
  if (kept.includes('denominators')) return undefined
  const old = new Map(previous.cube.metrics.map(({ id, rows }) => [id, rows]))
  const metrics = cube.metrics.map((one) =>
    kept.includes(one.id) ? { ...one, rows: old.get(one.id)! } : one,
  )
  const second = nextRelease(previous, { ...cube, metrics }, profile, { asLeads })
  // A carried metric meets a new roll: where that hides others, nothing is left to try.
  return moved(published, second.disclosure.publication).length > 0 ? undefined : { release: second, kept }
}

export interface Marked {
  readonly metric: string
  /** Names the figure among all of a publication. */
  readonly place: string
  readonly status: string
}

/** A publication's figures by place, as they are compared. */
export const marked = ({ figures }: Pick<Publication, 'figures'>): Marked[] =>
  figures.map(({ metric, outcome = '', school = '0', period, by, status }) => ({
    metric,
    place: JSON.stringify([
      metric,
      outcome,
      school,
      period,
      by.map((b) => `${b.characteristic}=${b.value}`).join(';'),
    ]),
    status,
  }))

/** Metrics of which a figure is not hidden, shown or missing as it was. */
function moved(before: readonly Marked[], after: Publication): string[] {
  const statuses = new Map(before.map(({ place, status }) => [place, status]))
  const now = marked(after)
  const differing = now.filter(({ place, status }) => statuses.get(place) !== status)
  return [...new Set(differing.map(({ metric }) => metric))]
}
