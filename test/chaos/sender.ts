import { setTimeout as delay } from 'node:timers/promises'
import type { Input } from './stream.ts'
import { parts } from './topic.ts'

/** How ingest answered, and what it said yes to. */
export interface Sent {
  /** Requests by status; 0 where no answer came. */
  readonly statuses: Record<number, number>
  /** Identity and version of each event that ingest acknowledged. */
  readonly acknowledged: Set<string>
  readonly refused: string[]
}

/**
 * Sends events through the real endpoint, as a school's system would: one batch at a time, again and again until it is
 * answered with 202. What was never acknowledged is nobody's promise; what was, must be in the log.
 */
export class Sender {
  readonly sent: Sent = { statuses: {}, acknowledged: new Set(), refused: [] }
  /** Of the last ten seconds of an outage, whether anything was acknowledged. */
  readonly #url: string
  readonly #keys: ReadonlyMap<number, string>

  constructor(url: string, keys: ReadonlyMap<number, string>) {
    this.#url = url
    this.#keys = keys
  }

  /** Until it is acknowledged. @param times how often it is sent after that once more */
  async send(authority: number, events: readonly Input[], times = 1): Promise<void> {
    const body = events.map((event) => JSON.stringify(parts(event))).join('\n')
    for (let done = 0; done < times; ) {
      const status = await this.#post(authority, events, body)
      if (status === 202) done++
      else await delay(150)
    }
  }

  async #post(authority: number, events: readonly Input[], body: string): Promise<number> {
    let status = 0
    try {
      const response = await fetch(`${this.#url}/v1/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#keys.get(authority)}`,
          'content-type': 'application/x-ndjson',
        },
        body,
        signal: AbortSignal.timeout(30_000),
      })
      status = response.status
      const answer = (await response.json()) as {
        items?: { index: number; status: string; errors?: object[] }[]
      }
      if (status === 202 || status === 422 || status === 400) this.#note(events, answer.items ?? [])
      if (status !== 202 && status < 500)
        throw new Error(`ingest answered ${status}: ${JSON.stringify(answer)}`)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('ingest answered')) throw error
      status = 0
    }
    this.sent.statuses[status] = (this.sent.statuses[status] ?? 0) + 1
    return status
  }

  #note(
    events: readonly Input[],
    items: readonly { index: number; status: string; errors?: object[] }[],
  ): void {
    for (const { index, status, errors } of items) {
      const event = events[index]!
      if (status === 'refused') this.sent.refused.push(`${event.type}: ${JSON.stringify(errors)}`)
      else this.sent.acknowledged.add(`${event.source} ${event.id} ${event.version}`)
    }
  }
}
