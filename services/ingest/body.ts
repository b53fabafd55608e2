import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Limits } from './limits.ts'
import { Problem } from './problem.ts'

const decompress = promisify(gunzip)

/** Bytes of all bodies under way: what the process holds is bounded, whoever sends. */
export class Intake {
  readonly #limit: number
  #bytes = 0
  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A share for one request, to be released when it has been answered. */
  open(): Share {
    let held = 0
    let closed = false
    return {
      take: (bytes) => {
        // A body may unfold after its sender has gone and its share was given back.
        if (closed) throw new Aborted()
        if (this.#bytes + bytes > this.#limit) throw new Problem('overloaded')
        this.#bytes += bytes
        held += bytes
      },
      release: () => {
        this.#bytes -= held
        held = 0
        closed = true
      },
    }
  }
}

export interface Share {
  take(bytes: number): void
  release(): void
}

/** Whether the body is compressed; anything but gzip is refused. */
export function isGzip(contentEncoding: string | undefined): boolean {
  const encoding = contentEncoding?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return false
  if (encoding === 'gzip' || encoding === 'x-gzip') return true
  throw new Problem('encoding')
}

/** Reads a body, within the limits on what is sent and on what it unfolds to. */
export async function readBody(request: IncomingMessage, limits: Limits, share: Share): Promise<Buffer> {
  const gzip = isGzip(request.headers['content-encoding'])
  const sent = await collect(request, gzip ? limits.bodyBytes : smaller(limits), share)
  if (!gzip) return sent
  try {
    const body = await decompress(sent, { maxOutputLength: limits.decompressedBytes })
    share.take(body.length)
    return body
  } catch (error) {
    if (error instanceof Problem || error instanceof Aborted) throw error
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new Problem(tooLarge ? 'decompressedTooLarge' : 'brokenEncoding')
  }
}

const smaller = ({ bodyBytes, decompressedBytes }: Limits): number => Math.min(bodyBytes, decompressedBytes)

function collect(request: IncomingMessage, limit: number, share: Share): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const stop = (error: unknown) => {
      // The rest is not read: the answer closes the connection.
      request.off('data', onData)
      request.pause()
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) return stop(new Problem('bodyTooLarge'))
      try {
        share.take(chunk.length)
      } catch (error) {
        return stop(error)
      }
      chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)))
    request.once('error', reject)
    request.once('aborted', () => reject(new Aborted()))
  })
}

/** The sender has gone: there is nobody to answer. */
export class Aborted extends Error {}
