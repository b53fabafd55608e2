import { type Bounds, exposed, exposedToLeads, publicBounds } from './audit.ts'
import type { Controlled } from './controlled.ts'
import { complete, needOf } from './cube.ts'
import { placeOf, type Status, statuses } from './former.ts'
import { layerOf } from './layer.ts'
import { hide } from './mend.ts'
import type { CubeProfile } from './profile.ts'
import type { PublishedFigure } from './publication.ts'
import type { Requirement } from './rules.ts'
import type { Cube, Metric } from './shape.ts'
import type { Steps } from './steps.ts'

/** How many protected figures of others can be narrowed down too far; which ones they are is not said. */
export interface Exposure {
  /** `denominators` or a metric's id. */
  readonly metric: string
  /** By anyone. */
  readonly toPublic: number
  /** By at least one school's lead, who knows all of the own school. */
  readonly toLeads: number
}

type Seen = Pick<Controlled, 'layer' | 'most'>

/**
 * Looks at a publication as it stands, as anyone and as the lead of each school, over the true figures it was made of.
 * Nothing is hidden any more: whatever is shown counts as known. Pair tables lie outside, as they do for the first audit.
 * Yields after each school's lead, so that whoever has other work can do it.
 */
export function* auditPublished(
  cube: Cube,
  profile: CubeProfile,
  published: readonly PublishedFigure[],
): Steps<Exposure[]> {
  const status = new Map(published.map((figure): [string, Status] => [placeOf(figure), figure.status]))
  const base = seen(cube, profile, status)
  const found = [yield* exposureOf('denominators', base, needOf(profile))]
  for (const metric of cube.metrics) {
    const one = seen(cube, profile, status, metric, base)
    found.push(yield* exposureOf(metric.id, one, needOf(profile, metric.kind, metric.sensitive)))
  }
  return found
}

function seen(
  cube: Cube,
  profile: CubeProfile,
  status: ReadonlyMap<string, Status>,
  metric?: Metric,
  base?: Seen,
): Seen {
  const layer = layerOf(cube, profile, metric)
  const most = complete(layer, base, new Set())
  // As it stands and not as it would be: also a figure that is shown beside a hidden denominator is known.
  for (const { cell, status: is } of statuses(layer, cube, metric, status))
    if (is === 'hidden') hide(layer.system, cell, 'former')
    else if (is === 'published') layer.system.hidden[cell] = 0
  return { layer, most }
}

function* exposureOf(metric: string, { layer: { system }, most }: Seen, need: Requirement): Steps<Exposure> {
  const known: Bounds = publicBounds(system, most)
  const toPublic = exposed(system, need, known, most).length
  const { size: toLeads } = yield* exposedToLeads(system, need, known, most)
  return { metric, toPublic, toLeads }
}
