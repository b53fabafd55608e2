import { normalQuantile } from '@cairn/statistics'

/**
 * Reproducible random numbers in streams that do not touch: each pupil has one, so that what happens to one never
 * shifts what happens to another. Counter-based (a keyed hash of the place in the stream): 12 bytes a stream.
 */
export class Streams {
  readonly #keys: Uint32Array
  readonly #places: Uint32Array
  #at = 0

  constructor(seed: number, streams: number) {
    this.#keys = new Uint32Array(streams * 2)
    this.#places = new Uint32Array(streams)
    for (let i = 0; i < streams * 2; i++) this.#keys[i] = mix(mix(seed ^ 0x9e3779b9) + mix(i + 1))
  }

  /** Draws from this stream until told otherwise. */
  of(stream: number): this {
    this.#at = stream
    return this
  }

  #bits(): number {
    const at = this.#at
    const place = this.#places[at]!
    this.#places[at] = place + 1
    return mix(mix(place ^ this.#keys[at * 2]!) + this.#keys[at * 2 + 1]!)
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    return this.#bits() / 4_294_967_296
  }

  /** True so often: 0.25 is once in four. */
  chance(share: number): boolean {
    return this.next() < share
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  pick<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)]!
  }

  /** Index drawn by weights that add up to 1. */
  weighted(weights: readonly number[]): number {
    let left = this.next()
    for (let i = 0; i < weights.length - 1; i++) {
      left -= weights[i]!
      if (left < 0) return i
    }
    return weights.length - 1
  }

  /** Standard normal, from a table of 8,192 quantiles: a check-in takes up to 18 of them. */
  normal(): number {
    return quantiles[this.#bits() >>> 19]!
  }

  /** Gamma with this shape and mean 1 (Marsaglia and Tsang, 2000). */
  gamma(shape: number): number {
    const d = shape + 2 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const z = this.normal()
      const v = (1 + c * z) ** 3
      if (v > 0 && Math.log(1 - this.next()) < 0.5 * z * z + d - d * v + d * Math.log(v))
        return (d * v * (1 - this.next()) ** (1 / shape)) / shape
    }
  }

  poisson(mean: number): number {
    const limit = Math.exp(-mean)
    let count = 0
    for (let p = this.next(); p > limit; p *= this.next()) count++
    return count
  }
}

const quantiles = Float64Array.from({ length: 8_192 }, (_, i) => normalQuantile((i + 0.5) / 8_192))

/** Finaliser of MurmurHash3, 32 bits. */
function mix(value: number): number {
  let h = value >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
