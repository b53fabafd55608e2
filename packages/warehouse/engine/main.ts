/**
 * The embedded ClickHouse engine in a process of its own, on loopback, in ClickHouse's HTTP protocol. Started
 * by {@link startEngine}; writes `{"ready":true,"port":…}` to stdout when it answers. Diagnostics on stderr.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { Connections, THREADS } from './connections.ts'
import { type EngineEnv, readEnv } from './env.ts'
import { loadNative } from './native.ts'
import { createFront } from './server.ts'
import { StatementGate } from './statement.ts'

const PARENT_CHECK_MS = 500
/** For requests under way when the engine is asked to stop. */
const STOP_LIMIT_MS = 20_000

async function main(): Promise<void> {
  const env = readEnv()
  if (env.threads < THREADS) {
    // With fewer, slow queries hold every thread and the engine cannot even cancel them.
    throw new Error(`UV_THREADPOOL_SIZE must be ${THREADS} or more when the process starts`)
  }
  const log = pino({ name: 'engine', level: env.logLevel }, pino.destination(2))
  const native = loadNative()
  const connections = openConnections(env, native)
  await connections.start()
  const gate = new StatementGate(native, connections.control)
  const server = createFront({ native, connections, gate, password: env.password, log })
  const port = await listen(server, env.port)
  stopOnRequest(server, connections, env.parentPid, log)
  log.info({ port, version: native.EngineVersion() }, 'the engine is ready')
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)
}

function openConnections(env: EngineEnv, native: ReturnType<typeof loadNative>): Connections {
  mkdirSync(env.dataDir, { recursive: true })
  try {
    return new Connections(native, env.dataDir, env.memory)
  } catch (error) {
    const holder = holderOf(env.dataDir)
    if (holder !== undefined) {
      throw new Error(`the data folder is in use by another engine (process ${holder}): stop that one first`)
    }
    throw error
  }
}

/**
 * The process that holds the folder's lock, if one does. The engine locks its status file, which names it, but
 * says why it was refused on stderr alone.
 */
function holderOf(dataDir: string): number | undefined {
  try {
    const pid = Number(/^PID: (\d+)/m.exec(readFileSync(join(dataDir, 'status'), 'utf8'))?.[1])
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/**
 * SIGTERM stops: what runs may finish, nothing new is taken. Ctrl-C reaches every process of a terminal at
 * once, so SIGINT is left to the parent, which stops those who write here before it stops the engine. A
 * parent that died without a word is noticed by its process id.
 */
function stopOnRequest(server: Server, connections: Connections, parentPid: number | undefined, log: Logger) {
  let stopping = false
  const stop = async (why: string) => {
    if (stopping) return
    stopping = true
    log.info({ why }, 'the engine is stopping')
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    const idle = setInterval(() => server.closeIdleConnections(), 5)
    // Those still running then are cut, which cancels them like any caller that went away.
    setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS)
    // A statement that cannot be cancelled must not hold the folder: what was acknowledged outlives a kill.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2 * STOP_LIMIT_MS)
    await closed
    clearInterval(idle)
    // A native call must have returned before its connection goes.
    while (connections.busy > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    connections.close()
    process.exit(0)
  }
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => void stop('asked to'))
  if (parentPid === undefined) return
  setInterval(() => {
    if (process.ppid !== parentPid) void stop('the parent is gone')
  }, PARENT_CHECK_MS)
}

main().catch((error) => {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`The engine cannot start: ${reason.split('\n').join(' ')}\n`)
  process.exit(1)
})
