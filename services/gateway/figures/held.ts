import type { Scope } from '@cairn/access'
import type { Grain } from '@cairn/metrics'
import {
  type ReleasedCell,
  type ReleaseInfo,
  readReleases,
  releasedCells,
  releaseName,
  type Warehouse,
} from '@cairn/warehouse'
import { whole } from './parts.ts'

/** Whence, and for whom. */
interface Reading {
  readonly warehouse: Warehouse
  readonly scope: Scope
  readonly signal?: AbortSignal
}

/** A newer release has come while an answer was read: it must not be made of both. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
}

/** Newest releases of the reader's authorities, by authority and academic year. */
export class Newest {
  readonly #releases = new Map<string, ReleaseInfo>()

  static async read({ warehouse, scope, signal }: Reading, years: readonly number[]): Promise<Newest> {
    const newest = new Newest()
    // Oldest first: the last one stays.
    for (const one of await readReleases(warehouse, scope, years, signal))
      newest.#releases.set(`${one.authority} ${one.year}`, one)
    return newest
  }

  of(authority: number, year: number): ReleaseInfo | undefined {
    return this.#releases.get(`${authority} ${year}`)
  }

  [Symbol.iterator](): IterableIterator<ReleaseInfo> {
    return this.#releases.values()
  }
}

export interface HeldQuery {
  /** Its id. */
  readonly metric: string
  /** In the metric's order. */
  readonly breakdown: readonly string[]
  readonly grain: Grain
  readonly units: readonly ('schools' | 'authority')[]
}

/** What releases hold of one metric, at one grain and by one breakdown. A figure that is hidden is there, without value. */
export class Held {
  readonly #cells = new Map<string, ReleasedCell>()
  readonly #values = new Map<string, Map<string, readonly string[]>>()
  readonly #periods = new Map<string, Set<number>>()
  readonly #schools = new Map<string, Set<number>>()

  static async read(
    { warehouse, scope, signal }: Reading,
    newest: Newest,
    { metric, breakdown, grain, units }: HeldQuery,
  ): Promise<Held> {
    const held = new Held()
    const having = [...newest].filter(({ definitions }) => definitions.has(metric))
    const asked = having.flatMap((release) => units.map((of) => ({ release, units: of })))
    await Promise.all(
      asked.map(async ({ release, units: of }) => {
        const { authority, year } = release
        const found = await releasedCells(warehouse, scope, {
          ...{ authority, year, metric, units: of, grain, breakdown },
          ...(signal && { signal }),
        })
        if (found && found.release !== releaseName(release)) throw new Superseded()
        for (const cell of found?.cells ?? []) held.#add(authority, year, cell)
      }),
    )
    return held
  }

  #add(authority: number, year: number, cell: ReleasedCell): void {
    if (cell.outcome !== '') return
    const place = `${authority} ${year}`
    const { school, period, values } = cell
    this.#cells.set(`${place} ${school} ${period} ${values.join(';')}`, cell)
    getOr(this.#values, place, () => new Map()).set(values.join(';'), values)
    getOr(this.#periods, place, () => new Set()).add(period)
    if (school !== whole) getOr(this.#schools, place, () => new Set()).add(school)
  }

  /** @param school URN, or `whole` */
  find(
    authority: number,
    year: number,
    school: number,
    period: number,
    values: readonly string[],
  ): ReleasedCell | undefined {
    return this.#cells.get(`${authority} ${year} ${school} ${period} ${values.join(';')}`)
  }

  valuesOf(authority: number, year: number): Iterable<readonly string[]> {
    return this.#values.get(`${authority} ${year}`)?.values() ?? []
  }

  periodsOf(authority: number, year: number): Iterable<number> {
    return this.#periods.get(`${authority} ${year}`) ?? []
  }

  schoolsOf(authority: number, year: number): ReadonlySet<number> {
    return this.#schools.get(`${authority} ${year}`) ?? none
  }
}

const none: ReadonlySet<number> = new Set()

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
