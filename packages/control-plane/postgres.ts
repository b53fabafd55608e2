import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { MikroORM } from '@mikro-orm/core'
import { PostgreSqlDriver } from '@mikro-orm/postgresql'
import { type Orm, shared } from './orm.ts'
import { RefusedError } from './refused.ts'

/** Connections of one process: a server takes a hundred, and a service here needs few at a time. */
const POOL_MAX = 6
const CONNECT_MS = 5_000
const STATEMENT_MS = 15_000
/** A pooled connection is closed when idle, so whichever has been silent for longer waits for a server that is gone. */
const IDLE_MS = 10_000
const SILENT_MS = STATEMENT_MS + 10_000

/** What pg takes of a `postgres:` URL; TLS by libpq's parameters. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly ssl: ConnectionOptions | false
}

const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey']

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. `sslmode`: `disable` (the default), `require`
 * (encrypted, the server unproven, as libpq has it), `verify-ca`, `verify-full`; `sslrootcert`, `sslcert` and `sslkey`
 * name PEM files. `allow` and `prefer` are refused: they go on in the clear without a word.
 * @throws RefusedError, which never quotes the URL
 */
export function postgresAddress(url: string): PostgresAddress {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new RefusedError('url', 'postgres://user:password@host:port/database')
  }
  const query = parsed.searchParams
  for (const name of query.keys())
    if (!parameters.includes(name)) throw new RefusedError('url', `parameters among ${parameters.join(', ')}`)
  const database = decoded(parsed.pathname.slice(1))
  if (parsed.hostname === '' || database === '' || parsed.username === '')
    throw new RefusedError('url', 'postgres: with a user, a host and a database')
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 5432),
    user: decoded(parsed.username),
    password: decoded(parsed.password),
    database,
    ssl: tls(query),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new RefusedError('url', 'percent-encoded where it holds special characters')
  }
}

function tls(query: URLSearchParams): ConnectionOptions | false {
  const mode = query.get('sslmode') ?? 'disable'
  if (mode === 'disable') return false
  if (!['require', 'verify-ca', 'verify-full'].includes(mode))
    throw new RefusedError('url', 'sslmode disable, require, verify-ca or verify-full')
  return {
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...pem(query, 'sslrootcert', 'ca'),
    ...pem(query, 'sslcert', 'cert'),
    ...pem(query, 'sslkey', 'key'),
  }
}

function pem(query: URLSearchParams, parameter: string, option: 'ca' | 'cert' | 'key'): ConnectionOptions {
  const file = query.get(parameter)
  if (file === null) return {}
  try {
    return { [option]: readFileSync(file, 'utf8') }
  } catch {
    throw new RefusedError('url', `${parameter} a file that can be read`)
  }
}

interface PgClient {
  release(destroy: true): void
  once(event: 'end', then: () => void): unknown
  readonly connection: {
    readonly stream: { setTimeout(ms: number, then: () => void): void; destroy(error: Error): void }
  }
}

interface PgPool {
  on(event: 'connect' | 'acquire', then: (client: PgClient) => void): unknown
  on(event: 'release', then: (error: unknown, client: PgClient) => void): unknown
}

/**
 * Opens PostgreSQL with a small pool: a service asks the control plane little, and a hundred services share one server.
 * It connects with the first statement, so that a service may start before it. A transaction that its process has left
 * is ended by the server.
 */
export async function openPostgres(url: string): Promise<Orm> {
  const { database, ssl, ...server } = postgresAddress(url)
  return MikroORM.init({
    driver: PostgreSqlDriver,
    dbName: database,
    ...server,
    ensureDatabase: false,
    pool: { min: 0, max: POOL_MAX, idleTimeoutMillis: IDLE_MS },
    driverOptions: {
      ssl,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
      keepAlive: true,
      application_name: 'cairn',
      onPoolCreated: keepWhole,
    },
    // Its warnings of broken connections would go to standard output, where a supervisor reads.
    logger: () => undefined,
    ...shared,
  }) as unknown as Promise<Orm>
}

/** Given to who holds a connection that has ended to hand it back. */
const RELEASE_MS = 1_000

/**
 * Keeps the pool whole. A server that vanished without a word answers no statement and no rollback: the socket's
 * silence is what tells. (With pg's own query_timeout each of the two would wait.) And Kysely 0.29 never hands back a
 * connection whose BEGIN failed: a few of those, and the pool would be empty until the process ends.
 */
function keepWhole(pool: PgPool): void {
  const lent = new Set<PgClient>()
  pool.on('acquire', (client) => lent.add(client))
  pool.on('release', (_, client) => lent.delete(client))
  pool.on('connect', (client) => {
    const { stream } = client.connection
    stream.setTimeout(SILENT_MS, () => stream.destroy(new Error('silent connection')))
    client.once('end', () => {
      setTimeout(() => lent.has(client) && client.release(true), RELEASE_MS).unref()
    })
  })
}
