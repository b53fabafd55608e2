import type { TestProject } from 'vitest/node'
import { readTestEnv } from './env.ts'
import { startPostgres, whyNoPostgres } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a server whose user may make databases; absent where tests are on SQLite. */
    postgres: string
  }
}

/**
 * Once before the control plane's tests run again on PostgreSQL: the server that DATABASE_URL names, whose user may make
 * databases, else one of our own. Says where the tests are left out; CI sets CAIRN_REQUIRE_POSTGRES, and nothing is.
 */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { databaseUrl, isRequired } = readTestEnv()
  if (databaseUrl) {
    provide('postgres', databaseUrl)
    return undefined
  }
  const why = await whyNoPostgres()
  if (why) {
    if (isRequired) throw new Error(`PostgreSQL is required here: ${why}`)
    process.stderr.write(`The control plane's tests on PostgreSQL run on SQLite once more: ${why}\n`)
    return undefined
  }
  const server = await startPostgres()
  provide('postgres', await server.database())
  return () => server.stop()
}
