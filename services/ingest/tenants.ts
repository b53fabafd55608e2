import type { PseudonymOf } from '@cairn/contracts'
import { type PseudonymKey, pseudonymsUnder } from '@cairn/control-plane'

/** What ingest asks the control plane about an authority. */
export interface Directory {
  /** URNs of the authority's schools. */
  schoolsOf(authority: number): Promise<Iterable<number>>
  pseudonymKey(authority: number): Promise<PseudonymKey>
}

export interface Tenant {
  readonly authority: number
  readonly schools: ReadonlySet<number>
  readonly pseudonymOf: PseudonymOf
  /** When this was read, by the clock passed in. */
  readonly readAt: number
}

/** Schools may be added at any time: what is known of an authority is read again after this long. */
const maxAge = 5_000
/** A school that is not known makes us look again, but not for each request of a sender who has the wrong list. */
const minAge = 250

/** The authorities that send, with their schools and pseudonym keys, read from the control plane now and then. */
export class Tenants {
  readonly #directory: Directory
  readonly #now: () => number
  readonly #known = new Map<number, Promise<Tenant>>()

  constructor(directory: Directory, now: () => number = () => performance.now()) {
    this.#directory = directory
    this.#now = now
  }

  of(authority: number): Promise<Tenant> {
    return this.#youngerThan(authority, maxAge)
  }

  /** As it is now or was a moment ago: for a school that was not there. */
  fresh(authority: number): Promise<Tenant> {
    return this.#youngerThan(authority, minAge)
  }

  async #youngerThan(authority: number, age: number): Promise<Tenant> {
    const known = this.#known.get(authority)
    if (known) {
      const tenant = await known
      if (this.#now() - tenant.readAt < age) return tenant
      // Another request has begun to read it anew while this one waited.
      if (this.#known.get(authority) !== known) return this.#known.get(authority)!
    }
    const reading = this.#read(authority)
    this.#known.set(authority, reading)
    reading.catch(() => this.#known.delete(authority))
    return reading
  }

  async #read(authority: number): Promise<Tenant> {
    const readAt = this.#now()
    const [schools, key] = await Promise.all([
      this.#directory.schoolsOf(authority),
      this.#directory.pseudonymKey(authority),
    ])
    return { authority, schools: new Set(schools), pseudonymOf: pseudonymsUnder(key), readAt }
  }
}
