/**
 * Lines that wait for the day on which they are sent, as bytes: what is late waits here, and nothing else does, so
 * that the memory it takes does not grow with the weeks. Lines are ASCII.
 */
export class Outbox {
  readonly #days = new Map<number, { bytes: Buffer; used: number }>()
  readonly #spare: Buffer[] = []

  post(day: number, line: string): void {
    let page = this.#days.get(day)
    if (!page) {
      page = { bytes: this.#spare.pop() ?? Buffer.allocUnsafe(1 << 14), used: 0 }
      this.#days.set(day, page)
    }
    if (page.used + line.length + 1 > page.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(page.bytes.length * 2, line.length * 2))
      page.bytes.copy(larger, 0, 0, page.used)
      page.bytes = larger
    }
    page.used += page.bytes.write(line, page.used, 'latin1')
    page.bytes[page.used++] = 10
  }

  /** What is due before this day, day by day. The bytes are good until the next one is asked for. */
  *due(before: number): Generator<Uint8Array> {
    for (const day of [...this.#days.keys()].filter((each) => each < before).sort((a, b) => a - b)) {
      const { bytes, used } = this.#days.get(day)!
      this.#days.delete(day)
      yield bytes.subarray(0, used)
      if (this.#spare.length < 4) this.#spare.push(bytes)
    }
  }
}
