/**
 * A Bloom filter over identities: answers "never seen" surely and "seen" with a small error. An identity that was seen
 * may stand in an older slice and goes into the next repair; a false alarm costs one more look-up.
 * 2^28 bits (32 MB) and 6 probes: below 0.2 % false alarms at 18 million identities.
 */
export class IdentityFilter {
  readonly #bits: Uint32Array
  readonly #mask: number
  static readonly #probes = 6

  constructor(bitsLog2 = 28) {
    this.#bits = new Uint32Array(2 ** (bitsLog2 - 5))
    this.#mask = 2 ** bitsLog2 - 1
  }

  has(authority: number, id: string): boolean {
    let [h, step] = hashes(authority, id)
    for (let i = 0; i < IdentityFilter.#probes; i++) {
      const bit = h & this.#mask
      if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return false
      h = (h + step) | 0
      step = (step + i) | 0
    }
    return true
  }

  add(authority: number, id: string): void {
    let [h, step] = hashes(authority, id)
    for (let i = 0; i < IdentityFilter.#probes; i++) {
      const bit = h & this.#mask
      this.#bits[bit >>> 5]! |= 1 << (bit & 31)
      h = (h + step) | 0
      step = (step + i) | 0
    }
  }
}

/** An identity is a hash already: two of its words serve, the authority is mixed in. */
function hashes(authority: number, id: string): [number, number] {
  const a = Number.parseInt(id.slice(0, 8), 16) | 0
  const b = Number.parseInt(id.slice(28, 36), 16) | 1
  return [Math.imul(a ^ Math.imul(authority, 0x9e3779b1), 0x85ebca6b), b]
}
