import { join } from 'node:path'
import { z } from 'zod'

const schema = z.object({
  CAIRN_DATA: z.string().min(1).default('data'),
  CAIRN_INGEST_PORT: z.coerce.number().int().min(0).max(65_535).default(4001),
  CAIRN_INGEST_HOST: z.string().min(1).default('127.0.0.1'),
  CAIRN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CAIRN_SUPERVISED: z.enum(['0', '1']).default('0'),
})

export interface IngestSettings {
  readonly port: number
  readonly host: string
  readonly logLevel: string
  /** Under a parent that stops us itself: Ctrl-C is its affair, and without it we have no purpose. */
  readonly supervised: boolean
  readonly logFile: string
  readonly controlPlaneFile: string
  readonly masterKeyFile: string
}

/** Settings from the environment; a wrong one is named, its value is not. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): IngestSettings {
  const parsed = schema.safeParse(env)
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`)
    throw new Error(`Settings of ingest: ${names.join('; ')}`)
  }
  const { CAIRN_DATA: data, CAIRN_INGEST_PORT: port, CAIRN_INGEST_HOST: host } = parsed.data
  return {
    port,
    host,
    logLevel: parsed.data.CAIRN_LOG_LEVEL,
    supervised: parsed.data.CAIRN_SUPERVISED === '1',
    logFile: join(data, 'log.db'),
    controlPlaneFile: join(data, 'control.db'),
    masterKeyFile: join(data, 'master.key'),
  }
}
