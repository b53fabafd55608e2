import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { THREADS } from './connections.ts'
import { defaultMemory, type EngineMemory, engineProcessEnv } from './env.ts'
import { USERNAME } from './request.ts'

export type { EngineMemory } from './env.ts'

export type EngineOptions = {
  /** Folder of the warehouse; made if absent. One engine at a time may hold it. */
  dataDir: string
  /** Loopback port; any free one by default. */
  port?: number
  /** Key that requests must carry; random by default. */
  password?: string
  /** Caps in bytes; those left out keep their defaults (2 GB, 1 GB for a query, 128 MB of marks). */
  memory?: Partial<EngineMemory>
}

/** A running engine. `url`, `username` and `password` are what `openWarehouse` takes. */
export type Engine = {
  url: string
  username: string
  password: string
  pid: number
  /** Settles when the process has ended, however it came to it. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Lets running statements finish, then ends the process. */
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
}

const START_LIMIT_MS = 60_000

/** Starts the embedded engine in a process of its own. Rejects with its one line of reason if it cannot. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const password = options.password ?? randomBytes(24).toString('base64url')
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: engineProcessEnv({
      dataDir: options.dataDir,
      port: options.port ?? 0,
      password,
      memory: { ...defaultMemory, ...options.memory },
      parentPid: process.pid,
      threads: THREADS,
    }),
  })
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => resolve({ code: 1, signal: null }))
  })
  const port = await readiness(child, exited)
  return {
    url: `http://127.0.0.1:${port}`,
    username: USERNAME,
    password,
    pid: child.pid!,
    exited,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
    kill: (signal) => {
      child.kill(signal)
    },
  }
}

/** The port that the engine announces; throws with the engine's own reason if it ends before. */
async function readiness(child: ChildProcess, exited: Engine['exited']): Promise<number> {
  let lastWords = ''
  child.stderr!.on('data', (text: Buffer) => {
    lastWords = text.toString().trim().split('\n').at(-1) ?? ''
    process.stderr.write(text)
  })
  const announced = once(createInterface({ input: child.stdout! }), 'line')
  const tooLate = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the engine did not become ready in a minute')), START_LIMIT_MS).unref()
  })
  const ended = exited.then(() =>
    Promise.reject(new Error(lastWords || 'the engine ended before it was ready')),
  )
  try {
    const [line] = (await Promise.race([announced, ended, tooLate])) as [string]
    return (JSON.parse(line) as { port: number }).port
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}
