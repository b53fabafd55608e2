import { EngineError } from './engine-error.ts'
import type { EngineMemory } from './env.ts'
import type { Handle, Native } from './native.ts'
import { allowedSettings, quote, quoteIdentifier, setStatement } from './settings.ts'

/** Requests that run at one time; the rest wait in turn. */
export const POOL_SIZE = 12
/** libuv threads: one for each pooled connection, and some for control, classification and zlib. */
export const THREADS = POOL_SIZE + 4

/** A pooled connection and the state that it holds from its last request. */
type Connection = { handle: Handle; settings: Map<string, string>; database: string; clean: boolean }

export type Lease = {
  handle: Handle
  /** What the lease's statement is found by in system.processes. */
  tag: string
  /** Drops what a statement that failed or was stopped has left; before release. */
  discard(): Promise<void>
  release(): void
}

/** Connections to one data folder: one for control, a pool lent to one request at a time. */
export class Connections {
  readonly control: Handle
  readonly #native: Native
  readonly #all: Connection[] = []
  readonly #free: Connection[] = []
  readonly #waiting: ((connection: Connection) => void)[] = []
  /** Values of the allowed settings as the engine started with them. */
  #initial = new Map<string, string>()
  #tags = 0

  constructor(native: Native, dataDir: string, memory: EngineMemory) {
    this.#native = native
    const args = [
      `--max_server_memory_usage=${memory.server}`,
      `--max_memory_usage=${memory.query}`,
      `--mark_cache_size=${memory.markCache}`,
      `--index_mark_cache_size=${memory.markCache}`,
      // Off on a server: with it, any misspelt statement would parse as an expression.
      '--implicit_select=0',
      '--async_insert=0',
    ]
    this.control = native.CreateConnection(dataDir, args)
    for (let i = 0; i < POOL_SIZE; i++) {
      const handle = native.CreateConnection(dataDir, args)
      this.#all.push({ handle, settings: new Map(), database: 'default', clean: true })
    }
    this.#free.push(...this.#all)
  }

  async start(): Promise<void> {
    const names = [...allowedSettings].map(quote).join(',')
    const sql = `SELECT name, value FROM system.settings WHERE name IN (${names}) FORMAT JSONCompactEachRow`
    const { bytes } = await this.#native.QueryAsyncConnection(this.control, sql, 'JSONCompactEachRow')
    const rows = bytes.toString().trim().split('\n')
    this.#initial = new Map(rows.map((row) => JSON.parse(row) as [string, string]))
  }

  get busy(): number {
    return this.#all.length - this.#free.length + this.#waiting.length
  }

  /** Lends a connection with exactly these settings; waits for its turn, or until `gone` aborts. */
  async lend(
    request: { settings: Map<string, string>; comment: string; database: string },
    gone: AbortSignal,
  ): Promise<Lease> {
    const connection = await this.#take(gone)
    // The engine cannot be given a query id: this tag is what a running query is found and stopped by.
    const tag = `${request.comment} #${++this.#tags}`.trimStart()
    const release = () => this.#giveBack(connection)
    try {
      await this.#apply(connection, request.settings, tag)
      await this.#use(connection, request.database)
      return { handle: connection.handle, tag, discard: () => this.#discard(connection), release }
    } catch (error) {
      connection.clean = false
      release()
      throw error
    }
  }

  close(): void {
    for (const { handle } of this.#all) this.#native.CloseConnection(handle)
    this.#native.CloseConnection(this.control)
  }

  /**
   * One SET that leaves the connection as if it were new but for `settings`. Those of the last request go
   * back to their values at start (DEFAULT would lose the engine's own arguments).
   */
  async #apply(connection: Connection, settings: Map<string, string>, tag: string): Promise<void> {
    const wanted = new Map(settings)
    const stale = connection.clean ? connection.settings.keys() : this.#initial.keys()
    for (const name of stale) {
      if (!wanted.has(name)) wanted.set(name, this.#initial.get(name)!)
    }
    wanted.set('log_comment', tag)
    await this.#native.QueryAsyncConnection(connection.handle, setStatement(wanted), 'TSV')
    connection.settings = settings
    connection.clean = true
  }

  async #use(connection: Connection, database: string): Promise<void> {
    if (connection.database === database) return
    await this.#native.QueryAsyncConnection(connection.handle, `USE ${quoteIdentifier(database)}`, 'TSV')
    connection.database = database
  }

  /**
   * A statement that was stopped stays in system.processes, with its memory, until its connection runs another
   * (seen with streams and INSERT … SELECT).
   */
  async #discard(connection: Connection): Promise<void> {
    await this.#native.QueryAsyncConnection(connection.handle, 'SELECT 1', 'TSV').catch(() => {})
  }

  #take(gone: AbortSignal): Promise<Connection> {
    const connection = this.#free.pop()
    if (connection) return Promise.resolve(connection)
    return new Promise((resolve, reject) => {
      const turn = (lent: Connection) => {
        gone.removeEventListener('abort', leave)
        resolve(lent)
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1)
        reject(new EngineError(394, 'QUERY_WAS_CANCELLED', 'The caller went away'))
      }
      gone.addEventListener('abort', leave, { once: true })
      this.#waiting.push(turn)
    })
  }

  #giveBack(connection: Connection): void {
    const next = this.#waiting.shift()
    if (next) next(connection)
    else this.#free.push(connection)
  }
}
