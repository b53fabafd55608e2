import { z } from 'zod'

const schema = z.object({
  /** Folder of the event log, the control plane and the master key. */
  CAIRN_DATA: z.string().min(1).default('.cairn'),
  /** Where the warehouse answers in ClickHouse's HTTP protocol. */
  CLICKHOUSE_URL: z.url(),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  /** Records that are gathered into one insert. */
  CAIRN_AGGREGATOR_BATCH: z.coerce.number().int().min(1).max(200_000).default(40_000),
  /** Milliseconds between two drains into cells while there is more to read. */
  CAIRN_DRAIN_EVERY_MS: z.coerce.number().int().min(50).default(1_000),
  CAIRN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Set by `cairn start`: Ctrl-C is the supervisor's to hear, and the service ends with its standard input. */
  CAIRN_SUPERVISED: z.enum(['0', '1']).default('0'),
})

export type Env = z.infer<typeof schema>

/** Reads the environment; a wrong value is named with its rule. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const result = schema.safeParse(source)
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`environment: ${lines.join('; ')}`)
}
