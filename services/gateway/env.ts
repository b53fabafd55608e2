import { join } from 'node:path'
import { z } from 'zod'

const schema = z.object({
  /** Folder of the event log, the control plane and the keys. */
  CAIRN_DATA: z.string().min(1).default('.cairn'),
  CAIRN_GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  CAIRN_GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  /** Where the warehouse answers in ClickHouse's HTTP protocol. */
  CLICKHOUSE_URL: z.url(),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CAIRN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Set by `cairn start`: Ctrl-C is the supervisor's to hear, and the service ends with its standard input. */
  CAIRN_SUPERVISED: z.enum(['0', '1']).default('0'),
})

export interface GatewaySettings {
  readonly port: number
  readonly host: string
  readonly warehouse: { readonly url: string; readonly username: string; readonly password: string }
  readonly logLevel: string
  readonly supervised: boolean
  readonly logFile: string
  readonly controlPlaneFile: string
  readonly masterKeyFile: string
  readonly issuerFile: string
}

/** Settings from the environment; a wrong one is named, its value is not. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): GatewaySettings {
  const parsed = schema.safeParse(env)
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`)
    throw new Error(`Settings of gateway: ${names.join('; ')}`)
  }
  const { CAIRN_DATA: data, ...rest } = parsed.data
  return {
    port: rest.CAIRN_GATEWAY_PORT,
    host: rest.CAIRN_GATEWAY_HOST,
    warehouse: {
      url: rest.CLICKHOUSE_URL,
      username: rest.CLICKHOUSE_USER,
      password: rest.CLICKHOUSE_PASSWORD,
    },
    logLevel: rest.CAIRN_LOG_LEVEL,
    supervised: rest.CAIRN_SUPERVISED === '1',
    logFile: join(data, 'log.db'),
    controlPlaneFile: join(data, 'control.db'),
    masterKeyFile: join(data, 'master.key'),
    issuerFile: join(data, 'issuer.json'),
  }
}
