import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'

/** Where a warehouse answers: the embedded engine or a ClickHouse server, alike. */
export type WarehouseAddress = {
  url: string
  username: string
  password: string
  database?: string
  /** The tables are Distributed over this cluster. */
  cluster?: string | undefined
  /** The user is under row policies (infra/clickhouse/access.sql): each statement says whose rows it may see. */
  rowPolicies?: boolean
}

/** Values of `{name:Type}` placeholders. 64-bit and larger integers as bigint (or, outside arrays, as strings). */
export type Params = Record<string, unknown>

export type Statement = {
  /** Names the statement in logs, metrics and errors; snake_case. */
  name: string
  sql: string
  params?: Params
  /** Whose rows it may see, where the user is under row policies; without, none. */
  authorities?: readonly number[]
  /** Time limit in milliseconds; by default 10 s for a query, 60 s for a stream, 10 min for a command. */
  timeoutMs?: number
  /** Cancels the statement in the warehouse when it aborts. */
  signal?: AbortSignal
}

export type Insert = {
  name: string
  table: string
  columns: readonly string[]
  /**
   * Rows as arrays in the order of `columns`, or the same already serialised: one JSON array a line.
   * 64-bit and larger integers as decimal strings; a DateTime64 as ISO text or as a whole number of its ticks.
   */
  rows: readonly (readonly unknown[])[] | string | Buffer
  timeoutMs?: number
  signal?: AbortSignal
}

/** The one way into the warehouse. Every failure is a {@link WarehouseError}. */
export type Warehouse = {
  /** Rows as objects; 64-bit and larger integers as decimal strings. */
  query<Row>(statement: Statement): Promise<Row[]>
  /** The same in batches, as they are computed. Leaving the loop cancels the query. */
  stream<Row>(statement: Statement): AsyncIterable<Row[]>
  /** Writes the rows as one block, so that they become one part or none. */
  insert(insert: Insert): Promise<void>
  /** A statement without an answer: DDL, INSERT … SELECT. */
  command(statement: Statement): Promise<void>
  /** Whether the warehouse answers and takes the key. */
  ping(): Promise<boolean>
  close(): Promise<void>
}

const QUERY_LIMIT_MS = 10_000
/** A stream runs as long as its reader takes. */
const STREAM_LIMIT_MS = 60_000
const COMMAND_LIMIT_MS = 600_000
const PING_LIMIT_MS = 5_000
/** Given to the warehouse to report its own time limit before the caller stops waiting. */
const GRACE_MS = 2_000
/** Longest timer there is: the limits above are the ones that count. */
const NO_LIMIT_MS = 2 ** 31 - 1

const settings: ClickHouseSettings = {
  async_insert: 0,
  output_format_json_quote_64bit_integers: 1,
  session_timezone: 'UTC',
}

/**
 * What makes Distributed tables behave as one server does (ADR 0006): an insert that returned stands on its shard and on
 * most of its replicas, and whoever reads next finds it; a subquery stays on the shard that asks it.
 */
const clusterSettings: ClickHouseSettings = {
  distributed_foreground_insert: 1,
  distributed_product_mode: 'local',
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  select_sequential_consistency: '1',
  load_balancing: 'in_order',
  prefer_localhost_replica: 0,
  skip_unavailable_shards: 0,
  alter_sync: '2',
}

const insertSettings: ClickHouseSettings = {
  // An insert stays one block, and so one part, which a crash leaves whole or not at all.
  max_insert_block_size: '4000000',
  min_insert_block_size_rows: '4000000',
  min_insert_block_size_bytes: '0',
  date_time_input_format: 'best_effort',
}

/** ClickHouse codes after which the same statement may succeed a little later. */
const retryableCodes: ReadonlySet<number> = new Set([
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  236, // ABORTED: the server is shutting down
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY: a replica without its keeper
  252, // TOO_MANY_PARTS
  279, // ALL_CONNECTION_TRIES_FAILED: a shard without a replica that answers
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: another insert into the same table is under way
  289, // REPLICA_IS_NOT_IN_QUORUM: it has not caught up
  319, // UNKNOWN_STATUS_OF_INSERT: all inserts here may be sent again
  425, // SYSTEM_ERROR
  745, // SERVER_OVERLOADED
  999, // KEEPER_EXCEPTION
])

/** Codes of faults in the SQL itself: ClickHouse's text names columns and functions before it quotes any value. */
const faultsInSql: ReadonlySet<number> = new Set([
  16, // NO_SUCH_COLUMN_IN_TABLE
  42, // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
  43, // ILLEGAL_TYPE_OF_ARGUMENT
  46, // UNKNOWN_FUNCTION
  47, // UNKNOWN_IDENTIFIER
  60, // UNKNOWN_TABLE
  81, // UNKNOWN_DATABASE
  115, // UNKNOWN_SETTING
  215, // NOT_AN_AGGREGATE
  456, // UNKNOWN_QUERY_PARAMETER
])

/** Of these, the ones whose quotes hold a name and not a literal: UNKNOWN_TABLE, UNKNOWN_DATABASE, UNKNOWN_SETTING. */
const namesInQuotes: ReadonlySet<number> = new Set([60, 81, 115])

/** A failed statement. Carries no SQL, parameter or row: ClickHouse's own text quotes all three. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError'
  /** ClickHouse's code; 0 where the failure was on this side of the wire. */
  readonly code: number
  /** ClickHouse's name of the code, or CONNECTION, CANCELLED, UNKNOWN. */
  readonly codeName: string
  /** Whether the same statement may succeed a little later. */
  readonly retryable: boolean

  constructor(statement: string, code: number, codeName: string, retryable: boolean, detail?: string) {
    const number = code === 0 ? '' : ` (${code})`
    super(`Warehouse statement ${statement} failed: ${codeName}${number}${detail ? `: ${detail}` : ''}`)
    this.code = code
    this.codeName = codeName
    this.retryable = retryable
  }
}

export function openWarehouse(address: WarehouseAddress): Warehouse {
  const client = createClient({
    url: address.url,
    username: address.username,
    password: address.password,
    database: address.database ?? 'default',
    application: 'cairn',
    request_timeout: NO_LIMIT_MS,
    max_open_connections: 16,
    clickhouse_settings: {
      ...settings,
      ...(address.cluster === undefined ? {} : clusterSettings),
      // Nobody's, until a statement says whose.
      ...(address.rowPolicies ? rowsOf([]) : {}),
    },
    // Long lists travel in the body: a server takes no more than a megabyte in the URL.
    use_multipart_params_auto: true,
    // The client's own log would quote SQL and parameters.
    log: { level: ClickHouseLogLevel.OFF },
  })
  return {
    query: (statement) => query(client, statement, scopeOf(address, statement)),
    stream: (statement) => stream(client, statement, scopeOf(address, statement)),
    insert: (insert) => insertRows(client, insert),
    command: (statement) => command(client, statement),
    ping: async () =>
      (await client.ping({ select: true, abort_signal: AbortSignal.timeout(PING_LIMIT_MS) })).success,
    close: () => client.close(),
  }
}

/** The custom setting that the row policies read. */
const rowsOf = (authorities: readonly number[]): ClickHouseSettings =>
  ({ SQL_cairn_authorities: authorities.map(Number).join(',') }) as ClickHouseSettings

/** Never sent where there are no row policies: the embedded engine has none and refuses the setting. */
const scopeOf = (address: WarehouseAddress, { authorities }: Statement): ClickHouseSettings =>
  address.rowPolicies && authorities ? rowsOf(authorities) : {}

async function query<Row>(
  client: ClickHouseClient,
  statement: Statement,
  scope: ClickHouseSettings,
): Promise<Row[]> {
  return limited(client, statement, QUERY_LIMIT_MS, async (call) => {
    const result = await client.query({
      query: statement.sql,
      query_params: statement.params,
      format: 'JSONEachRow',
      query_id: call.queryId,
      abort_signal: call.signal,
      // Whole before it is sent, so that an error is an error and never a short answer.
      clickhouse_settings: { ...call.settings, ...scope, wait_end_of_query: 1 },
    })
    const text = await result.text()
    // A newline within a value is escaped, so those that are left stand between rows.
    return JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`) as Row[]
  })
}

async function* stream<Row>(
  client: ClickHouseClient,
  statement: Statement,
  scope: ClickHouseSettings,
): AsyncGenerator<Row[]> {
  const left = new AbortController()
  const signal = statement.signal ? AbortSignal.any([statement.signal, left.signal]) : left.signal
  const call = begin({ ...statement, signal }, statement.timeoutMs ?? STREAM_LIMIT_MS)
  let whole = false
  try {
    const result = await client.query({
      query: statement.sql,
      query_params: statement.params,
      format: 'JSONEachRow',
      query_id: call.queryId,
      abort_signal: call.signal,
      clickhouse_settings: { ...call.settings, ...scope, wait_end_of_query: 0 },
    })
    const rows = result.stream<Row>()
    const stop = () => rows.destroy(new Error('cancelled'))
    call.signal.addEventListener('abort', stop, { once: true })
    if (call.signal.aborted) stop()
    for await (const batch of rows) yield batch.map((row) => row.json<Row>())
    whole = true
  } catch (error) {
    throw toWarehouseError(error, statement.name, call)
  } finally {
    if (!whole) {
      left.abort()
      cancel(client, call.queryId)
    }
    call.end()
  }
}

async function insertRows(client: ClickHouseClient, insert: Insert): Promise<void> {
  const body = serialise(insert.rows)
  if (body.length === 0) return
  const columns = insert.columns.map(identifier).join(', ')
  const sql = `INSERT INTO ${identifier(insert.table)} (${columns}) FORMAT JSONCompactEachRow`
  await limited(client, insert, COMMAND_LIMIT_MS, async (call) => {
    // exec and not insert: it takes a finished body, where insert would serialise row by row once more.
    const result = await client.exec({
      query: sql,
      values: Readable.from([body], { objectMode: false }),
      query_id: call.queryId,
      abort_signal: call.signal,
      clickhouse_settings: { ...call.settings, ...insertSettings, wait_end_of_query: 1 },
    })
    await drain(result.stream)
  })
}

async function command(client: ClickHouseClient, statement: Statement): Promise<void> {
  await limited(client, statement, COMMAND_LIMIT_MS, async (call) => {
    await client.command({
      query: statement.sql,
      query_params: statement.params,
      query_id: call.queryId,
      abort_signal: call.signal,
      clickhouse_settings: { ...call.settings, wait_end_of_query: 1 },
    })
  })
}

function serialise(rows: Insert['rows']): Buffer {
  if (Buffer.isBuffer(rows)) return rows
  if (typeof rows === 'string') return Buffer.from(rows)
  // Encoded once and whole: a long string written piece by piece costs half as much again.
  return Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))
}

async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream);
}

/** Names of tables and columns are ours and plain; anything else is a fault in the caller. */
function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name))
    throw new TypeError('a table or column name is not an identifier')
  return name
}

/** One statement under way: its id, its settings, and a signal that fires at its time limit or by its caller. */
type Call = { queryId: string; settings: ClickHouseSettings; signal: AbortSignal; late: boolean; end(): void }

function begin(statement: { name: string; signal?: AbortSignal }, limitMs: number): Call {
  const queryId = randomUUID()
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(
    () => {
      call.late = true
      abort()
    },
    Math.min(limitMs + GRACE_MS, NO_LIMIT_MS),
  )
  statement.signal?.addEventListener('abort', abort, { once: true })
  if (statement.signal?.aborted) abort()
  const call: Call = {
    queryId,
    settings: { log_comment: `${statement.name} ${queryId}`, max_execution_time: limitMs / 1000 },
    signal: controller.signal,
    late: false,
    end: () => {
      clearTimeout(timer)
      statement.signal?.removeEventListener('abort', abort)
    },
  }
  return call
}

async function limited<T>(
  client: ClickHouseClient,
  statement: { name: string; timeoutMs?: number; signal?: AbortSignal },
  defaultLimitMs: number,
  run: (call: Call) => Promise<T>,
): Promise<T> {
  const call = begin(statement, statement.timeoutMs ?? defaultLimitMs)
  try {
    if (call.signal.aborted) throw new Error('cancelled before it was sent')
    return await run(call)
  } catch (error) {
    if (call.signal.aborted) cancel(client, call.queryId)
    throw toWarehouseError(error, statement.name, call)
  } finally {
    call.end()
  }
}

/**
 * A server goes on with the statement of a caller that left, so it is told. (The embedded engine notices by
 * itself and knows no such id.) Nobody waits for the outcome.
 */
function cancel(client: ClickHouseClient, queryId: string): void {
  client
    .command({ query: 'KILL QUERY WHERE query_id = {id:String} ASYNC', query_params: { id: queryId } })
    .catch(() => {})
}

function toWarehouseError(error: unknown, name: string, call: Call): WarehouseError {
  if (error instanceof WarehouseError) return error
  // A server that is there reports its own time limit before: this one is silent, and may be there again later.
  if (call.late)
    return new WarehouseError(name, 159, 'TIMEOUT_EXCEEDED', true, 'no answer within the time limit')
  if (call.signal.aborted) return new WarehouseError(name, 0, 'CANCELLED', false)
  const { code, type, message = '' } = error as { code?: unknown; type?: string; message?: string }
  const number = Number(code)
  if (type !== undefined && number > 0) {
    // A syntax error lists keywords in brackets, which the client takes for the name.
    const codeName = number === 62 ? 'SYNTAX_ERROR' : type
    return new WarehouseError(name, number, codeName, retryableCodes.has(number), safeDetail(number, message))
  }
  if (
    /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|socket hang up|aborted/.test(
      `${code} ${message}`,
    )
  ) {
    return new WarehouseError(name, 0, 'CONNECTION', true)
  }
  return new WarehouseError(name, 0, 'UNKNOWN', false)
}

/** What of ClickHouse's text can be told: places and names, never a literal, which may be a parameter's value. */
function safeDetail(code: number, text: string): string | undefined {
  if (code === 62) return /failed at position \d+/.exec(text)?.[0]
  if (!faultsInSql.has(code)) return /\bat row \d+/.exec(text)?.[0]
  const [told = ''] = text.split(/[.:]? (?:in scope|while|in query|maybe you meant)\b|[:.] /i)
  const quoted = namesInQuotes.has(code) ? told : told.replace(/'(?:[^'\\]|\\.)*'/g, '?')
  return quoted.slice(0, 200)
}
