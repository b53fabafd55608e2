import { type Margin, rake } from '@cairn/statistics'

/** Pupils or events by the values of one characteristic; of events those of no known value besides. */
export type Counts = ReadonlyMap<string, number>

export interface Reference {
  /** Pupils on roll, by each of the characteristics that strata are of. */
  readonly pupils: readonly Counts[]
  /** Events, by each of them. */
  readonly events: readonly Counts[]
  /** Pupils by two of them at once (`7;F`), as far as that is told. */
  readonly pairs: readonly { readonly at: readonly [number, number]; readonly pupils: Counts }[]
}

/**
 * Events that a school would have at the reference's rates in each stratum, all characteristics at once:
 * E = n · X / N · Σ πᵢ qᵢ / pᵢ, with π, p and q the shares of the school's pupils, the reference's pupils and its events
 * that fall into stratum i. Of several characteristics at once none of the three is told (ADR 19): p is fitted to the
 * pairs and singles that are, q and π, from p, to their singles. Of one characteristic this is Σ nᵢ Xᵢ / Nᵢ as it stands.
 * Events of no known stratum are taken to be spread as the others are, so that the reference as a whole is as expected.
 * @returns by a school's pupils, E; undefined where the reference has no pupil in one of its strata
 */
export function expectation(reference: Reference): ((own: readonly Counts[]) => number | undefined) | string {
  const { pupils, events } = reference
  const [all, happened] = [sumOf(pupils[0]!), sumOf(events[0]!)]
  const values = pupils.map((counts) => [...counts].filter(([, n]) => n > 0).map(([value]) => value))
  const strata = values.reduce<number[][]>(
    (so, own) => so.flatMap((stratum) => own.map((_, at) => [...stratum, at])),
    [[]],
  )
  const marginOf = (counts: Counts, name: number): Margin | undefined => {
    const known = values[name]!.map((value) => counts.get(value) ?? 0)
    const sum = known.reduce((so, n) => so + n, 0)
    return sum === 0
      ? undefined
      : { of: strata.map((stratum) => stratum[name]!), sums: known.map((n) => n / sum) }
  }
  const marginsOf = (counts: readonly Counts[]) => counts.map(marginOf).filter((one) => one !== undefined)
  const [ofPupils, ofEvents] = [marginsOf(pupils), marginsOf(events)]
  if (ofPupils.length < pupils.length) return 'the reference has no pupil in any stratum'
  if (ofEvents.length < events.length) return 'no event is expected'
  const pairs = reference.pairs.flatMap((pair) => pairMargin(pair, values, strata) ?? [])
  const fitted = sharesOf(strata, [...pairs, ...ofPupils], ofEvents) ?? sharesOf(strata, ofPupils, ofEvents)
  if (!fitted) return 'the events of the reference do not fit its roll'
  const { p, q } = fitted
  return (own) => {
    const isOutside = own.some((counts, name) =>
      [...counts].some(([value, n]) => n > 0 && !values[name]!.includes(value)),
    )
    const margins = marginsOf(own)
    if (isOutside || margins.length < own.length) return undefined
    const shares = rake(p, margins)
    if (shares.kind !== 'fitted') return undefined
    const times = shares.cells.reduce((so, share, i) => so + (p[i]! > 0 ? (share * q[i]!) / p[i]! : 0), 0)
    return ((sumOf(own[0]!) * happened) / all) * times
  }
}

const sumOf = (counts: Counts): number => [...counts.values()].reduce((so, n) => so + n, 0)

/** Undefined where no table has all of these margins. */
function sharesOf(strata: readonly unknown[], ofPupils: readonly Margin[], ofEvents: readonly Margin[]) {
  const pupils = rake(
    strata.map(() => 1),
    ofPupils,
  )
  const events = pupils.kind === 'fitted' ? rake(pupils.cells, ofEvents) : pupils
  if (pupils.kind !== 'fitted' || events.kind !== 'fitted') return undefined
  return { p: pupils.cells, q: events.cells }
}

function pairMargin(
  { at: [one, other], pupils }: Reference['pairs'][number],
  values: readonly (readonly string[])[],
  strata: readonly (readonly number[])[],
): Margin | undefined {
  const cells = values[one]!.flatMap((a) => values[other]!.map((b) => pupils.get(`${a};${b}`) ?? 0))
  const sum = cells.reduce((so, n) => so + n, 0)
  if (sum === 0) return undefined
  const width = values[other]!.length
  return {
    of: strata.map((stratum) => stratum[one]! * width + stratum[other]!),
    sums: cells.map((n) => n / sum),
  }
}
