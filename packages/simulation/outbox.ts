/**
 * Lines that wait for the day on which they are sent, as bytes: what is late waits here, and nothing else does, so
 * that the memory it takes does not grow with the weeks. Lines are ASCII. Each lane (an authority) is kept apart, in at
 * most 16 of them.
 */
export class Outbox {
  readonly #days = new Map<number, { bytes: Buffer; used: number }>()
  readonly #spare: Buffer[] = []

  post(day: number, lane: number, line: string): void {
    const key = day * lanes + lane
    let page = this.#days.get(key)
    if (!page) {
      page = { bytes: this.#spare.pop() ?? Buffer.allocUnsafe(1 << 14), used: 0 }
      this.#days.set(key, page)
    }
    if (page.used + line.length + 1 > page.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(page.bytes.length * 2, line.length * 2))
      page.bytes.copy(larger, 0, 0, page.used)
      page.bytes = larger
    }
    page.used += page.bytes.write(line, page.used, 'latin1')
    page.bytes[page.used++] = 10
  }

  /** What is due before this day, day by day and lane by lane. The bytes are good until the next ones are asked for. */
  *due(before: number): Generator<{ lane: number; bytes: Uint8Array }> {
    const due = [...this.#days.keys()].filter((key) => key < before * lanes).sort((a, b) => a - b)
    for (const key of due) {
      const { bytes, used } = this.#days.get(key)!
      this.#days.delete(key)
      yield { lane: key % lanes, bytes: bytes.subarray(0, used) }
      if (this.#spare.length < 4) this.#spare.push(bytes)
    }
  }
}

const lanes = 16
