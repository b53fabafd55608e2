import {
  type Cube,
  type CubeProfile,
  carryMetric,
  type Disclosure,
  DisclosureError,
  type FigureName,
  namesOf,
  nextReleaseInSteps,
  type PublishedFigure,
  placeOf,
  type Release,
  type Status,
  type Steps,
} from '@cairn/disclosure'

/** What became of a metric whose figures could not enter as they are. */
export interface Carried {
  readonly metric: string
  /** Its old figures; `and withheld`: with nothing of what has closed since. */
  readonly what: 'old figures carried' | 'old figures carried, new ones withheld'
  readonly why: string
}

export interface Next {
  readonly release: Release
  readonly carried: readonly Carried[]
}

const why = {
  carried:
    'other figures than before would have to be hidden, and both releases side by side tell what either hides',
  withheld: 'what has closed since cannot be shown beside what was shown before',
}

/**
 * The release after `previous`; undefined where none is safe. An earlier release can always be asked for, so both are read
 * side by side: of two patterns of hidden figures over the same numbers the one gives what the other hides (A and B hidden,
 * then A and C, which was shown before: A is their sum less C). So what was shown and hidden stays so, and more is hidden
 * among new figures alone. A metric that this does not close for has all its old figures carried beside its new ones; and if
 * that does not close either, its new ones are withheld, for this year.
 */
export function* nextSafely(
  previous: Pick<Release, 'number' | 'cube'>,
  /** As it was published, not as it would be worked out by now. */
  published: readonly PublishedFigure[],
  cube: Cube,
  profile: CubeProfile,
): Steps<Next | undefined> {
  const former = new Map(published.map((figure): [string, Status] => [placeOf(figure), figure.status]))
  const held = new Set<string>()
  const withheld = new Set<string>()
  // Each round carries or withholds one metric more, or is the last.
  for (let round = 0; round <= 2 * cube.metrics.length + 1; round++) {
    const tried = yield* attempt(previous, cube, held, withheld, (before, after) =>
      nextReleaseInSteps(before, after, profile, former),
    )
    if ('release' in tried && tried.release.disclosure.strained.length === 0)
      return {
        release: withOld(tried.release, previous.cube, cube, published, withheld),
        carried: [...held].map((metric) => ({
          metric,
          ...(withheld.has(metric)
            ? { what: 'old figures carried, new ones withheld' as const, why: why.withheld }
            : { what: 'old figures carried' as const, why: why.carried }),
        })),
      }
    const strained = 'release' in tried ? tried.release.disclosure.strained : tried.broken
    // A new roll that hides others first: the metrics are strained by it too.
    const [first] = strained.includes('denominators') ? ['denominators'] : strained
    for (const id of first === 'denominators' ? [first] : strained) {
      if (!held.has(id)) held.add(id)
      else if (id === 'denominators') return undefined
      else withheld.add(id)
    }
  }
  return undefined
}

type Attempt = { release: Release } | { broken: string[] }

function* attempt(
  previous: Pick<Release, 'number' | 'cube'>,
  cube: Cube,
  held: ReadonlySet<string>,
  withheld: ReadonlySet<string>,
  make: (before: Release, after: Cube) => Steps<Release>,
): Steps<Attempt> {
  const schools = new Set(cube.shape.schools)
  const denominators = held.has('denominators') ? previous.cube.denominators : cube.denominators
  const metrics = cube.metrics.map((metric, index) =>
    held.has(metric.id) ? carryMetric(previous.cube, cube, denominators, index, schools) : metric,
  )
  const without = (one: Cube): Cube => ({
    ...one,
    metrics: one.metrics.filter(({ id }) => !withheld.has(id)),
  })
  const before: Release = { ...previous, cube: without(previous.cube), disclosure: nothing, carried: [] }
  try {
    return { release: yield* make(before, without({ ...cube, denominators, metrics })) }
  } catch (error) {
    // Old figures of one school beside new ones that do not add up with them.
    const id = error instanceof DisclosureError && /^metrics\.(.+)\.rows$/.exec(error.field)?.[1]
    if (!id || !cube.metrics.some((metric) => metric.id === id)) throw error
    return { broken: [id] }
  }
}

const nothing: Disclosure = {
  publication: { profile: '', authority: '', academicYear: '', figures: [] },
  log: [],
  withheld: [],
  strained: [],
}

/** Puts the metrics that were withheld back: their old figures as they were published, each new one hidden. */
function withOld(
  release: Release,
  before: Cube,
  cube: Cube,
  published: readonly PublishedFigure[],
  withheld: ReadonlySet<string>,
): Release {
  if (withheld.size === 0) return release
  const old = new Map(published.map((figure) => [placeOf(figure), figure]))
  const all = new Set(cube.shape.schools)
  const hidden = (name: FigureName): PublishedFigure =>
    old.get(placeOf(name)) ?? { ...name, status: 'hidden' }
  const metrics = cube.metrics.map((metric, index) =>
    withheld.has(metric.id)
      ? carryMetric(before, cube, release.cube.denominators, index, all)
      : release.cube.metrics.find(({ id }) => id === metric.id)!,
  )
  const { publication } = release.disclosure
  const added = metrics
    .filter(({ id }) => withheld.has(id))
    .flatMap((one) => namesOf(cube.shape, one).map(hidden))
  return {
    ...release,
    cube: { ...release.cube, metrics },
    disclosure: {
      ...release.disclosure,
      publication: { ...publication, figures: [...publication.figures, ...added] },
    },
  }
}
