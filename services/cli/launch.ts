import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { startEngine } from '@cairn/warehouse/engine'
import type { DataFolder } from './data-folder.ts'
import { serviceEnv } from './env.ts'
import type { Launch, Running } from './keeper.ts'

/** The project's root: services are started here, where tsconfig.json stands. */
export const root = fileURLToPath(new URL('../../', import.meta.url))
const readyLimitMs = 60_000

export interface Service {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

/** A service as a process of its own: ready once it says so on standard output; its log goes to a file. */
export function launchService(
  service: Service,
  folder: DataFolder,
  onTrouble: (line: string) => void,
): Launch {
  return async (signal) => {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        // Node strips types by itself, in half the time; decorators alone must be compiled.
        ...(service.name === 'gateway' ? ['--import', import.meta.resolve('tsx')] : []),
        join(root, 'services', service.name, 'main.ts'),
      ],
      // Standard input is the leash: it closes when this process is gone, however it went.
      { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], env: serviceEnv(service.env) },
    )
    const exited = new Promise<string>((resolve) => {
      child.once('exit', (code, by) => resolve(by ?? `code ${code}`))
      child.once('error', () => resolve('it cannot be run'))
    })
    const lastWords = keepLog(child.stderr, join(folder.logs, `${service.name}.log`), service.name, onTrouble)
    const running: Running = {
      pid: child.pid ?? 0,
      exited,
      stop: () => child.kill('SIGTERM'),
      kill: () => child.kill('SIGKILL'),
    }
    // A service that is told to stop while it starts does not wait to be ready first.
    const stop = () => running.stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await readyLine(child.stdout, exited, lastWords)
      return running
    } catch (error) {
      running.kill()
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

/** The embedded engine, on the same port and under the same key each time, so that its clients find it again. */
export function launchEngine(folder: DataFolder, port: number, password: string): Launch {
  return async () => {
    const engine = await startEngine({ dataDir: folder.warehouse, port, password })
    return {
      pid: engine.pid,
      exited: engine.exited.then(({ code, signal }) => signal ?? `code ${code}`),
      stop: () => engine.kill('SIGTERM'),
      kill: () => engine.kill('SIGKILL'),
    }
  }
}

async function readyLine(stdout: Readable, exited: Promise<string>, lastWords: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.startsWith('{"ready":true')) resolve()
    })
  })
  const ended = exited.then((how) =>
    Promise.reject(new Error(lastWords() || `it ended before it was ready (${how})`)),
  )
  ended.catch(() => {})
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it did not become ready in a minute')), readyLimitMs)
  })
  try {
    await Promise.race([ready, ended, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Writes a service's log to its file; warnings and what is no log line (a crash) are told at once. */
function keepLog(
  stderr: Readable,
  file: string,
  name: string,
  onTrouble: (line: string) => void,
): () => string {
  const out = createWriteStream(file, { flags: 'a', mode: 0o600 })
  const recent: string[] = []
  createInterface({ input: stderr })
    .on('line', (line) => {
      out.write(`${line}\n`)
      const trouble = troubleIn(line)
      if (trouble === undefined) return
      recent.push(trouble)
      if (recent.length > 5) recent.shift()
      if (line.startsWith('{')) onTrouble(`${name}: ${trouble}`)
    })
    .on('close', () => out.end())
  return () => recent.find((line) => /error/i.test(line)) ?? recent.at(-1) ?? ''
}

const warn = 40

/** What a line of a log says, where it is a warning or worse. */
function troubleIn(line: string): string | undefined {
  try {
    const { level, msg, error, err } = JSON.parse(line)
    const serious = typeof level === 'number' ? level >= warn : /^(warn|error|fatal)$/.test(level)
    if (!serious) return undefined
    const why = typeof error === 'string' ? error : (err?.message ?? '')
    return why === '' ? msg : `${msg}: ${why}`
  } catch {
    return line.trim() === '' || /^\s+at |^Node\.js v|^\s*\^/.test(line) ? undefined : line.trim()
  }
}
