import { userInfo } from 'node:os'
import { controlPlaneEnv, installationEnv, logEnv, parseEnv, secret, warehouseEnv } from '@cairn/config'
import { z } from 'zod'

/** Every variable that the command line reads; docs/deploy.md lists them from here. An option wins over them. */
export const cliEnv = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...warehouseEnv,
  CLICKHOUSE_URL: warehouseEnv.CLICKHOUSE_URL.optional(),
  CAIRN_KEY: secret(
    z.string().optional(),
    'Ingest key of `cairn send`: keeps it out of the process list and the shell’s history',
  ),
})

/** Settings from the environment; a wrong one is named, its value is not. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): z.output<typeof cliEnv> =>
  parseEnv('cairn', cliEnv, source)

/** The environment of a supervised service: the caller's own, and what is set for it. */
export function serviceEnv(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, CAIRN_SUPERVISED: '1', ...own }
}

/** Who acts, as the audit names it. */
export function actor(): string {
  try {
    return `command line (${userInfo().username})`
  } catch {
    return 'command line'
  }
}

/** Lets every process that is started from here share compiled code: it halves the time that a restart takes. */
export function shareCompileCache(folder: string): void {
  process.env.NODE_COMPILE_CACHE ??= folder
}
