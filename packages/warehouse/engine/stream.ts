import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Lease } from './connections.ts'
import { describeError } from './engine-error.ts'
import type { Native } from './native.ts'
import type { ClickHouseRequest } from './request.ts'

/**
 * Sends rows as they are computed, as fast as the caller reads. The engine plans a stream on the main thread
 * (a scalar subquery holds up all requests), so only those who ask for a stream get one.
 */
export async function sendStream(
  native: Native,
  request: ClickHouseRequest,
  lease: Lease,
  res: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const stream = native.StreamQuery(lease.handle, request.sql, request.format, request.params)
  const tag = randomBytes(8).toString('hex')
  let ended = false
  try {
    for (;;) {
      const chunk = await native.StreamFetch(stream)
      // An error before the first row still has its own HTTP status: headers go out with the first chunk.
      if (!res.headersSent) res.setHeader('X-ClickHouse-Exception-Tag', tag)
      ended = chunk.done === true
      if (chunk.done || gone.aborted) break
      if (!res.write(chunk.bytes)) await Promise.race([once(res, 'drain'), aborted(gone)])
    }
    res.end()
  } catch (error) {
    if (res.headersSent) res.end(exceptionTrailer(error, tag))
    throw error
  } finally {
    if (!ended) native.StreamCancel(stream)
  }
}

/** The error in the form that ClickHouse ends a broken stream with; it must arrive as one chunk. */
function exceptionTrailer(error: unknown, tag: string): string {
  const text = `${describeError(error).text}\n`
  return `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
