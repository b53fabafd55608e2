import { MikroORM } from '@mikro-orm/core'
import { PostgreSqlDriver } from '@mikro-orm/postgresql'
import { type Orm, shared } from './orm.ts'

/** A request waits no longer for a connection or an answer: its caller decides whether to try again. */
const CONNECT_MS = 5_000
const STATEMENT_MS = 15_000

/**
 * Opens PostgreSQL with a small pool: a service asks the control plane little, and a hundred services share one server.
 * TLS as the URL's sslmode says. A transaction that its process has left is ended by the server.
 */
export async function openPostgres(url: string): Promise<Orm> {
  return MikroORM.init({
    driver: PostgreSqlDriver,
    clientUrl: url,
    ensureDatabase: false,
    pool: { min: 0, max: 6 },
    driverOptions: {
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS + 1_000,
      statement_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
      keepAlive: true,
      application_name: 'cairn',
    },
    // Its warnings of broken connections would go to standard output, where a supervisor reads.
    logger: () => undefined,
    ...shared,
  }) as unknown as Promise<Orm>
}
