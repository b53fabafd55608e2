import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Connections, Lease } from './connections.ts'
import { describeError, EngineError } from './engine-error.ts'
import type { Native } from './native.ts'
import { authenticate, type ClickHouseRequest, readRequest } from './request.ts'
import { quote } from './settings.ts'
import { insertPrefix, type StatementGate, withoutBlankLines } from './statement.ts'
import { sendStream } from './stream.ts'

/** Long parameters stand in the URL. */
const MAX_HEADER_BYTES = 1 << 20
const KILL_INTERVAL_MS = 20

type Front = { native: Native; connections: Connections; gate: StatementGate; password: string; log: Logger }

/** ClickHouse's HTTP interface over the embedded engine: `/ping`, and statements by GET or POST on `/`. */
export function createFront(front: Front): Server {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000 }, (req, res) => {
    handle(front, req, res).catch((error) => {
      front.log.error({ err: error }, 'a request failed in the front itself')
      res.destroy()
    })
  })
  // An insert or a query may take longer than any limit of Node's own; the settings limit it.
  server.requestTimeout = 0
  return server
}

async function handle(front: Front, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://engine')
  if (url.pathname === '/ping') {
    res.end('Ok.\n')
    return
  }
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  try {
    authenticate(req, url, front.password)
    if (url.pathname !== '/') throw new EngineError(1000, 'POCO_EXCEPTION', 'There is no such path', 404)
    const request = await readRequest(req, url)
    res.setHeader('X-ClickHouse-Query-Id', request.queryId)
    await run(front, request, res, gone.signal)
  } catch (error) {
    sendError(res, error)
    // The rest of a refused body is read and dropped, or the answer would not reach the caller.
    req.resume()
  }
}

async function run(front: Front, request: ClickHouseRequest, res: ServerResponse, gone: AbortSignal) {
  const prefix = insertPrefix(request.sql)
  if (prefix === undefined && request.body.length > 0 && request.body.toString().trim() !== '') {
    throw new EngineError(62, 'SYNTAX_ERROR', 'Only an insert with a FORMAT clause takes a body')
  }
  if (prefix !== undefined && Object.keys(request.params).length > 0) {
    throw new EngineError(48, 'NOT_IMPLEMENTED', 'An insert with a body takes no query parameters')
  }
  await front.gate.check(prefix ?? request.sql)
  const lease = await front.connections.lend(request, gone)
  const stopKilling = killWhenGone(front, lease, gone)
  let failed = false
  try {
    if (gone.aborted) return
    if (prefix !== undefined) await insert(front, prefix, request, lease, res)
    else if (request.streamed) await sendStream(front.native, request, lease, res, gone)
    else await query(front, request, lease, res)
  } catch (error) {
    failed = true
    throw error
  } finally {
    await stopKilling()
    if (failed || gone.aborted) await lease.discard()
    lease.release()
  }
}

async function insert(
  front: Front,
  prefix: string,
  request: ClickHouseRequest,
  lease: Lease,
  res: ServerResponse,
): Promise<void> {
  const body = withoutBlankLines(request.body)
  // The engine answers an empty body with an error; a server inserts nothing.
  if (body.length === 0) {
    sendWhole(res, Buffer.alloc(0), {})
    return
  }
  const done = await front.native.InsertRawAsyncConnection(lease.handle, prefix, body, false)
  sendWhole(res, Buffer.alloc(0), {
    written_rows: done.rowsWritten,
    written_bytes: done.bytesWritten,
    elapsed_ns: Math.round(done.elapsed * 1e9),
  })
}

async function query(front: Front, request: ClickHouseRequest, lease: Lease, res: ServerResponse) {
  const done = await front.native.QueryAsyncConnection(
    lease.handle,
    request.sql,
    request.format,
    request.params,
  )
  sendWhole(res, done.bytes, {
    read_rows: done.rowsRead ?? 0,
    read_bytes: done.bytesRead ?? 0,
    elapsed_ns: Math.round(done.elapsed * 1e9),
  })
}

function sendWhole(res: ServerResponse, body: Buffer, summary: Record<string, number>): void {
  if (res.destroyed) return
  const texts = Object.fromEntries(Object.entries(summary).map(([name, value]) => [name, String(value)]))
  res.setHeader('X-ClickHouse-Summary', JSON.stringify(texts))
  res.setHeader('Content-Length', body.length)
  res.end(body)
}

function sendError(res: ServerResponse, error: unknown): void {
  if (res.headersSent) {
    // A stream has told of its own error; anything else that broke off must not look whole.
    if (!res.writableEnded) res.destroy()
    return
  }
  const { text, code, status } = describeError(error)
  res.statusCode = status
  res.setHeader('X-ClickHouse-Exception-Code', code)
  res.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  res.end(`${text}\n`)
}

/**
 * Stops the statement of a caller that went away. A KILL that comes before the statement has started finds
 * nothing, so it is repeated until the statement has returned. Answers with what ends the watch.
 */
function killWhenGone(front: Front, lease: Lease, gone: AbortSignal): () => Promise<void> {
  let over = false
  let killing: Promise<void> | undefined
  const kill = async () => {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quote(lease.tag)} ASYNC`
    while (!over) {
      await front.native.QueryAsyncConnection(front.connections.control, sql, 'TSV').catch((error) => {
        front.log.warn({ err: error }, 'a statement could not be cancelled yet')
      })
      if (!over) await new Promise((resolve) => setTimeout(resolve, KILL_INTERVAL_MS))
    }
  }
  const start = () => {
    killing = kill()
  }
  if (gone.aborted) start()
  else gone.addEventListener('abort', start, { once: true })
  return async () => {
    over = true
    gone.removeEventListener('abort', start)
    await killing
  }
}
