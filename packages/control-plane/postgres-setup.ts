import { startPostgres, whyNoPostgres } from '../../infra/postgres/server.ts'

/**
 * Once before the control plane's tests run again on PostgreSQL: the server that DATABASE_URL names, whose user may make
 * databases, else one of our own. Says where the tests are left out; CI sets CAIRN_REQUIRE_POSTGRES, and nothing is.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.DATABASE_URL) {
    process.env.CAIRN_TEST_POSTGRES = process.env.DATABASE_URL
    return undefined
  }
  const why = await whyNoPostgres()
  if (why) {
    if (process.env.CAIRN_REQUIRE_POSTGRES) throw new Error(`PostgreSQL is required here: ${why}`)
    process.stderr.write(`The control plane's tests on PostgreSQL run on SQLite once more: ${why}\n`)
    return undefined
  }
  const server = await startPostgres()
  process.env.CAIRN_TEST_POSTGRES = await server.database()
  return () => server.stop()
}
