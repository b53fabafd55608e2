import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../services/cli/ports.ts'
import { environment } from './env.ts'

const bin = fileURLToPath(new URL('../../services/cli/bin.mjs', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The last line of standard output as JSON. */
  readonly json: any
}

/** Runs one command to its end. */
export function cairn(
  args: readonly string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment(options.env),
  })
  child.stdin.end(options.input ?? '')
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr, json: lastJson(stdout) }))
  })
}

function lastJson(stdout: string): unknown {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** A new empty data folder, and how to remove it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'cairn-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Instance {
  readonly data: string
  readonly gateway: string
  readonly ingest: string
  /** Process ids of its parts now, by name. */
  pids(): Record<string, number>
  /** What Ctrl-C does: the signal reaches every process of the terminal at once. Resolves with the exit code. */
  interrupt(): Promise<number>
  /** Ends whatever is left, for when a test failed before it came to that. */
  end(): void
}

/** `cairn start` in a process group of its own, on free ports; resolves once it says that it is ready. */
export async function startCairn(
  data: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Instance> {
  const [gatewayPort, ingestPort] = [await freePort(), await freePort()]
  const ports = ['--gateway-port', String(gatewayPort), '--ingest-port', String(ingestPort)]
  const child = spawn(process.execPath, [bin, 'start', '--json', '--data', data, ...ports, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(env),
  })
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
  await ready(child, exited)
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name)
    } catch {
      // The group is gone already.
    }
  }
  return {
    data,
    gateway: `http://127.0.0.1:${gatewayPort}`,
    ingest: `http://127.0.0.1:${ingestPort}`,
    pids: () => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')).pids,
    interrupt: () => {
      signal('SIGINT')
      return exited
    },
    end: () => signal('SIGKILL'),
  }
}

function ready(child: ChildProcess, exited: Promise<number>): Promise<void> {
  let said = ''
  child.stderr!.on('data', (text) => {
    said += text
  })
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{"ready":true')) resolve()
    })
    exited.then((code) => reject(new Error(`cairn start ended with code ${code}:\n${said}`)))
  })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Asks until the answer holds; gives the last one when the time is up. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (holds(answer) || performance.now() > deadline) return answer
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** One GraphQL question. */
export async function ask(gateway: string, key: string, query: string): Promise<any> {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  })
  return response.json()
}
