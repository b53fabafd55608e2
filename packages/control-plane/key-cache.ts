import { createHash } from 'node:crypto'
import { hasKeyShape, type KeyGrant } from './keys.ts'

interface Known {
  readonly until: number
  readonly grant: Promise<KeyGrant | undefined>
}

export interface KeyCacheOptions {
  /** Milliseconds that an answer holds: the bound within which a revocation takes effect. */
  readonly ttlMs?: number
  /** Answers kept of each kind (valid, refused), the oldest going first. */
  readonly entries?: number
  readonly now?: () => number
}

/**
 * Remembers what keys allow, so that the control plane is not asked for each request. An answer holds for two seconds
 * from the moment its question was asked, so a revocation is in force within two seconds and one look-up. Refused keys
 * are remembered apart: a flood of invented ones does not push the valid ones out.
 */
export class KeyCache {
  readonly #verify: (presented: string) => Promise<KeyGrant | undefined>
  readonly #ttlMs: number
  readonly #entries: number
  readonly #now: () => number
  readonly #valid = new Map<string, Known>()
  readonly #refused = new Map<string, Known>()

  constructor(
    keys: { verify(presented: string): Promise<KeyGrant | undefined> },
    options: KeyCacheOptions = {},
  ) {
    this.#verify = (presented) => keys.verify(presented)
    this.#ttlMs = options.ttlMs ?? 2_000
    this.#entries = options.entries ?? 10_000
    this.#now = options.now ?? (() => performance.now())
  }

  async verify(presented: string): Promise<KeyGrant | undefined> {
    if (!hasKeyShape(presented)) return undefined
    // By hash: no secret stays in memory for longer than its request.
    const name = createHash('sha256').update(presented).digest('base64')
    const known = this.#valid.get(name) ?? this.#refused.get(name)
    if (known && known.until > this.#now()) return known.grant
    return this.#ask(name, presented)
  }

  async #ask(name: string, presented: string): Promise<KeyGrant | undefined> {
    const asked = { until: this.#now() + this.#ttlMs, grant: this.#verify(presented) }
    this.#valid.delete(name)
    this.#keep(this.#refused, name, asked)
    try {
      const grant = await asked.grant
      if (grant) {
        if (this.#refused.get(name) === asked) this.#refused.delete(name)
        this.#keep(this.#valid, name, asked)
      }
      return grant
    } catch (error) {
      if (this.#refused.get(name) === asked) this.#refused.delete(name)
      throw error
    }
  }

  #keep(map: Map<string, Known>, name: string, known: Known): void {
    map.delete(name)
    map.set(name, known)
    if (map.size > this.#entries) map.delete(map.keys().next().value!)
  }
}
