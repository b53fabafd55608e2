import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { EngineError } from './engine-error.ts'
import { readSettings } from './settings.ts'

/** The only user there is. */
export const USERNAME = 'cairn'
/** A batch of events is some megabytes; a body beyond this is a mistake. */
const MAX_BODY_BYTES = 512 * 1024 * 1024

/** One request in ClickHouse's HTTP protocol. */
export type ClickHouseRequest = {
  sql: string
  /** Rows of an insert; empty for other statements. */
  body: Buffer
  /** Values of `{name:Type}` as their URL text stands. */
  params: Record<string, string>
  settings: Map<string, string>
  comment: string
  queryId: string
  database: string
  /** Of the answer, where the SQL has no FORMAT clause. */
  format: string
  /** Sent as it is computed, not when it is whole. */
  streamed: boolean
}

/** Throws AUTHENTICATION_FAILED unless the request carries the key, in either way of ClickHouse's protocol. */
export function authenticate(request: IncomingMessage, url: URL, password: string): void {
  const { user, key } = credentials(request, url)
  // Digests have one length, and comparing them takes one time, whatever was sent.
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (user === USERNAME && timingSafeEqual(digest(key), digest(password))) return
  throw new EngineError(516, 'AUTHENTICATION_FAILED', 'Authentication failed: wrong user or key', 403)
}

function credentials(request: IncomingMessage, url: URL): { user: string; key: string } {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString()
    const colon = text.indexOf(':')
    return { user: text.slice(0, colon), key: text.slice(colon + 1) }
  }
  const header = (name: string) => String(request.headers[name] ?? '')
  return {
    user: header('x-clickhouse-user') || (url.searchParams.get('user') ?? ''),
    key: header('x-clickhouse-key') || (url.searchParams.get('password') ?? ''),
  }
}

/** Reads URL and body. Throws an EngineError that names the parameter at fault. */
export async function readRequest(request: IncomingMessage, url: URL): Promise<ClickHouseRequest> {
  const fields = new Map(url.searchParams)
  let body = await readBody(request)
  const boundary = /^multipart\/form-data; ?boundary=(\S+)$/.exec(request.headers['content-type'] ?? '')?.[1]
  if (boundary !== undefined) {
    for (const [name, value] of multipartFields(body, boundary)) fields.set(name, value)
    body = Buffer.alloc(0)
  }
  const take = (name: string) => {
    const value = fields.get(name)
    fields.delete(name)
    return value
  }
  take('user')
  take('password')
  let sql = take('query')
  if (sql === undefined) {
    sql = body.toString()
    body = Buffer.alloc(0)
  }
  const params: Record<string, string> = {}
  for (const [name, value] of fields) {
    if (!name.startsWith('param_')) continue
    params[name.slice('param_'.length)] = value
    fields.delete(name)
  }
  return {
    sql,
    body,
    params,
    comment: take('log_comment') ?? '',
    queryId: take('query_id') ?? '',
    database: take('database') || 'default',
    format: take('default_format') ?? 'TabSeparated',
    streamed: take('wait_end_of_query') === '0',
    settings: readSettings(fields),
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new EngineError(49, 'LOGICAL_ERROR', 'The body is too large', 413)
    chunks.push(chunk)
  }
  const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding !== 'gzip') {
    throw new EngineError(
      48,
      'NOT_IMPLEMENTED',
      `Content-Encoding ${encoding} is not taken: send gzip or none`,
    )
  }
  return promisify(gunzip)(body, { maxOutputLength: MAX_BODY_BYTES })
}

/** Fields of a multipart form; the client sends long parameters so. */
function* multipartFields(body: Buffer, boundary: string): Generator<[string, string]> {
  const delimiter = `--${boundary}`
  let start = body.indexOf(delimiter)
  while (start !== -1) {
    const from = start + delimiter.length + 2
    const end = body.indexOf(`\r\n${delimiter}`, from)
    if (end === -1) return
    const head = body.indexOf('\r\n\r\n', from)
    const name = /\bname="([^"]*)"/.exec(body.subarray(from, head).toString())?.[1]
    if (name !== undefined) yield [name, body.subarray(head + 4, end).toString()]
    start = end + 2
  }
}
