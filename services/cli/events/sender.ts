import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { exitCodes, Fault } from '../fault.ts'

const compress = promisify(gzip)

/** One event of a request, as the endpoint answered it. */
export interface ItemAnswer {
  readonly index: number
  readonly id: string | null
  readonly status: 'accepted' | 'duplicate' | 'refused'
  readonly errors?: readonly { field: string; rule: string; message: string }[]
}

export interface BatchAnswer {
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly items: readonly ItemAnswer[]
}

export interface SenderOptions {
  /** Of ingest, e.g. http://127.0.0.1:4001 */
  readonly url: string
  readonly key: string
  readonly signal?: AbortSignal
  /** How long one batch is tried again while the endpoint cannot be reached or has no room. Default two minutes. */
  readonly patienceMs?: number
  /** Told of each wait: what for, and how long. */
  onWait?(reason: string, waitMs: number): void
}

interface Problem {
  title?: string
  detail?: string
  items?: ItemAnswer[]
  accepted?: number
  duplicates?: number
  refused?: number
}

/**
 * Sends a batch of events, one JSON text a line, compressed. A batch that did not arrive whole, or for which there was
 * no room, is sent again: events count once, however often they are sent.
 */
export async function sendBatch(lines: readonly string[], options: SenderOptions): Promise<BatchAnswer> {
  const body = await compress(lines.join('\n'))
  const deadline = performance.now() + (options.patienceMs ?? 120_000)
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    const outcome = await post(body, options)
    if ('answer' in outcome) return outcome.answer
    if ('fault' in outcome) {
      if (outcome.tooLarge && lines.length > 1) return sendHalves(lines, options)
      throw outcome.fault
    }
    const waitMs = outcome.retryAfterMs ?? pause
    if (performance.now() + waitMs > deadline)
      throw new Fault(
        `Events could not be sent to ${options.url}: ${outcome.reason}.`,
        'Is it running? Send the file again: events count once.',
      )
    options.onWait?.(outcome.reason, waitMs)
    await delay(waitMs, undefined, options.signal ? { signal: options.signal } : {})
  }
}

type Outcome =
  | { answer: BatchAnswer }
  | { retryAfterMs?: number; reason: string }
  | { fault: Fault; tooLarge: boolean }

async function post(body: Buffer, { url, key, signal }: SenderOptions): Promise<Outcome> {
  let response: Response
  try {
    response = await fetch(new URL('/v1/events', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(body),
      ...(signal ? { signal } : {}),
    })
    const text = await response.text()
    return outcomeOf(response, text, url)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    return { reason: `it cannot be reached (${causeOf(error)})` }
  }
}

function outcomeOf(response: Response, text: string, url: string): Outcome {
  const { status } = response
  const answer = parse(text)
  if (status === 202) return { answer: answer as BatchAnswer }
  // Every event was refused: an answer like any other.
  if (status === 422 && answer.items)
    return {
      answer: {
        accepted: 0,
        duplicates: answer.duplicates ?? 0,
        refused: answer.refused ?? 0,
        items: answer.items,
      },
    }
  const said = [answer.title, answer.detail].filter(Boolean).join('. ') || `HTTP ${status}`
  if (status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('retry-after'))
    return { reason: said, ...(seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}) }
  }
  const tooLarge = status === 413
  return {
    tooLarge,
    fault: new Fault(`${url} refused the request (${status}): ${said}`, undefined, exitCodes.failed),
  }
}

function parse(text: string): Problem {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** undici says "fetch failed" and hides why in `cause`. */
const causeOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { code?: string }; message: string }
  return cause?.code ?? message
}

async function sendHalves(lines: readonly string[], options: SenderOptions): Promise<BatchAnswer> {
  const middle = Math.ceil(lines.length / 2)
  const first = await sendBatch(lines.slice(0, middle), options)
  const second = await sendBatch(lines.slice(middle), options)
  return {
    accepted: first.accepted + second.accepted,
    duplicates: first.duplicates + second.duplicates,
    refused: first.refused + second.refused,
    items: [...first.items, ...second.items.map((item) => ({ ...item, index: item.index + middle }))],
  }
}
