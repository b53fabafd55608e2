import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogSettings } from '@cairn/event-log'
import type { WarehouseAddress } from '@cairn/warehouse'
import { z } from 'zod'
import { EnvError } from './environment.ts'

/** Marks a variable whose value is nobody's to see. */
export interface Secret {
  readonly secret: true
}

/** A secret with what it is for; its value may stand in the file that NAME_FILE names. */
export const secret = <Type extends z.ZodType>(type: Type, description: string): Type =>
  type.meta({ secret: true, description }) as Type

const flag = z.enum(['0', '1']).default('0')

/** What every part of an installation shares. */
export const installationEnv = {
  CAIRN_DATA: z
    .string()
    .default('.cairn')
    .describe('Folder of whatever is embedded (event log, control plane, engine) and of the keys'),
  CAIRN_MASTER_KEY: secret(
    z
      .string()
      .refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64')
      .optional(),
    'Seals the authorities’ pseudonym keys: 32 bytes in base64, the same for every service. Without it, the file master.key in CAIRN_DATA, made on first use',
  ),
  CAIRN_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level of what is logged to standard error'),
  CAIRN_SUPERVISED: flag.describe(
    'Set by `cairn start`: Ctrl-C is the supervisor’s to hear, and the service ends with its standard input',
  ),
}

/** Where a service listens. @param name INGEST, GATEWAY, AGGREGATOR */
export const listenEnv = <Name extends string>(name: Name, port: number) =>
  ({
    [`CAIRN_${name}_PORT`]: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(port)
      .describe('Port it listens on; 0 takes a free one'),
    [`CAIRN_${name}_HOST`]: z
      .string()
      .default('127.0.0.1')
      .describe('Address it listens on; 0.0.0.0 in a container'),
  }) as Record<`CAIRN_${Name}_PORT`, z.ZodDefault<z.ZodCoercedNumber>> &
    Record<`CAIRN_${Name}_HOST`, z.ZodDefault<z.ZodString>>

/** The event log: Kafka where KAFKA_BROKERS is set, else the embedded one. */
export const logEnv = {
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, 'host:port, several separated by commas')
    .optional()
    .describe('Kafka’s brokers, host:port, several separated by commas. Without it, the embedded log'),
  KAFKA_TOPIC: z
    .string()
    .regex(/^[\w.-]{1,249}$/, 'letters, digits, dots, underscores and hyphens')
    .default('cairn.events')
    .describe('Topic of the events; made by `cairn migrate`'),
  KAFKA_TLS: flag.describe('1 speaks TLS to the brokers'),
  KAFKA_CA_FILE: z
    .string()
    .optional()
    .describe('Certificate authority of the brokers (PEM), where it is not a public one'),
  KAFKA_CERT_FILE: z.string().optional().describe('Client certificate (PEM), where the brokers ask for one'),
  KAFKA_KEY_FILE: z.string().optional().describe('Key of the client certificate (PEM)'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to log in to the brokers; none without it'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('User name at the brokers'),
  KAFKA_SASL_PASSWORD: secret(z.string().optional(), 'Password at the brokers'),
  KAFKA_APPEND_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(500)
    .max(120_000)
    .default(10_000)
    .describe('After so long without the brokers’ word ingest answers 503'),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(300_000)
    .default(30_000)
    .describe('An aggregator that was not heard for so long loses its partitions to the others'),
}

/** The control plane: PostgreSQL where DATABASE_URL is set, else SQLite. */
export const controlPlaneEnv = {
  DATABASE_URL: secret(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'postgres://user:password@host:port/database')
      .optional(),
    'PostgreSQL of the control plane, postgres://user:password@host:port/database?sslmode=…. Without it, SQLite in CAIRN_DATA',
  ),
}

/** The warehouse: always over ClickHouse's HTTP; `cairn start` sets it for the engine that it starts. */
export const warehouseEnv = {
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: 'http://host:port or https://host:port' })
    .describe(
      'Where ClickHouse answers over HTTP. `cairn start` and the command line start the embedded engine without it',
    ),
  CLICKHOUSE_USER: z.string().default('default').describe('User at ClickHouse'),
  CLICKHOUSE_PASSWORD: secret(z.string().default(''), 'Password at ClickHouse'),
  CLICKHOUSE_DATABASE: z.string().default('default').describe('Database at ClickHouse'),
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'a cluster’s name: letters, digits, underscores')
    .optional()
    .describe(
      'Name of the ClickHouse cluster: tables are then replicated, and distributed over its shards by authority',
    ),
}

/** For a service that reads alone. */
export const rowPoliciesEnv = {
  CLICKHOUSE_ROW_POLICIES: flag.describe(
    '1 where the user is cairn_reader of infra/clickhouse/access: every statement then names the authorities that it may see, for the row policies',
  ),
}

/** When a half-term has closed: the aggregator releases it then, and the gateway answers about it. */
export const settleEnv = {
  CAIRN_RELEASE_SETTLE_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(999)
    .default(14)
    .describe(
      'Days after a half-term’s last one in which what is sent late still enters its first release; then it has closed',
    ),
}

/** Readers' tokens: an identity provider's where OIDC_ISSUER is set, else those of the local issuer. */
export const oidcEnv = {
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'https://…, as the tokens’ iss has it' })
    .optional()
    .describe(
      'Identity provider whose tokens are taken, as their `iss` has it. Without it, those of the local issuer (`cairn token`), signed with a key that follows from the master key',
    ),
  OIDC_AUDIENCE: z
    .string()
    .optional()
    .describe('The `aud` that tokens must carry; required with OIDC_ISSUER'),
  OIDC_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'https://…' })
    .optional()
    .describe('Where the identity provider publishes its keys; required with OIDC_ISSUER'),
}

type Env<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>

/** @throws EnvError where a variable needs another one, or names a file that cannot be read */
export function logSettings(env: Env<typeof logEnv>, data: string): LogSettings {
  if (!env.KAFKA_BROKERS) return { kind: 'embedded', file: join(data, 'log.db') }
  const { KAFKA_CERT_FILE: cert, KAFKA_KEY_FILE: key, KAFKA_CA_FILE: ca } = env
  if ((cert === undefined) !== (key === undefined))
    throw new EnvError('KAFKA_CERT_FILE and KAFKA_KEY_FILE: both or neither')
  const ssl = env.KAFKA_TLS === '1' || ca !== undefined || cert !== undefined
  return {
    kind: 'kafka',
    brokers: env.KAFKA_BROKERS.split(','),
    topic: env.KAFKA_TOPIC,
    appendTimeoutMs: env.KAFKA_APPEND_TIMEOUT_MS,
    sessionTimeoutMs: env.KAFKA_SESSION_TIMEOUT_MS,
    ...(ssl ? { ssl: { ...pem('ca', ca), ...pem('cert', cert), ...pem('key', key) } } : {}),
    ...saslOf(env),
  }
}

function pem(name: 'ca' | 'cert' | 'key', file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  try {
    return { [name]: readFileSync(file, 'utf8') }
  } catch {
    throw new EnvError(`KAFKA_${name.toUpperCase()}_FILE: must name a file that can be read`)
  }
}

function saslOf(env: Env<typeof logEnv>) {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = env
  if (!mechanism) return {}
  if (!username || !password)
    throw new EnvError('KAFKA_SASL_MECHANISM: needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD')
  return { sasl: { mechanism, username, password } }
}

export const controlPlaneSettings = (env: Env<typeof controlPlaneEnv>, data: string): { url: string } => ({
  url: env.DATABASE_URL ?? `sqlite:${join(data, 'control.db')}`,
})

export const warehouseSettings = (env: Env<typeof warehouseEnv>): WarehouseAddress => ({
  url: env.CLICKHOUSE_URL,
  username: env.CLICKHOUSE_USER,
  password: env.CLICKHOUSE_PASSWORD,
  database: env.CLICKHOUSE_DATABASE,
  ...(env.CLICKHOUSE_CLUSTER === undefined ? {} : { cluster: env.CLICKHOUSE_CLUSTER }),
})

/** What tokens are verified against; undefined where no identity provider is named. @throws EnvError on half of it */
export function oidcSettings(
  env: Env<typeof oidcEnv>,
): { issuer: string; audience: string; keys: { jwksUrl: string } } | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = env
  if (!issuer && !audience && !jwksUrl) return undefined
  if (!issuer || !audience || !jwksUrl)
    throw new EnvError('OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL: all three or none')
  return { issuer, audience, keys: { jwksUrl } }
}
