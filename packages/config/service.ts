import type { z } from 'zod'
import { describeEnv, type EnvVariable } from './environment.ts'

export interface Service<Env> {
  /** As its script is called: ingest, aggregator, gateway. */
  readonly name: string
  /** What it does, in one line of its help. */
  readonly does: string
  readonly schema: z.ZodObject
  /** Reads and checks its environment. */
  readonly readEnv: () => Env
  /** Runs it: loaded only once the environment is known to be right. */
  readonly run: (env: Env) => Promise<void>
}

/** Errors that say all there is to say: their own line, without where in the code they came from. */
const plain = new Set([
  'EnvError',
  'RefusedError',
  'ControlPlaneUnavailable',
  'LogUnavailable',
  'LogMismatch',
  'LogDamaged',
  'WarehouseError',
])

/**
 * The way in of every service: `--help` prints its variables and ends with 0; what is wrong with the environment, and
 * what can be put right from outside, is one line on standard error and exit code 1.
 */
export async function runService<Env>(service: Service<Env>, argv: readonly string[]): Promise<void> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(helpOf(service))
    return
  }
  try {
    if (argv.length > 0) throw new Error(`takes no arguments, its settings are environment variables: --help`)
    await service.run(service.readEnv())
  } catch (error) {
    process.stderr.write(`${service.name}: ${lineOf(error as Error & { code?: string })}\n`)
    process.exit(1)
  }
}

function lineOf(error: Error & { code?: string; field?: string; rule?: string }): string {
  if (error.name === 'RefusedError') return `${error.field}: ${error.rule}`
  if (plain.has(error.name) || error.name === 'Error') return error.message.split('\n')[0]!
  return error.stack ?? String(error)
}

function helpOf({ name, does, schema }: Service<never> | Service<any>): string {
  const variables = describeEnv(schema)
  const width = Math.max(...variables.map((variable) => variable.name.length)) + 2
  const lines = variables.map((variable) => `  ${variable.name.padEnd(width)}${inWords(variable)}`)
  return `${name}: ${does}\n\nIts settings are environment variables:\n\n${lines.join('\n')}\n
A secret may stand in a file instead: NAME_FILE is then the file's name. An empty value counts as absent.
docs/deploy.md has the whole of it.\n`
}

const inWords = ({ meaning, default: preset, required, secret }: EnvVariable): string =>
  [meaning, required ? '(required)' : preset ? `(default ${preset})` : '', secret ? '(secret)' : '']
    .filter((part) => part !== '')
    .join(' ')
