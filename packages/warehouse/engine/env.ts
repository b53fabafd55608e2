import { resolve } from 'node:path'

/** Caps handed to the engine at its start, in bytes. */
export type EngineMemory = {
  /** All queries, merges and caches together. */
  server: number
  /** One query. */
  query: number
  /** Cache of index marks. */
  markCache: number
}

export const defaultMemory: EngineMemory = {
  server: 2_000_000_000,
  query: 1_000_000_000,
  markCache: 128_000_000,
}

export type EngineEnv = {
  dataDir: string
  /** 0 = any free port. */
  port: number
  password: string
  memory: EngineMemory
  logLevel: string
  /** The process that this engine must not outlive; absent when started by hand. */
  parentPid: number | undefined
  threads: number
}

/** Reads the engine's environment. Throws an Error of one line that names the variable at fault. */
export function readEnv(): EngineEnv {
  const dataDir = process.env.CAIRN_ENGINE_DATA_DIR
  if (!dataDir) throw new Error('CAIRN_ENGINE_DATA_DIR is not set: name the folder for the warehouse')
  const password = process.env.CAIRN_ENGINE_PASSWORD
  if (!password) throw new Error('CAIRN_ENGINE_PASSWORD is not set: the engine never listens without a key')
  return {
    dataDir: resolve(dataDir),
    port: wholeNumber('CAIRN_ENGINE_PORT', 0, 65_535),
    password,
    memory: {
      server: wholeNumber('CAIRN_ENGINE_MEMORY_SERVER', defaultMemory.server),
      query: wholeNumber('CAIRN_ENGINE_MEMORY_QUERY', defaultMemory.query),
      markCache: wholeNumber('CAIRN_ENGINE_MEMORY_MARK_CACHE', defaultMemory.markCache),
    },
    logLevel: process.env.CAIRN_ENGINE_LOG_LEVEL || 'warn',
    parentPid: wholeNumber('CAIRN_ENGINE_PARENT_PID', 0) || undefined,
    threads: wholeNumber('UV_THREADPOOL_SIZE', 4),
  }
}

/** The environment of a child engine: the parent's own, and what {@link readEnv} reads. */
export function engineProcessEnv(
  env: Omit<EngineEnv, 'logLevel'> & { parentPid: number },
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    UV_THREADPOOL_SIZE: String(env.threads),
    // DateTime columns without a zone of their own read and write UTC, wherever the machine stands.
    TZ: 'UTC',
    CAIRN_ENGINE_DATA_DIR: resolve(env.dataDir),
    CAIRN_ENGINE_PORT: String(env.port),
    CAIRN_ENGINE_PASSWORD: env.password,
    CAIRN_ENGINE_MEMORY_SERVER: String(env.memory.server),
    CAIRN_ENGINE_MEMORY_QUERY: String(env.memory.query),
    CAIRN_ENGINE_MEMORY_MARK_CACHE: String(env.memory.markCache),
    CAIRN_ENGINE_PARENT_PID: String(env.parentPid),
  }
}

function wholeNumber(name: string, fallback: number, max = Number.MAX_SAFE_INTEGER): number {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new Error(`${name} must be a whole number from 0 to ${max}`)
  }
  return value
}
